"""Letting one blocking check pass, for one version of a dataset: a false alarm is no dead end."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass

import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from ckan import model

from ckanext.regional.curation import cases, comments, guards
from ckanext.regional.curation.applying import content
from ckanext.regional.curation.cases import Subject
from ckanext.regional.curation.guards.personal.guard import PREFIX
from ckanext.regional.curation.history import events
from ckanext.regional.curation.model import EventText, Waiver
from ckanext.regional.curation.people import stewards
from ckanext.regional.curation.states import AGAIN, NO_CASE, OPEN
from ckanext.regional.exceptions import InvalidInput, NotAllowed, StaleFingerprint, WrongState
from ckanext.regional.types import GuardResult

#: Also before the submission, which blocking checks keep from being made.
_STATES = (NO_CASE, *OPEN, *AGAIN)


@dataclass(frozen=True, slots=True)
class Request:
    """What somebody asks to let pass: every blocking result of this code at this field."""

    actor: model.User
    #: Of the dataset or of its working copy.
    package_id: str
    code: str
    field: str | None
    fingerprint: str | None
    comment: str | None


def waive(request: Request) -> None:
    """Let a check pass for the content that the actor saw, and commit.

    :raises NotHere: the dataset was purged meanwhile
    :raises WrongState: there is nothing under review
    :raises NotAllowed: the actor may not
    :raises StaleFingerprint: the content is not what the actor saw
    :raises InvalidInput: a comment is missing, or no such check blocks
    """
    subject = cases.lock(request.package_id)
    if not _is_open(subject):
        raise WrongState(tk._("There is nothing under review here, so no check can be let pass."))
    _check_actor(request.actor, subject, request.code)
    comments.check(request.comment, tk._("Say why the check may pass: it is kept in the history."))
    dataset = content.current(subject.content.id)
    current = content.current_fingerprint(dataset)
    if request.fingerprint != current:
        raise StaleFingerprint(tk._("The dataset has changed since you looked at it. Look again, then decide."))
    found = guards.check(dataset, {"user": request.actor.name, "auth_user_obj": request.actor})
    results = applied(subject.package.id, current, found)
    if not any((one.code, one.field) == (request.code, request.field) for one in guards.blocking(results)):
        raise InvalidInput({"code": [tk._("No such check blocks this dataset now.")]})
    about = {request.field or "checks": request.code}
    state = subject.case.state if subject.case else None
    event = events.record(
        subject.package.id, "waive", request.actor, case=subject.case, from_state=state, to_state=state,
        fingerprint=current, comment=request.comment, fields=about,
    )  # fmt: skip
    model.Session.add(
        Waiver(
            dataset_id=subject.package.id, fingerprint=current, code=request.code, field=request.field,
            event_id=event.id, user_id=request.actor.id,
        )
    )  # fmt: skip
    model.Session.commit()


def applied(dataset_id: str, fingerprint: str, results: list[GuardResult]) -> list[GuardResult]:
    """Results in which what somebody let pass blocks no more, and says who did.

    :param dataset_id: of what the case is about, never of the working copy
    """
    if not guards.blocking(results):
        return results
    query = (
        sa.select(Waiver, EventText)
        .outerjoin(EventText, EventText.event_id == Waiver.event_id)
        .where(Waiver.dataset_id == dataset_id, Waiver.fingerprint == fingerprint)
    )
    passed = {
        (waiver.code, waiver.field): {
            "by": text.actor_name if text else None,
            "at": waiver.at.isoformat(),
            "comment": text.comment if text else None,
        }
        for waiver, text in model.Session.execute(query)
    }
    return [
        dataclasses.replace(result, level="warn", waived=passed[result.code, result.field])
        if result.level == "block" and (result.code, result.field) in passed
        else result
        for result in results
    ]


def may_waive(user: model.User | None, subject: Subject, results: list[GuardResult]) -> set[str]:
    """The codes of blocking results that ``user`` may let pass."""
    if user is None or not _is_open(subject):
        return set()
    return {result.code for result in guards.blocking(results) if _allows(user, subject, result.code)}


def is_personal(code: str) -> bool:
    """Whether only a data protection officer may let a check of this code pass."""
    return code.split(".")[0] == PREFIX


def _is_open(subject: Subject) -> bool:
    at = subject.position
    return subject.package.state != "deleted" and at.kind in ("publication", "revision") and at.state in _STATES


def _allows(user: model.User, subject: Subject, code: str) -> bool:
    submitted_by = subject.case.submitted_by if subject.case else None
    if is_personal(code):
        return stewards.protects(user, subject.package) and user.id not in stewards.excluded_by_four_eyes(
            subject.package, submitted_by
        )
    return stewards.may_decide(user, subject.package, submitted_by, four_eyes=True)


def _check_actor(user: model.User, subject: Subject, code: str) -> None:
    if _allows(user, subject, code):
        return
    if user.id in stewards.excluded_by_four_eyes(subject.package, subject.case.submitted_by if subject.case else None):
        raise NotAllowed(tk._("You made, edited or submitted this dataset: somebody else must let the check pass."))
    if is_personal(code):
        raise NotAllowed(tk._("Only a data protection officer for the dataset may let this check pass."))
    raise NotAllowed(tk._("Only a steward for the dataset's territory and sector may let a check pass."))
