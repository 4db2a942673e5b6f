"""Who may call the actions of the review. Whether a step is allowed now is decided by the service, under its lock."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
from ckan import authz, model
from ckan.types import AuthResult, Context

from ckanext.regional import actor
from ckanext.regional.curation import enforcement, stewards

__all__ = [
    "package_update",
    "regional_curation_approve",
    "regional_curation_check",
    "regional_curation_claim",
    "regional_curation_history",
    "regional_curation_queue",
    "regional_curation_reject",
    "regional_curation_release",
    "regional_curation_request_changes",
    "regional_curation_show",
    "regional_curation_submit",
    "regional_curation_withdraw",
    "regional_notice_list",
    "regional_notice_read",
    "regional_notice_settings_show",
    "regional_notice_settings_update",
    "regional_steward_create",
    "regional_steward_delete",
    "regional_steward_list",
]

package_update = enforcement.may_update


def regional_curation_show(context: Context, data_dict: dict[str, Any]) -> AuthResult:
    """Whoever may read the dataset while it is hidden, or may review it."""
    return _concerned(context, data_dict)


def regional_curation_check(context: Context, data_dict: dict[str, Any]) -> AuthResult:
    """As the review's state."""
    return _concerned(context, data_dict)


def regional_curation_history(context: Context, data_dict: dict[str, Any]) -> AuthResult:
    """As the review's state; of a purged dataset, sysadmins."""
    return _concerned(context, data_dict)


def regional_curation_submit(context: Context, data_dict: dict[str, Any]) -> AuthResult:
    """Whom the dataset concerns; the service wants an editor."""
    return _concerned(context, data_dict)


def regional_curation_withdraw(context: Context, data_dict: dict[str, Any]) -> AuthResult:
    """Whom the dataset concerns; the service wants the submitter or an administrator."""
    return _concerned(context, data_dict)


def regional_curation_claim(context: Context, data_dict: dict[str, Any]) -> AuthResult:
    """Whom the dataset concerns; the service wants a steward in scope."""
    return _concerned(context, data_dict)


def regional_curation_release(context: Context, data_dict: dict[str, Any]) -> AuthResult:
    """Whom the dataset concerns; the service wants a steward in scope."""
    return _concerned(context, data_dict)


def regional_curation_request_changes(context: Context, data_dict: dict[str, Any]) -> AuthResult:
    """Whom the dataset concerns; the service wants a steward in scope."""
    return _concerned(context, data_dict)


def regional_curation_approve(context: Context, data_dict: dict[str, Any]) -> AuthResult:
    """Whom the dataset concerns; the service wants a steward in scope and four eyes."""
    return _concerned(context, data_dict)


def regional_curation_reject(context: Context, data_dict: dict[str, Any]) -> AuthResult:
    """Whom the dataset concerns; the service wants a steward in scope."""
    return _concerned(context, data_dict)


def regional_curation_queue(context: Context, data_dict: dict[str, Any]) -> AuthResult:
    """Everybody who is logged in: the queue holds what concerns them."""
    return _logged_in(context)


def regional_notice_list(context: Context, data_dict: dict[str, Any]) -> AuthResult:
    """Everybody who is logged in, about their own."""
    return _logged_in(context)


def regional_notice_read(context: Context, data_dict: dict[str, Any]) -> AuthResult:
    """Everybody who is logged in, about their own."""
    return _logged_in(context)


def regional_notice_settings_show(context: Context, data_dict: dict[str, Any]) -> AuthResult:
    """Everybody who is logged in, about their own."""
    return _logged_in(context)


def regional_notice_settings_update(context: Context, data_dict: dict[str, Any]) -> AuthResult:
    """Everybody who is logged in, about their own."""
    return _logged_in(context)


def regional_steward_create(context: Context, data_dict: dict[str, Any]) -> AuthResult:
    """Sysadmins and coordinators."""
    return _coordinates(context)


def regional_steward_delete(context: Context, data_dict: dict[str, Any]) -> AuthResult:
    """Sysadmins and coordinators."""
    return _coordinates(context)


def regional_steward_list(context: Context, data_dict: dict[str, Any]) -> AuthResult:
    """Everybody who is logged in: who reviews is no secret among colleagues."""
    return _logged_in(context)


def _concerned(context: Context, data_dict: dict[str, Any]) -> AuthResult:
    user = actor.of(context)
    package = model.Package.get(data_dict["id"])
    if user is not None and package is not None and stewards.concerns(user, package):
        return {"success": True}
    return {"success": False, "msg": tk._("Only editors and stewards of a dataset may follow its review.")}


def _logged_in(context: Context) -> AuthResult:
    """CKAN asks for it itself, but takes the anonymous visitor of its own API for somebody."""
    if actor.of(context) is not None:
        return {"success": True}
    return {"success": False, "msg": tk._("Log in first.")}


def _coordinates(context: Context) -> AuthResult:
    user = actor.of(context)
    if user is not None and (authz.is_sysadmin(user.name) or stewards.is_coordinator(user)):
        return {"success": True}
    return {"success": False, "msg": tk._("Only sysadmins and coordinators appoint stewards.")}
