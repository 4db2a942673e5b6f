"""What of a neighbour's dataset gets through, and as what."""

from __future__ import annotations

from typing import Any

import pytest

from ckanext.regional.harvest.writing.mapping import (
    Mapped,
    Origin,
    local_hash,
    local_id,
    name_for,
    resource_id,
    says_nothing_new,
    site_of,
    to_local,
)

ORIGIN = Origin("site-a", "remote-1", "https://a.example/dataset/x", ("site-a",))
ANNUAL = "http://publications.europa.eu/resource/authority/frequency/ANNUAL"


def mapped(defaults: dict[str, Any] | None = None, **remote: Any) -> Mapped:
    return to_local({"id": "remote-1", "title": "T", **remote}, ORIGIN, owner_org="org", defaults=defaults or {})


def test_ids_follow_from_the_origin() -> None:
    assert mapped().dataset["id"] == local_id("site-a", "remote-1") != local_id("site-b", "remote-1")


def test_resource_ids_follow_from_the_neighbours() -> None:
    found = mapped(resources=[{"id": "r1", "url": "https://x.example/1"}]).dataset
    assert found["resources"][0]["id"] == resource_id(found["id"], "r1")


def test_unknown_keys_do_not_get_through() -> None:
    found = mapped(private=True, state="deleted", extras=[{"key": "a", "value": "b"}], owner_org="evil", plugin_data={})
    assert found.dataset.keys() == {"title", "tags", "resources", "id", "type", "owner_org"}
    assert found.dataset["owner_org"] == "org"


def test_the_steward_is_the_sources() -> None:
    assert mapped({"steward": "anne"}, steward="mallory").dataset["steward"] == "anne"


@pytest.mark.parametrize("given", [None, "", "notspecified"])
def test_defaults_fill_a_missing_licence(given: str | None) -> None:
    assert mapped({"license_id": "lov2"}, license_id=given).dataset["license_id"] == "lov2"


def test_defaults_do_not_replace() -> None:
    assert mapped({"license_id": "lov2"}, license_id="odbl").dataset["license_id"] == "odbl"


def test_known_governance_gets_through() -> None:
    found = mapped(territory=["fr:commune:29019"], sector=["school"], frequency=ANNUAL).dataset
    assert (found["territory"], found["sector"], found["frequency"]) == (["fr:commune:29019"], ["school"], ANNUAL)


def test_the_level_follows_from_the_territory() -> None:
    assert mapped(territory=["fr:commune:29019"]).dataset["governance_level"] == "local"


def test_unknown_governance_is_dropped_with_a_note() -> None:
    found = mapped(territory=["fr:region:99"], frequency="now and then")
    assert "territory" not in found.dataset
    assert "frequency" not in found.dataset
    assert len(found.notes) == 2


def test_a_theme_stands_in_for_a_sector() -> None:
    theme = "http://publications.europa.eu/resource/authority/data-theme/TRAN"
    assert mapped(theme=[theme]).dataset["sector"] == ["transport"]


def test_tags_become_what_ckan_takes() -> None:
    names = [tag["name"] for tag in mapped(tags=[{"name": " a/b; c "}, {"name": "x"}, "été", None]).dataset["tags"]]
    assert names == ["a b c", "été"]


@pytest.mark.parametrize("url", ["javascript:alert(1)", "data:text/html,x", "/relative", "", None, "http://[bad"])
def test_a_dangerous_link_is_left_out(url: str | None) -> None:
    found = mapped(resources=[{"url": url}])
    assert (found.dataset["resources"], len(found.notes)) == ([], 1)


def test_the_hash_ignores_what_is_volatile() -> None:
    one = mapped(metadata_modified="2020", num_tags=3, tags=[{"name": "bb"}, {"name": "aa"}])
    other = mapped(metadata_modified="2026", num_tags=9, tags=[{"name": "aa"}, {"name": "bb"}])
    assert one.hash == other.hash


def test_the_hash_sees_content() -> None:
    assert mapped(notes="a").hash != mapped(notes="b").hash


def test_a_local_edit_shows_in_the_local_hash() -> None:
    dataset = {"title": "a", "tags": [{"name": "x", "id": "1"}], "resources": [{"id": "r", "url": "u", "size": 1}]}
    same = {**dataset, "metadata_modified": "later", "tags": [{"name": "x"}], "resources": [{"id": "r", "url": "u"}]}
    assert local_hash(dataset) == local_hash(same) != local_hash({**dataset, "title": "b"})


def test_a_taken_name_gets_a_suffix() -> None:
    assert name_for({"name": "menus"}, "12345678-abcd", lambda name: name == "menus") == "menus-12345678"


@pytest.mark.parametrize("name", ["new", "edit", "search", "New!"])
def test_a_name_that_is_a_page_gets_a_suffix(name: str) -> None:
    given = name_for({"name": name}, "12345678-abcd", lambda _name: False)
    assert given.endswith("-12345678")


@pytest.mark.parametrize(
    ("given", "name"),
    [("Été à Nantes", "ete-a-nantes"), ("x" * 300, "x" * 100), ("日本", "dataset-12345678"), ("a", "dataset-12345678")],
)
def test_names_become_what_ckan_takes(given: str, name: str) -> None:
    assert name_for({"name": given}, "12345678-abcd", lambda _name: False) == name


@pytest.mark.parametrize(
    "url",
    ["https://Data.Example.org/", "http://data.example.org:80", "data.example.org", "https://data.example.org:443/"],
)
def test_a_site_has_one_name(url: str) -> None:
    assert site_of(url) == "data.example.org"


def test_who_made_the_data_gets_through() -> None:
    found = mapped(
        author="Ville de Brest", maintainer_email="donnees@brest.example", url="https://brest.example"
    ).dataset
    assert (found["author"], found["maintainer_email"]) == ("Ville de Brest", "donnees@brest.example")
    assert found["url"] == "https://brest.example"


def test_what_is_no_address_costs_only_itself() -> None:
    found = mapped(author_email="call us", url="javascript:alert(1)")
    assert not {"author_email", "url"} & set(found.dataset)
    assert found.notes == ["author_email “call us” is no e-mail address"]


def test_extras_are_named_where_they_have_no_place() -> None:
    assert mapped(extras=[{"key": "spatial", "value": "{}"}]).notes == ["extras have no place here: spatial"]


HERE = {"id": "r", "url": "https://a.example/1.csv", "name": "One", "mimetype": "text/csv", "size": 7, "position": 0}


@pytest.mark.parametrize(
    ("coming", "nothing_new"),
    [
        ({}, True),
        ({"mimetype": "text/csv", "size": 7}, True),
        ({"mimetype": "text/plain"}, False),
        ({"size": 8}, False),
        ({"name": "Two"}, False),
        ({"url": "https://a.example/2.csv"}, False),
        ({"description": "New"}, False),
        ({"rights": "New"}, False),
    ],
)
def test_a_resource_that_says_nothing_new(coming: dict[str, Any], nothing_new: bool) -> None:
    resource = {"id": "r", "url": "https://a.example/1.csv", "name": "One", **coming}
    assert says_nothing_new(resource, HERE) is nothing_new


def test_a_resource_that_says_less_is_new() -> None:
    assert not says_nothing_new({"id": "r", "url": "https://a.example/1.csv"}, HERE)
