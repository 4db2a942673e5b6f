"""Who looks at needs before they are public, and answers them.

Where a plugin appoints people (``regional_curation``), they do, each within their scope; where nobody is in scope,
those who stand in; where nobody does, sysadmins. Where no plugin appoints anybody, the administrators of organisations
do. Sysadmins may at any time.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

import sqlalchemy as sa
from ckan import authz, model
from ckan import plugins as p

from ckanext.regional.interfaces import IRegional
from ckanext.regional.needs.model import Need
from ckanext.regional.types import Duty

_ADMINISTRATORS = (
    sa.select(model.Member.table_id)
    .join(model.Group, model.Group.id == model.Member.group_id)
    .where(
        model.Member.table_name == "user",
        model.Member.capacity == "admin",
        model.Member.state == "active",
        model.Group.is_organization.is_(True),
        model.Group.state == "active",
    )
)


@dataclass(frozen=True, slots=True)
class Scope:
    """A person's charges; ``standing_in`` hold where nobody of ``others`` is in charge."""

    own: tuple[Duty, ...]
    standing_in: tuple[Duty, ...]
    others: tuple[Duty, ...] = ()


def duties() -> list[Duty] | None:
    """Everybody's charge; None where no plugin appoints anybody."""
    answers = [found for plugin in p.PluginImplementations(IRegional) if (found := plugin.get_duties()) is not None]
    return [one for found in answers for one in found] if answers else None


def covers(duty: Duty, around: Collection[str], sectors: Collection[str]) -> bool:
    """Whether a charge is over something.

    :param around: its territories with all that contains them
    """
    if duty.territory and duty.territory not in around:
        return False
    return not duty.sector or duty.sector in sectors


def in_charge(every: Iterable[Duty], around: Collection[str], sectors: Collection[str]) -> set[str]:
    """Ids of those in whose scope something is; of those who stand in, where there is nobody else."""
    found = [one for one in every if covers(one, around, sectors)]
    first = {one.user_id for one in found if not one.stands_in}
    return first or {one.user_id for one in found}


def moderates(user: model.User | None, need: Need) -> bool:
    """Whether somebody may decide about a need now."""
    if user is None or user.state != "active":
        return False
    if authz.is_sysadmin(user.name):
        return True
    every = duties()
    if every is None:
        return administers(user)
    return user.id in in_charge(every, need.around, need.sectors)


def moderates_any(user: model.User | None) -> bool:
    """Whether somebody may decide about any need at all, and so has a list of what waits."""
    if user is None or user.state != "active":
        return False
    if authz.is_sysadmin(user.name):
        return True
    every = duties()
    return administers(user) if every is None else any(one.user_id == user.id for one in every)


def scope_of(user: model.User | None) -> Scope | None:
    """What somebody moderates, for a list; None for everything."""
    every = duties()
    if user is None:
        return Scope((), ())
    if authz.is_sysadmin(user.name):
        return None
    if every is None:
        return None if administers(user) else Scope((), ())
    first = tuple(one for one in every if not one.stands_in)
    mine = [one for one in every if one.user_id == user.id]
    return Scope(tuple(one for one in mine if not one.stands_in), tuple(one for one in mine if one.stands_in), first)


def administers(user: model.User) -> bool:
    """Whether somebody is an administrator of any organisation."""
    return model.Session.scalar(_ADMINISTRATORS.where(model.Member.table_id == user.id).limit(1)) is not None


def administrators() -> set[str]:
    """Ids of the administrators of organisations."""
    return {user_id for user_id in model.Session.scalars(_ADMINISTRATORS) if user_id}


def sysadmins() -> set[str]:
    """Ids of those who administer the site."""
    query = sa.select(model.User.id).where(model.User.sysadmin, model.User.state == "active")
    return set(model.Session.scalars(query))
