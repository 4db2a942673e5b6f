"""The review itself: every change of a case's state happens here, in one transaction with its event."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from ckan import model

from ckanext.regional import signals
from ckanext.regional.curation import config, content, events, guards, publishing, stewards
from ckanext.regional.curation.model import OPEN_STATES, Case, Check, Contributor
from ckanext.regional.curation.states import NO_CASE, TRANSITIONS, Transition
from ckanext.regional.curation.status import set_status, status_of, status_of_row
from ckanext.regional.database import now
from ckanext.regional.exceptions import InvalidInput, NotAllowed, NotHere, StaleFingerprint, WrongState
from ckanext.regional.types import Admission, GuardResult

#: A comment is something that a person wrote to another.
LONGEST_COMMENT = 10_000


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the review that somebody asks for."""

    action: str
    actor: model.User
    package_id: str
    fingerprint: str | None = None
    comment: str | None = None
    fields: dict[str, str] = field(default_factory=dict)


def open_case(package_id: str, *, lock: bool = False) -> Case | None:
    """The case of a dataset that waits for somebody, if there is one."""
    query = sa.select(Case).where(Case.dataset_id == package_id, Case.state.in_(OPEN_STATES))
    if lock:
        # What an earlier read of this session saw may be old by the time the lock is ours.
        query = query.with_for_update().execution_options(populate_existing=True)
    return model.Session.scalar(query)


def last_case(package_id: str) -> Case | None:
    """The open case, else the last one that was closed."""
    query = sa.select(Case).where(Case.dataset_id == package_id).order_by(Case.created.desc()).limit(1)
    return open_case(package_id) or model.Session.scalar(query)


def take(step: Step) -> Case:
    """Do one step of the review and commit.

    :raises NotHere: the dataset was purged meanwhile
    :raises WrongState: the case's state does not allow it
    :raises NotAllowed: the actor may not
    :raises StaleFingerprint: the content is not what the actor saw
    :raises InvalidInput: a comment is missing, or blocking guards do not pass
    """
    transition = TRANSITIONS[step.action]
    package = _locked(step.package_id)
    case = open_case(package.id, lock=True)
    _check_state(transition, package, case)
    check_actor(transition, step.actor, package, case)
    _check_words(transition, step)
    dataset = content.current(package.id)
    current = content.current_fingerprint(dataset)
    if transition.bound_to_content:
        _check_fingerprint(step.fingerprint, current)
    if transition.guarded:
        _check_guards(package.id, dataset, current, step)
    before = case.state if case else None
    case = _moved(transition, case, package, step, current)
    events.record(
        package.id, step.action, step.actor, case=case, from_state=before, to_state=case.state,
        fingerprint=current, comment=step.comment, fields=step.fields,
    )  # fmt: skip
    if step.action == "approve":
        publishing.publish(package, step.actor, current)
    else:
        model.Session.commit()
    signals.decided.send(package.id, case_id=case.id, action=step.action)
    return case


def allowed_actions(user: model.User | None, package: model.Package, case: Case | None) -> list[str]:
    """The steps that ``user`` could take now, as far as state and person go."""
    if user is None:
        return []
    allowed = []
    for transition in TRANSITIONS.values():
        try:
            _check_state(transition, package, case)
            check_actor(transition, user, package, case)
        except (WrongState, NotAllowed):
            continue
        allowed.append(transition.action)
    return allowed


def check_actor(transition: Transition, actor: model.User, package: model.Package, case: Case | None) -> None:
    """Refuse an actor who may not take the step, with a sentence that says who may."""
    if transition.who == "steward":
        _check_steward(transition, actor, package, case)
    elif transition.who == "submitter" and case is not None and case.submitted_by == actor.id:
        return
    elif transition.who == "submitter" and not stewards.administers(actor, package):
        raise NotAllowed(
            tk._("Only who submitted the dataset, or an administrator of its organisation, may withdraw it.")
        )
    elif transition.who == "editor" and not stewards.edits(actor, package):
        raise NotAllowed(tk._("Only editors of the dataset's organisation may submit it for review."))


def begun(package: model.Package, actor: model.User | None, verdict: Admission | None) -> None:
    """Note a new dataset; runs in the transaction that makes it."""
    set_status(package.id, "unpublished")
    if verdict is not None:
        handed_over(package, actor, verdict)
        return
    events.record(package.id, "created", actor)
    if actor is not None:
        contributed(package.id, actor)


def edited(package: model.Package, actor: model.User | None) -> None:
    """Note that the content under review was edited; runs in the transaction of the edit."""
    if actor is None:
        return
    contributed(package.id, actor)
    case = open_case(package.id)
    if case is not None and case.state in ("submitted", "in_review"):
        events.record(package.id, "edited", actor, case=case, from_state=case.state, to_state=case.state)


def handed_over(package: model.Package, actor: model.User | None, verdict: Admission) -> None:
    """Note what a harvester wrote and under which verdict; runs in its transaction."""
    case = open_case(package.id)
    if verdict.verdict == "withdraw":
        closed_by(package.id, "withdrawn_by_origin", actor, verdict.reason)
    elif verdict.verdict == "publish":
        if case is not None:
            case.state, case.closed = "approved", now()
        if status_of_row(package.id) != "published":
            events.record(package.id, "published_by_trust", actor, case=case, to_state="approved" if case else None)
        set_status(package.id, "published", fingerprint=None, decided_by=actor.id if actor else None, decided_at=now())
    elif case is None:
        _received(package, actor, verdict)
    else:
        edited(package, actor)


def contributed(package_id: str, actor: model.User) -> None:
    """Remember who has a hand in the content: four eyes keeps them from approving it."""
    model.Session.merge(Contributor(dataset_id=package_id, user_id=actor.id))


def _received(package: model.Package, actor: model.User | None, verdict: Admission) -> None:
    at = now()
    case = Case(
        dataset_id=package.id, state="submitted", submitted_by=actor.id if actor else None, submitted_at=at,
        created=at, due=at + config.due_after(),
    )  # fmt: skip
    model.Session.add(case)
    model.Session.flush()
    events.record(package.id, "received", actor, case=case, to_state="submitted", comment=verdict.reason or None)


def closed_by(package_id: str, action: str, actor: model.User | None, comment: str | None = None) -> None:
    """End the open case because the dataset went away; runs in the transaction of that."""
    case = open_case(package_id, lock=True)
    before = case.state if case else None
    if case is not None:
        case.state, case.closed = "withdrawn", now()
    events.record(
        package_id, action, actor, case=case, from_state=before, to_state=case.state if case else None, comment=comment
    )
    set_status(package_id, "unpublished")


def _locked(package_id: str) -> model.Package:
    # Whatever was read before the lock was ours may be old, and what ``logic`` looked up may have been purged.
    package = model.Session.get(model.Package, package_id, with_for_update=True, populate_existing=True)
    if package is None:
        raise NotHere(tk._("There is no dataset “{id}”.").format(id=package_id))
    model.Session.expire_all()
    return package


def _check_state(transition: Transition, package: model.Package, case: Case | None) -> None:
    status = status_of(package)
    if package.state == "deleted":
        raise WrongState(tk._("The dataset has been deleted."))
    if case is None and status != "unpublished":
        raise WrongState(tk._("The dataset is published: there is nothing to review."))
    state = case.state if case else NO_CASE
    if state not in transition.sources:
        raise WrongState(_wrong_state(transition, state))


def _wrong_state(transition: Transition, state: str | None) -> str:
    if state is NO_CASE:
        return tk._("The dataset has not been submitted for review.")
    if transition.action == "submit":
        return tk._("The dataset has been submitted already and waits for a decision.")
    return tk._("This cannot be done while the case is in the state “{state}”.").format(state=state)


def _check_steward(transition: Transition, actor: model.User, package: model.Package, case: Case | None) -> None:
    submitted_by = case.submitted_by if case else None
    if stewards.may_decide(actor, package, submitted_by, four_eyes=transition.four_eyes):
        return
    if transition.four_eyes and actor.id in stewards.excluded_by_four_eyes(package, submitted_by):
        text = tk._("You made, edited or submitted this dataset: somebody else must approve it.")
        raise NotAllowed(text, rule="four_eyes")
    raise NotAllowed(tk._("Only a steward for the dataset's territory and sector may decide about it."), rule="scope")


def _check_words(transition: Transition, step: Step) -> None:
    comment = (step.comment or "").strip()
    if transition.comment_needed and not comment:
        raise InvalidInput({"comment": [tk._("Say why: the author reads it.")]})
    if len(comment) > LONGEST_COMMENT:
        text = tk._("The comment is longer than {most} characters.").format(most=LONGEST_COMMENT)
        raise InvalidInput({"comment": [text]})


def _check_fingerprint(given: str | None, current: str) -> None:
    if not given:
        raise StaleFingerprint(tk._("Give the fingerprint of what you looked at (from regional_curation_show)."))
    if given != current:
        raise StaleFingerprint(tk._("The dataset has changed since you looked at it. Look again, then decide."))


def _check_guards(package_id: str, dataset: dict[str, Any], current: str, step: Step) -> None:
    results = guards.check(dataset, {"user": step.actor.name, "auth_user_obj": step.actor})
    if errors := guards.as_errors(results):
        raise InvalidInput(errors)
    store_checks(package_id, current, results)


def store_checks(package_id: str, current: str, results: list[GuardResult]) -> None:
    """Keep what the guards said of this version, in the running transaction."""
    model.Session.execute(sa.delete(Check).where(Check.dataset_id == package_id))
    model.Session.add_all(
        Check(
            dataset_id=package_id, fingerprint=current, level=result.level, code=result.code,
            message=result.message, field=result.field,
        )
        for result in results
    )  # fmt: skip


def _moved(transition: Transition, case: Case | None, package: model.Package, step: Step, current: str) -> Case:
    at = now()
    if case is None:
        case = Case(dataset_id=package.id, state="draft", created=at)
        model.Session.add(case)
    if transition.action == "submit":
        # A resubmission returns to the steward who asked for changes.
        returns = case.claimed_by is not None and case.state == "changes_requested"
        case.submitted_by, case.submitted_at, case.fingerprint = step.actor.id, at, current
        case.due = at + config.due_after()
        case.state = "in_review" if returns else "submitted"
    else:
        case.state = transition.target
    if transition.action in ("claim", "request_changes"):
        case.claimed_by = step.actor.id
    if transition.action == "release":
        case.claimed_by = None
    if transition.closes:
        case.closed = at
    model.Session.flush()
    return case
