"""Which organisation owns what comes: always one, by a table, or copies of the neighbour's."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
import pytest

from ckanext.regional.harvest.organizations import Owners, Theirs, mirrored_name, read
from tests.conftest import People, act
from tests.faults.catalogue import remote
from tests.faults.hostile import HostileServer
from tests.harvest.local import Local
from tests.harvest.test_actions import source

MAIRIE = {"id": "o1", "name": "mairie", "title": "Mairie", "description": "La ville."}
PORT = {"id": "o2", "name": "port", "title": "Port"}


@pytest.mark.parametrize("given", [None, "mairie", {}, {"id": 5}, {"name": " "}])
def test_what_names_no_organisation(given: Any) -> None:
    assert read({"organization": given}) is None


@pytest.mark.parametrize("key", ["o1", "mairie", "Mairie"])
def test_a_table_goes_by_id_name_and_title(key: str) -> None:
    assert Owners("default", {key: "ours"}).of({"organization": MAIRIE}) == "ours"
    assert Owners("default", {key: "ours"}).of({"organization": PORT}) == "default"


def test_names_of_copies_are_names() -> None:
    assert mirrored_name(Theirs("o", "Été / Brest", ""), "loire") == "loire-ete-brest"
    assert len(mirrored_name(Theirs("o", "x" * 200, ""), "s" * 100)) == 100


def test_copies_are_made_once_and_two_regions_do_not_collide(people: People, hostile: HostileServer) -> None:
    datasets = [remote(1, organization=MAIRIE), remote(2, organization=PORT), remote(3, organization=None)]
    hostile.be_a_ckan(datasets)
    harvest = Local(people, hostile.url, name="loire", title="Loire", organizations={"mode": "mirror"})
    assert harvest()["counts"]["created"] == 3
    owners = [harvest.dataset(one["id"])["organization"]["name"] for one in datasets]
    assert owners == ["loire-mairie", "loire-port", people.organization]
    made = act("organization_show", people.sysadmin, id="loire-mairie", include_users=True)
    assert (made["title"], made["description"]) == ("Mairie (Loire)", "La ville.")
    members = {user["name"]: user["capacity"] for user in made["users"]}
    assert members == {"regional-harvest": "admin", people.editor: "editor"}
    assert harvest(full=True)["counts"]["unchanged"] == 3

    with HostileServer() as other:
        other.be_a_ckan([remote(4, organization={**MAIRIE, "id": "another"})])
        bretagne = Local(people, other.url, name="autre", organizations={"mode": "mirror"})
        assert bretagne()["counts"]["created"] == 1
    assert "autre-mairie" in act("organization_list", people.sysadmin)


def test_a_copy_that_was_deleted_here_stays_deleted(people: People, hostile: HostileServer) -> None:
    hostile.be_a_ckan([remote(1, organization=MAIRIE)])
    harvest = Local(people, hostile.url, name="loire", organizations={"mode": "mirror"})
    harvest()
    act("organization_create", people.sysadmin, name="loire-port", title="Ours")
    new = remote(2, organization=PORT)
    hostile.be_a_ckan([new])
    harvest()
    assert harvest.dataset(new["id"])["organization"]["name"].startswith("loire-port-")


def test_a_table_names_ours_for_theirs(people: People, hostile: HostileServer) -> None:
    act("organization_create", people.sysadmin, name="ville", users=[{"name": people.editor, "capacity": "editor"}])
    datasets = [remote(1, organization=MAIRIE), remote(2, organization=PORT)]
    hostile.be_a_ckan(datasets)
    harvest = Local(people, hostile.url, organizations={"mode": "table", "table": {"mairie": "ville"}})
    harvest()
    owners = [harvest.dataset(one["id"])["organization"]["name"] for one in datasets]
    assert owners == ["ville", people.organization]


def test_a_steward_answers_where_they_are_a_member(people: People) -> None:
    act("organization_create", people.sysadmin, name="ville")
    table = {"mode": "table", "table": {"mairie": "ville"}}
    with pytest.raises(tk.ValidationError, match="not a member of “ville”"):
        act("regional_source_create", people.sysadmin, **source(people, organizations=table))


@pytest.mark.parametrize(
    "organizations", [{"mode": "mirror"}, {"mode": "table", "table": {"mairie": "ville"}}], ids=["mirror", "table"]
)
def test_an_admin_fills_only_what_is_theirs(people: People, organizations: dict[str, Any]) -> None:
    act("organization_create", people.sysadmin, name="ville", users=[{"name": people.editor, "capacity": "editor"}])
    wanted = source(people, organizations=organizations)
    for action in ("regional_source_create", "regional_source_preview"):
        with pytest.raises(tk.NotAuthorized):
            act(action, people.org_admin, **wanted)
    act("regional_source_create", people.org_admin, **source(people))
    with pytest.raises(tk.NotAuthorized):
        act("regional_source_patch", people.org_admin, id="neighbour", organizations=organizations)
