"""Tables of the review. No foreign key leads to CKAN's tables: the record outlives datasets and users."""

from __future__ import annotations

import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from ckanext.regional.database import Base, now, uuid_key
from ckanext.regional.outbox import Outgoing

_Time = sa.DateTime(timezone=True)

#: States in which a case waits for somebody; a dataset has one such case at most.
OPEN_STATES = ("draft", "submitted", "in_review", "changes_requested")


class DatasetStatus(Base):
    """Whether a dataset has been let out. A dataset without a row is judged by CKAN's ``private`` (see ``status``)."""

    __tablename__ = "regional_dataset"

    dataset_id: Mapped[str] = mapped_column(sa.Text, primary_key=True)
    status: Mapped[str] = mapped_column(sa.Text, nullable=False)
    #: The commit of a decision is done and Solr has yet to hear of it; swept by later decisions and the command line.
    index_behind: Mapped[bool] = mapped_column(sa.Boolean, nullable=False, default=False)
    fingerprint: Mapped[str | None] = mapped_column(sa.Text)
    decided_by: Mapped[str | None] = mapped_column(sa.Text)
    decided_at: Mapped[datetime.datetime | None] = mapped_column(_Time)

    __table_args__ = (sa.CheckConstraint("status IN ('unpublished', 'published', 'retired')", name="status"),)


class Contributor(Base):
    """Somebody who made or edited the content that is under review, and so must not approve it."""

    __tablename__ = "regional_contributor"

    dataset_id: Mapped[str] = mapped_column(sa.Text, primary_key=True)
    user_id: Mapped[str] = mapped_column(sa.Text, primary_key=True)
    since: Mapped[datetime.datetime] = mapped_column(_Time, nullable=False, default=now)

    __table_args__ = (sa.Index("regional_contributor_user_id_idx", "user_id"),)


class CaseScope(Base):
    """What a dataset with a case is about, as the queue's query needs it; made of the dataset (see ``case_scope``)."""

    __tablename__ = "regional_case_scope"

    dataset_id: Mapped[str] = mapped_column(sa.Text, primary_key=True)
    #: With everything that contains them.
    territories: Mapped[list[str]] = mapped_column(ARRAY(sa.Text), nullable=False)
    sectors: Mapped[list[str]] = mapped_column(ARRAY(sa.Text), nullable=False)
    #: Title and name as they are searched and sorted: small letters without accents.
    words: Mapped[str] = mapped_column(sa.Text, nullable=False)

    __table_args__ = (
        sa.Index("regional_case_scope_territories_idx", "territories", postgresql_using="gin"),
        sa.Index("regional_case_scope_sectors_idx", "sectors", postgresql_using="gin"),
    )


class Case(Base):
    """One run of the review of one dataset."""

    __tablename__ = "regional_case"

    id: Mapped[str] = uuid_key()
    dataset_id: Mapped[str] = mapped_column(sa.Text, nullable=False)
    kind: Mapped[str] = mapped_column(sa.Text, nullable=False, default="publication")
    state: Mapped[str] = mapped_column(sa.Text, nullable=False)
    submitted_by: Mapped[str | None] = mapped_column(sa.Text)
    submitted_at: Mapped[datetime.datetime | None] = mapped_column(_Time)
    #: What was submitted; another fingerprint of the dataset says that it was edited since.
    fingerprint: Mapped[str | None] = mapped_column(sa.Text)
    #: The steward who has it in hand, or to whom a resubmission returns.
    claimed_by: Mapped[str | None] = mapped_column(sa.Text)
    due: Mapped[datetime.datetime | None] = mapped_column(_Time)
    created: Mapped[datetime.datetime] = mapped_column(_Time, nullable=False, default=now)
    closed: Mapped[datetime.datetime | None] = mapped_column(_Time)
    #: The working copy of a revision, until it is purged; a later case about the same copy takes it over.
    copy_id: Mapped[str | None] = mapped_column(sa.Text)
    #: What in the copy stands for what in the live dataset: ``{"resources": {live: copy}, "views": {live: copy}}``.
    copy_map: Mapped[dict[str, dict[str, str]] | None] = mapped_column(JSONB)
    #: Digests of the live dataset as the copy knows it, by field; no content is kept here.
    base: Mapped[dict[str, str] | None] = mapped_column(JSONB)

    __table_args__ = (
        sa.Index(
            "regional_case_one_open_key",
            "dataset_id",
            unique=True,
            postgresql_where=sa.text("state IN ('draft', 'submitted', 'in_review', 'changes_requested')"),
        ),
        sa.Index(
            "regional_case_one_copy_key", "dataset_id", unique=True, postgresql_where=sa.text("copy_id IS NOT NULL")
        ),
        sa.Index("regional_case_copy_id_key", "copy_id", unique=True, postgresql_where=sa.text("copy_id IS NOT NULL")),
        sa.Index("regional_case_dataset_id_created_idx", "dataset_id", "created"),
        sa.Index("regional_case_state_due_idx", "state", "due"),
        sa.CheckConstraint("kind IN ('publication', 'revision', 'retirement')", name="kind"),
    )


class Event(Base):
    """Something that happened; rows are written with the change that they record and never touched again."""

    __tablename__ = "regional_event"

    id: Mapped[str] = uuid_key()
    dataset_id: Mapped[str] = mapped_column(sa.Text, nullable=False)
    case_id: Mapped[str | None] = mapped_column(sa.Text)
    at: Mapped[datetime.datetime] = mapped_column(_Time, nullable=False, default=now)
    actor_id: Mapped[str | None] = mapped_column(sa.Text)
    action: Mapped[str] = mapped_column(sa.Text, nullable=False)
    from_state: Mapped[str | None] = mapped_column(sa.Text)
    to_state: Mapped[str | None] = mapped_column(sa.Text)
    fingerprint: Mapped[str | None] = mapped_column(sa.Text)
    #: Digest of the words (see :class:`EventText`), so that they can be redacted and the chain still verifies.
    text_digest: Mapped[str | None] = mapped_column(sa.Text)
    #: What it is about besides the dataset: the step that was denied, the event whose words were removed.
    subject: Mapped[str | None] = mapped_column(sa.Text)
    #: Why, in a word for programs: the rule by which a step was denied.
    reason: Mapped[str | None] = mapped_column(sa.Text)

    __table_args__ = (
        sa.Index("regional_event_dataset_id_at_idx", "dataset_id", "at"),
        sa.Index("regional_event_denied_idx", "actor_id", "at", postgresql_where=sa.text("action = 'denied'")),
    )


class EventText(Base):
    """The words of an event and its actor's name as they were, apart from the chain."""

    __tablename__ = "regional_event_text"

    event_id: Mapped[str] = mapped_column(sa.Text, primary_key=True)
    salt: Mapped[str] = mapped_column(sa.Text, nullable=False)
    actor_name: Mapped[str | None] = mapped_column(sa.Text)
    comment: Mapped[str | None] = mapped_column(sa.Text)
    fields: Mapped[dict[str, Any] | None] = mapped_column(JSONB)


class EventSeal(Base):
    """The number and the chained hash of an event, given after its commit."""

    __tablename__ = "regional_event_seal"

    seq: Mapped[int] = mapped_column(sa.BigInteger, primary_key=True, autoincrement=False)
    event_id: Mapped[str] = mapped_column(sa.Text, nullable=False)
    hash: Mapped[str] = mapped_column(sa.Text, nullable=False)

    __table_args__ = (sa.UniqueConstraint("event_id", name="regional_event_seal_event_id_key"),)


class Unsealed(Base):
    """An event that waits for its number. A trigger adds it, so that the sealer need not look through the history."""

    __tablename__ = "regional_event_unsealed"

    event_id: Mapped[str] = mapped_column(sa.Text, primary_key=True)


class Check(Base):
    """What a guard said of one version of a dataset."""

    __tablename__ = "regional_check"

    id: Mapped[str] = uuid_key()
    dataset_id: Mapped[str] = mapped_column(sa.Text, nullable=False)
    fingerprint: Mapped[str] = mapped_column(sa.Text, nullable=False)
    level: Mapped[str] = mapped_column(sa.Text, nullable=False)
    code: Mapped[str] = mapped_column(sa.Text, nullable=False)
    message: Mapped[str] = mapped_column(sa.Text, nullable=False)
    field: Mapped[str | None] = mapped_column(sa.Text)
    #: What the message is made of, so that it can be said in another reader's language.
    details: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
    at: Mapped[datetime.datetime] = mapped_column(_Time, nullable=False, default=now)

    __table_args__ = (
        sa.Index("regional_check_dataset_id_idx", "dataset_id"),
        sa.CheckConstraint("level IN ('info', 'warn', 'block')", name="level"),
    )


class Waiver(Base):
    """A blocking check that somebody lets pass, for one version of a dataset; why is in its event."""

    __tablename__ = "regional_waiver"

    id: Mapped[str] = uuid_key()
    dataset_id: Mapped[str] = mapped_column(sa.Text, nullable=False)
    fingerprint: Mapped[str] = mapped_column(sa.Text, nullable=False)
    code: Mapped[str] = mapped_column(sa.Text, nullable=False)
    field: Mapped[str | None] = mapped_column(sa.Text)
    event_id: Mapped[str] = mapped_column(sa.Text, nullable=False)
    user_id: Mapped[str] = mapped_column(sa.Text, nullable=False)
    at: Mapped[datetime.datetime] = mapped_column(_Time, nullable=False, default=now)

    __table_args__ = (
        # Empty fields are equal here, which a unique constraint says only from PostgreSQL 15 on.
        sa.Index(
            "regional_waiver_check_key",
            "dataset_id",
            "fingerprint",
            "code",
            sa.text("coalesce(field, '')"),
            unique=True,
        ),
    )


class Steward(Base):
    """Somebody who reviews, for a territory and a sector; an empty one means all."""

    __tablename__ = "regional_steward"

    id: Mapped[str] = uuid_key()
    user_id: Mapped[str] = mapped_column(sa.Text, nullable=False)
    territory: Mapped[str | None] = mapped_column(sa.Text)
    sector: Mapped[str | None] = mapped_column(sa.Text)
    role: Mapped[str] = mapped_column(sa.Text, nullable=False, default="steward")
    until: Mapped[datetime.date | None] = mapped_column(sa.Date)
    created_by: Mapped[str | None] = mapped_column(sa.Text)
    created: Mapped[datetime.datetime] = mapped_column(_Time, nullable=False, default=now)

    __table_args__ = (
        sa.Index("regional_steward_user_id_idx", "user_id"),
        # Empty values are equal here, which a unique constraint says only from PostgreSQL 15 on.
        sa.Index(
            "regional_steward_scope_key",
            "user_id",
            sa.text("coalesce(territory, '')"),
            sa.text("coalesce(sector, '')"),
            "role",
            unique=True,
        ),
        sa.CheckConstraint("role IN ('steward', 'deputy', 'coordinator', 'dpo')", name="role"),
    )


class JournalStep(Base):
    """Something that a committed decision still has to do outside the database's transaction; gone once it is done."""

    __tablename__ = "regional_journal"

    seq: Mapped[int] = mapped_column(sa.BigInteger, primary_key=True, autoincrement=True)
    #: The live dataset; its steps are done in their order.
    dataset_id: Mapped[str] = mapped_column(sa.Text, nullable=False)
    step: Mapped[str] = mapped_column(sa.Text, nullable=False)
    data: Mapped[dict[str, Any]] = mapped_column(JSONB, nullable=False)
    at: Mapped[datetime.datetime] = mapped_column(_Time, nullable=False, default=now)
    #: Why it could not be done so far.
    error: Mapped[str | None] = mapped_column(sa.Text)

    __table_args__ = (sa.Index("regional_journal_dataset_id_seq_idx", "dataset_id", "seq"),)


class FileKey(Base):
    """Which file a resource has where it is not the one that lies under its own id."""

    __tablename__ = "regional_file"

    resource_id: Mapped[str] = mapped_column(sa.Text, primary_key=True)
    #: The file lies where CKAN keeps that of the resource of this id.
    key: Mapped[str] = mapped_column(sa.Text, nullable=False)

    __table_args__ = (sa.Index("regional_file_key_idx", "key"),)


class FeedGrant(Base):
    """An account that may replace the file and the table of one published resource, such as a sensor's."""

    __tablename__ = "regional_feed_grant"

    resource_id: Mapped[str] = mapped_column(sa.Text, primary_key=True)
    user_id: Mapped[str] = mapped_column(sa.Text, primary_key=True)
    granted_by: Mapped[str | None] = mapped_column(sa.Text)
    at: Mapped[datetime.datetime] = mapped_column(_Time, nullable=False, default=now)


class Notice(Outgoing):
    """Something that somebody is to be told: written with its event, addressed and sent after the commit.

    ``new`` ones have no reader yet; ``waiting`` ones go out by mail; ``sent``, ``shown`` (in CKAN only) and ``failed``
    (the mail server does not take the address) are done.
    """

    __tablename__ = "regional_notice"

    event_id: Mapped[str | None] = mapped_column(sa.Text)
    kind: Mapped[str] = mapped_column(sa.Text, nullable=False)
    state: Mapped[str] = mapped_column(sa.Text, default="new")
    dataset_id: Mapped[str | None] = mapped_column(sa.Text)
    case_id: Mapped[str | None] = mapped_column(sa.Text)
    user_id: Mapped[str | None] = mapped_column(sa.Text)
    #: Ids only: whom a decision concerns, or what a list is about.
    details: Mapped[dict[str, Any]] = mapped_column(JSONB, nullable=False, default=dict)
    sent: Mapped[datetime.datetime | None] = mapped_column(_Time)
    seen: Mapped[datetime.datetime | None] = mapped_column(_Time)

    __table_args__ = (
        # Empty readers and events are not equal, so a list and what is not addressed yet are outside of it.
        sa.UniqueConstraint("event_id", "user_id", name="regional_notice_event_id_user_id_key"),
        sa.Index("regional_notice_due_idx", "due", postgresql_where=sa.text("state IN ('new', 'waiting')")),
        sa.Index("regional_notice_user_id_created_idx", "user_id", "created"),
        sa.Index("regional_notice_dataset_id_idx", "dataset_id"),
        sa.CheckConstraint("state IN ('new', 'waiting', 'sent', 'shown', 'failed')", name="state"),
    )


__all__ = [
    "OPEN_STATES",
    "Case",
    "CaseScope",
    "Check",
    "Contributor",
    "DatasetStatus",
    "Event",
    "EventSeal",
    "EventText",
    "FeedGrant",
    "FileKey",
    "JournalStep",
    "Notice",
    "Steward",
    "Unsealed",
    "Waiver",
]
