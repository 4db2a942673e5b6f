"""Appointing and dismissing those who review, and what nobody reviews."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from ckan import authz, model
from sqlalchemy.exc import IntegrityError

from ckanext.regional import config, territory, vocabulary
from ckanext.regional.curation.model import Steward
from ckanext.regional.curation.people import stewards
from ckanext.regional.curation.scope import gaps, in_force, includes, with_ancestors
from ckanext.regional.exceptions import InvalidInput, NotAllowed, NotHere

#: What a territory is divided into where it is asked whether everything is covered.
_PARTS = {"country": "region", "region": "departement", "departement": "epci"}


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which appointments are asked for; see the action ``regional_steward_list``."""

    user_id: str | None = None
    territory: str | None = None
    sector: str | None = None
    role: str | None = None
    #: Whose territory or sector contains this one: who is asked about a dataset of it.
    for_territory: str | None = None
    for_sector: str | None = None
    in_force: bool = False


def appoint(user: model.User, territory: str | None, sector: str | None, role: str, until: datetime.date | None,
            by: model.User | None, *, trusted: bool = False) -> Steward:  # fmt: skip
    """Appoint somebody and commit.

    :param by: who appoints
    :param trusted: the command line appoints, which asks nobody
    :raises NotAllowed: a coordinator appoints for more than they coordinate
    :raises InvalidInput: the same appointment exists
    """
    _check_appoints(None if trusted else by, territory, sector)
    row = Steward(user_id=user.id, territory=territory, sector=sector, role=role, until=until,
                  created_by=by.id if by else None)  # fmt: skip
    query = sa.select(Steward).where(
        Steward.user_id == user.id,
        Steward.territory.is_not_distinct_from(territory),
        Steward.sector.is_not_distinct_from(sector),
        Steward.role == role,
    )
    same = model.Session.scalar(query)
    if same is not None and not in_force([stewards.plain(same)], datetime.date.today()):
        # What has ended is no obstacle to beginning anew.
        model.Session.delete(same)
        model.Session.flush()
    elif same is not None:
        raise InvalidInput({"user": [tk._("This appointment exists already.")]})
    model.Session.add(row)
    try:
        model.Session.commit()
    except IntegrityError as error:
        # Somebody else made the same one between the question and the answer.
        model.Session.rollback()
        raise InvalidInput({"user": [tk._("This appointment exists already.")]}) from error
    return row


def dismiss(steward_id: str, by: model.User | None = None) -> None:
    """End an appointment and commit.

    :raises NotHere: there is none of this id
    :raises NotAllowed: a coordinator ends one of more than they coordinate
    """
    row = model.Session.get(Steward, steward_id)
    if row is None:
        raise NotHere(tk._("There is no such appointment."))
    _check_appoints(by, row.territory, row.sector)
    model.Session.delete(row)
    model.Session.commit()


def may_appoint(by: model.User | None, territory: str | None, sector: str | None) -> bool:
    """Whether ``by`` may appoint and dismiss for this territory and sector (an empty one means all)."""
    if by is None or authz.is_sysadmin(by.name):
        return True
    mine = in_force(stewards.of_user(by.id), datetime.date.today())
    return any(includes(one, territory, sector) for one in mine if one.role == "coordinator")


def listed(wanted: Wanted) -> list[tuple[Steward, model.User]]:
    """The appointments with their people, by name."""
    query = sa.select(Steward, model.User).join(model.User, model.User.id == Steward.user_id)
    for column, value in (
        (Steward.user_id, wanted.user_id), (Steward.territory, wanted.territory), (Steward.sector, wanted.sector),
        (Steward.role, wanted.role),
    ):  # fmt: skip
        if value:
            query = query.where(column == value)
    if wanted.for_territory:
        around = with_ancestors([wanted.for_territory])
        query = query.where(sa.or_(Steward.territory.is_(None), Steward.territory.in_(around)))
    if wanted.for_sector:
        query = query.where(sa.or_(Steward.sector.is_(None), Steward.sector == wanted.for_sector))
    if wanted.in_force:
        query = query.where(sa.or_(Steward.until.is_(None), Steward.until >= datetime.date.today()))
        query = query.where(model.User.state == "active")
    return list(model.Session.execute(query.order_by(model.User.name, Steward.created)).tuples())


def uncovered() -> tuple[list[str], dict[str, list[str]]]:
    """What of this site's territory nobody reviews now.

    :returns: the sectors that nobody reviews anywhere, and for the others the parts of the territory, by sector,
        where nobody does; nothing where nobody is appointed at all, which is another matter
    """
    appointed = in_force(stewards.appointed(), datetime.date.today())
    if not appointed:
        return [], {}
    sectors = [term.code for term in vocabulary.vocabulary("sector") if not term.hidden]
    return gaps(appointed, parts_of(config.territory()), sectors)


def parts_of(code: str) -> list[str]:
    """What a territory is divided into for its coverage; the territory itself where that is nothing."""
    found = territory.get(code)
    part = _PARTS.get(found.type) if found else None
    return list(territory.children(code, [part])) or [code] if part else [code]  # pyright: ignore[reportArgumentType]


def _check_appoints(by: model.User | None, territory: str | None, sector: str | None) -> None:
    if not may_appoint(by, territory, sector):
        raise NotAllowed(tk._("A coordinator appoints only for the territory and the sector that they coordinate."))
