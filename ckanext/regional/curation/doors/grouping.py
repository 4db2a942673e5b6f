"""The doors before groups: what is published is put into one, and out of it, by sysadmins alone."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from ckan import model
from ckan.types import Action, ChainedAction, Context

from ckanext.regional.curation.applying import publishing
from ckanext.regional.curation.doors.refusing import is_sysadmin, package_of, refuse_if_out


@tk.chained_action
def member_create(next_action: Action, context: Context, data_dict: dict[str, Any]) -> Any:
    """Refuse to group what is published, to all but sysadmins."""
    _guard_membership(context, data_dict)
    return next_action(context, data_dict)


@tk.chained_action
def member_delete(next_action: Action, context: Context, data_dict: dict[str, Any]) -> Any:
    """Refuse to ungroup what is published, to all but sysadmins."""
    _guard_membership(context, data_dict)
    return next_action(context, data_dict)


@tk.chained_action
def group_create(next_action: Action, context: Context, data_dict: dict[str, Any]) -> Any:
    """Refuse a group that takes in what is published, to all but sysadmins."""
    _guard_grouping(context, data_dict)
    return next_action(context, data_dict)


@tk.chained_action
def group_update(next_action: Action, context: Context, data_dict: dict[str, Any]) -> Any:
    """Refuse to take in or put out what is published with the group's own data, to all but sysadmins."""
    _guard_grouping(context, data_dict)
    return next_action(context, data_dict)


def get_actions() -> dict[str, ChainedAction]:
    """Every door, by the action that it stands before."""
    return {door.__name__: door for door in (member_create, member_delete, group_create, group_update)}


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
