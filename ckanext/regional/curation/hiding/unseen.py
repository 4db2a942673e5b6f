"""Whoever asks the API about a dataset that is hidden from them gets the answer of one that is not there.

CKAN answers 403 for what is hidden and 404 for what is not there, and so tells which of the two it is. Pages answer 404
to both. What a caller may not read is therefore asked about once more under an id that nothing has.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from typing import Any

import ckan.plugins.toolkit as tk
from ckan import authz, model
from ckan import plugins as p
from ckan.types import Action, ChainedAction, Context
from flask import has_request_context, request

from ckanext.regional import actor

#: CKAN's actions that answer about one dataset, or about something that belongs to one.
_READING = """
    package_show resource_show resource_view_show resource_view_list dataset_follower_list am_following_dataset
    dataset_follower_count package_collaborator_list package_relationships_list file_show file_owner_scan
    """
_WRITING = """
    package_update package_patch package_revise package_delete dataset_purge package_owner_org_update
    package_resource_reorder package_create_default_resource_views resource_create resource_update resource_patch
    resource_delete resource_create_default_resource_views resource_view_create resource_view_update
    resource_view_delete resource_view_reorder package_relationship_create package_relationship_update
    package_relationship_delete package_collaborator_create package_collaborator_delete follow_dataset
    unfollow_dataset member_create member_delete file_rename file_pin file_unpin file_delete file_ownership_transfer
    """
_OF_PLUGINS = {
    "activity": (
        "package_activity_list activity_show activity_data_show activity_diff",
        "",
    ),
    "datastore": (
        "datastore_search datastore_info",
        "datastore_create datastore_upsert datastore_delete datastore_records_delete datastore_run_triggers",
    ),
}

#: CKAN asserts there that the dataset exists and that somebody asks, and answers 500 otherwise.
_ASSERTING = ("package_collaborator_create", "package_collaborator_delete", "package_collaborator_list")

#: Keys by which an action names what it is about; of flat ones (``match__id``) the last part.
_KEYS = frozenset(
    {
        "id",
        "name",
        "name_or_id",
        "package_id",
        "resource_id",
        "dataset_id",
        "subject",
        "object",
        "owner_id",
        "activity_id",
    }
)


def around(actions: dict[str, Any]) -> dict[str, Any]:
    """Our own actions and those that stand before CKAN's, so that each answers as if what is hidden were not there."""
    reading: set[str] = set(_READING.split())
    writing: set[str] = set(_WRITING.split())
    for plugin, (reads, writes) in _OF_PLUGINS.items():
        if p.plugin_loaded(plugin):
            reading.update(reads.split())
            writing.update(writes.split())
    ours = {name: _ours(name, action) for name, action in actions.items() if not _is_chained(action)}
    theirs = {name: action for name, action in actions.items() if _is_chained(action)}
    before = {name: _before(name, theirs.get(name), reads=name in reading) for name in reading | writing}
    return theirs | ours | before


def _is_chained(action: Any) -> bool:
    return getattr(action, "chained_action", False)


def _ours(name: str, action: Action) -> Action:
    def answered(context: Context, data_dict: dict[str, Any]) -> Any:
        return _answered(name, action, context, data_dict)

    answered.__doc__ = action.__doc__
    answered.__name__ = name
    answered.__dict__.update(action.__dict__)
    return answered  # pyright: ignore[reportReturnType]


def _before(name: str, door: ChainedAction | None, *, reads: bool) -> ChainedAction:
    def answered(next_action: Action, context: Context, data_dict: dict[str, Any]) -> Any:
        def call(context: Context, data_dict: dict[str, Any]) -> Any:
            return door(next_action, context, data_dict) if door else next_action(context, data_dict)

        return _answered(name, call, context, data_dict)

    answered.__name__ = name
    answered.__doc__ = door.__doc__ if door else None
    return tk.chained_action(tk.side_effect_free(answered) if reads else answered)


def _answered(name: str, call: Callable[..., Any], context: Context, data_dict: dict[str, Any]) -> Any:
    if not _is_asked(name):
        return call(context, data_dict)
    if name in _ASSERTING:
        _check_asserted(context, data_dict)
    given = _copied(data_dict)
    try:
        return call(context, data_dict)
    except tk.NotAuthorized:
        model.Session.rollback()
        hidden = {value for value in _named(given) if _is_hidden(context, value)}
        if not hidden:
            raise
    raise _as_of_nothing(call, context, given, {value: str(uuid.uuid4()) for value in hidden})


def _check_asserted(context: Context, data_dict: dict[str, Any]) -> None:
    if actor.of(context) is None:
        raise tk.NotAuthorized(tk._("Log in first."))
    if isinstance(data_dict.get("id"), str) and model.Package.get(data_dict["id"]) is None:
        raise tk.ObjectNotFound


def _is_asked(name: str) -> bool:
    """Whether somebody outside asks the API for just this action; what calls it on the way knows both answers apart."""
    return has_request_context() and (request.view_args or {}).get("logic_function") == name


def _as_of_nothing(
    call: Callable[..., Any], context: Context, given: dict[str, Any], instead: dict[str, str]
) -> Exception:
    """How the call ends for what does not exist, in the words of the one who asked."""
    given, name = _copied(given, instead), (request.view_args or {})["logic_function"]
    try:
        if name in _ASSERTING:
            _check_asserted(context, given)
        call(tk.fresh_context(context), given)
    except tk.ValidationError as error:
        return tk.ValidationError(_copied(error.error_dict, {new: old for old, new in instead.items()}))
    except (tk.ObjectNotFound, tk.NotAuthorized) as error:
        text = str(error)
        for old, new in instead.items():
            text = text.replace(new, old)
        return type(error)(text) if text else type(error)()
    return tk.ObjectNotFound()


def _copied(value: Any, instead: dict[str, str] | None = None) -> Any:
    """A copy of lists and dicts, files being themselves, with other texts instead of some."""
    if isinstance(value, dict):
        return {key: _copied(one, instead) for key, one in value.items()}
    if isinstance(value, list):
        return [_copied(one, instead) for one in value]
    if isinstance(value, str) and instead:
        for old, new in instead.items():
            value = value.replace(old, new)
    return value


def _named(value: Any) -> Iterator[str]:
    """Everything that may be an id or a name of something."""
    if isinstance(value, list):
        for one in value:
            yield from _named(one)
    elif isinstance(value, dict):
        for key, one in value.items():
            if isinstance(one, str) and str(key).rpartition("__")[2] in _KEYS:
                yield one
            yield from _named(one)


def _is_hidden(context: Context, value: str) -> bool:
    """Whether this is, or belongs to, a dataset that the caller may not read."""
    package = _package_of(value)
    if package is None:
        return False
    reader: Context = {"user": context.get("user", ""), "auth_user_obj": context.get("auth_user_obj")}  # pyright: ignore
    return not authz.is_authorized_boolean("package_show", reader, {"id": package.id})


def _package_of(value: str) -> model.Package | None:
    package = model.Package.get(value)
    if package is not None:
        return package
    resource = model.Session.get(model.Resource, value) or _resource_of_view(value)
    if resource is not None:
        return model.Session.get(model.Package, resource.package_id)
    file = model.Session.get(model.File, value)
    if file is not None and file.owner is not None:
        return _package_of(file.owner.owner_id)
    return _package_of_activity(value)


def _resource_of_view(value: str) -> model.Resource | None:
    view = model.Session.get(model.ResourceView, value)
    return model.Session.get(model.Resource, view.resource_id) if view is not None else None


def _package_of_activity(value: str) -> model.Package | None:
    if not p.plugin_loaded("activity"):
        return None
    from ckanext.activity.model import Activity  # pyright: ignore[reportMissingImports]

    activity = model.Session.get(Activity, value)
    return model.Session.get(model.Package, activity.object_id) if activity is not None else None
