"""Core actions that ``regional`` stands before: what others compute is ignored on the way in, a steward's name is kept
from those whom it does not concern on the way out."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
from ckan import authz, model
from ckan import plugins as p
from ckan.logic.auth.update import package_update as may_update
from ckan.types import Action, Context

from ckanext.regional import admission, defaults, high_value, site_schema
from ckanext.regional.interfaces import IRegional
from ckanext.regional.logic import incoming

__all__ = ["package_create", "package_search", "package_show", "package_update"]

#: Computed keys of a dataset dict; a client that sends back what it read must not be refused for them.
READ_ONLY = ("origin", "regional_revision_of", "regional_status")


@tk.chained_action
def package_create(next_action: Action, context: Context, data_dict: dict[str, Any]) -> Any:
    """Make sure of the shapes, fill in what the organisation says for all its datasets, ignore what is computed."""
    for key in READ_ONLY:
        data_dict.pop(key, None)
    _refuse_wrong_shapes("package_create", context, data_dict, data_dict.get("type"))
    owner = data_dict.get("owner_org")
    # What our own code writes (an import, a working copy) is complete as it is.
    if owner and isinstance(owner, str) and admission.given(context) is None:
        data_dict.update(defaults.for_form(owner, data_dict))
    high_value.add_regulation(data_dict)
    return next_action(context, data_dict)


@tk.chained_action
def package_update(next_action: Action, context: Context, data_dict: dict[str, Any]) -> Any:
    """Make sure of the shapes, and ignore the keys that are computed, on both sides of CKAN's check for changes."""
    name_or_id = data_dict.get("id") or data_dict.get("name")
    package = model.Package.get(name_or_id) if isinstance(name_or_id, str) else None
    if package is not None:
        _refuse_wrong_shapes("package_update", context, data_dict, package.type)
    original = context.get("original_package")
    computed = any(key in data_dict for key in READ_ONLY) or any(key in (original or {}) for key in READ_ONLY)
    resources_missing = "resources" not in data_dict and data_dict.get("hvd_category")
    if package is not None and not original and (computed or resources_missing):
        original = tk.get_action("package_show")(tk.fresh_context(context, ignore_auth=True), {"id": package.id})
    if original and computed:
        context["original_package"] = {k: v for k, v in original.items() if k not in READ_ONLY}
    for key in READ_ONLY:
        data_dict.pop(key, None)
    high_value.add_regulation(data_dict, original.get("resources") if original else None)
    return next_action(context, data_dict)


def _refuse_wrong_shapes(action: str, context: Context, data_dict: dict[str, Any], dataset_type: Any) -> None:
    """Answer what has another shape than its field, if the user may write at all."""
    known = dataset_type if isinstance(dataset_type, str) and dataset_type else "dataset"
    errors = incoming.prepare(data_dict, site_schema.of_type(known))
    if errors:
        tk.check_access(action, context, {key: value for key, value in data_dict.items() if key not in errors})
        raise tk.ValidationError(errors)


@tk.chained_action
@tk.side_effect_free
def package_show(next_action: Action, context: Context, data_dict: dict[str, Any]) -> dict[str, Any]:
    """Leave the steward's name out for those who may neither edit nor review."""
    dataset = next_action(context, data_dict)
    if dataset.get("steward") and not _may_see_steward(context, dataset):
        dataset.pop("steward")
    return dataset


@tk.chained_action
@tk.side_effect_free
def package_search(next_action: Action, context: Context, data_dict: dict[str, Any]) -> dict[str, Any]:
    """Leave stewards' names out for those who may neither edit nor review."""
    found = next_action(context, data_dict)
    named = [dataset for dataset in found["results"] if isinstance(dataset, dict) and dataset.get("steward")]
    if not named or context.get("ignore_auth") or authz.is_sysadmin(context.get("user")):
        return found
    editable = _editable_organisations(context)
    for dataset in named:
        concerned = dataset.get("owner_org") in editable or dataset["steward"] == context.get("user")
        if not concerned and not _may_review(context, dataset):
            dataset.pop("steward")
    return found


def _may_see_steward(context: Context, dataset: dict[str, Any]) -> bool:
    if context.get("ignore_auth"):
        return True
    user = context.get("user")
    if not user:
        return False
    if authz.is_sysadmin(user) or dataset["steward"] == user:
        return True
    # CKAN's own rule, not the chained one: the review refuses edits of what is published, even to its editors.
    return bool(may_update(context, {"id": dataset["id"]}).get("success")) or _may_review(context, dataset)


def _may_review(context: Context, dataset: dict[str, Any]) -> bool:
    user = context.get("user")
    if not user:
        return False
    return any(plugin.may_review(user, dataset) for plugin in p.PluginImplementations(IRegional))


def _editable_organisations(context: Context) -> set[str]:
    if not context.get("user"):
        return set()
    organisations = tk.get_action("organization_list_for_user")(
        tk.fresh_context(context), {"permission": "update_dataset"}
    )
    return {organisation["id"] for organisation in organisations}
