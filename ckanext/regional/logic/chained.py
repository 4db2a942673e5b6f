"""Core actions that ``regional`` stands before: what others compute is ignored on the way in, a steward is kept from
those whom it does not concern on the way out, and a steward's name is given to everybody where they agreed to that."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
from ckan import authz, model
from ckan import plugins as p
from ckan.types import Action, Context

from ckanext.regional import access, admission, defaults, high_value, people, site_schema
from ckanext.regional.interfaces import IRegional
from ckanext.regional.logic import incoming

__all__ = ["package_create", "package_search", "package_show", "package_update", "user_update"]

#: Computed keys of a dataset dict; a client that sends back what it read must not be refused for them.
READ_ONLY = ("origin", "regional_revision_of", "regional_status", "steward_name")


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
    added = package is not None and _take_back(package.id, data_dict)
    computed = added or any(key in data_dict for key in READ_ONLY) or any(key in (original or {}) for key in READ_ONLY)
    resources_missing = "resources" not in data_dict and data_dict.get("hvd_category")
    if package is not None and not original and (computed or resources_missing):
        original = tk.get_action("package_show")(tk.fresh_context(context, ignore_auth=True), {"id": package.id})
    if original and computed:
        context["original_package"] = {k: v for k, v in original.items() if k not in READ_ONLY}
        if package is not None:
            _take_back(package.id, context["original_package"])
    for key in READ_ONLY:
        data_dict.pop(key, None)
    high_value.add_regulation(data_dict, original.get("resources") if original else None)
    return next_action(context, data_dict)


def _take_back(dataset_id: str, dataset: dict[str, Any]) -> bool:
    """Take out what plugins add to the dataset when it is shown; whether any does."""
    adding = [plugin.take_back(dataset_id, dataset) for plugin in p.PluginImplementations(IRegional)]
    return any(adding)


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
    """Leave the steward out for those who may neither edit nor review; ``steward_name`` is for everybody."""
    dataset = next_action(context, data_dict)
    _name_stewards(context, [dataset])
    if dataset.get("steward") and not _may_see_steward(context, dataset):
        dataset.pop("steward")
    return dataset


@tk.chained_action
@tk.side_effect_free
def package_search(next_action: Action, context: Context, data_dict: dict[str, Any]) -> dict[str, Any]:
    """Leave stewards out for those who may neither edit nor review; ``steward_name`` is for everybody."""
    found = next_action(context, data_dict)
    _name_stewards(context, [dataset for dataset in found["results"] if isinstance(dataset, dict)])
    named = [dataset for dataset in found["results"] if isinstance(dataset, dict) and dataset.get("steward")]
    if not named or context.get("ignore_auth") or authz.is_sysadmin(context.get("user")):
        return found
    of_others = [dataset for dataset in named if dataset["steward"] != context.get("user")]
    editable = access.edited_by(context.get("user")) if of_others else set()
    for dataset in of_others:
        if dataset.get("owner_org") not in editable and not access.may_review(context.get("user"), dataset):
            dataset.pop("steward")
    return found


@tk.chained_action
def user_update(next_action: Action, context: Context, data_dict: dict[str, Any]) -> dict[str, Any]:
    """Keep what a user decided about their name: :param regional_public_name: true lets everybody know who answers for
    the data that they are the steward of. Nobody else can say so for them; a sysadmin can take it back.
    """
    given = data_dict.get("regional_public_name")
    if given is None:
        return next_action(context, data_dict)
    agreed = _as_decision(context, data_dict, given)
    rest = {key: value for key, value in data_dict.items() if key != "regional_public_name"}
    updated = next_action(context, rest)
    user = model.User.get(updated["id"])
    assert user is not None
    people.set_public_name(user, agreed)
    return updated


def _as_decision(context: Context, data_dict: dict[str, Any], given: Any) -> bool:
    """Read a tick, which a form sends after a hidden "false"."""
    try:
        agreed = tk.asbool(given[-1] if isinstance(given, list) and given else given)
    except ValueError:
        raise _refused(context, data_dict, tk._("Say true or false.")) from None
    user = model.User.get(str(data_dict.get("id") or ""))
    if agreed and (user is None or user.name != context.get("user")):
        raise _refused(context, data_dict, tk._("Only the person themselves can let their name be public."))
    return agreed


def _refused(context: Context, data_dict: dict[str, Any], message: str) -> tk.ValidationError:
    tk.check_access("user_update", context, {"id": data_dict.get("id")})
    return tk.ValidationError({"regional_public_name": [message]})


def _name_stewards(context: Context, datasets: list[dict[str, Any]]) -> None:
    """Name the stewards who agreed. Not in what the index or an activity keeps: it could not be taken back there."""
    for dataset in datasets:
        dataset.pop("steward_name", None)
    if context.get("ignore_auth"):
        return
    named = [dataset for dataset in datasets if isinstance(dataset.get("steward"), str) and dataset["steward"]]
    known = people.public_names(dataset["steward"] for dataset in named)
    for dataset in named:
        if dataset["steward"] in known:
            dataset["steward_name"] = known[dataset["steward"]]


def _may_see_steward(context: Context, dataset: dict[str, Any]) -> bool:
    return dataset["steward"] == context.get("user") or access.concerns(context, dataset)
