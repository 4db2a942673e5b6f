"""How many links there are, how they fare, and how many wait."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

import sqlalchemy as sa
from ckan import model

from ckanext.regional.links.model import Link


@dataclass(frozen=True, slots=True)
class Counted:
    """Links by outcome; those that are due and those that nobody has looked at; since when the first is due."""

    by_outcome: dict[str, int]
    due: int
    never: int
    oldest_due: datetime.datetime | None


def count() -> Counted:
    """Count, by two queries."""
    outcomes = sa.select(Link.outcome, sa.func.count()).group_by(Link.outcome).order_by(Link.outcome)
    is_due = Link.due <= sa.func.now()
    due, never, oldest = model.Session.execute(
        sa.select(
            sa.func.count().filter(is_due),
            sa.func.count().filter(Link.checked_at.is_(None)),
            sa.func.min(Link.due).filter(is_due),
        )
    ).one()
    return Counted(dict(model.Session.execute(outcomes).tuples().all()), due, never, oldest)
