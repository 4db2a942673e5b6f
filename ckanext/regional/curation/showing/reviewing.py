"""What the review says in a few words: to everybody of who reviewed, to its people of what waits for them."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from typing import Any

import sqlalchemy as sa
from ckan import model
from ckan.model.user import user_table

from ckanext.regional import people
from ckanext.regional.curation.model import Case, Contributor, DatasetStatus, Event, EventText
from ckanext.regional.curation.people import stewards
from ckanext.regional.curation.queue import listing
from ckanext.regional.curation.showing.pages import RESOURCE_PREFIX
from ckanext.regional.curation.states import UNDECIDED

#: Made once: every page of a dataset asks it.
_STATUS = DatasetStatus.__table__.c
_REVIEWER = (
    sa.select(user_table.c.name, _STATUS.decided_at)
    .join(user_table, user_table.c.id == _STATUS.decided_by)
    .where(
        _STATUS.dataset_id == sa.bindparam("id"),
        _STATUS.status == "published",
        _STATUS.fingerprint.is_not(None),
        _STATUS.decided_at.is_not(None),
    )
)


def public_review(dataset_id: str) -> tuple[str, datetime.datetime] | None:
    """The name of who approved a dataset, and when; None without their consent.

    A dataset without a fingerprint was published by a trusted source or before the review: nobody looked at it here.
    """
    row = model.Session.execute(_REVIEWER, {"id": dataset_id}).tuples().one_or_none()
    if row is None:
        return None
    reviewer, decided_at = row
    name = people.public_names([reviewer]).get(reviewer)
    return (name, decided_at) if name and decided_at else None


def counts(user: model.User) -> dict[str, int]:
    """How much waits for a user.

    :returns: ``review``: to decide; ``late``: of these; ``correct``: their own that came back; ``waiting``: their own
        that a steward has
    """
    decides = user.sysadmin or bool(stewards.of_user(user.id))
    own = _own(user)
    return {
        "review": listing.waiting_for(user) if decides else 0,
        "late": listing.late_for(user) if decides else 0,
        "correct": own.get("changes_requested", 0),
        "waiting": sum(own.get(state, 0) for state in UNDECIDED),
    }


def answers(case_ids: Iterable[str]) -> dict[str, dict[str, Any]]:
    """Why cases came back, by case and by one question.

    :returns: ``{case: {"person", "comment", "remarks": [{"field", "file"}]}}``; ``file`` is the name of the file that a
        remark is about, None where it is about a field
    """
    query = (
        sa.select(Event.case_id, EventText.comment, EventText.fields, model.User)
        .join(EventText, EventText.event_id == Event.id)
        .outerjoin(model.User, model.User.id == Event.actor_id)
        .where(Event.case_id.in_(list(case_ids)), Event.action.in_(("request_changes", "reject")))
        .distinct(Event.case_id)
        .order_by(Event.case_id, Event.at.desc())
    )
    rows = list(model.Session.execute(query).tuples())
    files = _file_names(field for _case, _comment, fields, _user in rows for field in fields or {})
    return {
        case_id: {
            "person": user.display_name if user else None,
            "comment": comment,
            "remarks": [{"field": field, "file": files.get(field)} for field in fields or {}],
        }
        for case_id, comment, fields, user in rows
        if case_id
    }


def _file_names(fields: Iterable[str]) -> dict[str, str]:
    ids = {field.removeprefix(RESOURCE_PREFIX): field for field in fields if field.startswith(RESOURCE_PREFIX)}
    query = sa.select(model.Resource.id, model.Resource.name, model.Resource.url).where(model.Resource.id.in_(ids))
    return {ids[id]: name or url for id, name, url in model.Session.execute(query).tuples()}


def _own(user: model.User) -> dict[str, int]:
    """Open cases about what a user made or edited, by state."""
    edited = sa.select(Contributor.dataset_id).where(Contributor.user_id == user.id)
    query = (
        sa.select(Case.state, sa.func.count())
        .join(model.Package, model.Package.id == Case.dataset_id)
        .where(
            Case.closed.is_(None),
            model.Package.state != "deleted",
            sa.or_(Case.submitted_by == user.id, model.Package.creator_user_id == user.id, Case.dataset_id.in_(edited)),
        )
        .group_by(Case.state)
    )
    return dict(model.Session.execute(query).tuples().all())
