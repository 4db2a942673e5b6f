"""What the review says of a dataset, and what waits."""

from __future__ import annotations

import dataclasses
from typing import Any

import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from ckan import authz, model
from ckan.types import Context

from ckanext.regional import actor
from ckanext.regional.curation import cases, guards, service
from ckanext.regional.curation.applying import content
from ckanext.regional.curation.history import events
from ckanext.regional.curation.logic import dictize, schema
from ckanext.regional.curation.logic.found import package_of
from ckanext.regional.curation.model import Case, Contributor
from ckanext.regional.curation.people import stewards, waivers
from ckanext.regional.curation.queue import listing
from ckanext.regional.curation.revisions import changing
from ckanext.regional.curation.states import STATES, UNDECIDED, Position
from ckanext.regional.exceptions import InvalidInput
from ckanext.regional.logic.errors import with_toolkit_errors

__all__ = [
    "regional_curation_check",
    "regional_curation_history",
    "regional_curation_queue",
    "regional_curation_show",
]


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
    package = package_of(data_dict["id"])
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
    package = package_of(data_dict["id"])
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


def _states(asked: list[str] | None) -> tuple[str, ...]:
    if not asked:
        return UNDECIDED
    if wrong := [state for state in asked if state not in STATES]:
        raise InvalidInput({"state": [f"“{wrong[0]}”: {', '.join(STATES)}"]})
    return tuple(asked)
