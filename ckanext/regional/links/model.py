"""The tables of the link checks: what is known of an address, and when its host may be asked next."""

from __future__ import annotations

import datetime
from typing import Literal

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from ckanext.regional.database import Base, now

#: ``refused``: this site's own rules forbid the request. ``unknown``: nobody has looked yet, or the look told nothing.
Outcome = Literal["ok", "broken", "refused", "unknown"]

_TIME = sa.DateTime(timezone=True)


class Link(Base):
    """An address, what the last look at it told, and how far the look is that is under way.

    A look is one request after the other (HEAD, GET, redirects), each a turn of its host; where it stands is kept
    here, so that it goes on after a worker was killed.
    """

    __tablename__ = "regional_link"
    __table_args__ = (
        sa.Index("regional_link_next_host_due_idx", "next_host", "due"),
        sa.CheckConstraint("outcome IN ('ok', 'broken', 'refused', 'unknown')", name="outcome"),
    )

    url: Mapped[str] = mapped_column(sa.Text, primary_key=True)
    outcome: Mapped[Outcome] = mapped_column(sa.Text, default="unknown")
    status: Mapped[int | None] = mapped_column(sa.Integer)
    #: A code (see ``wording``); empty where all is well or nobody has looked.
    reason: Mapped[str] = mapped_column(sa.Text, default="")
    checked_at: Mapped[datetime.datetime | None] = mapped_column(_TIME)
    entered: Mapped[datetime.datetime] = mapped_column(_TIME, default=now)
    #: When to ask next.
    due: Mapped[datetime.datetime] = mapped_column(_TIME, default=now)
    #: Looks in a row that failed, and when the first of them was.
    failures: Mapped[int] = mapped_column(sa.Integer, default=0)
    failed_since: Mapped[datetime.datetime | None] = mapped_column(_TIME)
    #: The host that the address itself leads to.
    host: Mapped[str] = mapped_column(sa.Text)
    #: The next request: whom and how; after how many redirects, and how often the host asked for patience.
    next_host: Mapped[str] = mapped_column(sa.Text)
    next_url: Mapped[str | None] = mapped_column(sa.Text)
    method: Mapped[str] = mapped_column(sa.Text, default="HEAD")
    hops: Mapped[int] = mapped_column(sa.Integer, default=0)
    waits: Mapped[int] = mapped_column(sa.Integer, default=0)


class LinkHost(Base):
    """A host. Whoever asks it moves ``free_at`` ahead first, so one request at a time reaches it from any machine."""

    __tablename__ = "regional_link_host"

    host: Mapped[str] = mapped_column(sa.Text, primary_key=True)
    #: When it may be asked next; while it is being asked, when the worker counts as dead.
    free_at: Mapped[datetime.datetime] = mapped_column(_TIME, default=now)
    #: Grows with every request: a worker that slept too long holds an old one and can write nothing.
    token: Mapped[int] = mapped_column(sa.BigInteger, default=0)


__all__ = ["Link", "LinkHost", "Outcome"]
