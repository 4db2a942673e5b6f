"""The rules of :mod:`scope` as SQL, so that a queue of any length is one question to the database.

Each is a condition on a row of :class:`Case` joined with its dataset and its :class:`CaseScope`; ``test_queue`` holds
that the two spellings agree.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from typing import Any

import sqlalchemy as sa
from ckan import model
from sqlalchemy.dialects.postgresql import array

from ckanext.regional.curation.model import Case, CaseScope, Contributor, Steward
from ckanext.regional.curation.scope import REVIEWING, Stewardship

Condition = sa.ColumnElement[bool]


def covered_by(appointments: Iterable[Stewardship]) -> Condition:
    """One of these appointments, all in force, covers the dataset."""
    places: dict[str | None, set[str | None]] = {}
    for one in appointments:
        places.setdefault(one.sector or None, set()).add(one.territory or None)
    found: list[Condition] = []
    for sector, territories in places.items():
        parts: list[Condition] = []
        if None not in territories:
            parts.append(CaseScope.territories.overlap(_texts(filter(None, territories))))
        if sector is not None:
            parts.append(CaseScope.sectors.overlap(_texts([sector])))
        found.append(sa.and_(sa.true(), *parts))
    return sa.or_(sa.false(), *found)


def excludes(user_id: str) -> Condition:
    """Four eyes keeps this user from approving: they made, edited or submitted the content."""
    edited = sa.select(Contributor.dataset_id).where(Contributor.user_id == user_id)
    return sa.or_(
        sa.func.coalesce(model.Package.creator_user_id, "") == user_id,
        sa.func.coalesce(Case.submitted_by, "") == user_id,
        Case.dataset_id.in_(edited),
    )


def unassigned(today: datetime.date) -> Condition:
    """No steward or deputy is left who may approve."""
    return ~_somebody(REVIEWING, today)


def no_coordinator(today: datetime.date) -> Condition:
    """No coordinator is left who may stand in."""
    return ~_somebody(("coordinator",), today)


def _somebody(roles: tuple[str, ...], today: datetime.date) -> Condition:
    """Somebody of these roles is in force, covers the dataset and is not kept from it by four eyes."""
    appointed = (
        sa.select(Steward.user_id, Steward.territory, Steward.sector)
        .join(model.User, model.User.id == Steward.user_id)
        .where(model.User.state == "active", Steward.role.in_(roles))
        .where(sa.or_(Steward.until.is_(None), Steward.until >= today))
        # The search ends with the first who fits: the widest come first, and codes of small places are the longest.
        .order_by(Steward.sector.is_not(None), sa.func.length(sa.func.coalesce(Steward.territory, "")))
        .cte(f"appointed_{roles[0]}")
        # Read once, not once by case.
        .prefix_with("MATERIALIZED", dialect="postgresql")
    )
    who = appointed.c
    # SQLAlchemy relates a subquery to the one around it by itself, and to those around that only when told.
    contributed = (
        sa.select(Contributor.user_id)
        .where(Contributor.dataset_id == Case.dataset_id, Contributor.user_id == who.user_id)
        .correlate(Case, appointed)
        .exists()
    )
    return (
        sa.select(who.user_id)
        .where(sa.or_(who.territory.is_(None), who.territory == "", who.territory == sa.any_(CaseScope.territories)))
        .where(sa.or_(who.sector.is_(None), who.sector == "", who.sector == sa.any_(CaseScope.sectors)))
        .where(who.user_id != sa.func.coalesce(model.Package.creator_user_id, ""))
        .where(who.user_id != sa.func.coalesce(Case.submitted_by, ""))
        .where(~contributed)
        .correlate(Case, CaseScope, model.Package)
        .exists()
    )


def _texts(values: Iterable[str | None]) -> Any:
    return sa.cast(array([sa.literal(value) for value in values]), sa.ARRAY(sa.Text))
