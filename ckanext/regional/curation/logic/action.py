"""Actions of the plugin ``regional_curation``."""

from __future__ import annotations

import dataclasses
import datetime
from typing import Any

import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from ckan import authz, model
from ckan.types import Context

from ckanext.regional import actor, territory, vocabulary
from ckanext.regional.curation import cases, guards, service
from ckanext.regional.curation.applying import content
from ckanext.regional.curation.history import denied, events
from ckanext.regional.curation.logic import dictize, schema, writing
from ckanext.regional.curation.logic.many import regional_curation_decide_many
from ckanext.regional.curation.model import Case, Contributor
from ckanext.regional.curation.people import appointments, stewards, waivers
from ckanext.regional.curation.queue import listing
from ckanext.regional.curation.revisions import changing
from ckanext.regional.curation.scope import ROLES
from ckanext.regional.curation.states import STATES, UNDECIDED, Position
from ckanext.regional.exceptions import InvalidInput, NotHere
from ckanext.regional.logic.errors import with_toolkit_errors
from ckanext.regional.logic.text import storable_text

__all__ = [
    "regional_curation_approve",
    "regional_curation_assign",
    "regional_curation_check",
    "regional_curation_claim",
    "regional_curation_decide_many",
    "regional_curation_history",
    "regional_curation_override",
    "regional_curation_queue",
    "regional_curation_reject",
    "regional_curation_release",
    "regional_curation_request_changes",
    "regional_curation_retire",
    "regional_curation_show",
    "regional_curation_submit",
    "regional_curation_suspend",
    "regional_curation_withdraw",
    "regional_steward_create",
    "regional_steward_delete",
    "regional_steward_list",
]


@tk.validate_action_data(schema.step)
@with_toolkit_errors
def regional_curation_submit(context: Context, data_dict: dict[str, Any]) -> dict[str, Any]:
    """Send a dataset to the stewards for review.

    :param id: id or name of the dataset
    :param comment: what the steward should know (optional)
    :returns: as ``regional_curation_show``
    :raises ValidationError: a mandatory field is empty (the errors are by field), or it waits already
    """
    return _take("submit", context, data_dict)


@tk.validate_action_data(schema.step)
@with_toolkit_errors
def regional_curation_withdraw(context: Context, data_dict: dict[str, Any]) -> dict[str, Any]:
    """Take a dataset back from review.

    :param id: id or name of the dataset
    :param comment: why (optional)
    :returns: as ``regional_curation_show``
    """
    return _take("withdraw", context, data_dict)


@tk.validate_action_data(schema.step)
@with_toolkit_errors
def regional_curation_claim(context: Context, data_dict: dict[str, Any]) -> dict[str, Any]:
    """Say that you are looking at a case. It tells others; it keeps nobody from deciding.

    :param id: id or name of the dataset
    :returns: as ``regional_curation_show``
    """
    return _take("claim", context, data_dict)


@tk.validate_action_data(schema.step)
@with_toolkit_errors
def regional_curation_release(context: Context, data_dict: dict[str, Any]) -> dict[str, Any]:
    """Give a case that you claimed back to the other stewards.

    :param id: id or name of the dataset
    :returns: as ``regional_curation_show``
    """
    return _take("release", context, data_dict)


@tk.validate_action_data(schema.step)
@with_toolkit_errors
def regional_curation_approve(context: Context, data_dict: dict[str, Any]) -> dict[str, Any]:
    """Approve a dataset; it is public with that.

    :param id: id or name of the dataset
    :param fingerprint: of what you looked at, from ``regional_curation_show``
    :param comment: a word to the author (optional)
    :returns: as ``regional_curation_show``
    :raises ValidationError: key ``fingerprint``: the dataset has changed since you looked; nothing was done
    """
    return _take("approve", context, data_dict)


@tk.validate_action_data(schema.step)
@with_toolkit_errors
def regional_curation_request_changes(context: Context, data_dict: dict[str, Any]) -> dict[str, Any]:
    """Send a dataset back to its author; the resubmission returns to you.

    :param id: id or name of the dataset
    :param fingerprint: of what you looked at
    :param comment: what should change
    :param fields: remarks by form field, ``{field: text}`` (optional)
    :returns: as ``regional_curation_show``
    """
    return _take("request_changes", context, data_dict)


@tk.validate_action_data(schema.step)
@with_toolkit_errors
def regional_curation_reject(context: Context, data_dict: dict[str, Any]) -> dict[str, Any]:
    """Refuse a dataset; its author may submit it anew.

    :param id: id or name of the dataset
    :param fingerprint: of what you looked at
    :param comment: why
    :returns: as ``regional_curation_show``
    """
    return _take("reject", context, data_dict)


@tk.validate_action_data(schema.assignment)
@with_toolkit_errors
def regional_curation_assign(context: Context, data_dict: dict[str, Any]) -> dict[str, Any]:
    """Give a case to a steward in scope.

    :param id: id or name of the dataset
    :param user: name or id of the steward
    :param comment: why (optional)
    :returns: as ``regional_curation_show``
    """
    assignee = model.User.get(data_dict["user"])
    return _take("assign", context, data_dict, assignee if assignee and assignee.state == "active" else None)


@tk.validate_action_data(schema.step)
@with_toolkit_errors
def regional_curation_retire(context: Context, data_dict: dict[str, Any]) -> dict[str, Any]:
    """Ask that a published dataset is removed; it stays public until a steward has approved that.

    :param id: id or name of the dataset
    :param comment: why
    :returns: as ``regional_curation_show``
    """
    return _take("retire", context, data_dict)


@tk.validate_action_data(schema.step)
@with_toolkit_errors
def regional_curation_suspend(context: Context, data_dict: dict[str, Any]) -> dict[str, Any]:
    """Hide a published dataset at once, with its files, tables and feeds, and ask that it is removed.

    It may be edited while it is hidden. Approving the removal makes it final; a steward other than who suspended,
    made or edited it makes it public again by rejecting the removal.

    :param id: id or name of the dataset
    :param comment: why
    :returns: as ``regional_curation_show``
    """
    return _take("suspend", context, data_dict)


@tk.validate_action_data(schema.step)
@with_toolkit_errors
def regional_curation_override(context: Context, data_dict: dict[str, Any]) -> dict[str, Any]:
    """Approve an open case alone, past stewards, four eyes and checks; sysadmins, where the site allows it.

    :param id: id or name of the dataset
    :param fingerprint: of what you looked at
    :param comment: why; the history keeps it
    :returns: as ``regional_curation_show``
    """
    return _take("override", context, data_dict)


@tk.side_effect_free
@tk.validate_action_data(schema.dataset)
@with_toolkit_errors
def regional_curation_show(context: Context, data_dict: dict[str, Any]) -> dict[str, Any]:
    """Show where a dataset stands in the review.

    :param id: id or name of the dataset
    :returns: ``{"dataset_id", "status", "case", "working_copy", "fingerprint", "changes", "checks",
        "allowed_actions"}``; ``dataset_id`` is that of the published dataset also where you gave its working copy, and
        ``working_copy`` is ``{"id", "name"}`` of that or None; ``case`` is the open one, else the last one, or None;
        ``checks`` are made now, in the reader's language, and those with ``waivable`` you may let pass; ``changes`` say
        what a revision changes:
        ``[{"field", "label", "kind", "before", "after", "segments", "items", "parts", "file"}]``
    """
    package = _package(data_dict["id"])
    tk.check_access("regional_curation_show", context, data_dict)
    user = actor.of(context)
    subject = _seen_by(user, cases.locate(package.id))
    case = subject.case or _last_seen(user, subject)
    contributors = list(
        model.Session.scalars(sa.select(Contributor.user_id).where(Contributor.dataset_id == subject.package.id))
    )
    names = dictize.user_names({*contributors, *([case.submitted_by, case.claimed_by] if case else [])})
    dataset = content.current(subject.content.id)
    fingerprint = content.current_fingerprint(dataset)
    checks = waivers.applied(subject.package.id, fingerprint, guards.check(dataset, context))
    waivable = waivers.may_waive(user, subject, checks)
    return {
        "dataset_id": subject.package.id,
        "status": subject.position.status,
        "case": dictize.case(case, names, contributors),
        "working_copy": dictize.working_copy(subject.copy),
        "fingerprint": fingerprint,
        "changes": changing.of_case(subject.case),
        "checks": [dictize.check(result, waivable) for result in checks],
        "allowed_actions": service.allowed_actions(user, subject) + (["waive"] if waivable else []),
    }


def _seen_by(user: model.User | None, subject: cases.Subject) -> cases.Subject:
    """A dataset's place in the review, without the proposal of which its readers know nothing."""
    if subject.copy is None or (user is not None and stewards.works_on(user, subject.package)):
        return subject
    if subject.position.kind != "revision":
        return dataclasses.replace(subject, copy=None)
    at = Position(subject.position.status, None, None)
    return cases.Subject(subject.package, None, None, at)


def _last_seen(user: model.User | None, subject: cases.Subject) -> Case | None:
    """The last case of a dataset that waits for nothing; proposals only for those who work on them."""
    query = sa.select(Case).where(Case.dataset_id == subject.package.id)
    if user is None or not stewards.works_on(user, subject.package):
        query = query.where(Case.kind != "revision")
    return model.Session.scalar(query.order_by(Case.created.desc()).limit(1))


@tk.side_effect_free
@tk.validate_action_data(schema.dataset)
@with_toolkit_errors
def regional_curation_check(context: Context, data_dict: dict[str, Any]) -> dict[str, Any]:
    """Run the guards without submitting anything.

    :param id: id or name of the dataset
    :returns: ``{"fingerprint", "checks": [{"level", "code", "message", "field", "waived"}]}``; ``waived`` is ``{"by",
        "at", "comment"}`` of a check that somebody let pass, else None
    """
    package = _package(data_dict["id"])
    tk.check_access("regional_curation_check", context, data_dict)
    subject = _seen_by(actor.of(context), cases.locate(package.id))
    dataset = content.current(subject.content.id)
    fingerprint = content.current_fingerprint(dataset)
    checks = waivers.applied(subject.package.id, fingerprint, guards.check(dataset, context))
    return {"fingerprint": fingerprint, "checks": [dictize.check(result) for result in checks]}


@tk.side_effect_free
@tk.validate_action_data(schema.queue)
@with_toolkit_errors
def regional_curation_queue(context: Context, data_dict: dict[str, Any]) -> dict[str, Any]:
    """List the cases that you may know of: those in your scope and those of your organisations.

    :param state: states, as a list or text with commas (default: ``submitted`` and ``in_review``)
    :param territory: only this territory and what lies in it
    :param sector: only this sector
    :param kind: only this kind of case
    :param mine: only what you may decide about
    :param unassigned: only what no steward may decide about
    :param overdue: only what is late
    :param q: words of the title
    :param sort: ``due`` (default), ``submitted`` or ``title``
    :param start: how many to leave out
    :param rows: how many to return (20)
    :returns: ``{"count", "results", "facets"}``
    """
    tk.check_access("regional_curation_queue", context, data_dict)
    user = actor.of(context)
    assert user is not None  # the auth function wants a user
    filters = listing.Filters(
        states=_states(data_dict.get("state")),
        territory=data_dict.get("territory"),
        sector=data_dict.get("sector"),
        kind=data_dict.get("kind"),
        mine=data_dict["mine"],
        unassigned=data_dict["unassigned"],
        overdue=data_dict["overdue"],
        q=data_dict.get("q"),
        sort=data_dict.get("sort") or "due",
        start=data_dict["start"],
        rows=data_dict["rows"],
    )
    count, page, facets = listing.entries(user, filters)
    names = dictize.user_names({person for row in page for person in (row.case.submitted_by, row.case.claimed_by)})
    titles = dictize.organisation_titles({row.package.owner_org for row in page})
    return {
        "count": count,
        "results": [dictize.entry(row, names, titles) for row in page],
        "facets": dictize.facets(facets),
    }


@tk.side_effect_free
@tk.validate_action_data(schema.dataset)
@with_toolkit_errors
def regional_curation_history(context: Context, data_dict: dict[str, Any]) -> dict[str, Any]:
    """Tell what happened to a dataset in the review; it works after the dataset was purged (by its id).

    :param id: id or name of the dataset
    :returns: ``{"count", "results": [{"seq", "at", "actor", "action", "from_state", "to_state", "comment", "fields",
        "fingerprint", "hash", "subject", "reason", "redacted"}]}``, the oldest first; steps that were denied (action
        ``denied``, the step in ``subject``, the rule in ``reason``) are told to stewards only, those of a proposal to
        change what is published only to those who edit or review it
    """
    tk.check_access("regional_curation_history", context, data_dict)
    package = model.Package.get(data_dict["id"])
    live = cases.locate(package.id).package if package else None
    # Sysadmins alone ask about what was purged.
    found = events.history(
        live.id if live else data_dict["id"],
        proposals=live is None or bool(context.get("ignore_auth")) or _works_on(context, live),
    )
    if not _oversees(context, package):
        found = [event for event in found if event["action"] != events.DENIED]
    if package is None and not found:
        raise tk.ObjectNotFound(tk._("There is no dataset “{id}”.").format(id=data_dict["id"]))
    return {"count": len(found), "results": found}


@tk.validate_action_data(schema.steward_create)
@with_toolkit_errors
def regional_steward_create(context: Context, data_dict: dict[str, Any]) -> dict[str, Any]:
    """Appoint somebody to review.

    :param user: name or id
    :param territory: a territory's code; empty: every territory
    :param sector: a sector's code; empty: every sector
    :param role: ``steward`` (default), ``deputy``, ``coordinator`` or ``dpo``
    :param until: last day, as ``2027-12-31`` (optional)
    :returns: ``{"id", "user", "territory", "sector", "role", "until", "created_by", "in_force", "ended", "active"}``;
        ``active`` is the account's state, without which an appointment is not in force
    :raises NotAuthorized: a coordinator appoints only within the territory and the sector that they coordinate
    """
    tk.check_access("regional_steward_create", context, data_dict)
    user, values = _appointment(data_dict)
    by = actor.of(context)
    row = appointments.appoint(user, by=by, trusted=bool(context.get("ignore_auth")), **values)
    return dictize.steward(row, user, by.name if by else None)


@tk.validate_action_data(schema.dataset)
@with_toolkit_errors
def regional_steward_delete(context: Context, data_dict: dict[str, Any]) -> None:
    """End an appointment.

    :param id: of the appointment, from ``regional_steward_list``
    """
    tk.check_access("regional_steward_delete", context, data_dict)
    appointments.dismiss(data_dict["id"], None if context.get("ignore_auth") else actor.of(context))


@tk.side_effect_free
@tk.validate_action_data(schema.steward_list)
@with_toolkit_errors
def regional_steward_list(context: Context, data_dict: dict[str, Any]) -> list[dict[str, Any]]:
    """List the appointments.

    :param user: only this person's (name or id)
    :param territory: only those for exactly this territory
    :param sector: only those for exactly this sector
    :param role: only those of this role
    :param for_territory: only those who are asked about datasets of this territory: theirs is it, around it or empty
    :param for_sector: only those who are asked about datasets of this sector
    :param in_force: only those that have not ended, of people whose account is active
    :returns: as ``regional_steward_create``, by user name
    """
    tk.check_access("regional_steward_list", context, data_dict)
    user = model.User.get(data_dict["user"]) if data_dict.get("user") else None
    if data_dict.get("user") and user is None:
        return []
    texts = {key: data_dict.get(key) for key in ("territory", "sector", "role", "for_territory", "for_sector")}
    wanted = appointments.Wanted(user_id=user.id if user else None, in_force=data_dict["in_force"], **texts)
    rows = appointments.listed(wanted)
    names = dictize.user_names({row.created_by for row, _person in rows})
    return [dictize.steward(row, person, names.get(row.created_by or "")) for row, person in rows]


def _take(
    action: str, context: Context, data_dict: dict[str, Any], assignee: model.User | None = None
) -> dict[str, Any]:
    package = _package(data_dict["id"])
    user = actor.of(context)
    live_id = cases.locate(package.id).package.id
    with denied.kept(action, live_id, user, data_dict.get("fingerprint")):
        tk.check_access(f"regional_curation_{action}", context, data_dict)
        if user is None:
            raise tk.NotAuthorized(tk._("Log in first."))
        remarks = _remarks(data_dict.get("fields"))
        writing.spend(user, data_dict.get("comment"), *remarks.values())
        service.take(
            service.Step(
                action=action,
                actor=user,
                package_id=package.id,
                fingerprint=data_dict.get("fingerprint"),
                comment=data_dict.get("comment"),
                fields=remarks,
                assignee=assignee,
            )
        )
    return regional_curation_show(tk.fresh_context(context), {"id": live_id})


def _works_on(context: Context, package: model.Package) -> bool:
    """Whether the reader is told of proposals to change a dataset."""
    user = actor.of(context)
    return user is not None and stewards.works_on(user, package)


def _oversees(context: Context, package: model.Package | None) -> bool:
    """Whether the reader is one of those who decide, and so is told who else tried to."""
    user = actor.of(context)
    if context.get("ignore_auth") or user is None:
        return bool(context.get("ignore_auth"))
    return authz.is_sysadmin(user.name) or (package is not None and stewards.reviews(user, package))


def _package(name_or_id: str) -> model.Package:
    package = model.Package.get(name_or_id)
    if package is None:
        raise NotHere(tk._("There is no dataset “{id}”.").format(id=name_or_id))
    return package


def _states(asked: list[str] | None) -> tuple[str, ...]:
    if not asked:
        return UNDECIDED
    if wrong := [state for state in asked if state not in STATES]:
        raise InvalidInput({"state": [f"“{wrong[0]}”: {', '.join(STATES)}"]})
    return tuple(asked)


def _remarks(fields: Any) -> dict[str, str]:
    remarks: dict[str, str] = {}
    for field, text in (fields or {}).items():
        try:
            remarks[storable_text(field)] = storable_text(text).strip()
        except tk.Invalid as error:
            raise InvalidInput({"fields": [error.error]}) from error
        if len(text) > service.LONGEST_COMMENT:
            raise InvalidInput({"fields": [tk._("Give one text by field.")]})
    return {field: text for field, text in remarks.items() if text}


def _appointment(data_dict: dict[str, Any]) -> tuple[model.User, dict[str, Any]]:
    errors: dict[str, list[str]] = {}
    user = model.User.get(data_dict["user"])
    if user is None or user.state != "active":
        errors["user"] = [tk._("There is no active user “{value}”.").format(value=data_dict["user"])]
    place = data_dict.get("territory") or None
    if place:
        place, _notice = territory.resolve(place)
        if not territory.exists(place):
            errors["territory"] = [tk._("There is no territory “{value}”.").format(value=place)]
    sector = data_dict.get("sector") or None
    if sector and vocabulary.get("sector", sector) is None:
        errors["sector"] = [tk._("There is no sector “{value}”.").format(value=sector)]
    role = data_dict.get("role") or "steward"
    if role not in ROLES:
        errors["role"] = [tk._("There is no role “{value}”; there are {roles}.").format(
            value=role, roles=", ".join(ROLES))]  # fmt: skip
    until = None
    if data_dict.get("until"):
        try:
            until = datetime.date.fromisoformat(data_dict["until"])
        except ValueError:
            errors["until"] = [tk._("“{value}” is no date such as 2027-12-31.").format(value=data_dict["until"])]
    if errors or user is None:
        raise InvalidInput(errors)
    return user, {"territory": place, "sector": sector, "role": role, "until": until}
