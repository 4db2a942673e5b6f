"""Readers of CKAN that look neither at ``private`` nor at labels; without these, they would tell of hidden datasets."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from ckan import authz, model
from ckan import plugins as p
from ckan.lib.plugins import get_permission_labels
from ckan.types import Action, ChainedAction, Context

from ckanext.regional import actor
from ckanext.regional.curation import cases
from ckanext.regional.curation.status import remember_statuses

#: More formats than any catalogue has.
_ALL = 1_000_000


@tk.chained_action
@tk.side_effect_free
def tag_list(next_action: Action, context: Context, data_dict: dict[str, Any]) -> Any:
    """List only tags that a public dataset bears."""
    found = next_action(context, data_dict)
    if data_dict.get("vocabulary_id") or _sees_everything(context):
        return found
    return _only_public(found)


@tk.chained_action
@tk.side_effect_free
def tag_autocomplete(next_action: Action, context: Context, data_dict: dict[str, Any]) -> Any:
    """Offer only tags that a public dataset bears."""
    if data_dict.get("vocabulary_id") or _sees_everything(context):
        return next_action(context, data_dict)
    every = next_action(context, _unpaged(data_dict))
    return _slice(_only_public(every), data_dict)


@tk.chained_action
@tk.side_effect_free
def tag_search(next_action: Action, context: Context, data_dict: dict[str, Any]) -> Any:
    """Find only tags that a public dataset bears."""
    if data_dict.get("vocabulary_id") or _sees_everything(context):
        return next_action(context, data_dict)
    visible = _only_public(next_action(context, _unpaged(data_dict))["results"])
    return {"count": len(visible), "results": _slice(visible, data_dict)}


@tk.chained_action
@tk.side_effect_free
def tag_show(next_action: Action, context: Context, data_dict: dict[str, Any]) -> Any:
    """Show a free tag only if a public dataset bears it."""
    tag = next_action(context, data_dict)
    if tag.get("vocabulary_id") or _sees_everything(context) or tag["name"] in _public_tags([tag["name"]]):
        return tag
    raise tk.ObjectNotFound


@tk.chained_action
@tk.side_effect_free
def activity_diff(next_action: Action, context: Context, data_dict: dict[str, Any]) -> Any:
    """Compare only with an earlier version that the reader may see too; CKAN asks about the later one."""
    compared = next_action(context, data_dict)
    for activity in compared["activities"]:
        tk.check_access("activity_show", tk.fresh_context(context), {"id": activity["id"], "include_data": True})
    return compared


@tk.chained_action
@tk.side_effect_free
def group_show(next_action: Action, context: Context, data_dict: dict[str, Any]) -> Any:
    """Leave hidden datasets out of the featured groups of the home page, which asks without a reader."""
    return _without_hidden(context, next_action(context, data_dict))


@tk.chained_action
@tk.side_effect_free
def organization_show(next_action: Action, context: Context, data_dict: dict[str, Any]) -> Any:
    """Leave hidden datasets out of the featured organisations of the home page, which asks without a reader."""
    return _without_hidden(context, next_action(context, data_dict))


@tk.chained_action
@tk.side_effect_free
def format_autocomplete(next_action: Action, context: Context, data_dict: dict[str, Any]) -> Any:
    """Offer only formats in which something public is."""
    if _sees_everything(context):
        return next_action(context, data_dict)
    every = next_action(context, data_dict | {"limit": _ALL})
    public = model.Session.scalars(
        sa.select(sa.func.lower(model.Resource.format))
        .join(model.Package, model.Package.id == model.Resource.package_id)
        .where(
            sa.func.lower(model.Resource.format).in_(every),
            model.Resource.state == "active",
            model.Package.state == "active",
            model.Package.private.is_(False),
        )
        .distinct()
    )
    visible = set(public)
    most = _number(data_dict, "limit")
    return [name for name in every if name in visible][: 5 if most is None else most]


@tk.chained_action
@tk.side_effect_free
def member_list(next_action: Action, context: Context, data_dict: dict[str, Any]) -> Any:
    """Count only datasets that the reader may read among the members of a group or an organisation."""
    found = next_action(context, data_dict)
    if any(row[1] == "package" for row in found):
        copies = cases.copy_ids()
        found = [row for row in found if row[0] not in copies]
    if _sees_everything(context):
        return found
    return [row for row in found if row[1] != "package" or _is_readable(context, row[0])]


@tk.chained_action
@tk.side_effect_free
def package_relationships_list(next_action: Action, context: Context, data_dict: dict[str, Any]) -> Any:
    """Name only datasets that the reader may read at the other end of a relationship."""
    found = next_action(context, data_dict)
    if _sees_everything(context):
        return found
    return [one for one in found if all(_is_readable(context, one[end]) for end in ("subject", "object"))]


@tk.chained_action
@tk.side_effect_free
def datastore_search(next_action: Action, context: Context, data_dict: dict[str, Any]) -> Any:
    """Keep the list of all tables, those of hidden datasets and their aliases too, for sysadmins."""
    if data_dict.get("resource_id") == "_table_metadata" and not _sees_everything(context):
        raise tk.NotAuthorized(tk._("Only sysadmins may list the tables of the datastore."))
    return next_action(context, data_dict)


@tk.chained_action
def activity_create(next_action: Action, context: Context, data_dict: dict[str, Any]) -> Any:
    """Write no activity about a view of a hidden dataset: CKAN gives those no labels and shows them to all.

    Nor about a working copy, which is nobody's dataset: its history is that of the dataset's review.
    """
    if cases.of_copy(str(data_dict.get("object_id"))) is not None:
        tk.check_access("activity_create", context, data_dict)
        return {}
    if str(data_dict.get("activity_type", "")).endswith("resource view"):
        package = model.Package.get(str(data_dict.get("object_id")))
        if package is not None and package.private:
            tk.check_access("activity_create", context, data_dict)
            return {}
    return next_action(context, data_dict)


@tk.chained_action
@tk.side_effect_free
def task_status_show(next_action: Action, context: Context, data_dict: dict[str, Any]) -> Any:
    """Tell of a job only whoever may read what it works on: CKAN tells everybody, with the job's messages."""
    status = next_action(context, data_dict)
    resource = model.Resource.get(status.get("entity_id") or "")
    package = model.Package.get(resource.package_id if resource is not None else status.get("entity_id"))
    if package is not None and not _sees_everything(context) and not _is_readable(context, package.id):
        raise tk.ObjectNotFound
    return status


def _only_of_readable(name: str) -> ChainedAction:
    """An action about following, which CKAN answers for every dataset that there is."""

    def mended(next_action: Action, context: Context, data_dict: dict[str, Any]) -> Any:
        asked = data_dict.get("id")
        package = model.Package.get(asked) if isinstance(asked, str) else None
        if package is not None and not _sees_everything(context):
            reader = tk.fresh_context(context)
            reader["package"] = package
            tk.check_access("package_show", reader, {"id": package.id})
        return next_action(context, data_dict)

    mended.__name__ = name
    mended.__doc__ = "Answer only about datasets that the reader may read."
    return tk.chained_action(mended if name in _WRITING else tk.side_effect_free(mended))


def _without_what_became_hidden(name: str) -> ChainedAction:
    """A list of activities, which CKAN shows to whoever could read the dataset when it was written."""

    def mended(next_action: Action, context: Context, data_dict: dict[str, Any]) -> Any:
        found = next_action(context, data_dict)
        if _sees_everything(context):
            return found
        unreadable = _unreadable(context, {activity["object_id"] for activity in found})
        return [activity for activity in found if activity["object_id"] not in unreadable]

    mended.__name__ = name
    mended.__doc__ = "Leave out what the reader may no longer read."
    return tk.chained_action(tk.side_effect_free(mended))


_WRITING = ("follow_dataset",)
_FOLLOWING = (*_WRITING, "dataset_follower_count", "am_following_dataset")
_ACTIVITIES = (
    "organization_activity_list", "group_activity_list", "user_activity_list",
    "recently_changed_packages_activity_list", "dashboard_activity_list",
)  # fmt: skip


def get_actions() -> dict[str, ChainedAction]:
    """Every reader that is mended; those of plugins that are off are left out."""
    mended = [
        tag_list, tag_autocomplete, tag_search, tag_show, group_show, organization_show,
        format_autocomplete, member_list, package_relationships_list, task_status_show,
        *map(_only_of_readable, _FOLLOWING),
    ]  # fmt: skip
    if p.plugin_loaded("activity"):
        mended += [activity_diff, activity_create, *map(_without_what_became_hidden, _ACTIVITIES)]
    if p.plugin_loaded("datastore"):
        mended.append(datastore_search)
    return {action.__name__: action for action in mended}


def _sees_everything(context: Context) -> bool:
    return bool(context.get("ignore_auth")) or authz.is_sysadmin(context.get("user"))


def _unreadable(context: Context, ids: set[str]) -> set[str]:
    """Of these datasets those that are not public now and that the reader may not read by their labels.

    An author's toolbar counts their news on every page, and most of it may be about what they have in hand: the
    reader's labels are asked for once.
    """
    query = sa.select(model.Package).where(
        model.Package.id.in_(ids), sa.or_(model.Package.private, model.Package.state != "active")
    )
    hidden = list(model.Session.scalars(query)) if ids else []
    if not hidden:
        return set()
    remember_statuses(package.id for package in hidden)
    labels, reader = get_permission_labels(), actor.of(context)
    known = set(labels.get_user_dataset_labels(reader or model.AnonymousUser()))
    return {package.id for package in hidden if known.isdisjoint(labels.get_dataset_labels(package))}


def _is_readable(context: Context, dataset: str) -> bool:
    return authz.is_authorized_boolean("package_show", tk.fresh_context(context), {"id": dataset})


def _unpaged(data_dict: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in data_dict.items() if key not in ("limit", "offset")}


def _only_public(tags: list[Any]) -> list[Any]:
    names = _public_tags([_name(tag) for tag in tags])
    return [tag for tag in tags if _name(tag) in names]


def _slice(found: list[Any], data_dict: dict[str, Any]) -> list[Any]:
    start = _number(data_dict, "offset") or 0
    limit = _number(data_dict, "limit")
    return found[start:] if limit is None else found[start : start + limit]


def _number(data_dict: dict[str, Any], key: str) -> int | None:
    """A number that CKAN would have checked, had we not kept it from it."""
    value = data_dict.get(key)
    if value in (None, ""):
        return None
    try:
        number = int(value)
    except (TypeError, ValueError):
        number = -1
    if number < 0:
        raise tk.ValidationError({key: [tk._("Must be a natural number")]})
    return number


def _name(tag: Any) -> str:
    return tag if isinstance(tag, str) else tag["name"]


def _public_tags(names: list[str]) -> set[str]:
    if not names:
        return set()
    query = (
        sa.select(model.Tag.name)
        .join(model.PackageTag, model.PackageTag.tag_id == model.Tag.id)
        .join(model.Package, model.Package.id == model.PackageTag.package_id)
        .where(
            model.Tag.name.in_(names),
            model.Tag.vocabulary_id.is_(None),
            model.PackageTag.state == "active",
            model.Package.state == "active",
            model.Package.private.is_(False),
        )
        .distinct()
    )
    return set(model.Session.scalars(query))


def _without_hidden(context: Context, group: Any) -> Any:
    if context.get("ignore_auth") and context.get("for_view") and isinstance(group, dict) and group.get("packages"):
        group["packages"] = [package for package in group["packages"] if not package.get("private")]
    return group
