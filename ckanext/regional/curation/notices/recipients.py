"""Whom a notice concerns, as of now: scope and accounts may have changed since the event."""

from __future__ import annotations

import datetime
from typing import Any

import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from ckan import authz, model

from ckanext.regional.curation.cases import scope_of
from ckanext.regional.curation.history import events
from ckanext.regional.curation.model import Case, Contributor, Notice
from ckanext.regional.curation.people import stewards
from ckanext.regional.curation.scope import reviewers
from ckanext.regional.curation.states import UNDECIDED

#: Kinds that ask for a decision; ``digest`` and ``overdue`` are lists of several cases.
TO_STEWARDS = ("submit", "retire", "suspend", "received")
LISTS = ("digest", "overdue")


def of_event(notice: Notice, actor_id: str | None) -> set[str]:
    """Ids of the active users whom the event of a notice concerns, without whom it comes from."""
    package = model.Session.get(model.Package, notice.dataset_id) if notice.dataset_id else None
    case = model.Session.get(Case, notice.case_id) if notice.case_id else None
    if package is None or case is None:
        return set()
    if notice.kind in TO_STEWARDS:
        found = deciders(package, case)
    elif notice.kind in events.DECIDED:
        found = {case.submitted_by or "", *notice.details.get("people", [])}
    else:
        found = {case.claimed_by or ""}
    return _active(found - {actor_id or ""})


def deciders(package: model.Package, case: Case) -> set[str]:
    """Ids of those who may decide about a case now; see :func:`deciders_of`."""
    return deciders_of([(case, package)]).get(case.id, set())


def deciders_of(cases: list[tuple[Case, model.Package]]) -> dict[str, set[str]]:
    """Ids of those who may decide now, by the case's id: whoever has it in hand, else every steward whom four eyes
    leaves, else coordinators, else sysadmins; nobody once it is decided. A few queries, however many cases.
    """
    waiting = [(case, package) for case, package in cases if case.state in UNDECIDED]
    under_review = _under_review(waiting)
    contributors: dict[str, set[str]] = {}
    query = sa.select(Contributor.dataset_id, Contributor.user_id)
    ids = [package.id for package in under_review.values()]
    for dataset_id, user_id in model.Session.execute(query.where(Contributor.dataset_id.in_(ids))):
        contributors.setdefault(dataset_id, set()).add(user_id)
    appointed, sysadmins, today = stewards.appointed(), _sysadmins(), datetime.date.today()
    found: dict[str, set[str]] = {}
    for case, live in waiting:
        package = under_review[case.id]
        excluded = {*contributors.get(package.id, ()), package.creator_user_id or "", case.submitted_by or ""}
        who = reviewers(appointed, scope_of(live), excluded, today)
        if case.claimed_by in who.approvers:
            found[case.id] = {case.claimed_by or ""}
        else:
            found[case.id] = set(who.approvers or who.coordinators) or sysadmins - excluded
    return found


def is_concerned(notice: Notice, user: model.User) -> bool:
    """Whether an addressed notice still concerns its reader: nobody is told of what is no business of theirs now."""
    if user.state != "active":
        return False
    if notice.kind in LISTS:
        return True
    package = model.Session.get(model.Package, notice.dataset_id) if notice.dataset_id else None
    case = model.Session.get(Case, notice.case_id) if notice.case_id else None
    if package is None or case is None:
        return False
    if notice.kind in TO_STEWARDS:
        return user.id in deciders(package, case)
    return _reads(user, package)


def is_known_to(notice: Notice, user: model.User) -> bool:
    """Whether the reader of a notice may still know of its dataset, done with or not."""
    package = model.Session.get(model.Package, notice.dataset_id) if notice.dataset_id else None
    return notice.kind in LISTS or (package is not None and _reads(user, package))


def _reads(user: model.User, package: model.Package) -> bool:
    context = {"user": user.name, "auth_user_obj": user}
    return authz.is_authorized_boolean("package_show", context, {"id": package.id})  # pyright: ignore


def waiting_for(user: model.User, case_ids: list[str]) -> list[tuple[Case, model.Package]]:
    """Of these cases those that somebody can decide about now, the most urgent first."""
    rows = with_datasets(case_ids)
    found = deciders_of(rows)
    return [(case, package) for case, package in rows if user.id in found.get(case.id, ())]


def with_datasets(case_ids: list[str]) -> list[tuple[Case, model.Package]]:
    """These cases, as far as they wait for a decision, with their datasets; the most urgent first."""
    query = (
        sa.select(Case, model.Package)
        .join(model.Package, model.Package.id == Case.dataset_id)
        .where(Case.id.in_(case_ids), Case.state.in_(UNDECIDED), model.Package.state == "active")
        .order_by(Case.due, Case.id)
    )
    return list(model.Session.execute(query).tuples())


def _under_review(cases: list[tuple[Case, model.Package]]) -> dict[str, model.Package]:
    """What is decided on, by the case's id: of a change, its working copy."""
    copies = {case.id: copy_id for case, _live in cases if (copy_id := case.copy_id)}
    query = sa.select(model.Package).where(model.Package.id.in_(copies.values()))
    by_id = {package.id: package for package in model.Session.scalars(query)} if copies else {}
    return {case.id: by_id.get(copies.get(case.id, ""), live) for case, live in cases}


def _active(ids: set[str]) -> set[str]:
    query = sa.select(model.User.id).where(model.User.id.in_(ids), model.User.state == "active")
    return set(model.Session.scalars(query))


def _sysadmins() -> set[str]:
    """The people among the sysadmins: CKAN's own user for jobs reads no notices."""
    user: Any = model.user_table
    people = sa.select(user.c.id).where(user.c.sysadmin, user.c.state == "active")
    return set(model.Session.scalars(people.where(user.c.name != tk.config["ckan.site_id"])))
