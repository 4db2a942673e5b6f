"""What is published changes by nobody's hand, by none of CKAN's ways to write: through whichever door."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
import pytest
from ckan import model

from ckanext.regional.exceptions import RegionalRefused
from tests.conftest import act, fingerprint
from tests.curation.conftest import Catalogue, path_of, rows_of
from tests.curation.doors.ways import Way, enforcement, grouping, parts

#: Every way to write on a published dataset. Who asks how: the matrix.
WAYS = enforcement.WAYS | parts.WAYS
FOR_SYSADMINS = enforcement.FOR_SYSADMINS | grouping.FOR_SYSADMINS

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
