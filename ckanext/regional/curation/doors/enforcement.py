"""The doors: core actions behind which a published dataset cannot be changed and an unapproved one cannot get out."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from ckan import authz, model
from ckan import plugins as p
from ckan.types import Action, AuthResult, ChainedAction, Context

from ckanext.regional import actor, admission
from ckanext.regional.curation import cases, service
from ckanext.regional.curation.applying import content, publishing
from ckanext.regional.curation.doors import beside, feeding
from ckanext.regional.curation.fingerprint import same_content
from ckanext.regional.curation.hiding.labels import closed
from ckanext.regional.curation.queue import case_scope
from ckanext.regional.curation.revisions import copies, takeover
from ckanext.regional.curation.status import is_exempt, seen_status, status_of
from ckanext.regional.exceptions import NotAllowed, RegionalRefused, WrongState


def refusal(package: model.Package) -> str:
    """Why a write on a published dataset is refused, and the way to go."""
    title = package.title or package.name
    # A working copy is never public, not even when it is spent.
    if package.private and cases.of_copy(package.id) is not None:
        return tk._(
            "This proposal for “{title}” was decided or discarded: make a new one (regional_revision_create)."
        ).format(title=title)
    if seen_status(package) == "retired":
        return tk._(
            "“{title}” was removed and cannot be changed (regional_revision_create is for published ones)."
        ).format(title=title)
    return tk._(
        "“{title}” is published, so it cannot be changed directly: press “Propose a change” on its page or call "
        "regional_revision_create, edit the copy that it makes, and submit that."
    ).format(title=title)


def _refused(package: model.Package) -> RegionalRefused:
    return RegionalRefused(refusal(package), dataset=package.name, kind=package.type)


@tk.chained_action
def package_create(next_action: Action, context: Context, data_dict: dict[str, Any]) -> Any:
    """Create every dataset hidden, unless a trusted source's verdict says otherwise."""
    if is_exempt(data_dict.get("type")):
        _exempt_only_for_sysadmins(context)
        return next_action(context, data_dict)
    verdict = admission.given(context)
    data_dict["private"] = verdict is None or verdict.verdict != "publish"
    _refuse_unowned(data_dict)
    _refuse_reserved(data_dict)
    if verdict is None:
        return next_action(context, data_dict)
    with publishing.our_own_write():
        return next_action(context, data_dict)


@tk.chained_action
def package_update(next_action: Action, context: Context, data_dict: dict[str, Any]) -> Any:
    """Refuse what would change a published dataset; keep an unpublished one hidden, whatever is asked."""
    package = _package(data_dict.get("id") or data_dict.get("name"))
    if package is None or is_exempt(package.type):
        return next_action(context, data_dict)
    if publishing.is_our_own_write():
        with closed(package.id):
            return next_action(context, data_dict)
    _wait_for_decision(package)
    verdict = admission.given(context)
    if verdict is not None:
        if verdict.verdict == "review" and status_of(package) == "published":
            tk.check_access("package_update", context, data_dict)
            copies.propose(package, data_dict, actor.of(context), verdict.reason)
            return content.current(package.id)
        data_dict["private"] = verdict.verdict != "publish"
        with publishing.our_own_write():
            return next_action(context, data_dict)
    if feeding.is_running(package.id):
        return feeding.pass_file(next_action, context, data_dict)
    if status_of(package) != "unpublished":
        if not _is_machine(context) or not same_content(content.current(package.id), data_dict):
            raise _refused(package)
        data_dict["private"], data_dict["state"] = package.private, package.state
        context[publishing.BOOKKEEPING] = True  # pyright: ignore[reportGeneralTypeIssues]
        return next_action(context, data_dict)
    data_dict["private"] = True
    _refuse_unowned(data_dict)
    _refuse_reserved(data_dict, package.name)
    case = cases.of_copy(package.id)
    if case is None:
        return next_action(context, data_dict)
    copies.on_new_base(case, package, data_dict)
    result = next_action(context, data_dict)
    # A save that changes nothing returns before CKAN's commit, and may all the same have met a new base.
    model.Session.commit()
    return result


@tk.chained_action
def package_delete(next_action: Action, context: Context, data_dict: dict[str, Any]) -> Any:
    """Refuse it for what is published, to all but sysadmins; an open case ends with its dataset."""
    package = _package(data_dict.get("id"))
    if package is None or is_exempt(package.type):
        return next_action(context, data_dict)
    if _is_sysadmin(context):
        _wait_for_decision(package)
    else:
        _refuse_if_out(package)
    tk.check_access("package_delete", context, data_dict)
    if _discarded(context, package, purge=False):
        # CKAN tells others of it afterwards, so it must still be there.
        with publishing.our_own_write():
            return next_action(context, data_dict)
    service.closed_by(package.id, "deleted", actor.of(context))
    # Restored from the trash it is a dataset that nobody has approved.
    package.private = True
    return _and_finish(package.id, next_action(context, data_dict))


@tk.chained_action
def dataset_purge(next_action: Action, context: Context, data_dict: dict[str, Any]) -> Any:
    """End the open case with its dataset; the history stays."""
    package = _package(data_dict.get("id"))
    if package is None or is_exempt(package.type):
        return next_action(context, data_dict)
    tk.check_access("dataset_purge", context, data_dict)
    if publishing.is_our_own_write():
        return next_action(context, data_dict)
    if _discarded(context, package):
        return None
    _wait_for_decision(package)
    service.closed_by(package.id, "purged", actor.of(context))
    return _and_finish(package.id, next_action(context, data_dict))


@tk.chained_action
def package_owner_org_update(next_action: Action, context: Context, data_dict: dict[str, Any]) -> Any:
    """Refuse to move what is published, and to take any dataset out of every organisation."""
    package = _package(data_dict.get("id"))
    if package is not None and not is_exempt(package.type) and not publishing.is_our_own_write():
        # CKAN's own create and update call it with the owner that the dataset has.
        if data_dict.get("organization_id") != package.owner_org:
            _refuse_if_out(package)
        _refuse_unowned({"owner_org": data_dict.get("organization_id")})
    return next_action(context, data_dict)


@tk.chained_action
def member_create(next_action: Action, context: Context, data_dict: dict[str, Any]) -> Any:
    """Refuse to group what is published, to all but sysadmins."""
    _guard_membership(context, data_dict)
    return next_action(context, data_dict)


@tk.chained_action
def member_delete(next_action: Action, context: Context, data_dict: dict[str, Any]) -> Any:
    """Refuse to ungroup what is published, to all but sysadmins."""
    _guard_membership(context, data_dict)
    return next_action(context, data_dict)


@tk.chained_action
def group_create(next_action: Action, context: Context, data_dict: dict[str, Any]) -> Any:
    """Refuse a group that takes in what is published, to all but sysadmins."""
    _guard_grouping(context, data_dict)
    return next_action(context, data_dict)


@tk.chained_action
def group_update(next_action: Action, context: Context, data_dict: dict[str, Any]) -> Any:
    """Refuse to take in or put out what is published with the group's own data, to all but sysadmins."""
    _guard_grouping(context, data_dict)
    return next_action(context, data_dict)


def get_actions() -> dict[str, ChainedAction]:
    """Every door, by the action that it stands before; those of plugins that are off are left out."""
    doors = {
        door.__name__: door
        for door in (
            package_create, package_update, package_delete, dataset_purge, package_owner_org_update, member_create,
            member_delete, group_create, group_update,
        )
    }  # fmt: skip
    doors |= {name: _door(name, lookup) for name, lookup in _BY_LOOKUP.items()}
    doors |= beside.get_actions()
    if p.plugin_loaded("datastore"):
        doors |= {name: _door(name, _of_table) for name in _DATASTORE}
    return doors


@tk.chained_auth_function
@tk.auth_sysadmins_check
def may_update(next_auth: Any, context: Context, data_dict: dict[str, Any] | None) -> AuthResult:
    """Nobody edits a published dataset; pages that ask first then show no button that would be refused."""
    package = context.get("package") or _package((data_dict or {}).get("id"))
    if package is not None:
        # As CKAN's own function does, which then need not look for it again.
        context["package"] = package
    if package is not None and feeding.is_running(package.id):
        # The grant is the permission; the doors see to it that nothing else is written.
        return {"success": True}
    ours = package is not None and not is_exempt(package.type) and not publishing.is_our_own_write()
    # Asked with every button of a page; the doors ask anew under their lock.
    if package is not None and ours and seen_status(package) != "unpublished":
        return {"success": False, "msg": refusal(package)}
    if _is_sysadmin(context):
        return {"success": True}
    return next_auth(context, data_dict)


def _discarded(context: Context, package: model.Package, *, purge: bool = True) -> bool:
    """Whether what is to be deleted is a working copy, which is discarded with its case then."""
    who = actor.of(context)
    if cases.of_copy(package.id) is None or who is None:
        return False
    try:
        copies.discard(package.id, who, purge=purge)
    except (NotAllowed, WrongState) as error:
        model.Session.rollback()
        raise RegionalRefused(str(error)) from error
    return True


def _and_finish(dataset_id: str, result: Any) -> Any:
    """Put away the working copy of a dataset that has gone."""
    copies.finish(dataset_id)
    return result


def _door(name: str, lookup: Any) -> ChainedAction:
    """Stand before an action that changes a dataset by a way of its own."""

    def door(next_action: Action, context: Context, data_dict: dict[str, Any]) -> Any:
        if grant := feeding.granted(name, context, data_dict):
            return feeding.run(grant, next_action, context, data_dict)
        if not publishing.is_our_own_write() and not _is_machine(context):
            # In one order, so that two who wait for one another's dataset do not wait for ever.
            for package in sorted(filter(None, lookup(data_dict)), key=lambda package: package.id):
                _refuse_if_out(package)
                beside.refuse_for_proposal(name, package)
        return next_action(context, data_dict)

    door.__name__ = name
    door.__doc__ = "Refuse it for what is published."
    return tk.chained_action(door)


def _of_dataset(data_dict: dict[str, Any]) -> list[model.Package | None]:
    return [_package(data_dict.get("id"))]


def _of_relationship(data_dict: dict[str, Any]) -> list[model.Package | None]:
    return [_package(data_dict.get("subject")), _package(data_dict.get("object"))]


def _of_resource(data_dict: dict[str, Any]) -> list[model.Package | None]:
    return [_resources_package(data_dict.get("resource_id"))]


def _of_view(data_dict: dict[str, Any]) -> list[model.Package | None]:
    view = model.ResourceView.get(data_dict["id"]) if isinstance(data_dict.get("id"), str) else None
    # A view can be moved to another resource.
    return [_resources_package(view.resource_id if view else None), _resources_package(data_dict.get("resource_id"))]


def _of_this_resource(data_dict: dict[str, Any]) -> list[model.Package | None]:
    return [_resources_package(data_dict.get("id"))]


def _of_new_resource(data_dict: dict[str, Any]) -> list[model.Package | None]:
    return [_package(data_dict.get("package_id"))]


def _of_table(data_dict: dict[str, Any]) -> list[model.Package | None]:
    resource = data_dict.get("resource")
    if isinstance(resource, dict):
        return [_package(resource.get("package_id"))]
    return [_resources_package(data_dict.get("resource_id") or data_dict.get("id"))]


def _of_file(data_dict: dict[str, Any]) -> list[model.Package | None]:
    owners = [(data_dict.get("owner_type"), data_dict.get("owner_id"))]
    if isinstance(data_dict.get("id"), str) and (file := model.Session.get(model.File, data_dict["id"])):
        owners += [(owner.owner_type, owner.owner_id) for owner in [file.owner] if owner]
    found = {"package": _package, "resource": _resources_package}
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
    "package_relationship_create": _of_relationship,
    "package_relationship_update": _of_relationship,
    "package_relationship_delete": _of_relationship,
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


def _guard_membership(context: Context, data_dict: dict[str, Any]) -> None:
    if data_dict.get("object_type") != "package" or publishing.is_our_own_write() or _is_sysadmin(context):
        return
    package = _package(data_dict.get("object"))
    if package is not None:
        _refuse_if_out(package)


def _guard_grouping(context: Context, data_dict: dict[str, Any]) -> None:
    asked = data_dict.get("packages")
    if not isinstance(asked, list) or publishing.is_our_own_write() or _is_sysadmin(context):
        return
    named = [_package(one.get("id") or one.get("name")) for one in asked if isinstance(one, dict)]
    group = model.Group.get(data_dict["id"]) if isinstance(data_dict.get("id"), str) else None
    members = model.Session.scalars(
        sa.select(model.Member.table_id).where(
            model.Member.group_id == (group.id if group else None),
            model.Member.table_name == "package",
            model.Member.state == "active",
        )
    )
    moved = {package.id for package in named if package}.symmetric_difference(members)
    for package in sorted(filter(None, map(_package, moved)), key=lambda package: package.id):
        _refuse_if_out(package)


def after_create(context: Context, dataset: dict[str, Any]) -> None:
    """Note a new dataset in the transaction that makes it."""
    package, who = _written(dataset), actor.of(context)
    if package is None or is_exempt(package.type):
        return
    if (case := cases.of_copy(package.id)) is not None:
        copies.created(package, case)
        case_scope.note(package)
        return
    # An id that was purged may come again: what is known of it is not known of this one.
    service.begun(package, who, admission.given(context))


def after_update(context: Context, dataset: dict[str, Any]) -> None:
    """Note a change in the transaction that makes it."""
    package, who = _written(dataset), actor.of(context)
    if package is None or is_exempt(package.type) or context.get(publishing.BOOKKEEPING):
        return
    case_scope.note(package)
    verdict = admission.given(context)
    if verdict is not None:
        service.handed_over(package, who, verdict)
    elif not publishing.is_our_own_write():
        service.edited(package, who)


def _written(dataset: dict[str, Any]) -> model.Package | None:
    """The dataset that has just been written, which the session still holds."""
    return model.Session.get(model.Package, dataset["id"])


def _refuse_if_out(package: model.Package) -> None:
    """Refuse a change of what is published, or is being published now."""
    _wait_for_decision(package)
    if _is_out(package):
        raise _refused(package)


def _wait_for_decision(package: model.Package) -> None:
    """Let a decision that is under way end, and let none begin before this transaction does."""
    model.Session.execute(sa.select(model.Package.id).where(model.Package.id == package.id).with_for_update())


def _is_out(package: model.Package) -> bool:
    """Whether the review answers for the dataset and has let it out."""
    return not is_exempt(package.type) and status_of(package) != "unpublished"


def _package(name_or_id: Any) -> model.Package | None:
    return model.Package.get(name_or_id) if isinstance(name_or_id, str) else None


def _resources_package(resource_id: Any) -> model.Package | None:
    resource = model.Resource.get(resource_id) if isinstance(resource_id, str) else None
    return _package(resource.package_id) if resource is not None else None


def _is_sysadmin(context: Context) -> bool:
    return bool(context.get("ignore_auth")) or authz.is_sysadmin(context.get("user"))


def _is_machine(context: Context) -> bool:
    """Whether a job or the datastore is writing, not a person."""
    return bool(context.get("ignore_auth")) or context.get("user") == tk.config["ckan.site_id"]


def _exempt_only_for_sysadmins(context: Context) -> None:
    if not _is_sysadmin(context):
        raise RegionalRefused(tk._("Only sysadmins may create this type of dataset: it is not reviewed."))


def _refuse_reserved(data_dict: dict[str, Any], current: str | None = None) -> None:
    """Keep the names of working copies for them."""
    name = data_dict.get("name")
    if isinstance(name, str) and takeover.MARK in name and name != current and not publishing.is_our_own_write():
        raise tk.ValidationError({"name": [tk._("Names with “{mark}” are for proposals.").format(mark=takeover.MARK)]})


def _refuse_unowned(data_dict: dict[str, Any]) -> None:
    if not data_dict.get("owner_org"):
        text = tk._("Choose the organisation that answers for the dataset: one without cannot be reviewed.")
        raise tk.ValidationError({"owner_org": [text]})


__all__ = ["after_create", "after_update", "get_actions", "may_update", "refusal"]
