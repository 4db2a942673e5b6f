"""What the plugin ``regional`` does to search and to dataset pages."""

from __future__ import annotations

from typing import Any

import pytest
from ckan.tests.helpers import CKANTestApp

from tests.conftest import People, act


def found(**query: str) -> list[str]:
    return [one["name"] for one in act("package_search", None, **query)["results"]]


@pytest.mark.parametrize(
    "filter_query",
    [
        'vocab_regional_territory:"fr:commune:29019"',
        'vocab_regional_territory:"fr:departement:29"',
        'vocab_regional_territory:"fr:region:53"',
        "vocab_regional_sector:school",
        "vocab_regional_level:local",
    ],
)
def test_a_dataset_is_found_by_its_fields_and_what_contains_them(
    people: People, published: dict[str, Any], filter_query: str
) -> None:
    assert found(fq=filter_query) == ["menus"]


def test_a_dataset_is_found_by_the_name_of_its_region(people: People, published: dict[str, Any]) -> None:
    assert found(q="Finistère") == ["menus"]


def test_the_stewards_name_is_no_search_term(people: People, published: dict[str, Any]) -> None:
    assert found(q=people.editor) == []


def test_facets_have_labels(people: People, published: dict[str, Any]) -> None:
    facets = act("package_search", None, **{"facet.field": '["vocab_regional_territory", "vocab_regional_sector"]'})
    shown = {
        item["name"]: item["display_name"] for facet in facets["search_facets"].values() for item in facet["items"]
    }
    assert (shown["fr:region:53"], shown["school"]) == ("Bretagne", "Education")


@pytest.mark.parametrize("text", ["Brest", "Education", "annual", "Licence Ouverte"])
def test_the_dataset_page_shows_the_fields_by_name(
    app: CKANTestApp, people: People, published: dict[str, Any], text: str
) -> None:
    assert text in app.get("/dataset/menus").text


def test_the_page_speaks_french(app: CKANTestApp, people: People, published: dict[str, Any]) -> None:
    assert "Territoire" in app.get("/fr/dataset/menus").text


def test_the_public_page_does_not_name_the_steward(app: CKANTestApp, people: People, published: dict[str, Any]) -> None:
    assert f"/user/{people.editor}" not in app.get("/dataset/menus").text


def test_the_territory_field_is_answered(app: CKANTestApp, our_plugins: None) -> None:
    offered = app.get("/regional/territory/autocomplete?q=douarn").get_json()["results"]
    assert (offered[0]["id"], offered[0]["text"]) == ("fr:commune:29046", "Douarnenez (29)")


def test_french_licences_are_offered(people: People) -> None:
    assert {"lov2", "odbl"} <= {licence["id"] for licence in act("license_list", None)}


def test_a_client_may_send_back_what_it_read(people: People, dataset: dict[str, Any]) -> None:
    read = act("package_show", people.editor, id=dataset["id"]) | {"origin": {"site": "x"}, "title": "Neuf"}
    assert act("package_update", people.editor, **read)["title"] == "Neuf"


def test_what_contains_the_whole_site_is_no_facet(people: People, published: dict[str, Any]) -> None:
    facets = act("package_search", None, **{"facet.field": '["vocab_regional_territory"]'})["search_facets"]
    shown = {item["name"] for item in facets["vocab_regional_territory"]["items"]}
    assert ("country:fr" in shown, "fr:region:53" in shown) == (False, True)
