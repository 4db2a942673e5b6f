"""The table of the review, checked against itself: no state without a way out, no decision without what it needs."""

from __future__ import annotations

from pathlib import Path

import pytest

from ckanext.regional.curation.model import OPEN_STATES
from ckanext.regional.curation.states import (
    DECISIONS,
    NO_CASE,
    OPEN,
    STATES,
    TRANSITIONS,
    UNDECIDED,
    Position,
    diagram,
    possible,
)

CLOSED = tuple(state for state in STATES if state not in OPEN_STATES)


DECIDING = ["request_changes", "approve", "reject"]


@pytest.mark.parametrize(
    ("at", "actions"),
    [
        (("unpublished", "publication", NO_CASE), ["submit"]),
        (("unpublished", "publication", "draft"), ["submit", "override"]),
        (("unpublished", "publication", "submitted"), ["withdraw", "claim", "assign", *DECIDING, "override"]),
        (("unpublished", "publication", "in_review"), ["withdraw", "release", "assign", *DECIDING, "override"]),
        (("unpublished", "publication", "changes_requested"), ["submit", "withdraw", "override"]),
        (("unpublished", "publication", "rejected"), ["submit"]),
        (("unpublished", "publication", "withdrawn"), ["submit"]),
        (("published", None, NO_CASE), ["retire", "suspend"]),
        (("published", "revision", "draft"), ["submit", "retire", "suspend", "override"]),
        (("published", "revision", "submitted"), ["withdraw", "claim", "assign", *DECIDING, "suspend", "override"]),
        (("published", "revision", "changes_requested"), ["submit", "withdraw", "retire", "suspend", "override"]),
        (("published", "revision", "rejected"), ["submit", "retire", "suspend"]),
        (
            ("published", "retirement", "submitted"),
            ["withdraw", "claim", "assign", "approve", "reject", "suspend", "override"],
        ),
        # Suspended: who asked cannot make it public again alone.
        (("unpublished", "retirement", "submitted"), ["claim", "assign", "approve", "reject", "override"]),
        (("retired", None, NO_CASE), []),
    ],
    ids=str,
)
def test_what_a_place_allows(at: tuple, actions: list[str]) -> None:
    assert possible(Position(*at)) == actions


def test_the_states_in_which_a_case_is_open_are_those_of_the_index() -> None:
    assert OPEN == OPEN_STATES


def test_the_documentation_shows_the_table() -> None:
    page = Path("docs/concepts.md").read_text(encoding="utf-8")
    assert f"```mermaid\n{diagram()}\n```" in page, "write it anew: ckan regional curation diagram"


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


@pytest.mark.parametrize("action", ["request_changes", "reject", "retire", "suspend", "override"])
def test_what_takes_something_away_needs_words(action: str) -> None:
    assert TRANSITIONS[action].comment_needed


def test_only_approval_needs_four_eyes() -> None:
    assert [action for action, step in TRANSITIONS.items() if step.four_eyes] == ["approve"]


def test_guards_stand_before_submission_and_approval() -> None:
    assert [action for action, step in TRANSITIONS.items() if step.guarded] == ["submit", "approve"]


@pytest.mark.parametrize("kind", ["publication", "revision", "retirement"])
def test_every_open_state_has_a_way_out(kind: str) -> None:
    status = "unpublished" if kind == "publication" else "published"
    assert [state for state in UNDECIDED if not possible(Position(status, kind, state))] == []  # pyright: ignore
