"""The doors before what belongs to a dataset: resources, views, tables, collaborators and files."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
from ckan import model
from ckan import plugins as p
from ckan.types import Action, ChainedAction, Context

from ckanext.regional.curation.applying import publishing
from ckanext.regional.curation.doors import beside, feeding
from ckanext.regional.curation.doors.refusing import is_machine, package_of, package_of_resource, refuse_if_out


def get_actions() -> dict[str, ChainedAction]:
    """Every door, by the action that it stands before; those of plugins that are off are left out."""
    doors = {name: _door(name, lookup) for name, lookup in _BY_LOOKUP.items()}
    if p.plugin_loaded("datastore"):
        doors |= {name: _door(name, _of_table) for name in _DATASTORE}
    return doors


def _door(name: str, lookup: Any) -> ChainedAction:
    """Stand before an action that changes a dataset by a way of its own."""

    def door(next_action: Action, context: Context, data_dict: dict[str, Any]) -> Any:
        if grant := feeding.granted(name, context, data_dict):
            return feeding.run(grant, next_action, context, data_dict)
        if not publishing.is_our_own_write() and not is_machine(context):
            # In one order, so that two who wait for one another's dataset do not wait for ever.
            for package in sorted(filter(None, lookup(data_dict)), key=lambda package: package.id):
                refuse_if_out(package)
                beside.refuse_for_proposal(name, package)
        return next_action(context, data_dict)

    door.__name__ = name
    door.__doc__ = "Refuse it for what is published."
    return tk.chained_action(door)


def _of_dataset(data_dict: dict[str, Any]) -> list[model.Package | None]:
    return [package_of(data_dict.get("id"))]


def _of_resource(data_dict: dict[str, Any]) -> list[model.Package | None]:
    return [package_of_resource(data_dict.get("resource_id"))]


def _of_view(data_dict: dict[str, Any]) -> list[model.Package | None]:
    view = model.ResourceView.get(data_dict["id"]) if isinstance(data_dict.get("id"), str) else None
    # A view can be moved to another resource.
    return [package_of_resource(view.resource_id if view else None), package_of_resource(data_dict.get("resource_id"))]


def _of_this_resource(data_dict: dict[str, Any]) -> list[model.Package | None]:
    return [package_of_resource(data_dict.get("id"))]


def _of_new_resource(data_dict: dict[str, Any]) -> list[model.Package | None]:
    return [package_of(data_dict.get("package_id"))]


def _of_table(data_dict: dict[str, Any]) -> list[model.Package | None]:
    resource = data_dict.get("resource")
    if isinstance(resource, dict):
        return [package_of(resource.get("package_id"))]
    return [package_of_resource(data_dict.get("resource_id") or data_dict.get("id"))]


def _of_file(data_dict: dict[str, Any]) -> list[model.Package | None]:
    owners = [(data_dict.get("owner_type"), data_dict.get("owner_id"))]
    if isinstance(data_dict.get("id"), str) and (file := model.Session.get(model.File, data_dict["id"])):
        owners += [(owner.owner_type, owner.owner_id) for owner in [file.owner] if owner]
    found = {"package": package_of, "resource": package_of_resource}
    return [found[kind](owner_id) for kind, owner_id in owners if kind in found]


_BY_LOOKUP = {
    # These end in ``package_update``, but CKAN asks who may before, and its answer does not name the way to go.
    "resource_create": _of_new_resource,
    "resource_update": _of_this_resource,
    "resource_patch": _of_this_resource,
    "resource_delete": _of_this_resource,
    "resource_view_create": _of_resource,
    "resource_view_update": _of_view,
    "resource_view_delete": _of_view,
    "resource_view_reorder": _of_this_resource,
    "package_collaborator_create": _of_dataset,
    "package_collaborator_delete": _of_dataset,
    "file_delete": _of_file,
    "file_pin": _of_file,
    "file_rename": _of_file,
    "file_unpin": _of_file,
    "file_ownership_transfer": _of_file,
}

_DATASTORE = (
    "datastore_create",
    "datastore_upsert",
    "datastore_delete",
    "datastore_records_delete",
    "datastore_run_triggers",
)
