"""Whom the inside of a dataset concerns: who may edit it, and who may review it."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
from ckan import authz
from ckan import plugins as p
from ckan.logic.auth.update import package_update as may_update
from ckan.types import Context
from flask import g, has_request_context

from ckanext.regional.interfaces import IRegional


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
