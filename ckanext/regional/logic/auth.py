"""Who may call the actions of the plugin ``regional``."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
from ckan import authz
from ckan.types import AuthResult, Context

__all__ = ["regional_score_show", "regional_status", "regional_territory_search", "regional_territory_show"]


@tk.auth_allow_anonymous_access
def regional_score_show(context: Context, data_dict: dict[str, Any]) -> AuthResult:
    """Whoever may read the dataset; how much they are told is the action's matter."""
    return authz.is_authorized("package_show", context, {"id": tk.get_or_bust(data_dict, "id")})


@tk.auth_allow_anonymous_access
def regional_status(context: Context, data_dict: dict[str, Any]) -> AuthResult:
    """Everybody: a monitor has no account."""
    return {"success": True}


@tk.auth_allow_anonymous_access
def regional_territory_search(context: Context, data_dict: dict[str, Any]) -> AuthResult:
    """Everybody: the list of territories is public."""
    return {"success": True}


@tk.auth_allow_anonymous_access
def regional_territory_show(context: Context, data_dict: dict[str, Any]) -> AuthResult:
    """Everybody: the list of territories is public."""
    return {"success": True}
