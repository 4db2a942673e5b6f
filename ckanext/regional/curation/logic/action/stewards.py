"""Who reviews what."""

from __future__ import annotations

import datetime
from typing import Any

import ckan.plugins.toolkit as tk
from ckan import model
from ckan.types import Context

from ckanext.regional import actor, territory, vocabulary
from ckanext.regional.curation.logic import dictize, schema
from ckanext.regional.curation.people import appointments
from ckanext.regional.curation.scope import ROLES
from ckanext.regional.exceptions import InvalidInput
from ckanext.regional.logic.errors import with_toolkit_errors

__all__ = [
    "regional_steward_create",
    "regional_steward_delete",
    "regional_steward_list",
]


@tk.validate_action_data(schema.steward_create)
@with_toolkit_errors
def regional_steward_create(context: Context, data_dict: dict[str, Any]) -> dict[str, Any]:
    """Appoint somebody to review.

    :param user: name or id
    :param territory: a territory's code; empty: every territory
    :param sector: a sector's code; empty: every sector
    :param role: ``steward`` (default), ``deputy``, ``coordinator`` or ``dpo``
    :param until: last day, as ``2027-12-31`` (optional)
    :returns: ``{"id", "user", "territory", "sector", "role", "until", "created_by", "in_force", "ended", "active"}``;
        ``active`` is the account's state, without which an appointment is not in force
    :raises NotAuthorized: a coordinator appoints only within the territory and the sector that they coordinate
    """
    tk.check_access("regional_steward_create", context, data_dict)
    user, values = _appointment(data_dict)
    by = actor.of(context)
    row = appointments.appoint(user, by=by, trusted=bool(context.get("ignore_auth")), **values)
    return dictize.steward(row, user, by.name if by else None)


@tk.validate_action_data(schema.dataset)
@with_toolkit_errors
def regional_steward_delete(context: Context, data_dict: dict[str, Any]) -> None:
    """End an appointment.

    :param id: of the appointment, from ``regional_steward_list``
    """
    tk.check_access("regional_steward_delete", context, data_dict)
    appointments.dismiss(data_dict["id"], None if context.get("ignore_auth") else actor.of(context))


@tk.side_effect_free
@tk.validate_action_data(schema.steward_list)
@with_toolkit_errors
def regional_steward_list(context: Context, data_dict: dict[str, Any]) -> list[dict[str, Any]]:
    """List the appointments.

    :param user: only this person's (name or id)
    :param territory: only those for exactly this territory
    :param sector: only those for exactly this sector
    :param role: only those of this role
    :param for_territory: only those who are asked about datasets of this territory: theirs is it, around it or empty
    :param for_sector: only those who are asked about datasets of this sector
    :param in_force: only those that have not ended, of people whose account is active
    :returns: as ``regional_steward_create``, by user name
    """
    tk.check_access("regional_steward_list", context, data_dict)
    user = model.User.get(data_dict["user"]) if data_dict.get("user") else None
    if data_dict.get("user") and user is None:
        return []
    texts = {key: data_dict.get(key) for key in ("territory", "sector", "role", "for_territory", "for_sector")}
    wanted = appointments.Wanted(user_id=user.id if user else None, in_force=data_dict["in_force"], **texts)
    rows = appointments.listed(wanted)
    names = dictize.user_names({row.created_by for row, _person in rows})
    return [dictize.steward(row, person, names.get(row.created_by or "")) for row, person in rows]


def _appointment(data_dict: dict[str, Any]) -> tuple[model.User, dict[str, Any]]:
    errors: dict[str, list[str]] = {}
    user = model.User.get(data_dict["user"])
    if user is None or user.state != "active":
        errors["user"] = [tk._("There is no active user “{value}”.").format(value=data_dict["user"])]
    place = data_dict.get("territory") or None
    if place:
        place, _notice = territory.resolve(place)
        if not territory.exists(place):
            errors["territory"] = [tk._("There is no territory “{value}”.").format(value=place)]
    sector = data_dict.get("sector") or None
    if sector and vocabulary.get("sector", sector) is None:
        errors["sector"] = [tk._("There is no sector “{value}”.").format(value=sector)]
    role = data_dict.get("role") or "steward"
    if role not in ROLES:
        errors["role"] = [tk._("There is no role “{value}”; there are {roles}.").format(
            value=role, roles=", ".join(ROLES))]  # fmt: skip
    until = None
    if data_dict.get("until"):
        try:
            until = datetime.date.fromisoformat(data_dict["until"])
        except ValueError:
            errors["until"] = [tk._("“{value}” is no date such as 2027-12-31.").format(value=data_dict["until"])]
    if errors or user is None:
        raise InvalidInput(errors)
    return user, {"territory": place, "sector": sector, "role": role, "until": until}
