"""The main way: from a draft to what everybody sees, and back for corrections."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
import pytest

from tests.conftest import People, act, complete, fingerprint


def test_a_new_dataset_is_hidden(people: People, dataset: dict[str, Any]) -> None:
    with pytest.raises(tk.NotAuthorized):
        act("package_show", None, id=dataset["id"])


def test_private_false_is_stored_as_true(people: People) -> None:
    made = act("package_create", people.editor, **complete(people, private=False))
    assert made["private"] is True


def test_an_approved_dataset_is_public(people: People, published: dict[str, Any]) -> None:
    shown = act("package_show", None, id=published["id"])
    assert (shown["private"], shown["regional_status"]) == (False, "published")


def test_an_approved_dataset_is_found(people: People, published: dict[str, Any]) -> None:
    found = act("package_search", None, q="name:menus")
    assert [one["id"] for one in found["results"]] == [published["id"]]


def test_an_incomplete_dataset_is_not_submitted(people: People) -> None:
    draft = act("package_create", people.editor, name="draft", title="Draft", owner_org=people.organization)
    with pytest.raises(tk.ValidationError) as refused:
        act("regional_curation_submit", people.editor, id=draft["id"])
    assert set(refused.value.error_dict) == {
            "notes", "territory", "governance_level", "sector", "theme", "steward", "publisher", "contact", "frequency",
            "access_rights", "license_id", "personal_data_class",
        }  # fmt: skip


def test_a_stale_fingerprint_is_refused(people: People, submitted: dict[str, Any]) -> None:
    seen = fingerprint(people, submitted)
    act("package_patch", people.editor, id=submitted["id"], title="Autre titre")
    with pytest.raises(tk.ValidationError) as refused:
        act("regional_curation_approve", people.steward, id=submitted["id"], fingerprint=seen)
    assert "fingerprint" in refused.value.error_dict
    assert act("package_show", people.editor, id=submitted["id"])["private"] is True


def test_a_save_that_changes_nothing_keeps_the_fingerprint(people: People, submitted: dict[str, Any]) -> None:
    seen = fingerprint(people, submitted)
    act("package_update", people.editor, **act("package_show", people.editor, id=submitted["id"]))
    assert fingerprint(people, submitted) == seen


def test_the_editor_cannot_approve(people: People, submitted: dict[str, Any]) -> None:
    with pytest.raises(tk.NotAuthorized):
        act("regional_curation_approve", people.editor, id=submitted["id"], fingerprint=fingerprint(people, submitted))


def test_a_steward_who_edited_cannot_approve(people: People, submitted: dict[str, Any]) -> None:
    act("package_patch", people.steward, id=submitted["id"], notes="Mieux dit.")
    with pytest.raises(tk.NotAuthorized):
        act("regional_curation_approve", people.steward, id=submitted["id"], fingerprint=fingerprint(people, submitted))


def test_a_steward_of_another_region_cannot_approve(people: People, submitted: dict[str, Any]) -> None:
    with pytest.raises(tk.NotAuthorized):
        act(
            "regional_curation_approve",
            people.steward_elsewhere,
            id=submitted["id"],
            fingerprint=fingerprint(people, submitted),
        )


def test_a_sysadmin_cannot_approve_while_a_steward_can(people: People, submitted: dict[str, Any]) -> None:
    with pytest.raises(tk.NotAuthorized):
        act(
            "regional_curation_approve", people.sysadmin, id=submitted["id"], fingerprint=fingerprint(people, submitted)
        )


def test_a_sysadmin_approves_where_no_steward_is_left(people: People) -> None:
    elsewhere = act("package_create", people.editor, **complete(people, name="corse", territory=["fr:region:94"]))
    act("regional_curation_submit", people.editor, id="corse")
    seen = act("regional_curation_show", people.sysadmin, id="corse")["fingerprint"]
    act("regional_curation_approve", people.sysadmin, id="corse", fingerprint=seen, comment="Nobody reviews Corse yet.")
    assert act("package_show", None, id=elsewhere["id"])["private"] is False


def test_a_resubmission_returns_to_the_same_steward(people: People, submitted: dict[str, Any]) -> None:
    act(
        "regional_curation_request_changes",
        people.steward,
        id=submitted["id"],
        fingerprint=fingerprint(people, submitted),
        comment="Une phrase de plus, s'il vous plaît.",
    )
    act("package_patch", people.editor, id=submitted["id"], notes="Deux phrases. Les voici.")
    shown = act("regional_curation_submit", people.editor, id=submitted["id"])
    assert (shown["case"]["state"], shown["case"]["claimed_by"]) == ("in_review", people.steward)


@pytest.mark.parametrize("decision", ["request_changes", "reject"])
def test_sending_back_needs_a_reason(people: People, submitted: dict[str, Any], decision: str) -> None:
    with pytest.raises(tk.ValidationError) as refused:
        act(
            f"regional_curation_{decision}",
            people.steward,
            id=submitted["id"],
            fingerprint=fingerprint(people, submitted),
            comment="  ",
        )
    assert list(refused.value.error_dict) == ["comment"]


def test_what_was_rejected_may_be_submitted_anew(people: People, submitted: dict[str, Any]) -> None:
    first = act("regional_curation_show", people.editor, id=submitted["id"])["case"]["id"]
    act(
        "regional_curation_reject",
        people.steward,
        id=submitted["id"],
        fingerprint=fingerprint(people, submitted),
        comment="Ce n'est pas à nous.",
    )
    again = act("regional_curation_submit", people.editor, id=submitted["id"])
    assert again["case"]["state"] == "submitted"
    assert again["case"]["id"] != first


def test_withdrawing_ends_the_case(people: People, submitted: dict[str, Any]) -> None:
    shown = act("regional_curation_withdraw", people.editor, id=submitted["id"])
    assert (shown["status"], shown["case"]["state"]) == ("unpublished", "withdrawn")


def test_an_edit_under_review_is_kept_and_noted(people: People, submitted: dict[str, Any]) -> None:
    act("package_patch", people.editor, id=submitted["id"], notes="Autrement dit.")
    history = act("regional_curation_history", people.editor, id=submitted["id"])["results"]
    assert [event["action"] for event in history] == ["created", "submit", "edited"]
    assert act("regional_curation_show", people.editor, id=submitted["id"])["case"]["state"] == "submitted"


def test_the_history_outlives_the_dataset(people: People, published: dict[str, Any]) -> None:
    act("dataset_purge", people.sysadmin, id=published["id"])
    history = act("regional_curation_history", people.sysadmin, id=published["id"])["results"]
    assert [event["action"] for event in history] == ["created", "submit", "approve", "purged"]


def test_the_queue_shows_a_steward_what_waits(people: People, submitted: dict[str, Any]) -> None:
    queue = act("regional_curation_queue", people.steward, mine="true")
    assert [row["dataset"]["name"] for row in queue["results"]] == ["menus"]
    assert queue["facets"]["sector"] == [{"name": "school", "display_name": "Education", "count": 1}]


@pytest.mark.parametrize("role", ["steward_elsewhere", "outsider"])
def test_the_queue_of_others_is_empty(people: People, submitted: dict[str, Any], role: str) -> None:
    assert act("regional_curation_queue", getattr(people, role))["count"] == 0


def test_the_review_is_not_told_to_outsiders(people: People, submitted: dict[str, Any]) -> None:
    with pytest.raises(tk.NotAuthorized):
        act("regional_curation_show", people.outsider, id=submitted["id"])


def test_the_stewards_name_is_for_editors_and_reviewers(people: People, published: dict[str, Any]) -> None:
    seen = {
        role: "steward" in act("package_show", getattr(people, role) if role else None, id=published["id"])
        for role in ("editor", "steward", "sysadmin", "outsider", "")
    }
    assert seen == {"editor": True, "steward": True, "sysadmin": True, "outsider": False, "": False}
