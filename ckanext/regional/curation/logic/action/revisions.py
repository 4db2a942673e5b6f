"""Actions that propose a change of what is published, and that let a machine keep a published resource up."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
from ckan import model
from ckan.types import Context

from ckanext.regional import actor
from ckanext.regional.curation import cases
from ckanext.regional.curation.doors import feeding
from ckanext.regional.curation.logic import dictize, schema
from ckanext.regional.curation.people import stewards
from ckanext.regional.curation.revisions import copies
from ckanext.regional.exceptions import InvalidInput, NotAllowed, NotHere
from ckanext.regional.logic.errors import with_toolkit_errors

__all__ = [
    "regional_resource_feed_allow",
    "regional_resource_feed_list",
    "regional_resource_feed_revoke",
    "regional_revision_create",
    "regional_revision_discard",
    "regional_revision_show",
]


@tk.validate_action_data(schema.dataset)
@with_toolkit_errors
def regional_revision_create(context: Context, data_dict: dict[str, Any]) -> dict[str, Any]:
    """Make the working copy of a published dataset, in which a change is prepared; or return the one that there is.

    Edit it as any dataset, then submit it with ``regional_curation_submit``.

    :param id: id or name of the published dataset
    :returns: the working copy, as ``package_show``; ``regional_revision_of`` is the id of the published dataset
    :raises ValidationError: key ``state``: the dataset is not published, or is about to be removed
    """
    package = _package(data_dict["id"])
    tk.check_access("regional_revision_create", context, data_dict)
    copy_id = copies.create(package.id, _user(context))
    return tk.get_action("package_show")(_fresh(context), {"id": copy_id})


@tk.side_effect_free
@tk.validate_action_data(schema.dataset)
@with_toolkit_errors
def regional_revision_show(context: Context, data_dict: dict[str, Any]) -> dict[str, Any]:
    """Show the working copy of a published dataset.

    :param id: id or name of the published dataset or of its working copy
    :returns: ``{"dataset_id", "case", "working_copy", "resources", "moved"}``; ``working_copy`` as ``package_show``,
        ``resources`` its resource by that of the published dataset, ``moved`` the fields of the published dataset that
        have changed since
    :raises ObjectNotFound: there is none
    """
    package = _package(data_dict["id"])
    tk.check_access("regional_revision_show", context, data_dict)
    subject = cases.locate(package.id)
    case = cases.holding_copy(subject.package.id)
    if subject.copy is None or case is None:
        raise NotHere(tk._("There is no proposal to change this dataset."))
    names = dictize.user_names({case.submitted_by, case.claimed_by})
    return {
        "dataset_id": subject.package.id,
        "case": dictize.case(case, names, []),
        "working_copy": tk.get_action("package_show")(_fresh(context), {"id": subject.copy.id}),
        "resources": copies.resources_of(case),
        "moved": copies.moved_fields(subject),
    }


@tk.validate_action_data(schema.dataset)
@with_toolkit_errors
def regional_revision_discard(context: Context, data_dict: dict[str, Any]) -> None:
    """Throw the working copy of a published dataset away; the published one stays as it is.

    :param id: id or name of the published dataset or of its working copy
    """
    package = _package(data_dict["id"])
    tk.check_access("regional_revision_discard", context, data_dict)
    copies.discard(package.id, _user(context))


@tk.validate_action_data(schema.feed)
@with_toolkit_errors
def regional_resource_feed_allow(context: Context, data_dict: dict[str, Any]) -> dict[str, Any]:
    """Let an account, such as a sensor's, replace the file and the rows of one published resource, and nothing else.

    :param resource_id: of the published resource
    :param user: name or id of the account
    :returns: ``{"resource_id", "user", "granted_by", "at"}``
    """
    tk.check_access("regional_resource_feed_allow", context, data_dict)
    package, user, by = feeding.package_of(data_dict["resource_id"]), _account(data_dict["user"]), _user(context)
    _refuse_unless_steward(by, package)
    row = feeding.allow(data_dict["resource_id"], user, by)
    return dictize.feed_grant(row, user.name, by.name)


@tk.validate_action_data(schema.feed)
@with_toolkit_errors
def regional_resource_feed_revoke(context: Context, data_dict: dict[str, Any]) -> None:
    """Take back that an account keeps a resource up.

    :param resource_id: of the published resource
    :param user: name or id of the account
    """
    tk.check_access("regional_resource_feed_revoke", context, data_dict)
    package, by = feeding.package_of(data_dict["resource_id"]), _user(context)
    _refuse_unless_steward(by, package)
    feeding.revoke(data_dict["resource_id"], _account(data_dict["user"]), by)


@tk.side_effect_free
@tk.validate_action_data(schema.dataset)
@with_toolkit_errors
def regional_resource_feed_list(context: Context, data_dict: dict[str, Any]) -> list[dict[str, Any]]:
    """List the accounts that keep resources of a dataset up.

    :param id: id or name of the dataset
    :returns: as ``regional_resource_feed_allow``
    """
    package = _package(data_dict["id"])
    tk.check_access("regional_resource_feed_list", context, data_dict)
    rows = feeding.grants(package.id)
    names = dictize.user_names({row.granted_by for row, _user in rows})
    return [dictize.feed_grant(row, user.name, names.get(row.granted_by or "")) for row, user in rows]


def _refuse_unless_steward(user: model.User, package: model.Package) -> None:
    if not stewards.may_decide(user, package, None, four_eyes=False):
        raise NotAllowed(tk._("Only a steward for the dataset's territory and sector may decide about it."))


def _account(name_or_id: str) -> model.User:
    user = model.User.get(name_or_id)
    if user is None or user.state != "active":
        raise InvalidInput({"user": [tk._("There is no active user “{value}”.").format(value=name_or_id)]})
    return user


def _user(context: Context) -> model.User:
    user = actor.of(context)
    if user is None:
        raise NotAllowed(tk._("Log in first."))
    return user


def _fresh(context: Context) -> Context:
    # A search answers for the index, which may not have heard of a new copy yet.
    return tk.fresh_context(context) | {"use_cache": False}  # pyright: ignore[reportReturnType]


def _package(name_or_id: str) -> model.Package:
    package = model.Package.get(name_or_id)
    if package is None:
        raise NotHere(tk._("There is no dataset “{id}”.").format(id=name_or_id))
    return package
