"""A change of a published dataset: prepared in a working copy, hidden from everybody else, taken over when approved."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
import pytest
import sqlalchemy as sa
from ckan import model
from ckan.tests import factories
from ckan.tests.helpers import CKANTestApp

from ckanext.regional.curation import cases
from ckanext.regional.curation.applying import journal
from ckanext.regional.curation.model import FileKey, JournalStep
from tests.conftest import BRETAGNE, People, act, appoint, complete, fingerprint
from tests.curation.conftest import CSV, path_of, publish, upload
from tests.curation.test_races import one_after_the_other

OTHER = b"plat,jour\nriz,mardi\n"


def alias(resource_id: str) -> str:
    """The datastore is not emptied between tests."""
    return f"menus_{resource_id[:8]}"


@pytest.fixture
def live(people: People) -> dict[str, Any]:
    """A published dataset with an uploaded file in the datastore, a view of it, and a link."""
    dataset = act("package_create", people.editor, **complete(people, resources=[]))
    resource = act("resource_create", people.editor, package_id=dataset["id"], name="Menus", upload=upload(CSV))
    act("resource_create", people.editor, package_id=dataset["id"], name="Lien", url="https://example.org/a.csv")
    act(
        "datastore_create", people.editor, resource_id=resource["id"], force=True, aliases=alias(resource["id"]),
        fields=[{"id": "plat", "type": "text"}], records=[{"plat": "soupe"}],
    )  # fmt: skip
    act("resource_view_create", people.editor, resource_id=resource["id"], title="Vue", view_type="text_view")
    publish(people, dataset["id"])
    return act("package_show", people.sysadmin, id=dataset["id"])


@pytest.fixture
def copy(people: People, live: dict[str, Any]) -> dict[str, Any]:
    return act("regional_revision_create", people.editor, id=live["id"])


def approve(people: People, dataset_id: str, **data: Any) -> Any:
    seen = act("regional_curation_show", people.steward, id=dataset_id)["fingerprint"]
    return act("regional_curation_approve", people.steward, id=dataset_id, fingerprint=seen, **data)


def submit_and_approve(people: People, dataset_id: str) -> None:
    act("regional_curation_submit", people.editor, id=dataset_id)
    approve(people, dataset_id)


def rows(resource_id: str) -> list[str]:
    found = tk.get_action("datastore_search")({"ignore_auth": True, "user": ""}, {"resource_id": resource_id})
    return [row["plat"] for row in found["records"]]


def views(resource_id: str) -> dict[str, str]:
    found = tk.get_action("resource_view_list")({"ignore_auth": True, "user": ""}, {"id": resource_id})
    return {view["id"]: view["title"] for view in found}


def test_a_copy_has_everything_under_ids_of_its_own(people: People, live: dict[str, Any], copy: dict[str, Any]) -> None:
    first = copy["resources"][0]["id"]
    ids = {copy["id"], *(one["id"] for one in copy["resources"])} & {
        live["id"],
        *(one["id"] for one in live["resources"]),
    }
    assert ids == set()
    assert (copy["regional_revision_of"], copy["title"], copy["type"]) == (live["id"], live["title"], live["type"])
    assert [one["name"] for one in copy["resources"]] == ["Menus", "Lien"]
    assert path_of(first).read_bytes() == CSV
    assert rows(first) == ["soupe"]
    assert list(views(first).values()) == list(views(live["resources"][0]["id"]).values())
    more = [{"plat": "riz"}]
    act("datastore_upsert", people.editor, resource_id=first, force=True, method="insert", records=more)
    assert (rows(first), rows(live["resources"][0]["id"])) == (["soupe", "riz"], ["soupe"])


def test_there_is_one_copy_and_only_of_what_is_published(people: People, copy: dict[str, Any]) -> None:
    again = act("regional_revision_create", people.editor2, id=copy["regional_revision_of"])
    of_the_copy = act("regional_revision_create", people.editor, id=copy["id"])
    assert {again["id"], of_the_copy["id"]} == {copy["id"]}
    hidden = act("package_create", people.editor, **complete(people, name="hidden"))
    with pytest.raises(tk.ValidationError, match="not published"):
        act("regional_revision_create", people.editor, id=hidden["id"])
    for user in (people.member, people.outsider, people.steward_elsewhere, None):
        with pytest.raises(tk.NotAuthorized):
            act("regional_revision_create", user, id=copy["regional_revision_of"])


def test_nobody_else_meets_the_copy(
    app: CKANTestApp, people: People, live: dict[str, Any], copy: dict[str, Any]
) -> None:
    appoint(people.outsider, territory=BRETAGNE)
    told: dict[str, list[bool]] = {}
    for user in (people.editor, people.editor2, people.outsider, people.member, people.steward_elsewhere, None):
        try:
            act("package_show", user, id=copy["id"])
            told[user or ""] = [True]
        except tk.NotAuthorized:
            told[user or ""] = [False]
    assert told == {
        people.editor: [True], people.editor2: [True], people.outsider: [True], people.member: [False],
        people.steward_elsewhere: [False], "": [False],
    }  # fmt: skip
    for user in (people.editor, people.sysadmin, people.steward, None):
        found = act("package_search", user, include_private=True, rows=100)
        assert [one["id"] for one in found["results"]] == [live["id"]], user
        organization = act("organization_show", user, id=people.organization, include_datasets=True)
        assert organization["package_count"] == 1, user
        assert copy["name"] not in act("package_list", user)
    shown = act("user_show", people.editor, id=people.editor, include_datasets=True)
    assert (shown["number_created_packages"], [one["id"] for one in shown["datasets"]]) == (1, [live["id"]])
    members = act("member_list", people.sysadmin, id=people.organization, object_type="package")
    assert [row[0] for row in members] == [live["id"]]
    activities = act(
        "organization_activity_list", people.sysadmin, id=people.organization, include_hidden_activity=True
    )
    assert copy["id"] not in {one["object_id"] for one in activities}
    page = app.get(f"/dataset/{live['name']}").get_data(as_text=True)
    assert copy["name"] not in page
    # A member of the organisation learns of the published dataset's review what was there before.
    assert act("regional_curation_show", people.member, id=live["id"])["case"]["kind"] == "publication"
    with pytest.raises(tk.NotAuthorized):
        act("regional_curation_show", people.member, id=copy["id"])


def test_a_plain_member_learns_nothing_of_a_proposal(
    app: CKANTestApp, people: People, live: dict[str, Any], copy: dict[str, Any]
) -> None:
    appoint(people.outsider, territory=BRETAGNE)
    act("package_patch", people.editor, id=copy["id"], title="Menus 2027")
    act("regional_curation_submit", people.editor, id=live["id"], comment="Relisez la proposition.")
    told = {}
    for user in (people.editor2, people.outsider, people.sysadmin, people.member, people.steward_elsewhere):
        queue = act("regional_curation_queue", user)
        headers = {"Authorization": factories.APIToken(user=user)["token"]}
        pages = [
            app.get(f"/regional/case/{name}", headers=headers, status=None).get_data(as_text=True)
            for name in (live["name"], copy["id"])
        ] + [app.get("/regional/queue", headers=headers).get_data(as_text=True)]
        history = act("regional_curation_history", user, id=live["id"])["results"] if user in _CONCERNED else []
        told[user] = (
            queue["count"], sum(one["count"] for one in queue["facets"]["kind"]),
            "proposed" in {one["action"] for one in history},
            any(text in page for page in pages for text in ("Menus 2027", copy["name"], "Relisez")),
        )  # fmt: skip
    knows, does_not = (1, 1, True, True), (0, 0, False, False)
    assert told == {
        people.editor2: knows, people.outsider: knows, people.sysadmin: knows, people.member: does_not,
        people.steward_elsewhere: does_not,
    }  # fmt: skip
    # What was there before the proposal a member goes on seeing.
    seen = [one["action"] for one in act("regional_curation_history", people.member, id=live["id"])["results"]]
    assert seen[-2:] == ["submit", "approve"]


_CONCERNED = ("editor2", "outsider", "sysadmin", "member")


def test_an_approval_takes_everything_over_and_keeps_the_ids(
    people: People, live: dict[str, Any], copy: dict[str, Any]
) -> None:
    file, link = live["resources"]
    view = views(file["id"])
    copied = copy["resources"][0]["id"]
    act("package_patch", people.editor, id=copy["id"], title="Menus 2027", tags=[{"name": "repas"}])
    act("resource_patch", people.editor, id=copied, name="Menus 2027", upload=upload(OTHER))
    act("datastore_delete", people.editor, resource_id=copied, force=True)
    act("datastore_create", people.editor, resource_id=copied, force=True, fields=[{"id": "plat", "type": "text"}],
        records=[{"plat": "riz"}])  # fmt: skip
    act("resource_delete", people.editor, id=copy["resources"][1]["id"])
    added = act("resource_create", people.editor, package_id=copy["id"], name="Neuf", upload=upload(b"a,b\n1,2\n"))
    views_of_copy = views(copied)
    changed_view = next(id for id, title in views_of_copy.items() if title == "Vue")
    act(
        "resource_view_update", people.editor, id=changed_view, resource_id=copied, title="Vue 2", view_type="text_view"
    )
    # Until then nothing of it is to be seen.
    assert act("package_show", None, id=live["id"])["title"] == live["title"]
    assert (path_of(file["id"]).read_bytes(), rows(file["id"])) == (CSV, ["soupe"])

    submit_and_approve(people, live["id"])

    shown = act("package_show", None, id=live["id"])
    assert (shown["title"], shown["name"], [tag["name"] for tag in shown["tags"]]) == ("Menus 2027", "menus", ["repas"])
    assert [one["id"] for one in shown["resources"]] == [file["id"], added["id"]]
    assert shown["resources"][0]["name"] == "Menus 2027"
    assert shown["resources"][0]["created"] == file["created"]
    assert path_of(file["id"]).read_bytes() == OTHER
    assert path_of(added["id"]).read_bytes() == b"a,b\n1,2\n"
    assert rows(file["id"]) == ["riz"]
    assert [row["plat"] for row in act("datastore_search", None, resource_id=alias(file["id"]))["records"]] == ["riz"]
    assert views(file["id"]) == {id: "Vue 2" if title == "Vue" else title for id, title in view.items()}
    assert model.Package.get(copy["id"]) is None
    assert model.Session.scalar(sa.select(sa.func.count()).select_from(JournalStep)) == 0
    assert model.Session.scalar(sa.select(sa.func.count()).select_from(FileKey)) == 0
    assert act("package_search", None, q='title:"Menus 2027"')["count"] == 1
    with pytest.raises(tk.ObjectNotFound):
        act("datastore_search", people.sysadmin, resource_id=copied)
    actions = [one["action"] for one in act("regional_curation_history", people.editor, id=live["id"])["results"]]
    assert actions[-3:] == ["edited", "submit", "approve"] or actions[-3:] == ["proposed", "submit", "approve"]
    # The link that was removed answers to nobody.
    with pytest.raises(tk.ObjectNotFound):
        act("resource_show", None, id=link["id"])


def test_a_file_that_stays_is_neither_copied_nor_moved(
    people: People, live: dict[str, Any], copy: dict[str, Any]
) -> None:
    file = live["resources"][0]["id"]
    before = path_of(file)
    assert path_of(copy["resources"][0]["id"]) == before
    act("package_patch", people.editor, id=copy["id"], name="repas")
    submit_and_approve(people, copy["id"])
    assert act("package_show", None, id=live["id"])["name"] == "repas"
    assert (path_of(file), before.read_bytes(), rows(file)) == (before, CSV, ["soupe"])


def test_four_eyes_and_the_fingerprint_hold_for_a_change(
    people: People, live: dict[str, Any], copy: dict[str, Any]
) -> None:
    act("package_patch", people.steward, id=copy["id"], notes="Autrement.")
    act("regional_curation_submit", people.editor, id=copy["id"])
    with pytest.raises(tk.NotAuthorized, match="somebody else"):
        approve(people, live["id"])
    appoint(people.outsider, territory=BRETAGNE)
    seen = act("regional_curation_show", people.outsider, id=live["id"])
    assert (seen["dataset_id"], seen["case"]["kind"], seen["working_copy"]["id"]) == (
        live["id"],
        "revision",
        copy["id"],
    )
    act("package_patch", people.editor2, id=copy["id"], notes="Encore autrement.")
    with pytest.raises(tk.ValidationError) as stale:
        act("regional_curation_approve", people.outsider, id=copy["id"], fingerprint=seen["fingerprint"])
    assert list(stale.value.error_dict) == ["fingerprint"]
    assert act("package_show", None, id=live["id"])["notes"] == live["notes"]


def test_a_rejected_change_may_be_submitted_anew_or_discarded(
    people: People, live: dict[str, Any], copy: dict[str, Any]
) -> None:
    act("package_patch", people.editor, id=copy["id"], notes="Autrement.")
    act("regional_curation_submit", people.editor, id=copy["id"])
    act(
        "regional_curation_reject", people.steward, id=copy["id"], comment="Non.", fingerprint=fingerprint(people, live)
    )
    shown = act("regional_curation_show", people.editor, id=live["id"])
    assert (shown["case"]["state"], shown["status"]) == ("rejected", "published")
    assert "submit" in shown["allowed_actions"]
    again = act("regional_curation_submit", people.editor, id=live["id"])
    assert (again["case"]["state"], again["case"]["id"] != shown["case"]["id"]) == ("submitted", True)
    with pytest.raises(tk.NotAuthorized):
        act("regional_revision_discard", people.editor2, id=live["id"])
    act("regional_revision_discard", people.editor, id=copy["id"])
    assert model.Package.get(copy["id"]) is None
    assert path_of(live["resources"][0]["id"]).read_bytes() == CSV
    assert rows(live["resources"][0]["id"]) == ["soupe"]
    assert act("regional_curation_show", people.editor, id=live["id"])["case"]["state"] == "withdrawn"
    assert act("regional_revision_create", people.editor, id=live["id"])["id"] != copy["id"]


def test_deleting_the_copy_discards_it(people: People, live: dict[str, Any], copy: dict[str, Any]) -> None:
    act("package_delete", people.editor, id=copy["id"])
    assert "discarded" in [
        one["action"] for one in act("regional_curation_history", people.editor, id=live["id"])["results"]
    ]
    with pytest.raises(tk.NotAuthorized, match="make a new one"):
        act("package_patch", people.editor, id=copy["id"], title="X")
    journal.sweep()
    assert (model.Package.get(copy["id"]), cases.holding_copy(live["id"])) == (None, None)
    assert act("package_show", None, id=live["id"])["state"] == "active"


def test_where_the_published_dataset_has_moved_the_author_saves_again(
    people: People, live: dict[str, Any], copy: dict[str, Any]
) -> None:
    act("package_patch", people.editor, id=copy["id"], notes="Autrement.")
    act("regional_curation_submit", people.editor, id=copy["id"])
    move(live, title="Menus, moissonnés", notes="Notes moissonnées.")
    with pytest.raises(tk.ValidationError) as refused:
        approve(people, live["id"])
    assert refused.value.error_dict["moved"] == ["notes", "title"]
    assert act("regional_revision_show", people.editor, id=live["id"])["moved"] == ["notes", "title"]
    act("package_patch", people.editor, id=copy["id"], tags=[{"name": "autre"}])
    saved = act("regional_revision_show", people.editor, id=live["id"])
    # What the author had not touched is taken over, what both changed stays the author's.
    assert (saved["moved"], saved["working_copy"]["title"]) == ([], "Menus, moissonnés")
    assert saved["working_copy"]["notes"] == "Autrement."
    approve(people, live["id"])
    shown = act("package_show", None, id=live["id"])
    assert (shown["title"], shown["notes"]) == ("Menus, moissonnés", "Autrement.")


def move(live: dict[str, Any], **changes: Any) -> None:
    """Change the published dataset as a trusted harvest does."""
    from ckanext.regional import admission
    from ckanext.regional.types import Admission

    context: Any = {"user": "sysadmin", "ignore_auth": True, admission.CONTEXT_KEY: Admission("publish")}
    dataset = tk.get_action("package_show")({"ignore_auth": True, "user": ""}, {"id": live["id"]})
    tk.get_action("package_update")(context, dataset | changes)


def test_two_at_once_get_one_copy(app: CKANTestApp, people: People, published: dict[str, Any]) -> None:
    calls = [
        lambda user=user: act("regional_revision_create", user, id="menus") for user in (people.editor, people.editor2)
    ]
    assert one_after_the_other(app, published["id"], *calls) == ["", ""]
    copies = model.Session.scalar(sa.select(sa.func.count()).where(model.Package.name.contains("--proposition-")))
    assert copies == 1


def test_an_approval_and_a_suspension_at_once(
    app: CKANTestApp, people: People, live: dict[str, Any], copy: dict[str, Any]
) -> None:
    act("package_patch", people.editor, id=copy["id"], notes="Autrement.")
    seen = act("regional_curation_submit", people.editor, id=copy["id"])["fingerprint"]
    outcomes = one_after_the_other(
        app,
        live["id"],
        lambda: act("regional_curation_suspend", people.org_admin, id=live["id"], comment="Fuite."),
        lambda: act("regional_curation_approve", people.steward, id=live["id"], fingerprint=seen),
    )
    assert outcomes == ["", "ValidationError"] or outcomes == ["", "NotAuthorized"]
    with pytest.raises(tk.NotAuthorized):
        act("package_show", None, id=live["id"])


def test_the_names_of_copies_are_kept_for_them(people: People, published: dict[str, Any]) -> None:
    name = f"menus--proposition-{published['id'][:8]}"
    with pytest.raises(tk.ValidationError) as refused:
        act("package_create", people.editor, **complete(people, name=name))
    assert list(refused.value.error_dict) == ["name"]
    assert act("regional_revision_create", people.editor, id=published["id"])["name"] == name


def test_a_deleted_dataset_takes_its_copy_along(people: People, live: dict[str, Any], copy: dict[str, Any]) -> None:
    act("package_delete", people.sysadmin, id=live["id"])
    assert (model.Package.get(copy["id"]), cases.holding_copy(live["id"])) == (None, None)


def test_what_a_machine_feeds_stays_as_it_is(people: People, live: dict[str, Any], copy: dict[str, Any]) -> None:
    file = live["resources"][0]["id"]
    tk.get_action("regional_resource_feed_allow")(
        {"user": people.steward}, {"resource_id": file, "user": people.outsider}
    )
    act("datastore_upsert", people.outsider, resource_id=file, force=True, method="insert", records=[{"plat": "riz"}])
    act("resource_patch", people.outsider, id=file, upload=upload(OTHER))
    act("package_patch", people.editor, id=copy["id"], notes="Autrement.")
    submit_and_approve(people, live["id"])
    assert act("package_show", None, id=live["id"])["notes"] == "Autrement."
    assert (path_of(file).read_bytes(), rows(file)) == (OTHER, ["soupe", "riz"])
