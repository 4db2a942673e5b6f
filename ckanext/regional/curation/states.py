"""The review as one table: buttons, API, history and docs are read off it. No CKAN import."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Who = Literal["editor", "submitter", "steward"]

#: The state of a dataset that has no open case.
NO_CASE = None


@dataclass(frozen=True, slots=True)
class Transition:
    """One step of the review.

    ``sources`` are the states of the open case in which it may be done (None: there is none), ``target`` the state
    after it. ``who`` may do it: an ``editor`` of the dataset, its ``submitter`` (or an administrator of the
    organisation), a ``steward`` in scope.
    """

    action: str
    sources: tuple[str | None, ...]
    target: str
    who: Who
    comment_needed: bool = False
    #: Needs the fingerprint of what the person saw.
    bound_to_content: bool = False
    #: Blocking guards must pass.
    guarded: bool = False
    #: Not by whom made, edited or submitted the content.
    four_eyes: bool = False
    #: Ends the case.
    closes: bool = False


#: States in which a steward decides.
UNDECIDED = ("submitted", "in_review")

TRANSITIONS: dict[str, Transition] = {
    step.action: step
    for step in (
        Transition("submit", (NO_CASE, "draft", "changes_requested"), "submitted", "editor", guarded=True),
        Transition("withdraw", (*UNDECIDED, "changes_requested"), "withdrawn", "submitter", closes=True),
        Transition("claim", ("submitted",), "in_review", "steward"),
        Transition("release", ("in_review",), "submitted", "steward"),
        Transition(
            "request_changes", UNDECIDED, "changes_requested", "steward", comment_needed=True, bound_to_content=True
        ),
        Transition(
            "approve", UNDECIDED, "approved", "steward",
            bound_to_content=True, guarded=True, four_eyes=True, closes=True,
        ),
        Transition(
            "reject", UNDECIDED, "rejected", "steward", comment_needed=True, bound_to_content=True, closes=True
        ),
    )
}  # fmt: skip

#: Every state that a case can be in.
STATES = ("draft", *UNDECIDED, "changes_requested", "approved", "rejected", "withdrawn")

#: What a steward decides with, in the order of the buttons.
DECISIONS = ("approve", "request_changes", "reject")


def possible(state: str | None) -> list[str]:
    """The actions that a case in ``state`` (None: no open case) allows to somebody."""
    return [step.action for step in TRANSITIONS.values() if state in step.sources]
