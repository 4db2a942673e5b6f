"""An answer is seen with the dataset and in RDF, and is no change of it."""

from __future__ import annotations

from typing import Any

import pytest
from ckan import model
from ckan.tests.helpers import CKANTestApp

from ckanext.regional import erasure
from ckanext.regional.curation.applying import content
from ckanext.regional.harvest.writing import mapping
from tests.conftest import People, act, fingerprint
from tests.needs.conftest import TITLE


@pytest.fixture
def answered(people: People, public: dict[str, Any], published: dict[str, Any]) -> dict[str, Any]:
    """The need, answered by the dataset."""
    return act(
        "regional_need_update", people.steward, id=public["id"], state="answered", reason="Voici.", datasets=["menus"]
    )


def entry(need: dict[str, Any]) -> dict[str, str]:
    return {"need_id": str(need["number"]), "label": TITLE, "url": f"http://test.ckan.net/besoin/{need['number']}"}


def test_readers_see_what_a_dataset_answers(people: People, answered: dict[str, Any]) -> None:
    assert act("package_show", None, id="menus")["citizen_needs"] == [entry(answered)]
    (found,) = act("package_search", None, q="menus")["results"]
    assert found["citizen_needs"] == [entry(answered)]
    criteria = act("regional_score_show", people.sysadmin, id="menus")["governance"]["criteria"]
    assert next(one["ok"] for one in criteria if one["code"] == "need_answered")


def test_the_dataset_itself_is_not_changed(people: People, public: dict[str, Any], published: dict[str, Any]) -> None:
    before = content.current(published["id"])
    act("regional_need_update", people.steward, id=public["id"], state="answered", reason="Voici.", datasets=["menus"])
    after = content.current(published["id"])
    assert content.current_fingerprint(before) == content.current_fingerprint(after)
    assert mapping.local_hash(before) == mapping.local_hash(after)
    assert before["metadata_modified"] == after["metadata_modified"]


def test_what_a_client_sends_back_does_not_become_content(
    people: People, public: dict[str, Any], dataset: dict[str, Any]
) -> None:
    kept = {"need_id": "7", "label": "Ancienne demande", "url": "https://example.org/7"}
    act("package_patch", people.editor, id="menus", citizen_needs=[kept])
    act("regional_curation_submit", people.editor, id="menus")
    act("regional_curation_approve", people.steward, id="menus", fingerprint=fingerprint(people, dataset))
    act("regional_need_update", people.steward, id=public["id"], state="answered", reason="Voici.", datasets=["menus"])
    copy = act("regional_revision_create", people.editor, id="menus")
    read = act("package_show", people.editor, id="menus")
    assert [one["need_id"] for one in read["citizen_needs"]] == ["7", str(public["number"])]
    assert [one["need_id"] for one in copy["citizen_needs"]] == ["7"]
    act("regional_need_update", people.steward, id=public["id"], state="declined", reason="Non.", datasets=[])
    assert [one["need_id"] for one in act("package_show", None, id="menus")["citizen_needs"]] == ["7"]


def test_without_a_review_a_round_trip_changes_nothing(
    people: People, answered: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    suspended = act("regional_curation_suspend", people.steward, id="menus", comment="À revoir.")
    assert suspended["status"] == "unpublished"
    read = act("package_show", people.editor, id="menus")
    assert read["citizen_needs"] == [entry(answered)]
    act("package_update", people.editor, **read)
    same = act("package_show", people.editor, id="menus")
    assert same["metadata_modified"] == read["metadata_modified"]
    act("package_update", people.editor, **(read | {"title": "Autre titre"}))
    assert not content.current(read["id"]).get("citizen_needs")
    assert act("package_show", people.editor, id="menus")["citizen_needs"] == [entry(answered)]


def test_personal_data_do_not_come_with_it(people: People, answered: dict[str, Any]) -> None:
    act("regional_need_update", people.steward, id=answered["id"], title="Appeler le 06 12 34 56 78")
    assert "34 56" not in act("package_show", people.sysadmin, id="menus")["citizen_needs"][0]["label"]


def test_only_public_needs_are_named(people: People, answered: dict[str, Any]) -> None:
    act("regional_need_reject", people.steward, id=answered["id"], reason="Retirée.")
    assert not act("package_show", people.sysadmin, id="menus").get("citizen_needs")


def test_an_erased_dataset_answers_nothing(people: People, answered: dict[str, Any]) -> None:
    package, user = model.Package.get("menus"), model.User.get(people.sysadmin)
    assert package is not None
    assert user is not None
    erasure.erase(package, user, "Par erreur.")
    shown = act("regional_need_show", None, id=answered["id"])
    assert (shown["datasets"], shown["state"]) == ([], "answered")


def test_a_hidden_dataset_is_not_named_on_the_page(app: CKANTestApp, people: People, answered: dict[str, Any]) -> None:
    address = f"/besoin/{answered['number']}"
    assert "/dataset/menus" in app.get(address).text
    act("regional_curation_suspend", people.steward, id="menus", comment="Fuite.")
    assert "/dataset/menus" not in app.get(address).text
