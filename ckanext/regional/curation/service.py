"""The review itself: every change of a case's state happens here, in one transaction with its event."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from ckan import authz, model

from ckanext.regional import signals
from ckanext.regional.curation import cases, comments, config, guards
from ckanext.regional.curation.applying import content, journal, publishing
from ckanext.regional.curation.cases import Subject, last_case, open_case
from ckanext.regional.curation.history import events
from ckanext.regional.curation.model import Case, Check, Contributor
from ckanext.regional.curation.people import stewards, waivers
from ckanext.regional.curation.revisions import copies
from ckanext.regional.curation.states import NO_CASE, OPEN, TRANSITIONS, Position, Transition, allows
from ckanext.regional.curation.status import set_status, status_of_row
from ckanext.regional.database import now
from ckanext.regional.exceptions import InvalidInput, NotAllowed, StaleFingerprint, WrongState
from ckanext.regional.types import Admission, GuardResult

__all__ = ["Step", "last_case", "open_case", "take"]


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the review that somebody asks for."""

    action: str
    actor: model.User
    #: Of the dataset or of its working copy.
    package_id: str
    fingerprint: str | None = None
    comment: str | None = None
    fields: dict[str, str] = field(default_factory=dict)
    #: Whom the case is given to.
    assignee: model.User | None = None


def take(step: Step) -> Case:
    """Do one step of the review and commit.

    :raises NotHere: the dataset was purged meanwhile
    :raises WrongState: the case's state does not allow it
    :raises NotAllowed: the actor may not
    :raises StaleFingerprint: the content is not what the actor saw
    :raises InvalidInput: a comment is missing, or blocking guards do not pass
    """
    transition = TRANSITIONS[step.action]
    copies.finish(step.package_id)
    subject = cases.lock(step.package_id)
    _check_state(transition, subject)
    check_actor(transition, step.actor, subject)
    comments.check(step.comment, tk._("Say why: the author reads it.") if transition.comment_needed else None)
    _check_stand_in(transition, step, subject)
    _check_assignee(transition, step, subject)
    dataset = content.current(subject.content.id)
    current = content.current_fingerprint(dataset)
    if transition.bound_to_content:
        _check_fingerprint(step.fingerprint, current)
    if _guarded(transition, subject, current):
        _check_guards(subject.package.id, dataset, current, step)
    if transition.target == "approved" and subject.position.kind == "revision":
        copies.check_base(subject)
    case = _moved(transition, subject, step, current)
    events.record(
        subject.package.id, step.action, step.actor, case=case, from_state=subject.position.state,
        to_state=case.state, fingerprint=current, comment=step.comment, fields=_noted(step),
    )  # fmt: skip
    case_id, package_id = case.id, subject.package.id
    _apply(transition, subject, step.actor, current)
    if journal.waiting():
        journal.ask_worker()
    signals.decided.send(package_id, case_id=case_id, action=step.action)
    return case


def allowed_actions(user: model.User | None, subject: Subject) -> list[str]:
    """The steps that ``user`` could take now, as far as state and person go."""
    if user is None:
        return []
    allowed = []
    for transition in TRANSITIONS.values():
        try:
            _check_state(transition, subject)
            check_actor(transition, user, subject)
        except (WrongState, NotAllowed):
            continue
        allowed.append(transition.action)
    return allowed


def check_actor(transition: Transition, actor: model.User, subject: Subject) -> None:
    """Refuse an actor who may not take the step, with a sentence that says who may."""
    package, case = subject.package, subject.case
    if transition.who == "steward":
        _check_steward(transition, actor, subject)
    elif transition.who == "submitter":
        if not (case is not None and case.submitted_by == actor.id) and not stewards.administers(actor, package):
            raise NotAllowed(
                tk._("Only who submitted the dataset, or an administrator of its organisation, may withdraw it.")
            )
    elif transition.who == "editor" and not stewards.edits(actor, package):
        raise NotAllowed(tk._("Only editors of the dataset's organisation may submit it for review."))
    elif transition.who in ("owner", "guardian"):
        if not stewards.may_ask_for_removal(actor, package, dpo=transition.who == "guardian"):
            raise NotAllowed(
                tk._("Only a steward for the dataset or an administrator of its organisation may take it offline.")
            )
    elif transition.who == "sysadmin" and not (config.allow_override() and authz.is_sysadmin(actor.name)):
        raise NotAllowed(
            tk._("Only sysadmins may override a review, and only where ckanext.regional.curation.allow_override is on.")
        )


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
    proposal = cases.of_copy(package.id)
    dataset_id = proposal.dataset_id if proposal is not None else package.id
    contributed(dataset_id, actor)
    case = open_case(dataset_id)
    if case is not None and case.state in ("submitted", "in_review"):
        events.record(dataset_id, "edited", actor, case=case, from_state=case.state, to_state=case.state)


def handed_over(package: model.Package, actor: model.User | None, verdict: Admission) -> None:
    """Note what a harvester wrote and under which verdict; runs in its transaction."""
    case = open_case(package.id)
    if case is not None and case.kind != "publication":
        # A change or a removal that somebody asks for is decided by itself.
        case = None
    if verdict.verdict == "withdraw":
        closed_by(package.id, "withdrawn_by_origin", actor, verdict.reason)
    elif verdict.verdict == "publish":
        if case is not None:
            case.state, case.closed = "approved", now()
        if status_of_row(package.id) != "published":
            events.record(package.id, "published_by_trust", actor, case=case, to_state="approved" if case else None)
        set_status(package.id, "published", fingerprint=None, decided_by=actor.id if actor else None, decided_at=now())
    elif case is None and open_case(package.id) is None:
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
    copies.let_go(package_id)
    set_status(package_id, "unpublished")


def _check_state(transition: Transition, subject: Subject) -> None:
    if subject.package.state == "deleted":
        raise WrongState(tk._("The dataset has been deleted."))
    if not allows(transition, subject.position):
        raise WrongState(_wrong_state(transition, subject.position))


def _wrong_state(transition: Transition, at: Position) -> str:
    if transition.opens_retirement:
        if at.status != "published":
            return tk._("The dataset is not published, so it cannot be taken offline.")
        if at.kind == "retirement":
            return tk._("Its removal has been asked for already and waits for a decision.")
        return tk._("A change of it waits for a decision: decide about that first, or suspend the dataset.")
    if at.state not in OPEN and at.status == "published" and at.kind is None:
        return tk._(
            "The dataset is published: there is nothing to review. Propose a change (regional_revision_create)."
        )
    if at.status == "retired":
        return tk._("The dataset has been removed: there is nothing to review.")
    if at.state is NO_CASE:
        return tk._("The dataset has not been submitted for review.")
    if at.suspended and transition.action == "withdraw":
        return tk._("The dataset is suspended: a steward makes it public again by rejecting its removal.")
    if transition.action == "submit" and at.kind == "retirement":
        return tk._("Its removal waits for a decision: nothing can be submitted until then.")
    if transition.action == "submit":
        return tk._("The dataset has been submitted already and waits for a decision.")
    return tk._("This cannot be done while the case is in the state “{state}”.").format(state=at.state)


def _check_steward(transition: Transition, actor: model.User, subject: Subject) -> None:
    submitted_by = subject.case.submitted_by if subject.case else None
    four_eyes = _needs_four_eyes(transition, subject.position)
    if stewards.may_decide(actor, subject.package, submitted_by, four_eyes=four_eyes):
        return
    if four_eyes and actor.id in stewards.excluded_by_four_eyes(subject.package, submitted_by):
        if subject.position.kind == "retirement":
            text = tk._("You asked for it or made the dataset: somebody else must decide.")
        else:
            text = tk._("You made, edited or submitted this dataset: somebody else must approve it.")
        raise NotAllowed(text, rule="four_eyes")
    raise NotAllowed(tk._("Only a steward for the dataset's territory and sector may decide about it."), rule="scope")


def _needs_four_eyes(transition: Transition, at: Position) -> bool:
    """Whatever makes something public, or keeps it from being so, takes a second person."""
    return transition.four_eyes or (transition.action == "reject" and at.suspended)


def _guarded(transition: Transition, subject: Subject, current: str) -> bool:
    """A removal needs no complete dataset; making a suspended one public again does, if it was edited meanwhile."""
    if subject.position.kind != "retirement":
        return transition.guarded
    edited = subject.case is not None and subject.case.fingerprint != current
    return transition.action == "reject" and subject.position.suspended and edited


def _check_assignee(transition: Transition, step: Step, subject: Subject) -> None:
    if transition.action != "assign":
        return
    who = stewards.reviewers_of(subject.package, subject.case.submitted_by if subject.case else None)
    if step.assignee is None or step.assignee.id not in who.approvers | who.coordinators:
        raise InvalidInput(
            {"user": [tk._("Name a steward for the dataset's territory and sector who had no hand in it.")]}
        )


def _noted(step: Step) -> dict[str, str]:
    return step.fields | ({"assigned_to": step.assignee.name} if step.assignee else {})


def _apply(transition: Transition, subject: Subject, actor: model.User, current: str) -> None:
    """Let the dataset follow its case, and commit both."""
    kind = subject.position.kind
    if transition.target == "approved":
        if kind == "revision":
            copies.take_over(subject, actor, current)
        elif kind == "retirement":
            publishing.hide(subject.package, actor, "retired")
            copies.drop_copy(subject.package.id)
        else:
            publishing.publish(subject.package, actor, current)
    elif transition.hides:
        publishing.hide(subject.package, actor, "unpublished")
    elif transition.action == "reject" and subject.position.suspended:
        publishing.publish(subject.package, actor, current)
    else:
        model.Session.commit()


def _check_stand_in(transition: Transition, step: Step, subject: Subject) -> None:
    """A sysadmin who decides because nobody else is left says why: the history has no steward to show for it."""
    submitted_by = subject.case.submitted_by if subject.case else None
    if not transition.bound_to_content or (step.comment or "").strip():
        return
    if stewards.stands_in(step.actor, subject.package, submitted_by):
        text = tk._("No steward is left to decide about this, so say why you do.")
        raise InvalidInput({"comment": [text]})


def _check_fingerprint(given: str | None, current: str) -> None:
    if not given:
        raise StaleFingerprint(tk._("Give the fingerprint of what you looked at (from regional_curation_show)."))
    if given != current:
        raise StaleFingerprint(tk._("The dataset has changed since you looked at it. Look again, then decide."))


def _check_guards(package_id: str, dataset: dict[str, Any], current: str, step: Step) -> None:
    found = guards.check(dataset, {"user": step.actor.name, "auth_user_obj": step.actor})
    results = waivers.applied(package_id, current, found)
    if errors := guards.as_errors(results):
        raise InvalidInput(errors)
    store_checks(package_id, current, results)


def store_checks(package_id: str, current: str, results: list[GuardResult]) -> None:
    """Keep what the guards said of this version, in the running transaction."""
    model.Session.execute(sa.delete(Check).where(Check.dataset_id == package_id))
    model.Session.add_all(
        Check(
            dataset_id=package_id, fingerprint=current, level=result.level, code=result.code,
            message=result.message, field=result.field, details=dict(result.details),
        )
        for result in map(guards.for_storage, results)
    )  # fmt: skip


def _still_decides(user_id: str | None, package: model.Package, submitter: model.User) -> bool:
    """Whether the steward who asked for changes is one still: else the case is for those who are now."""
    user = model.User.get(user_id) if user_id else None
    if user is None or user.state != "active":
        return False
    return stewards.may_decide(user, package, submitter.id, four_eyes=False)


def _moved(transition: Transition, subject: Subject, step: Step, current: str) -> Case:
    at = now()
    case = _case_to_move(transition, subject, step, current)
    if transition.action == "submit":
        # A resubmission returns to the steward who asked for changes.
        returns = case.state == "changes_requested" and _still_decides(case.claimed_by, subject.package, step.actor)
        case.claimed_by = case.claimed_by if returns else None
        case.submitted_by, case.submitted_at, case.fingerprint = step.actor.id, at, current
        case.due = at + config.due_after(case.kind)
        case.state = "in_review" if returns else "submitted"
    elif not transition.opens_retirement:
        case.state = transition.target
    if transition.action in ("claim", "request_changes"):
        case.claimed_by = step.actor.id
    if transition.action == "assign" and step.assignee is not None:
        case.claimed_by = step.assignee.id
    if transition.action == "release":
        case.claimed_by = None
    if transition.closes:
        case.closed = at
    model.Session.flush()
    return case


def _case_to_move(transition: Transition, subject: Subject, step: Step, current: str) -> Case:
    """The open case, or a new one: for a removal, or because what was asked before has ended."""
    case, at = subject.case, now()
    if not transition.opens_retirement:
        if case is not None and case.state in OPEN:
            return case
        new = Case(
            dataset_id=subject.package.id, kind=subject.position.kind or "publication", state="draft", created=at
        )
        if case is not None and case.copy_id:
            # A copy belongs to one case: the one that is about it now.
            held = (case.copy_id, case.copy_map, case.base)
            case.copy_id = None
            model.Session.flush()
            new.copy_id, new.copy_map, new.base = held
        model.Session.add(new)
        return new
    if case is not None and case.state in OPEN:
        if case.kind == "retirement":
            return case
        before, case.state, case.closed = case.state, "withdrawn", at
        events.record(subject.package.id, "set_aside", step.actor, case=case, from_state=before, to_state="withdrawn")
        model.Session.flush()
    new = Case(
        dataset_id=subject.package.id, kind="retirement", state="submitted", created=at, submitted_by=step.actor.id,
        submitted_at=at, fingerprint=current, due=at + config.due_after("retirement"),
    )  # fmt: skip
    model.Session.add(new)
    return new
