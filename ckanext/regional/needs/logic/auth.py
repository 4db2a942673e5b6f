"""Who may call the actions of the plugin ``regional_needs``.

Everybody reads what is public. Whoever has an account writes and supports; others do where the site lets them, and
confirm it by e-mail. Moderators (:mod:`~ckanext.regional.needs.asking.moderation`) decide within their scope.
"""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
from ckan.types import AuthResult, Context

from ckanext.regional import actor
from ckanext.regional.exceptions import NotHere
from ckanext.regional.needs import config, service
from ckanext.regional.needs.asking import moderation
from ckanext.regional.needs.model import Need

__all__ = [
    "regional_need_confirm",
    "regional_need_create",
    "regional_need_list",
    "regional_need_merge",
    "regional_need_reject",
    "regional_need_show",
    "regional_need_similar",
    "regional_need_stop",
    "regional_need_support",
    "regional_need_update",
    "regional_observatory_show",
]


@tk.auth_allow_anonymous_access
def regional_need_create(context: Context, data_dict: dict[str, Any]) -> AuthResult:
    """Whoever has an account; others where the site lets them."""
    return _takes_part(context)


@tk.auth_allow_anonymous_access
def regional_need_support(context: Context, data_dict: dict[str, Any]) -> AuthResult:
    """As writing one."""
    return _takes_part(context)


@tk.auth_allow_anonymous_access
def regional_need_confirm(context: Context, data_dict: dict[str, Any]) -> AuthResult:
    """Whoever has the link."""
    return {"success": True}


@tk.auth_allow_anonymous_access
def regional_need_stop(context: Context, data_dict: dict[str, Any]) -> AuthResult:
    """Whoever has the link."""
    return {"success": True}


@tk.auth_allow_anonymous_access
def regional_need_show(context: Context, data_dict: dict[str, Any]) -> AuthResult:
    """Everybody what is public; the rest its author and who moderates it."""
    return _answer(reads(context, _need(data_dict)))


@tk.auth_allow_anonymous_access
def regional_need_list(context: Context, data_dict: dict[str, Any]) -> AuthResult:
    """Everybody what is public; what is not, who moderates anything."""
    if data_dict.get("visibility", "public") == "public":
        return {"success": True}
    return _answer(moderation.moderates_any(actor.of(context)))


@tk.auth_allow_anonymous_access
def regional_need_similar(context: Context, data_dict: dict[str, Any]) -> AuthResult:
    """Everybody: it tells what is public."""
    return {"success": True}


def regional_need_update(context: Context, data_dict: dict[str, Any]) -> AuthResult:
    """Who moderates it."""
    return _moderates(context, data_dict)


def regional_need_reject(context: Context, data_dict: dict[str, Any]) -> AuthResult:
    """Who moderates it."""
    return _moderates(context, data_dict)


def regional_need_merge(context: Context, data_dict: dict[str, Any]) -> AuthResult:
    """Who moderates it; where it goes to has to be public."""
    return _moderates(context, data_dict)


@tk.auth_allow_anonymous_access
def regional_observatory_show(context: Context, data_dict: dict[str, Any]) -> AuthResult:
    """Everybody: it counts what is public; the stewards' work is left out for others."""
    return {"success": True}


def reads(context: Context, need: Need | None) -> bool:
    """Whether whoever asks may read a need."""
    if need is None:
        return False
    if need.visibility in ("public", "merged"):
        return True
    user = actor.of(context)
    if user is None:
        return False
    return (need.author_id == user.id) or moderation.moderates(user, need)


def _moderates(context: Context, data_dict: dict[str, Any]) -> AuthResult:
    need = _need(data_dict)
    user = actor.of(context)
    # Whether a hidden one exists is told to those only whom it concerns.
    return _answer(need is not None and moderation.moderates(user, need))


def _takes_part(context: Context) -> AuthResult:
    if actor.of(context) is not None or config.anonymous():
        return {"success": True}
    return {"success": False, "msg": tk._("Log in to take part: this site asks for an account.")}


def _need(data_dict: dict[str, Any]) -> Need | None:
    try:
        return service.get(data_dict.get("id"))
    except NotHere:
        return None


def _answer(allowed: bool) -> AuthResult:
    if allowed:
        return {"success": True}
    return {"success": False, "msg": tk._("This is for the stewards of this need’s territory and sector.")}
