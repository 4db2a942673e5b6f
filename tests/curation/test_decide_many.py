"""Several decisions at once: each on its own, by the API and by the page."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
import pytest
from ckan.tests import factories

from ckanext.regional.curation.logic.action.many import MOST
from tests.conftest import People, act, complete
from tests.curation.views.test_views import Browser, hidden


@pytest.fixture
def waiting(people: People) -> list[dict[str, Any]]:
    """Three datasets that wait for the steward, as ``[{"id", "fingerprint"}]``."""
    cases = []
    for number in range(3):
        made = act("package_create", people.editor, **complete(people, name=f"menus-{number}", title=f"Menus {number}"))
        shown = act("regional_curation_submit", people.editor, id=made["id"])
        cases.append({"id": made["id"], "fingerprint": shown["fingerprint"]})
    return cases


def decide(user: str, decision: str, cases: Any, **more: Any) -> list[dict[str, Any]]:
    return act("regional_curation_decide_many", user, decision=decision, cases=cases, **more)


def states(people: People, cases: list[dict[str, Any]]) -> list[str]:
    return [act("regional_curation_show", people.sysadmin, id=case["id"])["case"]["state"] for case in cases]


def test_each_is_decided(people: People, waiting: list[dict[str, Any]]) -> None:
    results = decide(people.steward, "approve", waiting)
    assert [(one["id"], one["done"], one["state"], one["errors"]) for one in results] == [
        (case["id"], True, "approved", {}) for case in waiting
    ]
    assert act("package_search", None)["count"] == 3


def test_one_that_fails_costs_no_other(people: People, waiting: list[dict[str, Any]]) -> None:
    first, second, third = waiting
    act("package_patch", people.editor, id=second["id"], notes="Edited since")
    gone, hidden = {"id": "no-such-thing"}, {"id": third["id"], "fingerprint": "0" * 64}
    results = decide(people.steward, "approve", [gone, second, hidden, {"id": first["id"]}, first])
    assert [list(one["errors"]) for one in results] == [["id"], ["fingerprint"], ["fingerprint"], ["fingerprint"], []]
    assert [one["done"] for one in results] == [False] * 4 + [True]
    assert states(people, waiting) == ["approved", "submitted", "submitted"]


def test_who_may_not_decide_decides_nothing_and_learns_nothing(people: People, waiting: list[dict[str, Any]]) -> None:
    unknown = decide(people.outsider, "reject", [{"id": "no-such-thing", "fingerprint": "0"}], comment="Non")
    for user in (people.outsider, people.steward_elsewhere):
        results = decide(user, "reject", waiting, comment="Non")
        assert {str(one["errors"]) for one in results} == {str(unknown[0]["errors"])}
    # Who made them may know of them and still not decide.
    assert {one["done"] for one in decide(people.editor, "approve", waiting)} == {False}
    assert states(people, waiting) == ["submitted"] * 3


def test_what_is_needed_of_one_is_needed_of_all(people: People, waiting: list[dict[str, Any]]) -> None:
    results = decide(people.steward, "request_changes", waiting)
    assert [list(one["errors"]) for one in results] == [["comment"]] * 3
    assert {one["state"] for one in decide(people.steward, "request_changes", waiting, comment="Trop court.")} == {
        "changes_requested"
    }


@pytest.mark.parametrize(
    ("cases", "decision", "field"),
    [
        ([], "approve", "cases"),
        ("menus", "approve", "cases"),
        ([["menus"]], "approve", "cases"),
        ([{"fingerprint": "0"}], "approve", "cases"),
        ([{"id": 1}], "approve", "cases"),
        ([{"id": "a\x00"}], "approve", "cases"),
        ([{"id": "a", "fingerprint": ["0"]}], "approve", "cases"),
        ([{"id": "a"}] * (MOST + 1), "approve", "cases"),
        ([{"id": "a"}], "publish", "decision"),
        ([{"id": "a"}], "", "decision"),
    ],
)
def test_bad_input_names_its_field(clean_regional: None, cases: Any, decision: str, field: str) -> None:
    user = factories.User()["name"]
    with pytest.raises(tk.ValidationError) as error:
        decide(user, decision, cases)
    assert list(error.value.error_dict) == [field]


def test_nobody_decides_nothing(people: People, waiting: list[dict[str, Any]]) -> None:
    with pytest.raises(tk.NotAuthorized):
        act("regional_curation_decide_many", None, decision="approve", cases=waiting)


def test_the_page_shows_what_was_chosen_and_what_came_of_it(
    app: Any, people: People, waiting: list[dict[str, Any]]
) -> None:
    steward = Browser(app, people.steward)
    page = "/regional/queue/together?" + "&".join(f"id={case['id']}" for case in waiting[:2])
    body = steward.get(page).body
    assert [f"Menus {number}" in body for number in range(3)] == [True, True, False]
    act("package_patch", people.editor, id=waiting[1]["id"], notes="Edited since")
    chosen = {"id": [case["id"] for case in waiting[:2]], "decision": "approve"}
    prints = {f"fingerprint-{case['id']}": case["fingerprint"] for case in waiting[:2]}
    token = {name: value for name, value in hidden(body).items() if name.startswith("_")}
    answer = app.post("/regional/queue/together", data={**token, **prints, **chosen})
    assert answer.status_code == 200
    assert "1 request decided." in answer.body
    assert "has changed since you looked at it" in answer.body
    assert states(people, waiting) == ["approved", "submitted", "submitted"]


def test_several_are_taken_on_with_a_result_each(app: Any, people: People, waiting: list[dict[str, Any]]) -> None:
    first, second, _third = waiting
    act("regional_curation_approve", people.steward, **second)
    results = decide(people.steward, "claim", [{"id": first["id"]}, {"id": second["id"]}])
    assert [(one["done"], one["state"]) for one in results] == [(True, "in_review"), (False, None)]
    assert results[1]["errors"]
    # Who may not decide takes nothing on.
    assert not decide(people.outsider, "claim", [{"id": waiting[2]["id"]}])[0]["done"]
    body = Browser(app, people.steward).get(f"/regional/queue/together?id={waiting[2]['id']}").body
    token = {name: value for name, value in hidden(body).items() if name.startswith("_")}
    answer = app.post("/regional/queue/together", data={**token, "id": waiting[2]["id"], "decision": "claim"})
    assert "You took on 1 request." in answer.body
    shown = act("regional_curation_show", people.sysadmin, id=waiting[2]["id"])["case"]
    assert (shown["state"], shown["claimed_by"]) == ("in_review", people.steward)


def test_the_page_without_a_choice_leads_back(app: Any, people: People) -> None:
    steward = Browser(app, people.steward)
    assert steward.get("/regional/queue/together", follow_redirects=False).status_code == 302
    body = steward.get("/regional/queue/together?id=no-such-thing").body
    assert "no-such-thing" not in body[body.index('role="main"') : body.index("site-footer")]
