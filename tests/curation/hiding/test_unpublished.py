"""What is asked for an unapproved dataset never makes it public; what is harmless goes on working."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import ckan.plugins.toolkit as tk
import pytest
from ckan import model

from ckanext.regional.exceptions import RegionalRefused
from tests.conftest import People, act, complete, fingerprint
from tests.curation.conftest import Catalogue

Way = Callable[[Catalogue], dict[str, Any]]

#: Every way to ask that a dataset be public.
WAYS: dict[str, tuple[str, Way]] = {
    "update": ("package_update", lambda it: it.hidden | {"private": False}),
    "update as text": ("package_update", lambda it: it.hidden | {"private": "false", "state": "active"}),
    "update without the key": (
        "package_update", lambda it: {key: value for key, value in it.hidden.items() if key != "private"}
    ),
    "patch": ("package_patch", lambda it: {"id": "hidden", "private": False}),
    "patch nothing": ("package_patch", lambda it: {"id": "hidden", "private": ""}),
    "revise": ("package_revise", lambda it: {"match": {"name": "hidden"}, "update": {"private": False}}),
    "revise filter": ("package_revise", lambda it: {"match__name": "hidden", "filter": ["-private"]}),
    "draft and back": ("package_patch", lambda it: {"id": "hidden", "state": "active", "private": False}),
    "exempt type": ("package_patch", lambda it: {"id": "hidden", "type": "showcase", "private": False}),
    "read-only status": (
        "package_patch", lambda it: {"id": "hidden", "regional_status": "published", "private": False}
    ),
    "another name": ("package_patch", lambda it: {"id": "hidden", "name": "hidden", "private": False}),
    "another creator": (
        "package_patch", lambda it: {"id": "hidden", "creator_user_id": it.people.steward, "private": False}
    ),
    "bulk": ("bulk_update_public", lambda it: {"datasets": [it.hidden["id"]], "org_id": it.hidden["owner_org"]}),
    "move": (
        "package_owner_org_update", lambda it: {"id": it.hidden["id"], "organization_id": it.other_organization}
    ),
    "group": (
        "member_create",
        lambda it: {"id": it.group, "object": "hidden", "object_type": "package", "capacity": "public"},
    ),
    "group's data": ("group_patch", lambda it: {"id": it.group, "packages": [{"id": "hidden"}, {"id": "menus"}]}),
    "resource": ("resource_create", lambda it: {"package_id": "hidden", "url": "https://example.org/b"}),
    "delete": ("package_delete", lambda it: {"id": "hidden"}),
    "undelete": ("package_patch", lambda it: {"id": it.hidden["id"], "state": "active", "private": False}),
}  # fmt: skip


@pytest.mark.parametrize("role", ["editor", "org_admin", "steward", "sysadmin"])
def test_no_way_makes_an_unapproved_dataset_public(catalogue: Catalogue, role: str) -> None:
    public = {}
    for way, (action, data) in WAYS.items():
        try:
            act(action, getattr(catalogue.people, role), **data(catalogue))
        except (tk.NotAuthorized, tk.ValidationError):
            model.Session.rollback()
        if _is_readable(catalogue.hidden["id"]):
            public[way] = action
    assert public == {}


def _is_readable(dataset_id: str) -> bool:
    listed = act("package_search", None, q="*:*", include_private=True, rows=100)["results"]
    package = model.Package.get(dataset_id)
    assert package is not None
    return not package.private or dataset_id in {one["id"] for one in listed}


@pytest.mark.parametrize("owner", [None, "", "nowhere"])
def test_a_dataset_of_no_organisation_is_refused(people: People, owner: str | None) -> None:
    with pytest.raises((tk.ValidationError, tk.NotAuthorized)):
        act("package_create", people.editor, **complete(people, owner_org=owner))


def test_the_refusal_of_an_unowned_dataset_names_the_field(people: People) -> None:
    with pytest.raises(tk.ValidationError) as refused:
        act("package_create", people.sysadmin, **complete(people, owner_org=None))
    assert list(refused.value.error_dict) == ["owner_org"]


@pytest.mark.parametrize("action", ["package_patch", "package_owner_org_update"])
def test_no_dataset_leaves_every_organisation(people: People, dataset: dict[str, Any], action: str) -> None:
    with pytest.raises(tk.ValidationError):
        act(action, people.sysadmin, id=dataset["id"], owner_org="", organization_id=None)


@pytest.mark.parametrize("kind", ["harvest", "showcase"])
def test_exempt_types_are_for_sysadmins(people: People, kind: str) -> None:
    with pytest.raises(RegionalRefused):
        act("package_create", people.editor, name="exempt", type=kind, owner_org=people.organization)


def test_an_exempt_dataset_is_public_at_once(people: People) -> None:
    act("package_create", people.sysadmin, name="exempt", type="showcase", owner_org=people.organization)
    assert act("package_show", None, id="exempt")["type"] == "showcase"


def test_a_dataset_of_another_type_is_reviewed_too(people: People) -> None:
    made = act("package_create", people.editor, name="other", type="other", owner_org=people.organization)
    assert made["private"] is True


def test_what_was_read_can_be_sent_back(people: People, submitted: dict[str, Any]) -> None:
    before = act("package_show", people.editor, id="menus")
    act("package_update", people.editor, **json.loads(json.dumps(before)))
    assert act("package_show", people.editor, id="menus")["metadata_modified"] == before["metadata_modified"]


def test_sending_back_is_nobodys_edit(people: People, submitted: dict[str, Any]) -> None:
    act("package_update", people.steward, **act("package_show", people.steward, id="menus"))
    shown = act("regional_curation_show", people.steward, id="menus")
    assert shown["case"]["contributors"] == [people.editor]


@pytest.mark.parametrize("key", ["origin", "regional_status"])
def test_computed_keys_are_ignored(people: People, dataset: dict[str, Any], key: str) -> None:
    act("package_patch", people.editor, id="menus", **{key: "spoofed"})
    assert act("package_show", people.editor, id="menus").get(key) != "spoofed"


@pytest.mark.parametrize("key", ["origin", "regional_status"])
def test_computed_keys_are_ignored_in_a_new_dataset(people: People, key: str) -> None:
    act("package_create", people.editor, **complete(people, **{key: "spoofed"}))
    assert act("package_show", people.editor, id="menus").get(key) != "spoofed"


def test_an_old_id_brings_no_old_status(people: People, published: dict[str, Any]) -> None:
    act("dataset_purge", people.sysadmin, id=published["id"])
    again = act("package_create", people.sysadmin, **complete(people, id=published["id"], private=False))
    assert (again["private"], again["regional_status"]) == (True, "unpublished")


def test_what_sysadmins_deleted_comes_back_hidden(people: People, published: dict[str, Any]) -> None:
    act("package_delete", people.sysadmin, id=published["id"])
    act("package_patch", people.editor, id=published["id"], state="active", private=False)
    shown = act("package_show", people.editor, id=published["id"])
    assert (shown["private"], shown["regional_status"]) == (True, "unpublished")


def test_other_bytes_of_the_same_length_are_another_fingerprint(people: People, dataset: dict[str, Any]) -> None:
    from tests.curation.conftest import upload

    resource = act("resource_create", people.editor, package_id="menus", name="f", upload=upload(b"one\n"))
    before = fingerprint(people, dataset)
    act("resource_patch", people.editor, id=resource["id"], upload=upload(b"two\n"))
    assert fingerprint(people, dataset) != before


def test_a_resource_may_say_that_it_has_a_table_when_it_has_none(people: People, submitted: dict[str, Any]) -> None:
    act("resource_patch", people.editor, id=submitted["resources"][0]["id"], datastore_active=True)
    assert act("regional_curation_show", people.steward, id="menus")["case"]["state"] == "submitted"


def test_another_row_is_another_fingerprint(people: People, dataset: dict[str, Any]) -> None:
    resource = dataset["resources"][0]["id"]
    act(
        "datastore_create", people.editor, resource_id=resource, force=True, fields=[{"id": "plat", "type": "text"}],
        records=[{"plat": "soupe"}],
    )  # fmt: skip
    before = fingerprint(people, dataset)
    act(
        "datastore_upsert", people.editor, resource_id=resource, force=True, method="insert",
        records=[{"plat": "riz"}],
    )  # fmt: skip
    assert fingerprint(people, dataset) != before
