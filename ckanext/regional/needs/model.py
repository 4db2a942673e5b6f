"""The tables of the plugin ``regional_needs``.

Keys lead among our own tables only: users and datasets of CKAN may go, and what was asked for stays.
"""

from __future__ import annotations

import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from ckanext.regional.database import Base, now, uuid_key
from ckanext.regional.needs.states import Kind, State, Visibility
from ckanext.regional.outbox import Outgoing

_TIME = sa.DateTime(timezone=True)
_CODES = ARRAY(sa.Text)


class Need(Base):
    """What an inhabitant or a sector wants to know or do."""

    __tablename__ = "regional_need"
    __table_args__ = (
        sa.UniqueConstraint("number"),
        sa.Index("regional_need_around_idx", "around", postgresql_using="gin"),
        sa.Index("regional_need_sectors_idx", "sectors", postgresql_using="gin"),
        sa.Index("regional_need_visibility_state_idx", "visibility", "state"),
    )

    id: Mapped[str] = uuid_key()
    #: What its address says.
    number: Mapped[int] = mapped_column(sa.Integer, sa.Identity(always=True))
    title: Mapped[str] = mapped_column(sa.Text)
    text: Mapped[str] = mapped_column(sa.Text)
    kind: Mapped[Kind] = mapped_column(sa.Text)
    territories: Mapped[list[str]] = mapped_column(_CODES, default=list)
    #: The territories with all that contains them.
    around: Mapped[list[str]] = mapped_column(_CODES, default=list)
    sectors: Mapped[list[str]] = mapped_column(_CODES, default=list)
    #: Title and text as the public may read them, folded: what is searched and compared.
    words: Mapped[str] = mapped_column(sa.Text, default="")
    title_words: Mapped[str] = mapped_column(sa.Text, default="")
    visibility: Mapped[Visibility] = mapped_column(sa.Text)
    state: Mapped[State] = mapped_column(sa.Text, default="new")
    reason: Mapped[str | None] = mapped_column(sa.Text)
    #: Id of the account that wrote it; None where it came by e-mail.
    author_id: Mapped[str | None] = mapped_column(sa.Text)
    merged_into: Mapped[str | None] = mapped_column(sa.Text, sa.ForeignKey("regional_need.id"))
    supports: Mapped[int] = mapped_column(sa.Integer, default=0)
    created: Mapped[datetime.datetime] = mapped_column(_TIME, default=now)
    #: When it came to those who look at needs: at once, or when its author confirmed it.
    waiting_since: Mapped[datetime.datetime | None] = mapped_column(_TIME)
    published: Mapped[datetime.datetime | None] = mapped_column(_TIME)
    changed: Mapped[datetime.datetime] = mapped_column(_TIME, default=now)


class Person(Base):
    """Somebody who wrote or supports a need. Who has an account is known by it, others by a keyed hash of an address.

    The hash makes one support of one person; the address itself is here only while its owner wants to be told.
    """

    __tablename__ = "regional_need_person"
    __table_args__ = (
        sa.UniqueConstraint("need_id", "user_id"),
        sa.UniqueConstraint("need_id", "address_hash"),
        sa.Index("regional_need_person_forget_idx", "forget", postgresql_where=sa.text("address IS NOT NULL")),
    )

    id: Mapped[str] = uuid_key()
    need_id: Mapped[str] = mapped_column(sa.Text, sa.ForeignKey("regional_need.id", ondelete="CASCADE"))
    user_id: Mapped[str | None] = mapped_column(sa.Text)
    address_hash: Mapped[str | None] = mapped_column(sa.Text)
    address: Mapped[str | None] = mapped_column(sa.Text)
    #: ``author`` or ``supporter``; only the latter are counted.
    role: Mapped[str] = mapped_column(sa.Text)
    confirmed: Mapped[bool] = mapped_column(sa.Boolean, default=False)
    notify: Mapped[bool] = mapped_column(sa.Boolean, default=False)
    #: Wants to be told, and has yet to confirm that the address is theirs.
    wishes: Mapped[bool] = mapped_column(sa.Boolean, default=False)
    language: Mapped[str] = mapped_column(sa.Text)
    created: Mapped[datetime.datetime] = mapped_column(_TIME, default=now)
    #: When the address is deleted at the latest.
    forget: Mapped[datetime.datetime | None] = mapped_column(_TIME)


class Link(Base):
    """A link in an e-mail that confirms one thing once; only its hash is kept."""

    __tablename__ = "regional_need_link"
    __table_args__ = (sa.Index("regional_need_link_person_id_idx", "person_id"),)

    token_hash: Mapped[str] = mapped_column(sa.Text, primary_key=True)
    person_id: Mapped[str] = mapped_column(sa.Text, sa.ForeignKey("regional_need_person.id", ondelete="CASCADE"))
    expires: Mapped[datetime.datetime] = mapped_column(_TIME)
    used: Mapped[datetime.datetime | None] = mapped_column(_TIME)


class Answer(Base):
    """A dataset that answers a need."""

    __tablename__ = "regional_need_answer"
    __table_args__ = (sa.Index("regional_need_answer_dataset_id_idx", "dataset_id"),)

    need_id: Mapped[str] = mapped_column(
        sa.Text, sa.ForeignKey("regional_need.id", ondelete="CASCADE"), primary_key=True
    )
    dataset_id: Mapped[str] = mapped_column(sa.Text, primary_key=True)
    at: Mapped[datetime.datetime] = mapped_column(_TIME, default=now)


class Step(Base):
    """What happened to a need, for its page and for those who are told."""

    __tablename__ = "regional_need_step"
    __table_args__ = (sa.Index("regional_need_step_need_id_at_idx", "need_id", "at"),)

    id: Mapped[str] = uuid_key()
    need_id: Mapped[str] = mapped_column(sa.Text, sa.ForeignKey("regional_need.id", ondelete="CASCADE"))
    #: ``published``, ``state``, ``merged``, ``rejected`` or ``edited``.
    action: Mapped[str] = mapped_column(sa.Text)
    state: Mapped[State | None] = mapped_column(sa.Text)
    reason: Mapped[str | None] = mapped_column(sa.Text)
    actor_id: Mapped[str | None] = mapped_column(sa.Text)
    at: Mapped[datetime.datetime] = mapped_column(_TIME, default=now)


class Mail(Outgoing):
    """An e-mail that waits to be sent: to confirm something (without a step), or to tell of a step."""

    __tablename__ = "regional_need_mail"
    __table_args__ = (
        sa.Index("regional_need_mail_due_idx", "due", postgresql_where=sa.text("state = 'waiting'")),
        sa.UniqueConstraint("person_id", "step_id"),
    )

    person_id: Mapped[str] = mapped_column(sa.Text, sa.ForeignKey("regional_need_person.id", ondelete="CASCADE"))
    step_id: Mapped[str | None] = mapped_column(sa.Text, sa.ForeignKey("regional_need_step.id", ondelete="CASCADE"))


class Reminder(Base):
    """When somebody was last told that needs wait for them."""

    __tablename__ = "regional_need_reminder"

    user_id: Mapped[str] = mapped_column(sa.Text, primary_key=True)
    at: Mapped[datetime.datetime | None] = mapped_column(_TIME)


class Searched(Base):
    """How often something was searched for on one day. An empty term, territory or sector is none, or a dropped one."""

    __tablename__ = "regional_demand_search"

    day: Mapped[datetime.date] = mapped_column(sa.Date, primary_key=True)
    term: Mapped[str] = mapped_column(sa.Text, primary_key=True)
    territory: Mapped[str] = mapped_column(sa.Text, primary_key=True)
    sector: Mapped[str] = mapped_column(sa.Text, primary_key=True)
    searches: Mapped[int] = mapped_column(sa.Integer)
    #: Of these, those that found nothing.
    empty: Mapped[int] = mapped_column(sa.Integer)
    #: Results of all these searches together.
    results: Mapped[int] = mapped_column(sa.BigInteger)


class Visited(Base):
    """How often a dataset was looked at and its files were downloaded on one day."""

    __tablename__ = "regional_demand_dataset"
    __table_args__ = (sa.Index("regional_demand_dataset_dataset_id_idx", "dataset_id"),)

    day: Mapped[datetime.date] = mapped_column(sa.Date, primary_key=True)
    dataset_id: Mapped[str] = mapped_column(sa.Text, primary_key=True)
    views: Mapped[int] = mapped_column(sa.Integer)
    downloads: Mapped[int] = mapped_column(sa.Integer)


class Batch(Base):
    """A batch of counts that is written: one that a killed job left, or that two jobs took, counts once."""

    __tablename__ = "regional_demand_batch"

    batch: Mapped[str] = mapped_column(sa.Text, primary_key=True)
    at: Mapped[datetime.datetime] = mapped_column(_TIME)


class Supplied(Base):
    """A public dataset as the observatory saw it when it was last refreshed."""

    __tablename__ = "regional_observatory_dataset"
    __table_args__ = (
        sa.Index("regional_observatory_dataset_around_idx", "around", postgresql_using="gin"),
        sa.Index("regional_observatory_dataset_sectors_idx", "sectors", postgresql_using="gin"),
    )

    dataset_id: Mapped[str] = mapped_column(sa.Text, primary_key=True)
    around: Mapped[list[str]] = mapped_column(_CODES)
    sectors: Mapped[list[str]] = mapped_column(_CODES)
    late: Mapped[bool] = mapped_column(sa.Boolean)
    mqa: Mapped[int | None] = mapped_column(sa.Integer)
    governance: Mapped[int | None] = mapped_column(sa.Integer)
    views: Mapped[int] = mapped_column(sa.Integer)
    downloads: Mapped[int] = mapped_column(sa.Integer)


class Cell(Base):
    """The figures of one territory and one sector; an empty sector is all of them."""

    __tablename__ = "regional_observatory_cell"

    territory: Mapped[str] = mapped_column(sa.Text, primary_key=True)
    sector: Mapped[str] = mapped_column(sa.Text, primary_key=True)
    #: Number by measure (:mod:`~ckanext.regional.needs.observatory.measures`); one that is 0 is left out.
    figures: Mapped[dict[str, Any]] = mapped_column(JSONB)
    #: What many people searched for: ``[term, searches, of these empty]``, the most often in vain first.
    terms: Mapped[list[Any]] = mapped_column(JSONB)


class Month(Base):
    """The same by month, for the time line."""

    __tablename__ = "regional_observatory_month"
    __table_args__ = (sa.Index("regional_observatory_month_territory_sector_idx", "territory", "sector"),)

    month: Mapped[datetime.date] = mapped_column(sa.Date, primary_key=True)
    territory: Mapped[str] = mapped_column(sa.Text, primary_key=True)
    sector: Mapped[str] = mapped_column(sa.Text, primary_key=True)
    figures: Mapped[dict[str, Any]] = mapped_column(JSONB)


class Refreshed(Base):
    """When the observatory's tables were last made; one row."""

    __tablename__ = "regional_observatory_refreshed"

    only: Mapped[bool] = mapped_column(sa.Boolean, primary_key=True, default=True)
    at: Mapped[datetime.datetime] = mapped_column(_TIME)
