"""What the pages of the review show, prepared so that a template asks nothing row by row."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from ckan import model
from ckan.types import Context

from ckanext.regional import site_schema
from ckanext.regional.curation import cases, remembered, service
from ckanext.regional.curation.model import Case, Contributor, DatasetStatus
from ckanext.regional.curation.people import stewards
from ckanext.regional.curation.revisions import copies as revisions
from ckanext.regional.curation.states import OPEN, UNDECIDED
from ckanext.regional.curation.status import is_exempt, status_of, statuses
from ckanext.regional.helpers import regional_field_label

#: Key of a remark that is about one file and not about a form field: this, then the resource's id.
RESOURCE_PREFIX = "resources/"

#: Where CKAN's form has another id than ``field-<name>``.
_FORM_IDS = {"owner_org": "field-organizations", "tags": "field-tag_string"}

#: How what is published goes offline, in the order of the links.
REMOVALS = ("retire", "suspend")

#: Cases in which the author acts next, in the order of urgency.
_AUTHORS_TURN = ("changes_requested", "draft", "rejected", "withdrawn")

#: The author's own list is for work at hand; everything else is found by the search.
_MOST_OWN = 200


def context() -> Context:
    """The context of an action that the reader of the page calls."""
    return {"user": tk.current_user.name, "auth_user_obj": tk.current_user}


def reader() -> model.User | None:
    """Who reads the page; None for visitors."""
    user = tk.current_user
    return user if isinstance(user, model.User) else None


def display_names(names: Iterable[str | None]) -> dict[str, str]:
    """What people are called, by user name, by one query."""
    wanted = {name for name in names if name}
    query = sa.select(model.User).where(model.User.name.in_(wanted))
    return {user.name: user.display_name for user in model.Session.scalars(query)} if wanted else {}


def field_url(dataset: dict[str, Any], field: str) -> str:
    """The address of a form field, or of a file's own form."""
    kind = dataset.get("type") or "dataset"
    if field.startswith(RESOURCE_PREFIX):
        resource_id = field.removeprefix(RESOURCE_PREFIX)
        return tk.h.url_for(f"{kind}_resource.edit", id=dataset["name"], resource_id=resource_id)
    anchor = _FORM_IDS.get(field, f"field-{field}")
    return tk.h.url_for(f"{kind}.edit", id=dataset["name"], _anchor=anchor)


def target_label(dataset: dict[str, Any], field: str) -> str:
    """What a check or a remark is about: the field's label, or the file's name."""
    if field.startswith(RESOURCE_PREFIX):
        resource_id = field.removeprefix(RESOURCE_PREFIX)
        found = [one for one in dataset.get("resources") or [] if one["id"] == resource_id]
        return tk.h.resource_display_name(found[0]) if found else tk._("a file that is gone")
    return regional_field_label(field, dataset.get("type") or "dataset")


def targets(dataset: dict[str, Any]) -> list[dict[str, str]]:
    """What a remark can be attached to: every file and every field of the form."""
    schema = site_schema.of_type(dataset.get("type") or "dataset")
    files = [RESOURCE_PREFIX + resource["id"] for resource in dataset.get("resources") or []]
    fields = [field["field_name"] for field in schema.get("dataset_fields", []) if field["field_name"] != "name"]
    return [{"value": one, "text": target_label(dataset, one)} for one in files + fields]


def case_page(dataset: dict[str, Any], shown: dict[str, Any], events: list[dict[str, Any]]) -> dict[str, Any]:
    """The case page, apart from the decision that is being taken on it.

    :param dataset: as ``package_show`` returns it
    :param shown: as ``regional_curation_show`` returns it
    :param events: as ``regional_curation_history`` returns them
    """
    case = shown["case"] or {}
    people = [case.get("submitted_by"), case.get("claimed_by"), dataset.get("steward"), *case.get("contributors", [])]
    allowed = shown["allowed_actions"]
    is_open = case.get("state") in (*UNDECIDED, "changes_requested")
    return {
        "pkg": dataset,
        "shown": shown,
        "case": case,
        "state": state(shown),
        "decidable": case.get("state") in UNDECIDED and bool({"request_changes", "reject", "approve"} & set(allowed)),
        "own": is_open and "reject" not in allowed and tk.current_user.name in case.get("contributors", []),
        "blocking": [check for check in shown["checks"] if check["level"] == "block"],
        "changed_since": bool(case.get("fingerprint")) and is_open and case["fingerprint"] != shown["fingerprint"],
        "events": list(reversed(events)),
        "last_edit": next((event for event in reversed(events) if event["action"] == "edited"), None),
        "people": display_names([*people, *(event["actor"] for event in events)]),
        "targets": targets(dataset),
        "assignees": _assignees(shown) if "assign" in allowed else [],
        "may_edit": tk.h.check_access("package_update", {"id": dataset["id"]}),
    }


def _assignees(shown: dict[str, Any]) -> list[dict[str, str]]:
    """Whom a case can be given to."""
    package, case = model.Package.get(shown["dataset_id"]), shown["case"] or {}
    if package is None:
        return []
    submitter = model.User.get(case["submitted_by"]) if case.get("submitted_by") else None
    who = stewards.reviewers_of(package, submitter.id if submitter else None)
    query = sa.select(model.User).where(model.User.id.in_(who.approvers | who.coordinators))
    # Who takes it on themselves has a button for that.
    others = {case.get("claimed_by"), tk.current_user.name}
    users = [user for user in model.Session.scalars(query) if user.name not in others]
    return sorted(({"value": user.name, "text": user.display_name} for user in users), key=lambda one: one["text"])


def state(shown: dict[str, Any]) -> str:
    """One word for where a dataset stands: the state of its case, else its own status."""
    case = shown["case"]
    if case is not None and case["kind"] != "publication" and case["state"] in OPEN:
        return case["state"]
    if case is not None and case["kind"] == "revision" and shown["working_copy"]:
        return case["state"]
    if shown["status"] != "unpublished" or case is None:
        return "draft" if shown["status"] == "unpublished" else shown["status"]
    return case["state"]


def banner(dataset: dict[str, Any], shown: dict[str, Any] | None) -> dict[str, Any] | None:
    """What the page of a dataset tells those whom its review concerns; None for everybody else.

    :param shown: as the helper ``regional_curation_status`` returns it
    """
    user, package = reader(), model.Package.get(dataset["id"])
    if user is None or package is None or package.state == "deleted":
        return None
    live = model.Package.get(dataset["regional_revision_of"]) if dataset.get("regional_revision_of") else None
    published = (shown or dataset).get("status" if shown else "regional_status") == "published"
    edits = _edits(user, package)
    if shown is None or (published and live is None):
        return _published_banner(package, user, edits=edits) if published else None
    package = live or package
    case = shown["case"] or {}
    where = state(shown)
    answer = _answer(package.id) if where in ("changes_requested", "rejected") else None
    blocking = [check for check in shown["checks"] if check["level"] == "block"]
    empty = [check for check in blocking if check["field"] and check["code"].endswith(".missing")]
    missing = dict.fromkeys(check["field"] for check in empty)
    waiting_for = reviewer_names(package, shown) if where in UNDECIDED else []
    return {
        "state": where,
        "case": case,
        "edits": edits,
        "allowed": shown["allowed_actions"],
        "answer": answer,
        "missing": [{"label": target_label(dataset, field), "url": field_url(dataset, field)} for field in missing],
        "proposal": _proposal(live) if live is not None else None,
        "problems": [_with_way(dataset, check) for check in blocking if check not in empty],
        "hints": [_with_way(dataset, check) for check in shown["checks"] if check["level"] != "block"],
        "waiting_for": waiting_for,
        "people": display_names(
            [case.get("submitted_by"), case.get("claimed_by"), answer["actor"] if answer else None]
        ),
    }


def _edits(user: model.User, package: model.Package) -> bool:
    return remembered.once(("edits", user.id, package.id), lambda: stewards.edits(user, package))


def _with_way(dataset: dict[str, Any], check: dict[str, Any]) -> dict[str, Any]:
    """A check with the way to where it is mended."""
    field = check["field"]
    return check | ({"label": target_label(dataset, field), "url": field_url(dataset, field)} if field else {})


def reviewer_names(package: model.Package, shown: dict[str, Any]) -> list[str]:
    """What those are called who may decide about a dataset now; whoever has taken it on, alone."""
    case = shown["case"] or {}
    submitter, claimer = (
        model.User.get(case[who]) if case.get(who) else None for who in ("submitted_by", "claimed_by")
    )
    submitted_by = submitter.id if submitter else None
    # Who has taken it on may have been dismissed since, and then nobody waits for them.
    if claimer is not None and stewards.may_decide(claimer, package, submitted_by, four_eyes=False):
        return [claimer.display_name]
    who = stewards.reviewers_of(package, submitted_by)
    ids = who.approvers or who.coordinators
    query = sa.select(model.User).where(model.User.id.in_(ids), model.User.state == "active")
    return sorted(user.display_name for user in model.Session.scalars(query)) if ids else []


def own_datasets(user: model.User) -> dict[str, list[dict[str, Any]]]:
    """The datasets that somebody made or edits, by whose turn it is.

    :returns: ``{"yours", "waiting", "published"}``, each ``[{"name", "title", "type", "state", "due"}]``
    """
    edited = sa.select(Contributor.dataset_id).where(Contributor.user_id == user.id)
    query = (
        sa.select(model.Package)
        .where(
            sa.or_(model.Package.creator_user_id == user.id, model.Package.id.in_(edited)),
            model.Package.state != "deleted",
        )
        .order_by(model.Package.metadata_modified.desc())
        .limit(_MOST_OWN)
    )
    packages = [package for package in model.Session.scalars(query) if not is_exempt(package.type)]
    known = statuses((package.id, package.state, package.private) for package in packages)
    found = _last_cases([package.id for package in packages])
    rows = [_own(package, known[package.id], found.get(package.id)) for package in packages]
    rows += _own_proposals(user, packages)
    yours = [row for row in rows if row["state"] in _AUTHORS_TURN]
    return {
        "yours": sorted(yours, key=lambda row: _AUTHORS_TURN.index(row["state"])),
        "waiting": [row for row in rows if row["state"] in UNDECIDED],
        "published": [row for row in rows if row["state"] not in (*_AUTHORS_TURN, *UNDECIDED)],
    }


def _own_proposals(user: model.User, packages: list[model.Package]) -> list[dict[str, Any]]:
    """The working copies of these datasets, for those who edit them."""
    held = cases.copies_of([package.id for package in packages])
    copies = {case.copy_id: case for case in held.values()}
    query = sa.select(model.Package).where(model.Package.id.in_(copies), model.Package.state != "deleted")
    return [
        _own(copy, "unpublished", copies[copy.id]) | {"proposal": True}
        for copy in model.Session.scalars(query)
        if stewards.edits(user, copy)
    ]


def _own(package: model.Package, status: str, case: Case | None) -> dict[str, Any]:
    where = status
    if status == "unpublished":
        where = case.state if case is not None and case.state != "approved" else "draft"
    return {
        "name": package.name,
        "title": package.title or package.name,
        "type": package.type or "dataset",
        "case_id": case.id if case is not None else None,
        "state": where,
        "due": case.due.isoformat() if case is not None and case.due and where in UNDECIDED else None,
    }


def _last_cases(dataset_ids: list[str]) -> dict[str, Case]:
    query = (
        sa.select(Case)
        .where(Case.dataset_id.in_(dataset_ids))
        .distinct(Case.dataset_id)
        .order_by(Case.dataset_id, Case.created.desc())
    )
    return {case.dataset_id: case for case in model.Session.scalars(query)}


def _answer(dataset_id: str) -> dict[str, Any] | None:
    """The last decision that sent a dataset back, with its words."""
    found = tk.get_action("regional_curation_history")(context(), {"id": dataset_id})["results"]
    return next((event for event in reversed(found) if event["action"] in ("request_changes", "reject")), None)


def _published_banner(package: model.Package, user: model.User, *, edits: bool) -> dict[str, Any] | None:
    """What those may do who edit a published dataset or look after it; None for others."""
    subject = cases.locate(package.id)
    allowed = service.allowed_actions(user, subject)
    if not edits and not allowed:
        return None
    row = model.Session.get(DatasetStatus, package.id)
    reviewer = model.User.get(row.decided_by) if row is not None and row.decided_by else None
    # Without a fingerprint nobody has looked at it: a trusted source brought it.
    by_trust = row is not None and row.decided_at is not None and row.fingerprint is None
    waiting = subject.case if subject.case is not None and subject.case.closed is None else None
    return {
        "state": "published",
        "edits": edits,
        "case": service.last_case(package.id) is not None,
        "reviewer": reviewer.display_name if reviewer is not None and not by_trust else None,
        "by_trust": by_trust,
        "decided_at": row.decided_at.isoformat() if row is not None and row.decided_at else None,
        "removals": [action for action in REMOVALS if action in allowed],
        "waiting": {"kind": waiting.kind, "state": waiting.state} if waiting is not None else None,
        "working_copy": subject.copy.name if subject.copy is not None and stewards.works_on(user, package) else None,
    }


def _proposal(live: model.Package) -> dict[str, Any]:
    """What a working copy is about, and what has changed in that meanwhile."""
    moved = revisions.moved_fields(cases.locate(live.id))
    return {
        "name": live.name,
        "type": live.type,
        "title": live.title or live.name,
        "moved": [revisions.label(field, live.type) for field in moved],
    }


def proposal_of(name: str) -> dict[str, Any] | None:
    """What a reader who edits a published dataset can open or begin; None for everybody else."""
    user = reader()
    # The page asks for each of the places where it could show it.
    return remembered.once(("proposal", name), lambda: _proposal_of(user, name)) if user is not None else None


def _proposal_of(user: model.User, name: str) -> dict[str, Any] | None:
    package = model.Package.get(name)
    if package is None or is_exempt(package.type) or status_of(package) != "published":
        return None
    if not _edits(user, package):
        return None
    subject = cases.locate(package.id)
    if subject.position.kind == "retirement":
        return None
    return {"id": package.name, "exists": subject.copy is not None}


def under_review(shown: dict[str, Any]) -> str:
    """The id of what a decision is about: of a change, its working copy.

    :param shown: as ``regional_curation_show`` returns it
    """
    copy = shown["working_copy"]
    is_change = shown["case"] is not None and shown["case"]["kind"] == "revision"
    return copy["id"] if copy and is_change else shown["dataset_id"]
