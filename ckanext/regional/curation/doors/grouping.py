"""The doors before groups: what is published is put into one, and out of it, by sysadmins alone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from ckan import model
from ckan.types import Action, ChainedAction, Context

from ckanext.regional.curation.applying import publishing
from ckanext.regional.curation.doors.refusing import is_sysadmin, package_of, refuse_if_out


def get_actions() -> dict[str, ChainedAction]:
    """Every door, by the action that it stands before."""
    return {name: _door(name, guard) for name, guard in _GUARDS.items()}


def _door(name: str, guard: Callable[[Context, dict[str, Any]], None]) -> ChainedAction:
    def door(next_action: Action, context: Context, data_dict: dict[str, Any]) -> Any:
        guard(context, data_dict)
        return next_action(context, data_dict)

    door.__name__ = name
    door.__doc__ = "Refuse it for what is published, to all but sysadmins."
    return tk.chained_action(door)


def _guard_membership(context: Context, data_dict: dict[str, Any]) -> None:
    if data_dict.get("object_type") != "package" or publishing.is_our_own_write() or is_sysadmin(context):
        return
    package = package_of(data_dict.get("object"))
    if package is not None:
        refuse_if_out(package)


def _guard_grouping(context: Context, data_dict: dict[str, Any]) -> None:
    asked = data_dict.get("packages")
    if not isinstance(asked, list) or publishing.is_our_own_write() or is_sysadmin(context):
        return
    named = [package_of(one.get("id") or one.get("name")) for one in asked if isinstance(one, dict)]
    group = model.Group.get(data_dict["id"]) if isinstance(data_dict.get("id"), str) else None
    members = model.Session.scalars(
        sa.select(model.Member.table_id).where(
            model.Member.group_id == (group.id if group else None),
            model.Member.table_name == "package",
            model.Member.state == "active",
        )
    )
    moved = {package.id for package in named if package}.symmetric_difference(members)
    for package in sorted(filter(None, map(package_of, moved)), key=lambda package: package.id):
        refuse_if_out(package)


_GUARDS: dict[str, Callable[[Context, dict[str, Any]], None]] = {
    "member_create": _guard_membership,
    "member_delete": _guard_membership,
    "group_create": _guard_grouping,
    "group_update": _guard_grouping,
}
