"""What CKAN keeps beside a dataset's content: files of its file API, and all views at once."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from ckan import model
from ckan.types import Action, ChainedAction, Context

from ckanext.regional.curation import cases
from ckanext.regional.curation.applying import publishing
from ckanext.regional.curation.status import is_exempt, statuses
from ckanext.regional.exceptions import RegionalRefused

#: An approval writes the content of a working copy into the published dataset, and these are no content.
_FILING = ("file_delete", "file_pin", "file_rename", "file_unpin", "file_ownership_transfer")


def refuse_for_proposal(action: str, package: model.Package) -> None:
    """Refuse to give a working copy what would be lost with it.

    :raises RegionalRefused: it is one, and the action is about something that no approval carries over
    """
    if action not in _FILING or cases.of_copy(package.id) is None:
        return
    text = tk._(
        "Files of the file API are no part of a proposal and would be lost with it: add the file as a resource."
    )
    raise RegionalRefused(text, dataset=package.name, kind=package.type)


@tk.chained_action
def resource_view_clear(next_action: Action, context: Context, data_dict: dict[str, Any]) -> Any:
    """Refuse it while a published dataset has such views; the command line and jobs may."""
    tk.check_access("resource_view_clear", context, data_dict)
    if not context.get("ignore_auth") and not publishing.is_our_own_write():
        _refuse_if_published(data_dict.get("view_types") or [])
    return next_action(context, data_dict)


def _refuse_if_published(types: Any) -> None:
    query = (
        sa.select(model.Package.id, model.Package.state, model.Package.private, model.Package.type)
        .join(model.Resource, model.Resource.package_id == model.Package.id)
        .join(model.ResourceView, model.ResourceView.resource_id == model.Resource.id)
        .distinct()
    )
    if types:
        query = query.where(model.ResourceView.view_type.in_(types if isinstance(types, list) else [types]))
    found = [row for row in model.Session.execute(query) if not is_exempt(row.type)]
    known = statuses((row.id, row.state, row.private) for row in found)
    out = sum(status != "unpublished" for status in known.values())
    if out:
        raise RegionalRefused(
            tk._(
                "This would take the views of {count} published datasets away: remove them one by one, each by a "
                "proposal (regional_revision_create), or all by the command “ckan views clear”."
            ).format(count=out)
        )


def get_actions() -> dict[str, ChainedAction]:
    """The door before the action that is about no single dataset."""
    return {"resource_view_clear": resource_view_clear}
