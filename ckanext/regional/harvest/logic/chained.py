"""Core actions that ``regional_harvest`` stands before."""

from __future__ import annotations

import json
from typing import Any

import ckan.plugins.toolkit as tk
from ckan import logic, model
from ckan import plugins as p
from ckan.types import Action, Context

from ckanext.regional.harvest.provenance import origin_extras, origins
from ckanext.regional.harvest.writing import writer

__all__ = ["package_show", "package_update"]

#: What makes ``package_show`` read the database, or something else than what is indexed.
_NOT_FROM_INDEX = ("schema", "for_view", "for_update")


@tk.chained_action
@tk.side_effect_free
def package_show(next_action: Action, context: Context, data_dict: dict[str, Any]) -> dict[str, Any]:
    """Show the dataset that an import has just written as CKAN does from its index: the activity plugin asks for it,
    and Solr, which makes a page of datasets visible together, does not have it yet. Nothing else is answered here.
    """
    shown = writer.just_written(data_dict.get("id"))
    unusual = not context.get("use_cache", True) or any(context.get(key) for key in _NOT_FROM_INDEX)
    # Who may see which key is decided for readers elsewhere.
    if shown is None or unusual or not context.get("ignore_auth") or data_dict.keys() - {"id", "include_tracking"}:
        return next_action(context, data_dict)
    package = model.Session.get(model.Package, data_dict["id"])
    dataset = json.loads(shown)
    if package is None or package.metadata_modified.isoformat() != dataset["metadata_modified"]:
        return next_action(context, data_dict)
    context["session"] = model.Session
    context["package"] = package
    tk.check_access("package_show", context, data_dict)
    for plugin in p.PluginImplementations(p.IPackageController):
        plugin.read(package)
    for plugin in p.PluginImplementations(p.IResourceController):
        for resource in dataset["resources"]:
            plugin.before_resource_show(resource)
    logic.apply_after_dataset_show_plugins(context, dataset)
    return dataset


@tk.chained_action
def package_update(next_action: Action, context: Context, data_dict: dict[str, Any]) -> Any:
    """Ignore the extras in which a search tells a harvested dataset's origin: a client may send back what it read."""
    extras = data_dict.get("extras")
    if isinstance(extras, list) and len(rest := origin_extras.without(extras)) < len(extras):
        dataset_id = data_dict.get("id")
        if isinstance(dataset_id, str) and origins.of([dataset_id]):
            data_dict["extras"] = rest
    return next_action(context, data_dict)
