"""The tables of the harvester.

Keys lead among our own tables only. A source may go while the identity of what it brought stays.
"""

from __future__ import annotations

import datetime
from typing import Any, Literal

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from ckanext.regional.database import Base, now, uuid_key
from ckanext.regional.outbox import Outgoing
from ckanext.regional.types import Trust

Kind = Literal["auto", "regional", "ckan", "dcat"]
RunState = Literal["queued", "running", "finished", "failed", "aborted", "held"]
PageKind = Literal["plan", "import", "withdraw", "erase"]
PageState = Literal["waiting", "open", "stopped", "done", "failed"]
Trouble = Literal["failed", "held"]
NoticeKind = Literal["failed", "held", "recovered"]

_TIME = sa.DateTime(timezone=True)

#: Numbers the rows of the feed; only the sealer draws from it.
change_sequence = sa.Sequence("regional_change_seq", metadata=Base.metadata, data_type=sa.BigInteger)


class Source(Base):
    """A neighbour, or a part of one, and what this site does with what it brings."""

    __tablename__ = "regional_source"
    __table_args__ = (
        sa.UniqueConstraint("name"),
        sa.Index("regional_source_next_run_idx", "next_run", postgresql_where=sa.text("next_run IS NOT NULL")),
    )

    id: Mapped[str] = uuid_key()
    name: Mapped[str] = mapped_column(sa.Text)
    url: Mapped[str] = mapped_column(sa.Text)
    kind: Mapped[Kind] = mapped_column(sa.Text)
    title: Mapped[str] = mapped_column(sa.Text)
    territory: Mapped[str | None] = mapped_column(sa.Text)
    owner_org: Mapped[str] = mapped_column(sa.Text)
    trust: Mapped[Trust] = mapped_column(sa.Text)
    frequency: Mapped[str] = mapped_column(sa.Text)
    filters: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict)
    defaults: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict)
    #: Which organisation here owns what comes: ``{"mode": "one" | "mirror" | "table", "table": {there: here}}``.
    organizations: Mapped[dict[str, Any]] = mapped_column(
        JSONB, default=lambda: {"mode": "one"}, server_default='{"mode": "one"}'
    )
    enabled: Mapped[bool] = mapped_column(sa.Boolean, default=True)
    #: Its datasets are being hidden; it goes after the last one.
    removing: Mapped[bool] = mapped_column(sa.Boolean, default=False, server_default=sa.false())
    token: Mapped[str | None] = mapped_column(sa.Text)
    #: Who the neighbour is in ``origin.site``, learned at the first run.
    site: Mapped[str | None] = mapped_column(sa.Text)
    #: How far its feed was read, and the numbering that this belongs to.
    cursor: Mapped[int | None] = mapped_column(sa.BigInteger)
    epoch: Mapped[str | None] = mapped_column(sa.Text)
    #: When the schedule begins the next run; empty where only a person does.
    next_run: Mapped[datetime.datetime | None] = mapped_column(_TIME)
    #: What its administrators were told of and is not over yet.
    trouble: Mapped[Trouble | None] = mapped_column(sa.Text)
    #: How far a CKAN without a feed was read: ``{"since": time of its index, "count": datasets it had}``.
    reading: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True), nullable=True)
    created: Mapped[datetime.datetime] = mapped_column(_TIME, default=now)
    modified: Mapped[datetime.datetime] = mapped_column(_TIME, default=now, onupdate=now)


class Run(Base):
    """One reading of a source, from the question what is new to the last withdrawal."""

    __tablename__ = "regional_run"
    __table_args__ = (
        sa.Index("regional_run_source_id_created_idx", "source_id", "created"),
        sa.Index(
            "regional_run_one_running_idx",
            "source_id",
            unique=True,
            postgresql_where=sa.text("state IN ('queued', 'running')"),
        ),
    )

    id: Mapped[str] = uuid_key()
    source_id: Mapped[str] = mapped_column(sa.Text, sa.ForeignKey("regional_source.id", ondelete="CASCADE"))
    kind: Mapped[Kind] = mapped_column(sa.Text)
    state: Mapped[RunState] = mapped_column(sa.Text, default="queued")
    full: Mapped[bool] = mapped_column(sa.Boolean, default=False)
    asked_by: Mapped[str | None] = mapped_column(sa.Text)
    created: Mapped[datetime.datetime] = mapped_column(_TIME, default=now)
    started: Mapped[datetime.datetime | None] = mapped_column(_TIME)
    finished: Mapped[datetime.datetime | None] = mapped_column(_TIME)
    #: Written when the run ends; until then the records are counted.
    counts: Mapped[dict[str, int] | None] = mapped_column(JSONB)
    error: Mapped[str | None] = mapped_column(sa.Text)
    #: Why records were not taken, ``[{"outcome", "reason", "count"}]``; written with the counts.
    reasons: Mapped[list[dict[str, Any]] | None] = mapped_column(JSONB(none_as_null=True))
    #: What the planner found: ``{"complete", "cursor", "epoch", "reading", "swept"}``; of a run that was held,
    #: ``{"gone", "of"}``.
    plan: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict)


class Page(Base):
    """A share of a run that one worker takes, under a lease that others respect until it ends."""

    __tablename__ = "regional_page"
    __table_args__ = (
        sa.UniqueConstraint("run_id", "number"),
        sa.Index("regional_page_open_idx", "run_id", "number", postgresql_where=sa.text("state = 'open'")),
    )

    id: Mapped[str] = uuid_key()
    run_id: Mapped[str] = mapped_column(sa.Text, sa.ForeignKey("regional_run.id", ondelete="CASCADE"))
    number: Mapped[int] = mapped_column(sa.Integer)
    kind: Mapped[PageKind] = mapped_column(sa.Text)
    state: Mapped[PageState] = mapped_column(sa.Text, default="open")
    payload: Mapped[Any] = mapped_column(JSONB(none_as_null=True), nullable=True)
    #: How many records it holds; stays when the payload is emptied. Of a plan: one, and the records that it found to be
    #: as they were.
    size: Mapped[int] = mapped_column(sa.Integer, default=0)
    lease_until: Mapped[datetime.datetime | None] = mapped_column(_TIME)
    #: Grows with every claim: a worker that slept past its lease holds an old one and can write nothing.
    token: Mapped[int] = mapped_column(sa.BigInteger, default=0)
    worker: Mapped[str | None] = mapped_column(sa.Text)
    attempts: Mapped[int] = mapped_column(sa.Integer, default=0)
    #: What became of its records; for reading only, the run's counts come from the records.
    counts: Mapped[dict[str, int] | None] = mapped_column(JSONB)


class Record(Base):
    """What this site knows of one dataset of a source.

    The row that has a ``dataset_id`` holds the origin: that id follows from ``(site, origin_id)``, so there is one.
    A source that brings an origin which another one holds, or one that is ours, has a row without it.
    """

    __tablename__ = "regional_record"
    __table_args__ = (
        sa.UniqueConstraint("source_id", "remote_id"),
        sa.UniqueConstraint("dataset_id"),
        sa.Index("regional_record_run_id_outcome_idx", "run_id", "outcome"),
        sa.Index("regional_record_source_id_state_idx", "source_id", "state"),
        sa.Index("regional_record_site_origin_id_idx", "site", "origin_id"),
    )

    id: Mapped[str] = uuid_key()
    source_id: Mapped[str | None] = mapped_column(sa.Text, sa.ForeignKey("regional_source.id", ondelete="SET NULL"))
    remote_id: Mapped[str] = mapped_column(sa.Text)
    site: Mapped[str] = mapped_column(sa.Text)
    origin_id: Mapped[str] = mapped_column(sa.Text)
    name: Mapped[str | None] = mapped_column(sa.Text)
    dataset_id: Mapped[str | None] = mapped_column(sa.Text)
    state: Mapped[str] = mapped_column(sa.Text)
    #: What the last run that saw it made of it, and which run that was.
    outcome: Mapped[str] = mapped_column(sa.Text)
    run_id: Mapped[str | None] = mapped_column(sa.Text)
    pending: Mapped[bool] = mapped_column(sa.Boolean, default=False)
    #: Of the content last handed over, and of the dataset here as that left it.
    hash: Mapped[str | None] = mapped_column(sa.Text)
    local_hash: Mapped[str | None] = mapped_column(sa.Text)
    #: Of the dataset as it last came, with all that decides what becomes of it (``sieve``).
    seen: Mapped[str | None] = mapped_column(sa.Text)
    reason: Mapped[str | None] = mapped_column(sa.Text)
    path: Mapped[list[str]] = mapped_column(JSONB, default=list)
    origin_url: Mapped[str | None] = mapped_column(sa.Text)
    #: The neighbour's dataset as it came, kept while it waits for another try.
    parked: Mapped[Any] = mapped_column(JSONB(none_as_null=True), nullable=True)
    #: Since when the dataset is this site's own: no source touches it any more, its origin stays known.
    detached: Mapped[datetime.datetime | None] = mapped_column(_TIME)
    first_seen: Mapped[datetime.datetime] = mapped_column(_TIME, default=now)
    last_seen: Mapped[datetime.datetime] = mapped_column(_TIME, default=now)
    harvested_at: Mapped[datetime.datetime | None] = mapped_column(_TIME)


class HandedOver(Base):
    """What was last handed over of a dataset, by which a later edit here and a later change there are told apart.

    Apart from the record, whose row a run touches each time.
    """

    __tablename__ = "regional_handed_over"

    dataset_id: Mapped[str] = mapped_column(sa.Text, primary_key=True)
    #: Canonical JSON, compressed.
    content: Mapped[bytes] = mapped_column(sa.LargeBinary)


class RunNotice(Outgoing):
    """Something that a person is to be told of a run: written with the run's end, sent after the commit."""

    __tablename__ = "regional_run_notice"
    __table_args__ = (
        sa.UniqueConstraint("run_id", "kind", "user_id"),
        sa.Index("regional_run_notice_due_idx", "due", postgresql_where=sa.text("state = 'waiting'")),
    )

    run_id: Mapped[str] = mapped_column(sa.Text, sa.ForeignKey("regional_run.id", ondelete="CASCADE"))
    kind: Mapped[NoticeKind] = mapped_column(sa.Text)
    user_id: Mapped[str] = mapped_column(sa.Text)
    #: ``waiting``, then ``sent``, ``dropped`` (it concerns nobody any more) or ``failed`` (the address is not taken).
    state: Mapped[str] = mapped_column(sa.Text, default="waiting")
    sent: Mapped[datetime.datetime | None] = mapped_column(_TIME)


class Change(Base):
    """The latest change of one dataset that was public here at some time; neighbours read these rows."""

    __tablename__ = "regional_change"
    __table_args__ = (
        sa.UniqueConstraint("seq"),
        sa.Index("regional_change_unsealed_idx", "at", postgresql_where=sa.text("seq IS NULL")),
    )

    dataset_id: Mapped[str] = mapped_column(sa.Text, primary_key=True)
    #: Empty until the sealer has seen the row committed.
    seq: Mapped[int | None] = mapped_column(sa.BigInteger)
    kind: Mapped[str] = mapped_column(sa.Text)
    hash: Mapped[str | None] = mapped_column(sa.Text)
    modified: Mapped[datetime.datetime | None] = mapped_column(_TIME)
    at: Mapped[datetime.datetime] = mapped_column(_TIME, default=now)
