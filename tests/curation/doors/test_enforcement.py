"""What is published changes by nobody's hand, by none of CKAN's ways to write."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import ckan.plugins.toolkit as tk
import pytest
from ckan import model

from ckanext.regional.exceptions import RegionalRefused
from tests.conftest import act, fingerprint
from tests.curation.conftest import Catalogue, path_of, rows_of, upload

Way = Callable[[Catalogue], dict[str, Any]]


def _changed(it: Catalogue, **changes: Any) -> dict[str, Any]:
    return it.published | changes


def _stolen(it: Catalogue, **changes: Any) -> dict[str, Any]:
    return it.hidden | {"resources": [it.published["resources"][0] | changes]}


#: Every way to write on a published dataset: the action, and the data that it is given. Who asks how: the matrix.
WAYS: dict[str, tuple[str, Way]] = {
    "update": ("package_update", lambda it: _changed(it, title="X")),
    "update by name": ("package_update", lambda it: _changed(it, id="menus", title="X")),
    "update by the key name alone": ("package_update", lambda it: {"name": "menus", "title": "X"}),
    "update with nothing changed": ("package_update", lambda it: dict(it.published)),
    "update with upload": (
        "package_update",
        lambda it: _changed(it, resources=[it.published["resources"][0] | {"upload": upload(b"other")}]),
    ),
    "update without resources": ("package_update", lambda it: _changed(it, resources=[])),
    "update's groups": ("package_update", lambda it: _changed(it, groups=[{"id": it.other_group}])),
    "patch": ("package_patch", lambda it: {"id": it.id, "title": "X"}),
    "patch private": ("package_patch", lambda it: {"id": it.id, "private": True}),
    "patch state deleted": ("package_patch", lambda it: {"id": it.id, "state": "deleted"}),
    "patch state draft": ("package_patch", lambda it: {"id": it.id, "state": "draft"}),
    "patch owner": ("package_patch", lambda it: {"id": it.id, "owner_org": it.other_organization}),
    "patch no owner": ("package_patch", lambda it: {"id": it.id, "owner_org": ""}),
    "patch name": ("package_patch", lambda it: {"id": it.id, "name": "autre"}),
    "patch tags": ("package_patch", lambda it: {"id": it.id, "tags": [{"name": "autre"}]}),
    "patch groups": ("package_patch", lambda it: {"id": it.id, "groups": []}),
    "patch type": ("package_patch", lambda it: {"id": it.id, "type": "showcase"}),
    "revise update": ("package_revise", lambda it: {"match": {"id": it.id}, "update": {"title": "X"}}),
    "revise filter": ("package_revise", lambda it: {"match": {"id": it.id}, "filter": ["-tags"]}),
    "revise filter and include": (
        "package_revise",
        lambda it: {"match": {"id": it.id}, "filter": "+title,+owner_org,+name,+id,-*", "include": ["*"]},
    ),
    "revise flat": ("package_revise", lambda it: {"match__id": it.id, "update__resources__0__name": "X"}),
    "revise extend": (
        "package_revise",
        lambda it: {"match__id": it.id, "update__resources__extend": [{"url": "https://example.org/b"}]},
    ),
    "revise upload": (
        "package_revise",
        lambda it: {"match__id": it.id, f"update__resources__{it.uploaded[:6]}__upload": upload(b"other")},
    ),
    "resource create": ("resource_create", lambda it: {"package_id": it.id, "url": "https://example.org/b"}),
    "resource create upload": ("resource_create", lambda it: {"package_id": it.id, "upload": upload(b"other")}),
    "resource update": ("resource_update", lambda it: it.published["resources"][1] | {"name": "X"}),
    "resource update upload": (
        "resource_update", lambda it: it.published["resources"][0] | {"upload": upload(b"other")}
    ),
    "resource update the link by an upload": (
        "resource_update", lambda it: it.published["resources"][1] | {"upload": upload(b"other"), "url_type": "upload"}
    ),
    "resource clear upload": (
        "resource_update", lambda it: it.published["resources"][0] | {"clear_upload": "true", "url": "https://x.org"}
    ),
    "resource patch": ("resource_patch", lambda it: {"id": it.link, "name": "X"}),
    "resource patch upload": ("resource_patch", lambda it: {"id": it.uploaded, "upload": upload(b"other")}),
    "resource delete": ("resource_delete", lambda it: {"id": it.uploaded}),
    "resource reorder": ("package_resource_reorder", lambda it: {"id": it.id, "order": [it.link, it.uploaded]}),
    "resource taken over by another dataset": ("package_update", lambda it: _stolen(it, name="X")),
    "resource taken over with an upload": ("package_update", lambda it: _stolen(it, upload=upload(b"other"))),
    "resource created again elsewhere": (
        "resource_create", lambda it: {"package_id": it.hidden["id"], "id": it.uploaded, "upload": upload(b"other")}
    ),
    "view create": (
        "resource_view_create", lambda it: {"resource_id": it.uploaded, "title": "X", "view_type": "text_view"}
    ),
    "view update": (
        "resource_view_update",
        lambda it: {"id": it.view, "resource_id": it.uploaded, "title": "X", "view_type": "text_view"},
    ),
    "view moved here": (
        "resource_view_update",
        lambda it: {"id": it.hidden_view, "resource_id": it.uploaded, "title": "X", "view_type": "text_view"},
    ),
    "view delete": ("resource_view_delete", lambda it: {"id": it.view}),
    "view reorder": ("resource_view_reorder", lambda it: {"id": it.uploaded, "order": [it.view]}),
    "default views": (
        "resource_create_default_resource_views",
        lambda it: {"resource": it.published["resources"][1] | {"format": "txt"}, "create_datastore_views": True},
    ),
    "default views of all": (
        "package_create_default_resource_views",
        lambda it: {"package": _changed(it, resources=[it.published["resources"][1] | {"format": "txt"}])},
    ),
    "owner": ("package_owner_org_update", lambda it: {"id": it.id, "organization_id": it.other_organization}),
    "no owner": ("package_owner_org_update", lambda it: {"id": it.id, "organization_id": None}),
    "bulk private": (
        "bulk_update_private", lambda it: {"datasets": [it.id], "org_id": it.published["owner_org"]}
    ),
    "bulk delete": ("bulk_update_delete", lambda it: {"datasets": [it.id], "org_id": it.published["owner_org"]}),
    "relationship create": (
        "package_relationship_create", lambda it: {"subject": "menus", "object": "hidden", "type": "links_to"}
    ),
    "relationship to it": (
        "package_relationship_create", lambda it: {"subject": "hidden", "object": it.id, "type": "links_to"}
    ),
    "relationship update": (
        "package_relationship_update",
        lambda it: {"subject": "menus", "object": "hidden", "type": "depends_on", "comment": "X"},
    ),
    "relationship delete": (
        "package_relationship_delete", lambda it: {"subject": "menus", "object": "hidden", "type": "depends_on"}
    ),
    "collaborator create": (
        "package_collaborator_create", lambda it: {"id": it.id, "user_id": it.people.outsider, "capacity": "editor"}
    ),
    "collaborator delete": (
        "package_collaborator_delete", lambda it: {"id": "menus", "user_id": it.people.member}
    ),
    "datastore create": (
        "datastore_create",
        lambda it: {"resource_id": it.uploaded, "force": True, "fields": [{"id": "prix", "type": "text"}]},
    ),
    "datastore create a resource": (
        "datastore_create",
        lambda it: {"resource": {"package_id": it.id}, "fields": [{"id": "prix", "type": "text"}]},
    ),
    "datastore create a resource by name": (
        "datastore_create",
        lambda it: {"resource": {"package_id": "menus"}, "fields": [{"id": "prix", "type": "text"}]},
    ),
    "datastore upsert": (
        "datastore_upsert", lambda it: {"resource_id": it.uploaded, "force": True, "records": [{"plat": "riz"}]}
    ),
    "datastore delete": ("datastore_delete", lambda it: {"resource_id": it.uploaded, "force": True}),
    "datastore delete by id": ("datastore_delete", lambda it: {"id": it.uploaded, "force": True}),
    "datastore delete some": (
        "datastore_delete", lambda it: {"resource_id": it.uploaded, "force": True, "filters": {"plat": "soupe"}}
    ),
    "datastore records delete": (
        "datastore_records_delete", lambda it: {"resource_id": it.uploaded, "force": True, "filters": {}}
    ),
    "file rename": ("file_rename", lambda it: {"id": it.file, "name": "autre.txt"}),
    "file delete": ("file_delete", lambda it: {"id": it.file}),
    "file given away": (
        "file_ownership_transfer",
        lambda it: {"id": it.file, "owner_type": "package", "owner_id": it.hidden["id"], "force": True},
    ),
    "triggers": ("datastore_run_triggers", lambda it: {"resource_id": it.uploaded}),
    "file unpin": ("file_unpin", lambda it: {"id": it.file}),
    "file pin": ("file_pin", lambda it: {"id": it.file}),
}  # fmt: skip

#: What sysadmins may do and nobody else.
FOR_SYSADMINS: dict[str, tuple[str, Way]] = {
    "delete": ("package_delete", lambda it: {"id": it.id}),
    "purge": ("dataset_purge", lambda it: {"id": it.id}),
    "member create": (
        "member_create",
        lambda it: {"id": it.other_group, "object": it.id, "object_type": "package", "capacity": "public"},
    ),
    "member delete": ("member_delete", lambda it: {"id": it.group, "object": "menus", "object_type": "package"}),
    "group update adds": (
        "group_update", lambda it: {"id": it.other_group, "name": "ecoles", "packages": [{"id": "menus"}]}
    ),
    "group update removes": ("group_update", lambda it: {"id": it.group, "name": "cantines", "packages": []}),
    "group patch removes": ("group_patch", lambda it: {"id": "cantines", "packages": []}),
    "group create": ("group_create", lambda it: {"name": "neuf", "packages": [{"id": it.id}]}),
}  # fmt: skip

PEOPLE = ("editor", "org_admin", "steward", "sysadmin")


@pytest.fixture(autouse=True)
def _collaborators(ckan_config: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(ckan_config, "ckan.auth.allow_dataset_collaborators", True)


def everything(it: Catalogue) -> dict[str, Any]:
    """All that is kept of the published dataset, its file and its table included."""
    kept: dict[str, Any] = rows_of(it.id)
    kept["bytes"] = path_of(it.uploaded).read_bytes()
    kept["table"] = act("datastore_search", it.people.sysadmin, resource_id=it.uploaded)["records"]
    return kept


def _told(it: Catalogue, way: tuple[str, Way], roles: tuple[str, ...]) -> dict[str, str]:
    """What each role is told; empty where the write passed."""
    action, data = way
    told = {}
    for role in roles:
        try:
            act(action, getattr(it.people, role), **data(it))
            told[role] = ""
        except (tk.NotAuthorized, tk.ValidationError) as error:
            told[role] = f"{type(error).__name__}: {error}"
        model.Session.rollback()
    return told


#: Whom CKAN refuses for a reason of its own, or who asks for nothing that would be written.
UNGUIDED = {
    "resource taken over by another dataset": [*PEOPLE],
    "resource taken over with an upload": [*PEOPLE],
    "resource created again elsewhere": [*PEOPLE],
    "default views": [*PEOPLE],
    "default views of all": ["sysadmin"],
    "bulk private": ["editor", "steward"],
    "bulk delete": ["editor", "steward"],
}


@pytest.mark.parametrize("way", WAYS)
def test_a_published_dataset_stays_as_it_is(catalogue: Catalogue, way: str) -> None:
    before = everything(catalogue)
    told = _told(catalogue, WAYS[way], PEOPLE)
    unguided = [role for role, text in told.items() if "regional_revision_create" not in text]
    assert (everything(catalogue), unguided) == (before, UNGUIDED.get(way, [])), told


@pytest.mark.parametrize("way", FOR_SYSADMINS)
def test_only_sysadmins_delete_and_group_what_is_published(catalogue: Catalogue, way: str) -> None:
    before = everything(catalogue)
    told = _told(catalogue, FOR_SYSADMINS[way], PEOPLE[:-1])
    assert (everything(catalogue), [role for role, text in told.items() if not text]) == (before, [])


@pytest.mark.parametrize("context", [{"defer_commit": True}, {"return_id_only": True, "defer_commit": True}])
@pytest.mark.parametrize("way", ["update", "patch", "owner", "resource patch", "view delete"])
def test_no_key_of_the_context_opens_a_door(catalogue: Catalogue, way: str, context: dict[str, Any]) -> None:
    action, data = WAYS[way]
    with pytest.raises(RegionalRefused):
        tk.get_action(action)({"user": catalogue.people.sysadmin, **context}, data(catalogue))  # pyright: ignore


@pytest.mark.parametrize("role", PEOPLE)
def test_no_button_is_shown_that_would_be_refused(catalogue: Catalogue, role: str) -> None:
    with pytest.raises(tk.NotAuthorized, match="regional_revision_create"):
        tk.check_access("package_update", {"user": getattr(catalogue.people, role)}, {"id": catalogue.id})


BOOKKEEPING: dict[str, Way] = {
    "datastore_active": lambda it: {"id": it.link, "datastore_active": True},
    "size": lambda it: {"id": it.link, "size": 12, "mimetype": "text/csv", "hash": "0f"},
    "last_modified": lambda it: {"id": it.uploaded, "last_modified": "2026-01-02T03:04:05"},
}


@pytest.mark.parametrize("key", BOOKKEEPING)
def test_machines_keep_their_books_and_the_fingerprint_stays(catalogue: Catalogue, key: str) -> None:
    before = fingerprint(catalogue.people, catalogue.published)
    tk.get_action("resource_patch")(_machine(), BOOKKEEPING[key](catalogue))
    assert fingerprint(catalogue.people, catalogue.published) == before


@pytest.mark.parametrize("key", BOOKKEEPING)
def test_machines_book_keeping_is_kept(catalogue: Catalogue, key: str) -> None:
    data = BOOKKEEPING[key](catalogue)
    tk.get_action("resource_patch")(_machine(), dict(data))
    shown = act("resource_show", None, id=data["id"])
    assert {name: shown[name] for name in data} == data


@pytest.mark.parametrize(
    "data", [{"name": "X"}, {"url": "https://example.org/other"}, {"format": "XLS"}, {"description": "X"}], ids=str
)
def test_machines_change_no_content(catalogue: Catalogue, data: dict[str, Any]) -> None:
    with pytest.raises(RegionalRefused):
        tk.get_action("resource_patch")(_machine(), {"id": catalogue.link, **data})


@pytest.mark.parametrize("change", [{"private": True}, {"state": "deleted"}, {"private": True, "state": "draft"}])
def test_machines_decide_nothing(catalogue: Catalogue, change: dict[str, Any]) -> None:
    tk.get_action("package_patch")(_machine(), {"id": catalogue.id, **change})
    shown = act("package_show", None, id=catalogue.id)
    assert (shown["private"], shown["state"]) == (False, "active")


def _machine() -> Any:
    """The context of CKAN's own jobs."""
    return {"user": tk.get_action("get_site_user")({"ignore_auth": True}, {})["name"], "ignore_auth": True}
