"""Who may call the actions of the review. Whether a step is allowed now is decided by the service, under its lock."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
from ckan import authz, model
from ckan.types import AuthResult, Context

from ckanext.regional import actor
from ckanext.regional.curation import cases
from ckanext.regional.curation.doors import enforcement, relationships
from ckanext.regional.curation.people import stewards

__all__ = [
    "package_relationship_create",
    "package_update",
    "regional_curation_approve",
    "regional_curation_assign",
    "regional_curation_check",
    "regional_curation_claim",
    "regional_curation_decide_many",
    "regional_curation_history",
    "regional_curation_override",
    "regional_curation_queue",
    "regional_curation_reject",
    "regional_curation_release",
    "regional_curation_request_changes",
    "regional_curation_retire",
    "regional_curation_show",
    "regional_curation_submit",
    "regional_curation_suspend",
    "regional_curation_waive",
    "regional_curation_withdraw",
    "regional_notice_list",
    "regional_notice_read",
    "regional_notice_settings_show",
    "regional_notice_settings_update",
    "regional_resource_feed_allow",
    "regional_resource_feed_list",
    "regional_resource_feed_revoke",
    "regional_revision_create",
    "regional_revision_discard",
    "regional_revision_show",
    "regional_steward_create",
    "regional_steward_delete",
    "regional_steward_list",
]

package_update = enforcement.may_update
package_relationship_create = relationships.may_relate


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


def regional_curation_waive(context: Context, data_dict: dict[str, Any]) -> AuthResult:
    """Whom the dataset concerns; the service wants a steward or a data protection officer, and four eyes."""
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


def regional_curation_decide_many(context: Context, data_dict: dict[str, Any]) -> AuthResult:
    """Everybody who is logged in: each decision is asked about on its own."""
    return _logged_in(context)


def regional_curation_assign(context: Context, data_dict: dict[str, Any]) -> AuthResult:
    """Whom the dataset concerns; the service wants a steward in scope."""
    return _concerned(context, data_dict)


def regional_curation_retire(context: Context, data_dict: dict[str, Any]) -> AuthResult:
    """Whom the dataset concerns; the service wants a steward in scope or an administrator."""
    return _concerned(context, data_dict)


def regional_curation_suspend(context: Context, data_dict: dict[str, Any]) -> AuthResult:
    """Whom the dataset concerns; the service wants who looks after it: a steward, a dpo or an administrator."""
    return _concerned(context, data_dict)


def regional_curation_override(context: Context, data_dict: dict[str, Any]) -> AuthResult:
    """Whom the dataset concerns; the service wants a sysadmin, and a site that allows it."""
    return _concerned(context, data_dict)


def regional_revision_create(context: Context, data_dict: dict[str, Any]) -> AuthResult:
    """Whoever edits the dataset."""
    return _edits(context, data_dict)


def regional_revision_discard(context: Context, data_dict: dict[str, Any]) -> AuthResult:
    """Whoever edits the dataset; while it waits for a steward the service wants its submitter or an administrator."""
    return _edits(context, data_dict)


def regional_revision_show(context: Context, data_dict: dict[str, Any]) -> AuthResult:
    """Whoever edits or reviews the dataset."""
    user, package = actor.of(context), _reviewed(data_dict)
    if user is not None and package is not None and stewards.works_on(user, package):
        return {"success": True}
    return {"success": False, "msg": tk._("Only editors and stewards of a dataset may follow its review.")}


def regional_resource_feed_allow(context: Context, data_dict: dict[str, Any]) -> AuthResult:
    """Everybody who is logged in; the action wants a steward in scope."""
    return _logged_in(context)


def regional_resource_feed_revoke(context: Context, data_dict: dict[str, Any]) -> AuthResult:
    """Everybody who is logged in; the action wants a steward in scope."""
    return _logged_in(context)


def regional_resource_feed_list(context: Context, data_dict: dict[str, Any]) -> AuthResult:
    """Whom the dataset concerns."""
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
    user, package = actor.of(context), model.Package.get(data_dict["id"])
    if user is not None and package is not None:
        proposal = cases.of_copy(package.id)
        live = model.Package.get(proposal.dataset_id) if proposal is not None else None
        # Of a proposal, only those know who edit or review the dataset.
        if stewards.works_on(user, live) if live is not None else stewards.concerns(user, package):
            return {"success": True}
    return {"success": False, "msg": tk._("Only editors and stewards of a dataset may follow its review.")}


def _edits(context: Context, data_dict: dict[str, Any]) -> AuthResult:
    user, package = actor.of(context), _reviewed(data_dict)
    if user is not None and package is not None and stewards.edits(user, package):
        return {"success": True}
    return {"success": False, "msg": tk._("Only those who edit the dataset may propose a change.")}


def _reviewed(data_dict: dict[str, Any]) -> model.Package | None:
    """The dataset that is meant, also by the id of its working copy."""
    package = model.Package.get(data_dict["id"])
    proposal = cases.of_copy(package.id) if package is not None else None
    return model.Package.get(proposal.dataset_id) if proposal is not None else package


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
