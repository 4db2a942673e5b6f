"""``regional_score_show``: who is told what."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
import pytest
from ckan import model
from ckan.tests.helpers import call_action

from ckanext.regional.database import now
from ckanext.regional.links.model import Link
from tests.conftest import BREST, People, act

FULL_KEYS = {"code", "title", "points", "max", "ok", "field", "resource", "dimension", "remedy"}


def codes(found: dict[str, Any], name: str) -> dict[str, bool]:
    return {criterion["code"]: criterion["ok"] for criterion in found[name]["criteria"]}


def test_the_editor_is_told_all(people: People, dataset: dict[str, Any]) -> None:
    found = act("regional_score_show", people.editor, id="menus")
    assert set(found) == {"mqa", "datagouv", "governance"}
    assert [found[name]["max"] for name in found] == [405, 9, 100]
    for name in found:
        assert all(set(criterion) == FULL_KEYS for criterion in found[name]["criteria"])
        assert found[name]["points"] == sum(criterion["points"] for criterion in found[name]["criteria"])
        assert all((criterion["remedy"] is None) == criterion["ok"] for criterion in found[name]["criteria"])


def test_roles(people: People, published: dict[str, Any]) -> None:
    """Who edits or reviews is told all, everybody else the totals and the nine ticks."""
    in_full = {people.editor, people.editor2, people.org_admin, people.sysadmin, people.steward}
    for user in (*in_full, people.member, people.steward_elsewhere, people.outsider, None):
        found = act("regional_score_show", user, id="menus")
        assert ("criteria" in found["mqa"], "criteria" in found["governance"]) == ((user in in_full),) * 2, user
        assert len(found["datagouv"]["criteria"]) == 9
        assert ("field" in found["datagouv"]["criteria"][0]) == (user in in_full), user
        assert found["mqa"]["rating"] == "good"


def test_totals_are_the_same_for_all(people: People, published: dict[str, Any]) -> None:
    """Whether there is a steward counts, also for those who are not told."""
    totals = [
        {name: one["points"] for name, one in act("regional_score_show", user, id="menus").items()}
        for user in (people.editor, people.outsider, None)
    ]
    assert totals[0] == totals[1] == totals[2]


@pytest.mark.parametrize("id_", ["nothing", "menus"])
def test_what_is_hidden_is_as_what_does_not_exist(people: People, dataset: dict[str, Any], id_: str) -> None:
    for user in (people.outsider, people.steward_elsewhere, None):
        with pytest.raises(tk.ObjectNotFound, match=f"There is no dataset “{id_}”"):
            act("regional_score_show", user, id=id_)


@pytest.mark.parametrize("id_", [None, "", ["menus"], {"a": 1}, "x" * 10_000, "a\x00b"])
def test_a_wrong_id_is_named(people: People, id_: object) -> None:
    with pytest.raises(tk.ValidationError) as caught:
        act("regional_score_show", None, id=id_)
    assert list(caught.value.error_dict) == ["id"]


def test_an_approval_counts(people: People, submitted: dict[str, Any]) -> None:
    before = codes(act("regional_score_show", people.editor, id="menus"), "governance")
    seen = act("regional_curation_show", people.steward, id="menus")["fingerprint"]
    act("regional_curation_approve", people.steward, id="menus", fingerprint=seen)
    after = codes(act("regional_score_show", people.editor, id="menus"), "governance")
    assert (before["reviewed"], after["reviewed"]) == (False, True)


def test_a_steward_who_leaves_costs_points(people: People, dataset: dict[str, Any]) -> None:
    def active() -> bool:
        return codes(act("regional_score_show", people.sysadmin, id="menus"), "governance")["steward_active"]

    before = active()
    act("organization_member_delete", people.sysadmin, id=people.organization, username=people.editor)
    gone = active()
    act("organization_member_create", people.sysadmin, id=people.organization, username=people.editor, role="member")
    back = active()
    user = model.User.get(people.editor)
    assert user is not None
    user.state = "deleted"
    model.Session.commit()
    assert (before, gone, back, active()) == (True, False, True, False)


def test_remedies_are_in_the_readers_language(app: Any, people: People, published: dict[str, Any]) -> None:
    token = call_action("api_token_create", user=people.editor, name="t")["token"]
    answer = app.get("/fr/api/action/regional_score_show?id=menus", headers={"Authorization": token}, status=200).json[
        "result"
    ]
    (lost,) = (one for one in answer["governance"]["criteria"] if one["code"] == "need_answered")
    assert lost["remedy"].startswith("Dites")


def test_a_dataset_without_our_fields_takes_scores(people: People) -> None:
    made = act("package_create", people.editor, name="bare", owner_org=people.organization)
    found = act("regional_score_show", people.editor, id=made["id"])
    assert found["mqa"]["rating"] == "bad"
    assert BREST not in str(found)


def test_what_the_last_check_told_of_a_link_counts(people: People, dataset: dict[str, Any]) -> None:
    """Nothing is asked of the link itself: only what is stored of it."""
    known = {"host": "example.org", "next_host": "example.org", "entered": now(), "due": now()}
    points: dict[str, tuple[int, int]] = {}
    for outcome in ("ok", "broken"):
        model.Session.merge(Link(url="https://example.org/menus.csv", outcome=outcome, **known))
        model.Session.commit()
        found = act("regional_score_show", people.editor, id="menus")
        access = next(one for one in found["mqa"]["criteria"] if one["code"] == "access_url_ok")
        points[outcome] = (access["points"], codes(found, "datagouv")["all_resources_available"])
    assert points == {"ok": (50, True), "broken": (0, False)}
