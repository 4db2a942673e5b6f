"""Fed resources: a named account keeps the file and the table of one published resource up, and nothing else."""

from __future__ import annotations

from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from ckan import model
from ckan.types import Action, Context

from ckanext.regional import actor
from ckanext.regional.curation.applying import content, publishing
from ckanext.regional.curation.fingerprint import same_content
from ckanext.regional.curation.history import events
from ckanext.regional.curation.model import FeedGrant
from ckanext.regional.curation.status import status_of
from ckanext.regional.exceptions import InvalidInput, NotHere, RegionalRefused

#: What an account may do with the table of its resource.
_TABLE = ("datastore_create", "datastore_upsert", "datastore_delete", "datastore_records_delete")
#: What an account may do with the file of its resource.
_FILE = ("resource_update", "resource_patch")
#: What a table's update must not bring along: another resource, other names, code that runs in the database.
_NOT_DATA = ("resource", "aliases", "triggers", "delete_fields")


@dataclass(frozen=True, slots=True)
class Grant:
    """One write that a grant lets through."""

    action: str
    user: model.User
    resource_id: str
    package_id: str


_running: ContextVar[Grant | None] = ContextVar("regional_feeding", default=None)


def granted(action: str, context: Context, data_dict: dict[str, Any]) -> Grant | None:
    """The grant under which an action may write to a published resource; None where there is none."""
    if action not in _TABLE and action not in _FILE:
        return None
    resource_id = data_dict.get("id") if action in _FILE else data_dict.get("resource_id")
    user = actor.of(context)
    if user is None or not isinstance(resource_id, str):
        return None
    if model.Session.get(FeedGrant, (resource_id, user.id)) is None:
        return None
    resource = model.Session.get(model.Resource, resource_id)
    package = model.Session.get(model.Package, resource.package_id) if resource is not None else None
    if package is None or status_of(package) != "published":
        return None
    return Grant(action, user, resource_id, package.id)


def run(grant: Grant, next_action: Action, context: Context, data_dict: dict[str, Any]) -> Any:
    """Let one write pass and record it.

    :raises RegionalRefused: it would change more than the data
    """
    if _running.get() is not None:
        # One action of CKAN's calls another.
        return next_action(context, data_dict)
    if grant.action in _TABLE and any(data_dict.get(key) for key in _NOT_DATA):
        raise _too_much()
    if grant.action == "datastore_delete" and not data_dict.get("filters"):
        # Without filters the table itself would go.
        raise _too_much()
    token = _running.set(grant)
    try:
        result = next_action(context, data_dict)
    finally:
        _running.reset(token)
    events.record(grant.package_id, "fed", grant.user, fields={f"resources/{grant.resource_id}": ""})
    model.Session.commit()
    return result


def is_running(package_id: str) -> bool:
    """Whether a grant lets a write to this dataset pass now."""
    grant = _running.get()
    return grant is not None and grant.package_id == package_id


def pass_file(next_action: Action, context: Context, data_dict: dict[str, Any]) -> Any:
    """Let a new file of the fed resource pass, if nothing else of the dataset changes.

    :raises RegionalRefused: something else would
    """
    grant = _running.get()
    assert grant is not None
    before = content.current(grant.package_id)
    # What the account was not shown, such as the steward's name, it does not give back.
    given = before | data_dict
    if not _is_file_only(before, given, grant.resource_id):
        raise _too_much()
    if not same_content(_without_file(before, grant.resource_id), _without_file(given, grant.resource_id)):
        raise _too_much()
    data_dict.clear()
    data_dict.update(before | {"resources": given["resources"]})
    context[publishing.BOOKKEEPING] = True  # pyright: ignore[reportGeneralTypeIssues]
    return next_action(context, data_dict)


def allow(resource_id: str, user: model.User, by: model.User | None) -> FeedGrant:
    """Let an account keep a published resource up; commits.

    :raises NotHere: there is no such resource
    :raises InvalidInput: its dataset is not published
    """
    package = package_of(resource_id)
    if status_of(package) != "published":
        raise InvalidInput({"resource_id": [tk._("The dataset is not published.")]})
    row = model.Session.merge(
        FeedGrant(resource_id=resource_id, user_id=user.id, granted_by=by.id if by is not None else None)
    )
    events.record(package.id, "feed_allowed", by, fields={f"resources/{resource_id}": user.name})
    model.Session.commit()
    return row


def revoke(resource_id: str, user: model.User, by: model.User | None) -> None:
    """Take that back; commits.

    :raises NotHere: there is no such grant
    """
    row = model.Session.get(FeedGrant, (resource_id, user.id))
    if row is None:
        raise NotHere(tk._("This account does not feed this resource."))
    model.Session.delete(row)
    events.record(package_of(resource_id).id, "feed_revoked", by, fields={f"resources/{resource_id}": user.name})
    model.Session.commit()


def grants(package_id: str) -> list[tuple[FeedGrant, model.User]]:
    """The accounts that feed resources of a dataset, by user name."""
    query = (
        sa.select(FeedGrant, model.User)
        .join(model.User, model.User.id == FeedGrant.user_id)
        .join(model.Resource, model.Resource.id == FeedGrant.resource_id)
        .where(model.Resource.package_id == package_id)
        .order_by(model.User.name)
    )
    return list(model.Session.execute(query).tuples())


def package_of(resource_id: str) -> model.Package:
    """The dataset of a resource.

    :raises NotHere: there is no such resource
    """
    resource = model.Session.get(model.Resource, resource_id)
    package = model.Session.get(model.Package, resource.package_id) if resource is not None else None
    if resource is None or package is None or resource.state != "active":
        raise NotHere(tk._("There is no such resource."))
    return package


def _is_file_only(before: dict[str, Any], after: dict[str, Any], resource_id: str) -> bool:
    """Whether the resource gets another file of its own, not a link to somewhere else."""
    there = next((one for one in before["resources"] if one["id"] == resource_id), {})
    given = next((one for one in after.get("resources") or [] if one.get("id") == resource_id), {})
    return bool(given.get("upload")) or (given.get("url") in (there.get("url"), None) and not given.get("clear_upload"))


def _without_file(dataset: dict[str, Any], resource_id: str) -> dict[str, Any]:
    resources = [
        {key: value for key, value in one.items() if key not in ("url", "upload", "url_type", "clear_upload")}
        if one.get("id") == resource_id
        else one
        for one in dataset.get("resources") or []
    ]
    return dataset | {"resources": resources}


def _too_much() -> RegionalRefused:
    return RegionalRefused(
        tk._(
            "This account may replace the file and the rows of this resource, and nothing else: "
            "propose the change instead (regional_revision_create)."
        )
    )
