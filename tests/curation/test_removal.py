"""What is published goes offline: by a removal that two people want, or at once where data have leaked."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
import pytest
from ckan import model
from ckan.tests.helpers import CKANTestApp

from tests.conftest import BRETAGNE, People, act, appoint, fingerprint
from tests.curation.conftest import CSV, upload

DECIDING = {"comment": "Lu."}


@pytest.fixture
def second(people: People) -> str:
    """Another steward of the same territory."""
    appoint(people.outsider, territory=BRETAGNE)
    return people.outsider


def decide(action: str, user: str, dataset: dict[str, Any], **data: Any) -> Any:
    seen = act("regional_curation_show", user, id=dataset["id"])["fingerprint"]
    return act(f"regional_curation_{action}", user, id=dataset["id"], fingerprint=seen, comment="Lu.", **data)


def is_public(dataset: dict[str, Any]) -> bool:
    try:
        act("package_show", None, id=dataset["id"])
    except tk.NotAuthorized:
        return False
    return True


def feed_kind(dataset: dict[str, Any]) -> str:
    changes = act("regional_changes", None)["changes"]
    since = min((change["seq"] for change in changes), default=1) - 1
    found = act("regional_changes", None, since=max(since, 1))["changes"] + changes
    return {change["id"]: change["kind"] for change in found}.get(dataset["id"], "")


def test_a_removal_stays_public_until_it_is_approved(people: People, published: dict[str, Any], second: str) -> None:
    assert feed_kind(published) == "upsert"
    for user in (people.editor, people.member, people.steward_elsewhere):
        with pytest.raises(tk.NotAuthorized):
            act("regional_curation_retire", user, id=published["id"], comment="Périmé.")
    with pytest.raises(tk.ValidationError) as wordless:
        act("regional_curation_retire", people.org_admin, id=published["id"], comment=" ")
    assert list(wordless.value.error_dict) == ["comment"]
    shown = act("regional_curation_retire", people.steward, id=published["id"], comment="Périmé.")
    assert (shown["status"], shown["case"]["kind"], shown["case"]["state"]) == ("published", "retirement", "submitted")
    assert is_public(published)
    with pytest.raises(tk.NotAuthorized, match="somebody else"):
        decide("approve", people.steward, published)
    with pytest.raises(tk.ValidationError) as twice:
        act("regional_curation_retire", people.org_admin, id=published["id"], comment="Encore.")
    assert list(twice.value.error_dict) == ["state"]
    decide("approve", second, published)
    assert not is_public(published)
    assert act("package_search", None, q="name:menus")["count"] == 0
    assert act("package_show", people.sysadmin, id=published["id"])["regional_status"] == "retired"
    assert feed_kind(published) == "withdrawn"
    with pytest.raises(tk.NotAuthorized):
        act("package_patch", people.editor, id=published["id"], title="X")


def test_a_rejected_removal_changes_nothing(people: People, published: dict[str, Any], second: str) -> None:
    act("regional_curation_retire", people.org_admin, id=published["id"], comment="Périmé.")
    shown = decide("reject", people.steward, published)
    assert (shown["status"], shown["case"]["state"], is_public(published)) == ("published", "rejected", True)
    assert {"retire", "suspend"} <= set(shown["allowed_actions"])
    act("regional_curation_retire", people.org_admin, id=published["id"], comment="Vraiment périmé.")
    act("regional_curation_withdraw", people.org_admin, id=published["id"])
    assert is_public(published)


def test_leaked_data_are_hidden_at_once_everywhere(
    app: CKANTestApp, people: People, published: dict[str, Any], second: str
) -> None:
    copy = act("regional_revision_create", people.editor, id=published["id"])
    act("regional_curation_submit", people.editor, id=copy["id"])
    with pytest.raises(tk.NotAuthorized):
        act("regional_curation_suspend", people.editor, id=published["id"], comment="Fuite.")
    shown = act("regional_curation_suspend", people.org_admin, id=published["id"], comment="Fuite.")
    assert (shown["status"], shown["case"]["kind"]) == ("unpublished", "retirement")
    assert (is_public(published), feed_kind(published)) == (False, "withdrawn")
    assert act("package_search", None, q="name:menus")["count"] == 0
    assert app.get("/dataset/menus", expect_errors=True).status_code in (403, 404)
    seen = act("recently_changed_packages_activity_list", None)
    assert [one for one in seen if one["object_id"] == published["id"]] == []
    # Whoever suspended it does not make it public again, nor by taking the request back.
    with pytest.raises(tk.ValidationError) as back:
        act("regional_curation_withdraw", people.org_admin, id=published["id"])
    assert list(back.value.error_dict) == ["state"]
    with pytest.raises(tk.NotAuthorized):
        decide("reject", people.org_admin, published)
    # It can be mended while it is hidden; then who mended it does not decide either.
    act("package_patch", people.steward, id=published["id"], notes="Sans les noms.")
    with pytest.raises(tk.NotAuthorized, match="somebody else"):
        decide("reject", people.steward, published)
    decide("reject", second, published)
    assert act("package_show", None, id=published["id"])["notes"] == "Sans les noms."
    assert feed_kind(published) == "upsert"
    # The proposal that was under way is still there, on an older base.
    assert act("regional_revision_show", people.editor, id=published["id"])["moved"] == ["notes"]


def test_a_suspended_dataset_is_edited_to_the_rules_or_removed(
    people: People, published: dict[str, Any], second: str
) -> None:
    appoint(people.member, role="dpo")
    act("regional_curation_suspend", people.member, id=published["id"], comment="Fuite.")
    act("package_patch", people.editor, id=published["id"], personal_data_class="")
    with pytest.raises(tk.ValidationError) as blocked:
        decide("reject", people.steward, published)
    assert list(blocked.value.error_dict) == ["personal_data_class"]
    decide("approve", people.steward, published)
    assert act("package_show", people.sysadmin, id=published["id"])["regional_status"] == "retired"


def test_an_administrator_overrides_only_where_the_site_allows_it(
    people: People, submitted: dict[str, Any], ckan_config: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(tk.NotAuthorized):
        decide("override", people.sysadmin, submitted)
    monkeypatch.setitem(ckan_config, "ckanext.regional.curation.allow_override", True)
    with pytest.raises(tk.NotAuthorized):
        decide("override", people.steward, submitted)
    with pytest.raises(tk.ValidationError):
        act("regional_curation_override", people.sysadmin, id=submitted["id"], comment="",
            fingerprint=fingerprint(people, submitted))  # fmt: skip
    decide("override", people.sysadmin, submitted)
    last = act("regional_curation_history", people.sysadmin, id=submitted["id"])["results"][-1]
    assert (is_public(submitted), last["action"], last["comment"]) == (True, "override", "Lu.")


def test_a_case_is_given_to_a_steward_in_scope(people: People, submitted: dict[str, Any], second: str) -> None:
    assign = tk.get_action("regional_curation_assign")
    for wrong in (people.steward_elsewhere, people.editor, "nobody"):
        with pytest.raises(tk.ValidationError) as refused:
            assign({"user": people.steward}, {"id": submitted["id"], "user": wrong})
        assert list(refused.value.error_dict) == ["user"]
    with pytest.raises(tk.NotAuthorized):
        assign({"user": people.editor}, {"id": submitted["id"], "user": second})
    shown = assign({"user": people.steward}, {"id": submitted["id"], "user": second})
    assert (shown["case"]["state"], shown["case"]["claimed_by"]) == ("in_review", second)


def test_a_rejected_publication_is_submitted_anew_as_another_case(people: People, submitted: dict[str, Any]) -> None:
    first = decide("reject", people.steward, submitted)["case"]
    again = act("regional_curation_submit", people.editor, id=submitted["id"])["case"]
    assert (first["state"], again["state"], again["id"] != first["id"]) == ("rejected", "submitted", True)


def test_an_account_feeds_one_resource_and_nothing_else(people: People, dataset: dict[str, Any]) -> None:
    resource = act("resource_create", people.editor, package_id=dataset["id"], name="Capteur", upload=upload(CSV))
    act(
        "datastore_create", people.editor, resource_id=resource["id"], force=True,
        fields=[{"id": "plat", "type": "text"}], records=[{"plat": "soupe"}],
    )  # fmt: skip
    other = dataset["resources"][0]["id"]
    act("regional_curation_submit", people.editor, id=dataset["id"])
    decide("approve", people.steward, dataset)
    allow = tk.get_action("regional_resource_feed_allow")
    grant = {"resource_id": resource["id"], "user": people.outsider}
    for user in (people.editor, people.outsider, people.steward_elsewhere):
        with pytest.raises(tk.NotAuthorized):
            allow({"user": user}, dict(grant))
    allow({"user": people.steward}, dict(grant))
    rows = [{"plat": "riz"}]
    act("datastore_upsert", people.outsider, resource_id=resource["id"], force=True, method="insert", records=rows)
    act("resource_patch", people.outsider, id=resource["id"], upload=upload(b"plat\nriz\n"))
    refused = {
        "another resource": ("resource_patch", {"id": other, "upload": upload(CSV)}),
        "its name": ("resource_patch", {"id": resource["id"], "name": "X"}),
        "a link": ("resource_patch", {"id": resource["id"], "url": "https://example.org/x.csv", "url_type": ""}),
        "the dataset": ("package_patch", {"id": dataset["id"], "title": "X"}),
        "its table": ("datastore_delete", {"resource_id": resource["id"], "force": True}),
        "its aliases": ("datastore_create", {"resource_id": resource["id"], "force": True, "aliases": "x"}),
        "its deletion": ("resource_delete", {"id": resource["id"]}),
    }
    for what, (action, data) in refused.items():
        with pytest.raises(tk.NotAuthorized):
            act(action, people.outsider, **data)
        model.Session.rollback()
        assert what
    shown = act("package_show", None, id=dataset["id"])
    assert (shown["title"], shown["resources"][1]["name"]) == (dataset["title"], "Capteur")
    found = act("datastore_search", None, resource_id=resource["id"])
    assert [row["plat"] for row in found["records"]] == ["soupe", "riz"]
    history = [one["action"] for one in act("regional_curation_history", people.editor, id=dataset["id"])["results"]]
    assert history.count("fed") == 2
    tk.get_action("regional_resource_feed_revoke")({"user": people.steward}, dict(grant))
    with pytest.raises(tk.NotAuthorized):
        act("datastore_upsert", people.outsider, resource_id=resource["id"], force=True, method="insert", records=rows)
