"""Validators of people with an account here."""

from __future__ import annotations

import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from ckan import model
from ckan.types import Context, FlattenDataDict, FlattenErrorDict, FlattenKey

from ckanext.regional.logic.validators.values import short, single

#: CKAN's own question for it asks for the organisation and the user once more.
_MEMBERSHIP = (
    sa.select(model.Member.id)
    .where(
        model.Member.group_id == sa.bindparam("group"),
        model.Member.table_id == sa.bindparam("user"),
        model.Member.table_name == "user",
        model.Member.state == "active",
    )
    .limit(1)
)


def regional_steward(key: FlattenKey, data: FlattenDataDict, errors: FlattenErrorDict, context: Context) -> None:
    """Accept the name or id of an active member of the owning organisation, keep the name."""
    if errors[key]:
        return
    value = single(key, data, errors)
    if value is None:
        return
    user = model.User.get(value)
    if user is None or user.state != "active":
        errors[key].append(tk._("There is no active user “{value}”.").format(value=short(value)))
        return
    data[key] = user.name
    organisation = _organisation(data, context)
    if organisation is None or user.sysadmin:
        return
    if not model.Session.scalar(_MEMBERSHIP, {"group": organisation.id, "user": user.id}):
        errors[key].append(
            tk._("“{value}” is not a member of the organisation “{organisation}”.").format(
                value=short(value), organisation=organisation.title or organisation.name
            )
        )


def _organisation(data: FlattenDataDict, context: Context) -> model.Group | None:
    """The owner that the dataset will have: the one given, else the one it has (a patch may leave it out).

    In an organisation's own form, that organisation.
    """
    owner = data.get(("owner_org",))
    if isinstance(owner, str) and owner:
        return model.Group.get(owner)
    if (group := context.get("group")) is not None:
        return group
    package = context.get("package")
    return model.Group.get(package.owner_org) if package is not None and package.owner_org else None
