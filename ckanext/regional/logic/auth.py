"""Who may call the actions of the plugin ``regional``."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
from ckan.types import AuthResult, Context

__all__ = ["regional_territory_search", "regional_territory_show"]


@tk.auth_allow_anonymous_access
def regional_territory_search(context: Context, data_dict: dict[str, Any]) -> AuthResult:
    """Everybody: the list of territories is public."""
    return {"success": True}


@tk.auth_allow_anonymous_access
def regional_territory_show(context: Context, data_dict: dict[str, Any]) -> AuthResult:
    """Everybody: the list of territories is public."""
    return {"success": True}
