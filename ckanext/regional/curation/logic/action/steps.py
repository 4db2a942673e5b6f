"""The steps of the review that people take, one by one."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
from ckan import model
from ckan.types import Context

from ckanext.regional import actor
from ckanext.regional.curation import cases, comments, service
from ckanext.regional.curation.history import denied
from ckanext.regional.curation.logic import schema, writing
from ckanext.regional.curation.logic.action.reading import regional_curation_show
from ckanext.regional.curation.logic.found import package_of
from ckanext.regional.exceptions import InvalidInput
from ckanext.regional.logic.errors import with_toolkit_errors
from ckanext.regional.logic.text import storable_text

__all__ = [
    "regional_curation_approve",
    "regional_curation_assign",
    "regional_curation_claim",
    "regional_curation_override",
    "regional_curation_reject",
    "regional_curation_release",
    "regional_curation_request_changes",
    "regional_curation_retire",
    "regional_curation_submit",
    "regional_curation_suspend",
    "regional_curation_withdraw",
]


@tk.validate_action_data(schema.step)
@with_toolkit_errors
def regional_curation_submit(context: Context, data_dict: dict[str, Any]) -> dict[str, Any]:
    """Send a dataset to the stewards for review.

    :param id: id or name of the dataset
    :param comment: what the steward should know (optional)
    :returns: as ``regional_curation_show``
    :raises ValidationError: a mandatory field is empty (the errors are by field), or it waits already
    """
    return _take("submit", context, data_dict)


@tk.validate_action_data(schema.step)
@with_toolkit_errors
def regional_curation_withdraw(context: Context, data_dict: dict[str, Any]) -> dict[str, Any]:
    """Take a dataset back from review.

    :param id: id or name of the dataset
    :param comment: why (optional)
    :returns: as ``regional_curation_show``
    """
    return _take("withdraw", context, data_dict)


@tk.validate_action_data(schema.step)
@with_toolkit_errors
def regional_curation_claim(context: Context, data_dict: dict[str, Any]) -> dict[str, Any]:
    """Say that you are looking at a case. It tells others; it keeps nobody from deciding.

    :param id: id or name of the dataset
    :returns: as ``regional_curation_show``
    """
    return _take("claim", context, data_dict)


@tk.validate_action_data(schema.step)
@with_toolkit_errors
def regional_curation_release(context: Context, data_dict: dict[str, Any]) -> dict[str, Any]:
    """Give a case that you claimed back to the other stewards.

    :param id: id or name of the dataset
    :returns: as ``regional_curation_show``
    """
    return _take("release", context, data_dict)


@tk.validate_action_data(schema.step)
@with_toolkit_errors
def regional_curation_approve(context: Context, data_dict: dict[str, Any]) -> dict[str, Any]:
    """Approve a dataset; it is public with that.

    :param id: id or name of the dataset
    :param fingerprint: of what you looked at, from ``regional_curation_show``
    :param comment: a word to the author (optional)
    :returns: as ``regional_curation_show``
    :raises ValidationError: key ``fingerprint``: the dataset has changed since you looked; nothing was done
    """
    return _take("approve", context, data_dict)


@tk.validate_action_data(schema.step)
@with_toolkit_errors
def regional_curation_request_changes(context: Context, data_dict: dict[str, Any]) -> dict[str, Any]:
    """Send a dataset back to its author; the resubmission returns to you.

    :param id: id or name of the dataset
    :param fingerprint: of what you looked at
    :param comment: what should change
    :param fields: remarks by form field, ``{field: text}`` (optional)
    :returns: as ``regional_curation_show``
    """
    return _take("request_changes", context, data_dict)


@tk.validate_action_data(schema.step)
@with_toolkit_errors
def regional_curation_reject(context: Context, data_dict: dict[str, Any]) -> dict[str, Any]:
    """Refuse a dataset; its author may submit it anew.

    :param id: id or name of the dataset
    :param fingerprint: of what you looked at
    :param comment: why
    :returns: as ``regional_curation_show``
    """
    return _take("reject", context, data_dict)


@tk.validate_action_data(schema.assignment)
@with_toolkit_errors
def regional_curation_assign(context: Context, data_dict: dict[str, Any]) -> dict[str, Any]:
    """Give a case to a steward in scope.

    :param id: id or name of the dataset
    :param user: name or id of the steward
    :param comment: why (optional)
    :returns: as ``regional_curation_show``
    """
    assignee = model.User.get(data_dict["user"])
    return _take("assign", context, data_dict, assignee if assignee and assignee.state == "active" else None)


@tk.validate_action_data(schema.step)
@with_toolkit_errors
def regional_curation_retire(context: Context, data_dict: dict[str, Any]) -> dict[str, Any]:
    """Ask that a published dataset is removed; it stays public until a steward has approved that.

    :param id: id or name of the dataset
    :param comment: why
    :returns: as ``regional_curation_show``
    """
    return _take("retire", context, data_dict)


@tk.validate_action_data(schema.step)
@with_toolkit_errors
def regional_curation_suspend(context: Context, data_dict: dict[str, Any]) -> dict[str, Any]:
    """Hide a published dataset at once, with its files, tables and feeds, and ask that it is removed.

    It may be edited while it is hidden. Approving the removal makes it final; a steward other than who suspended,
    made or edited it makes it public again by rejecting the removal.

    :param id: id or name of the dataset
    :param comment: why
    :returns: as ``regional_curation_show``
    """
    return _take("suspend", context, data_dict)


@tk.validate_action_data(schema.step)
@with_toolkit_errors
def regional_curation_override(context: Context, data_dict: dict[str, Any]) -> dict[str, Any]:
    """Approve an open case alone, past stewards, four eyes and checks; sysadmins, where the site allows it.

    :param id: id or name of the dataset
    :param fingerprint: of what you looked at
    :param comment: why; the history keeps it
    :returns: as ``regional_curation_show``
    """
    return _take("override", context, data_dict)


def _take(
    action: str, context: Context, data_dict: dict[str, Any], assignee: model.User | None = None
) -> dict[str, Any]:
    package = package_of(data_dict["id"])
    user = actor.of(context)
    live_id = cases.locate(package.id).package.id
    with denied.kept(action, live_id, user, data_dict.get("fingerprint")):
        tk.check_access(f"regional_curation_{action}", context, data_dict)
        if user is None:
            raise tk.NotAuthorized(tk._("Log in first."))
        remarks = _remarks(data_dict.get("fields"))
        writing.spend(user, data_dict.get("comment"), *remarks.values())
        service.take(
            service.Step(
                action=action,
                actor=user,
                package_id=package.id,
                fingerprint=data_dict.get("fingerprint"),
                comment=data_dict.get("comment"),
                fields=remarks,
                assignee=assignee,
            )
        )
    return regional_curation_show(tk.fresh_context(context), {"id": live_id})


def _remarks(fields: Any) -> dict[str, str]:
    remarks: dict[str, str] = {}
    for field, text in (fields or {}).items():
        try:
            remarks[storable_text(field)] = storable_text(text).strip()
        except tk.Invalid as error:
            raise InvalidInput({"fields": [error.error]}) from error
        if len(text) > comments.LONGEST:
            raise InvalidInput({"fields": [tk._("Give one text by field.")]})
    return {field: text for field, text in remarks.items() if text}
