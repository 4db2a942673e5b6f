"""The doors before a dataset: a published one cannot be changed there, and an unapproved one cannot get out."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
from ckan import model
from ckan.types import Action, AuthResult, ChainedAction, Context

from ckanext.regional import actor, admission
from ckanext.regional.curation import cases, service
from ckanext.regional.curation.applying import content, publishing
from ckanext.regional.curation.doors import beside, feeding, grouping, parts, relationships
from ckanext.regional.curation.doors.refusing import (
    is_machine,
    is_sysadmin,
    package_of,
    refusal,
    refuse_if_out,
    refused,
    wait_for_decision,
)
from ckanext.regional.curation.fingerprint import same_content
from ckanext.regional.curation.hiding.labels import closed
from ckanext.regional.curation.queue import case_scope
from ckanext.regional.curation.revisions import copies, takeover
from ckanext.regional.curation.status import is_exempt, seen_status, status_of
from ckanext.regional.exceptions import NotAllowed, RegionalRefused, WrongState


@tk.chained_action
def package_create(next_action: Action, context: Context, data_dict: dict[str, Any]) -> Any:
    """Create every dataset hidden, unless a trusted source's verdict says otherwise."""
    if is_exempt(data_dict.get("type")):
        _exempt_only_for_sysadmins(context)
        return next_action(context, data_dict)
    relationships.leave_out(data_dict)
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
    package = package_of(data_dict.get("id") or data_dict.get("name"))
    if package is None or is_exempt(package.type):
        return next_action(context, data_dict)
    relationships.leave_out(data_dict, package.id)
    if publishing.is_our_own_write():
        with closed(package.id):
            return next_action(context, data_dict)
    wait_for_decision(package)
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
        if not is_machine(context) or not same_content(content.current(package.id), data_dict):
            raise refused(package)
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
    package = package_of(data_dict.get("id"))
    if package is None or is_exempt(package.type):
        return next_action(context, data_dict)
    if is_sysadmin(context):
        wait_for_decision(package)
    else:
        refuse_if_out(package)
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
    package = package_of(data_dict.get("id"))
    if package is None or is_exempt(package.type):
        return next_action(context, data_dict)
    tk.check_access("dataset_purge", context, data_dict)
    if publishing.is_our_own_write():
        return next_action(context, data_dict)
    if _discarded(context, package):
        return None
    wait_for_decision(package)
    service.closed_by(package.id, "purged", actor.of(context))
    return _and_finish(package.id, next_action(context, data_dict))


@tk.chained_action
def package_owner_org_update(next_action: Action, context: Context, data_dict: dict[str, Any]) -> Any:
    """Refuse to move what is published, and to take any dataset out of every organisation."""
    package = package_of(data_dict.get("id"))
    if package is not None and not is_exempt(package.type) and not publishing.is_our_own_write():
        # CKAN's own create and update call it with the owner that the dataset has.
        if data_dict.get("organization_id") != package.owner_org:
            refuse_if_out(package)
        _refuse_unowned({"owner_org": data_dict.get("organization_id")})
    return next_action(context, data_dict)


def get_actions() -> dict[str, ChainedAction]:
    """Every door of the review, by the action that it stands before."""
    own = (package_create, package_update, package_delete, dataset_purge, package_owner_org_update)
    doors = {door.__name__: door for door in own}
    for kind in (grouping, parts, relationships, beside):
        doors |= kind.get_actions()
    return doors


@tk.chained_auth_function
@tk.auth_sysadmins_check
def may_update(next_auth: Any, context: Context, data_dict: dict[str, Any] | None) -> AuthResult:
    """Nobody edits a published dataset; pages that ask first then show no button that would be refused."""
    package = context.get("package") or package_of((data_dict or {}).get("id"))
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
    if is_sysadmin(context):
        return {"success": True}
    return next_auth(context, data_dict)


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


def _exempt_only_for_sysadmins(context: Context) -> None:
    if not is_sysadmin(context):
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
