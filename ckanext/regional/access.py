"""Whom the inside of a dataset concerns: who may edit it, and who may review it."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from ckan import authz, model
from ckan import plugins as p
from ckan.logic.auth.update import package_update as may_update
from ckan.model.group import member_table
from ckan.model.user import user_table
from ckan.types import Context
from flask import g, has_request_context

from ckanext.regional.interfaces import IRegional

_EDIT = "update_dataset"
#: Made once: every search of somebody who is logged in asks it.
_ROLES = (
    sa.select(member_table.c.group_id, member_table.c.capacity)
    .join(user_table, user_table.c.id == member_table.c.table_id)
    .where(
        user_table.c.name == sa.bindparam("name"),
        user_table.c.state == "active",
        member_table.c.table_name == "user",
        member_table.c.state == "active",
    )
)


def concerns(context: Context, dataset: dict[str, Any]) -> bool:
    """Whether whoever asks may edit or review a dataset.

    :param dataset: with its ``id``
    """
    if context.get("ignore_auth"):
        return True
    user = context.get("user")
    if not user:
        return False
    if authz.is_sysadmin(user):
        return True
    # CKAN's own rule, not the chained one: the review refuses edits of what is published, even to its editors.
    return bool(may_update(context, {"id": dataset["id"]}).get("success")) or may_review(user, dataset)


def edited_by(user: str | None) -> set[str]:
    """Ids of the organisations whose datasets a user edits by their role, there or in an organisation above."""
    if not user:
        return set()
    roles = set(authz.get_roles_with_permission(_EDIT))
    held = dict(model.Session.execute(_ROLES, {"name": user}).tuples().all())
    if set(held.values()).intersection(tk.config["ckan.auth.roles_that_cascade_to_sub_groups"]):
        found = tk.get_action("organization_list_for_user")({"user": user}, {"permission": _EDIT})
        return {organisation["id"] for organisation in found}
    return {organisation for organisation, role in held.items() if role in roles}


def may_review(user: str | None, dataset: dict[str, Any]) -> bool:
    """Whether a user may review a dataset."""
    return bool(user) and any(plugin.may_review(user, dataset) for plugin in p.PluginImplementations(IRegional))


def may_compare() -> bool:
    """Whether the reader edits or reviews anything here, and so wants to compare datasets by their scores."""
    if not has_request_context():
        return False
    if "regional_may_compare" not in g:
        g.regional_may_compare = _compares(getattr(tk.current_user, "name", ""))
    return g.regional_may_compare


def _compares(user: str) -> bool:
    if not user:
        return False
    if authz.is_sysadmin(user) or authz.has_user_permission_for_some_org(user, "update_dataset"):
        return True
    return p.plugin_loaded("regional_curation") and tk.h.regional_curation_reviews()
