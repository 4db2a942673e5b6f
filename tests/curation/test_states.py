"""The table of the review, checked against itself: no state without a way out, no decision without what it needs."""

from __future__ import annotations

import pytest

from ckanext.regional.curation.model import OPEN_STATES
from ckanext.regional.curation.states import DECISIONS, NO_CASE, STATES, TRANSITIONS, UNDECIDED, possible

CLOSED = tuple(state for state in STATES if state not in OPEN_STATES)


@pytest.mark.parametrize(
    ("state", "actions"),
    [
        (NO_CASE, ["submit"]),
        ("draft", ["submit"]),
        ("submitted", ["withdraw", "claim", "request_changes", "approve", "reject"]),
        ("in_review", ["withdraw", "release", "request_changes", "approve", "reject"]),
        ("changes_requested", ["submit", "withdraw"]),
        ("approved", []),
        ("rejected", []),
        ("withdrawn", []),
    ],
)
def test_what_a_state_allows(state: str | None, actions: list[str]) -> None:
    assert possible(state) == actions


@pytest.mark.parametrize("action", TRANSITIONS)
def test_every_step_leads_to_a_known_state(action: str) -> None:
    assert TRANSITIONS[action].target in STATES


@pytest.mark.parametrize("action", TRANSITIONS)
def test_a_step_closes_exactly_what_ends(action: str) -> None:
    assert TRANSITIONS[action].closes == (TRANSITIONS[action].target in CLOSED)


@pytest.mark.parametrize("action", DECISIONS)
def test_a_decision_is_bound_to_what_was_seen(action: str) -> None:
    assert TRANSITIONS[action].bound_to_content


@pytest.mark.parametrize("action", DECISIONS)
def test_a_decision_is_a_stewards(action: str) -> None:
    assert (TRANSITIONS[action].who, TRANSITIONS[action].sources) == ("steward", UNDECIDED)


@pytest.mark.parametrize("action", ["request_changes", "reject"])
def test_sending_back_needs_words(action: str) -> None:
    assert TRANSITIONS[action].comment_needed


def test_only_approval_needs_four_eyes() -> None:
    assert [action for action, step in TRANSITIONS.items() if step.four_eyes] == ["approve"]


def test_guards_stand_before_submission_and_approval() -> None:
    assert [action for action, step in TRANSITIONS.items() if step.guarded] == ["submit", "approve"]


@pytest.mark.parametrize("state", OPEN_STATES)
def test_every_open_state_has_a_way_out(state: str) -> None:
    assert possible(state) != []
