"""The doors before relationships between datasets.

A relationship is no content: it says something about two datasets at once, and no approval carries it over. So once one
of the two is published, who answers for it sets it there, at once and without a case: a steward for it who did not
make it, or a sysadmin. The history of what is published tells of it.
"""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from ckan import authz, model
from ckan.types import Action, AuthResult, ChainedAction, Context

from ckanext.regional import actor
from ckanext.regional.curation import cases
from ckanext.regional.curation.applying import publishing
from ckanext.regional.curation.doors.refusing import is_machine, is_out, package_of, refused, wait_for_decision
from ckanext.regional.curation.hiding.ahead import RELATIONSHIPS
from ckanext.regional.curation.history import events
from ckanext.regional.curation.people import stewards
from ckanext.regional.curation.status import status_of
from ckanext.regional.exceptions import RegionalRefused
from ckanext.regional.logic.text import storable_text

#: CKAN's actions, and what the history calls each.
_EVENTS = {
    "package_relationship_create": "related",
    "package_relationship_update": "related",
    "package_relationship_delete": "unrelated",
}


def get_actions() -> dict[str, ChainedAction]:
    """Every door, by the action that it stands before."""
    return {name: _door(name) for name in _EVENTS}


@tk.chained_auth_function
def may_relate(next_auth: Any, context: Context, data_dict: dict[str, Any] | None) -> AuthResult:
    """Who answers for what is published and edits what is not, of both datasets.

    CKAN asks about both with one context, in which the first one's dataset stays, and so only about that.
    """
    user = actor.of(context)
    for package in _ends(data_dict or {}):
        if not is_out(package):
            allowed = authz.is_authorized_boolean("package_update", tk.fresh_context(context), {"id": package.id})
        else:
            allowed = user is not None and _answers_for(user, package)
        if not allowed:
            return {"success": False, "msg": _way(package)}
    return {"success": True}


def leave_out(data_dict: dict[str, Any], package_id: str | None = None) -> None:
    """Let a dataset that is written say nothing of its relationships, in place: they stay as they are.

    CKAN would save them with the dataset without asking about the other end: by its id anybody's could be taken over.

    :param package_id: None for a new dataset
    """
    given = [key for key in RELATIONSHIPS if key in data_dict]
    if not given:
        return
    if package_id is None or not _is_related(package_id):
        # As it is shown, so that CKAN sees that nothing has changed.
        data_dict.update({key: [] for key in given})
        return
    for key in given:
        # An empty list would remove those that there are.
        del data_dict[key]


def _is_related(package_id: str) -> bool:
    rows = model.package_relationship_table.c
    found = sa.exists().where(sa.or_(rows.subject_package_id == package_id, rows.object_package_id == package_id))
    return bool(model.Session.scalar(sa.select(found)))


def _door(name: str) -> ChainedAction:
    def door(next_action: Action, context: Context, data_dict: dict[str, Any]) -> Any:
        if publishing.is_our_own_write() or is_machine(context):
            return next_action(context, data_dict)
        user, ends = actor.of(context), _ends(data_dict)
        for package in [package for package in ends if _checked(package, user)]:
            _record(_EVENTS[name], user, package, ends, data_dict)
        held = _held(ends)
        try:
            return next_action(context, data_dict)
        except Exception:
            # Its commit carries the event; where there is none, nothing happened.
            model.Session.rollback()
            raise
        finally:
            held.clear()

    door.__name__ = name
    door.__doc__ = "Refuse it for what is published, to all who do not answer for that."
    return tk.chained_action(door)


def _held(ends: list[model.Package]) -> list[Any]:
    """The relationships between two datasets with both ends at hand: CKAN names them after its session has ended."""
    found = ends[0].get_relationships(with_package=ends[-1]) if ends else []
    return [(one, one.subject, one.object) for one in found]


def _checked(package: model.Package, user: model.User | None) -> bool:
    """Whether it is published, once nothing speaks against a relationship.

    :raises RegionalRefused: it is a proposal or was removed, or the user does not answer for it
    """
    wait_for_decision(package)
    if cases.of_copy(package.id) is not None:
        text = tk._(
            "Relationships between datasets are no part of a proposal: a steward or a sysadmin sets them on the "
            "published dataset itself."
        )
        raise RegionalRefused(text, dataset=package.name, kind=package.type)
    if not is_out(package):
        return False
    if status_of(package) != "published":
        raise refused(package)
    if user is None or not _answers_for(user, package):
        raise RegionalRefused(_way(package), dataset=package.name, kind=package.type)
    return True


def _answers_for(user: model.User, package: model.Package) -> bool:
    return authz.is_sysadmin(user.name) or stewards.may_decide(user, package, None, four_eyes=True)


def _way(package: model.Package) -> str:
    if not is_out(package):
        return tk._("Only those who edit both datasets may relate them.")
    return tk._(
        "“{title}” is published: ask a steward for its territory and sector who did not make it, or a sysadmin, to set "
        "its relationships."
    ).format(title=package.title or package.name)


def _ends(data_dict: dict[str, Any]) -> list[model.Package]:
    """Both datasets, in one order, so that two who wait for one another's do not wait for ever."""
    found = {package_of(data_dict.get("subject")), package_of(data_dict.get("object"))} - {None}
    return sorted(filter(None, found), key=lambda package: package.id)


def _record(
    action: str, user: model.User | None, package: model.Package, ends: list[model.Package], data_dict: dict[str, Any]
) -> None:
    """Note in the history of one dataset which other one it is related to, how, and with which words."""
    other = next((one.id for one in ends if one is not package), package.id)
    kind = data_dict.get("type")
    # What CKAN is about to refuse is written nowhere.
    kind = kind if kind in model.PackageRelationship.get_all_types() else None
    events.record(package.id, action, user, subject=other, reason=kind, comment=_comment(data_dict))


def _comment(data_dict: dict[str, Any]) -> str | None:
    """What everybody will read of the relationship.

    :raises ValidationError: it is no text
    """
    if not data_dict.get("comment"):
        return None
    try:
        data_dict["comment"] = storable_text(data_dict["comment"])
    except tk.Invalid as error:
        raise tk.ValidationError({"comment": [error.error]}) from error
    return data_dict["comment"]


__all__ = ["get_actions", "may_relate"]
