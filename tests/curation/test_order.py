"""Steps out of order, and steps that bring along what is not theirs to say."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
import pytest
from ckan import model

from ckanext.regional.curation.states import TRANSITIONS, Position, possible
from tests.conftest import People, act, fingerprint
from tests.curation.conftest import rows_of

#: The steps that lead to each state.
WAYS = {
    None: [],
    "submitted": ["submit"],
    "in_review": ["submit", "claim"],
    "changes_requested": ["submit", "request_changes"],
    "approved": ["submit", "approve"],
    "rejected": ["submit", "reject"],
    "withdrawn": ["submit", "withdraw"],
}


def step(people: People, dataset: dict[str, Any], action: str, **data: Any) -> Any:
    """Take a step as somebody who may."""
    user = people.steward if TRANSITIONS[action].who == "steward" else people.editor
    seen = fingerprint(people, dataset)
    given = {"id": dataset["id"], "fingerprint": seen, "comment": "Lu.", **data}
    if action == "assign":
        given["user"] = people.steward
    return tk.get_action(f"regional_curation_{action}")({"user": user}, given)


@pytest.mark.parametrize("state", WAYS)
def test_steps_out_of_order_are_refused(people: People, dataset: dict[str, Any], state: str | None) -> None:
    for action in WAYS[state]:
        step(people, dataset, action)
    before, refused = rows_of(dataset["id"]), set()
    published = state == "approved"
    at = Position("published", None, None) if published else Position("unpublished", "publication", state)
    can = set(possible(at)) | {"override"}  # which this site does not allow
    for action in TRANSITIONS:
        if action in can:
            continue
        try:
            step(people, dataset, action)
        except tk.ValidationError as error:
            refused |= {action} if list(error.error_dict) == ["state"] else set()
        model.Session.rollback()
    assert (refused, rows_of(dataset["id"])) == (set(TRANSITIONS) - can, before)


@pytest.mark.parametrize("action", TRANSITIONS)
def test_nothing_is_decided_about_what_was_deleted(people: People, submitted: dict[str, Any], action: str) -> None:
    act("package_delete", people.editor, id=submitted["id"])
    with pytest.raises(tk.ValidationError):
        step(people, submitted, action)


SPOOFED: dict[str, Any] = {
    "actor": "sysadmin", "actor_id": "sysadmin", "user": "sysadmin", "at": "1999-01-01", "state": "approved",
    "to_state": "approved", "case": "x", "case_id": "x", "package_id": "x", "dataset_id": "x", "seq": 1, "hash": "x",
    "four_eyes": False, "ignore_auth": True, "submitted_by": "sysadmin", "context": {"ignore_auth": True},
    "__extras": {"actor": "x"}, "action": "approve", "private": False, "kind": "retirement",
}  # fmt: skip


def test_nobody_says_who_they_are_or_when_it_is(people: People, dataset: dict[str, Any]) -> None:
    tk.get_action("regional_curation_submit")({"user": people.editor}, {**SPOOFED, "id": dataset["id"]})
    told = act("regional_curation_history", people.editor, id=dataset["id"])["results"][-1]
    kept = (told["actor"], told["action"], told["to_state"], told["at"][:4] == "1999")
    assert kept == (people.editor, "submit", "submitted", False)


def test_nobody_says_what_state_a_case_is_in(people: People, dataset: dict[str, Any]) -> None:
    tk.get_action("regional_curation_submit")({"user": people.editor}, {**SPOOFED, "id": dataset["id"]})
    case = act("regional_curation_show", people.editor, id=dataset["id"])["case"]
    assert (case["state"], case["kind"], case["submitted_by"]) == ("submitted", "publication", people.editor)


def test_no_key_gets_round_four_eyes(people: People, submitted: dict[str, Any]) -> None:
    seen = fingerprint(people, submitted)
    data = {**SPOOFED, "id": submitted["id"], "fingerprint": seen}
    with pytest.raises(tk.NotAuthorized):
        tk.get_action("regional_curation_approve")({"user": people.editor}, data)
