"""The review as one table: buttons, API, history and docs are read off it. No CKAN import."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Who = Literal["editor", "submitter", "steward", "owner", "guardian", "sysadmin"]
Kind = Literal["publication", "revision", "retirement"]

#: The state of a dataset that has no case, or whose last one ended with its publication.
NO_CASE = None
#: The state of a published dataset of which nobody asks anything.
PUBLISHED = "published"

#: States in which a steward decides.
UNDECIDED = ("submitted", "in_review")
#: States in which a case waits for somebody; a dataset has one such case at most.
OPEN = ("draft", *UNDECIDED, "changes_requested")
#: States of a closed case after which the same may be asked anew.
AGAIN = ("rejected", "withdrawn")
#: Every state that a case can be in.
STATES = (*OPEN, "approved", *AGAIN)

KINDS: tuple[Kind, ...] = ("publication", "revision", "retirement")
_OF_CONTENT: tuple[Kind, ...] = ("publication", "revision")


@dataclass(frozen=True, slots=True)
class Transition:
    """One step of the review.

    ``sources`` are the states in which it may be done, ``target`` the state after it, ``kinds`` the kinds of case. Who
    may do it: an ``editor`` of the dataset; its ``submitter`` (or an administrator of the organisation); a ``steward``
    in scope; an ``owner``: a steward in scope or an administrator of the organisation; a ``guardian``: one of these, a
    data protection officer in scope or a sysadmin; a ``sysadmin``, where the site allows it.
    """

    action: str
    sources: tuple[str | None, ...]
    target: str
    who: Who
    kinds: tuple[Kind, ...] = KINDS
    comment_needed: bool = False
    #: Needs the fingerprint of what the person saw.
    bound_to_content: bool = False
    #: Blocking guards must pass (never those of a removal).
    guarded: bool = False
    #: Not by whom made, edited or submitted the content.
    four_eyes: bool = False
    #: Ends the case.
    closes: bool = False
    #: Asks for a removal of what is published: opens a case of its own.
    opens_retirement: bool = False
    #: Hides the dataset at once.
    hides: bool = False


TRANSITIONS: dict[str, Transition] = {
    step.action: step
    for step in (
        Transition(
            "submit", (NO_CASE, "draft", "changes_requested", *AGAIN), "submitted", "editor", _OF_CONTENT, guarded=True
        ),
        Transition("withdraw", (*UNDECIDED, "changes_requested"), "withdrawn", "submitter", closes=True),
        Transition("claim", ("submitted",), "in_review", "steward"),
        Transition("release", ("in_review",), "submitted", "steward"),
        Transition("assign", UNDECIDED, "in_review", "steward"),
        Transition(
            "request_changes", UNDECIDED, "changes_requested", "steward", _OF_CONTENT,
            comment_needed=True, bound_to_content=True,
        ),
        Transition(
            "approve", UNDECIDED, "approved", "steward",
            bound_to_content=True, guarded=True, four_eyes=True, closes=True,
        ),
        Transition(
            "reject", UNDECIDED, "rejected", "steward", comment_needed=True, bound_to_content=True, closes=True
        ),
        # What nobody has submitted does not hold up a removal: that case ends, its working copy stays.
        Transition(
            "retire", (PUBLISHED, "draft", "changes_requested"), "submitted", "owner", ("retirement",),
            comment_needed=True, opens_retirement=True,
        ),
        # Nor does anything hold up hiding leaked data.
        Transition(
            "suspend", (PUBLISHED, *OPEN), "submitted", "guardian", ("retirement",),
            comment_needed=True, opens_retirement=True, hides=True,
        ),
        Transition(
            "override", OPEN, "approved", "sysadmin", comment_needed=True, bound_to_content=True, closes=True
        ),
    )
}  # fmt: skip

#: What a steward decides with, in the order of the buttons.
DECISIONS = ("approve", "request_changes", "reject")


@dataclass(frozen=True, slots=True)
class Position:
    """Where a dataset stands: its status, the kind of its case and that case's state."""

    status: str
    kind: Kind | None
    state: str | None

    @property
    def suspended(self) -> bool:
        """Whether it was hidden at once and waits for the decision whether it stays so."""
        return self.kind == "retirement" and self.state in OPEN and self.status == "unpublished"


def allows(step: Transition, at: Position) -> bool:
    """Whether the table lets somebody take ``step`` from here."""
    if step.opens_retirement:
        if at.status != "published":
            return False
        if at.state not in OPEN:
            return PUBLISHED in step.sources
        # One removal is enough, unless what is asked for now is to hide it before the decision.
        return at.state in step.sources and (at.kind == "revision" or step.hides)
    if at.suspended and step.action == "withdraw":
        # Making it public again takes a second person: a steward rejects the removal.
        return False
    return at.kind in step.kinds and at.state in step.sources


def possible(at: Position) -> list[str]:
    """The actions that somebody may take from here."""
    return [step.action for step in TRANSITIONS.values() if allows(step, at)]


def diagram() -> str:
    """The table as a Mermaid state diagram."""
    lines = ["stateDiagram-v2"]
    for step in TRANSITIONS.values():
        sources = [source for source in step.sources if not (step.opens_retirement and source != PUBLISHED)]
        for source in sources:
            start = "[*]" if source is NO_CASE else source
            lines.append(f"    {start} --> {step.target}: {step.action}{_marks(step)}")
    lines.append("    approved --> published: publication, revision")
    lines.append("    approved --> retired: retirement")
    return "\n".join(lines)


def _marks(step: Transition) -> str:
    marks = [step.who]
    if step.four_eyes:
        marks.append("four eyes")
    if step.comment_needed:
        marks.append("comment")
    if step.guarded:
        marks.append("guards")
    return f" ({', '.join(marks)})"
