"""Facets: their words, their order, and territories as a tree."""

from __future__ import annotations

import html
import json
from collections.abc import Iterator
from typing import Any

import pytest
from ckan.tests.helpers import CKANTestApp, changed_config

from ckanext.regional import facets
from tests.catalogue import BREST, BRETAGNE, FINISTERE, LAVAL, QUIMPER, RENNES, publish_all
from tests.conftest import People, act, complete

# The tree, which needs no site ---------------------------------------------------------------------------------------


def names(nodes: tuple[facets.Node, ...]) -> list[str]:
    return [node.item.label for node in nodes]


COUNTS = {
    "country:fr": 12,
    BRETAGNE: 10,
    FINISTERE: 6,
    "fr:departement:35": 4,
    "fr:epci:242900314": 5,
    BREST: 5,
    QUIMPER: 1,
    RENNES: 4,
    "fr:region:52": 2,
    "fr:departement:53": 2,
    LAVAL: 2,
}


def test_the_sites_territory_heads_the_tree() -> None:
    tree = facets.tree(COUNTS, [], BRETAGNE, "fr")
    assert (names(tree.here), names(tree.here[0].children)) == (["Bretagne"], ["Finistère", "Ille-et-Vilaine"])


def test_what_contains_the_site_is_left_out() -> None:
    tree = facets.tree(COUNTS, [], BRETAGNE, "fr")
    assert names(tree.elsewhere) == ["Pays de la Loire"]


def test_what_is_not_chosen_is_closed() -> None:
    (bretagne,) = facets.tree(COUNTS, [], BRETAGNE, "fr").here
    assert bretagne.children[0].children == ()


def test_the_branch_of_what_is_chosen_is_open_with_its_children() -> None:
    (bretagne,) = facets.tree(COUNTS, [FINISTERE], BRETAGNE, "fr").here
    finistere = bretagne.children[0]
    assert (finistere.item.active, names(finistere.children)) == (True, ["Brest Métropole", "Quimper"])


def test_a_commune_stands_below_its_group_of_communes() -> None:
    (bretagne,) = facets.tree(COUNTS, [BREST], BRETAGNE, "fr").here
    (metropole,) = [node for node in bretagne.children[0].children if node.item.label == "Brest Métropole"]
    assert names(metropole.children) == ["Brest"]


def test_what_is_chosen_is_shown_without_a_dataset() -> None:
    (bretagne,) = facets.tree({BRETAGNE: 0}, [QUIMPER], BRETAGNE, "fr").here
    assert names(bretagne.children) == ["Quimper"]


def test_a_site_without_data_of_its_own_shows_the_others() -> None:
    assert names(facets.tree({"fr:region:52": 2}, [], BRETAGNE, "fr").here) == ["Pays de la Loire"]


def test_an_empty_catalogue_has_an_empty_tree() -> None:
    assert facets.tree({}, [], BRETAGNE, "fr") == facets.Tree((), ())


@pytest.mark.parametrize("code", ["", "x", "<script>", "x" * 10_000, "fr:commune:99999"])
def test_unknown_codes_are_no_nodes(code: str) -> None:
    assert facets.tree({code: 1}, [code], BRETAGNE, "fr") == facets.Tree((), ())


def test_a_french_nuts_unit_does_not_repeat_its_region() -> None:
    counts = {BRETAGNE: 1, "nuts:FR": 1, "nuts:FRH": 1, "nuts:FRH0": 1}
    (bretagne,) = facets.tree(counts, [], BRETAGNE, "fr").here
    assert bretagne.children == ()


def test_a_group_that_crosses_a_border_is_in_both_departements() -> None:
    redon = "fr:epci:243500741"
    counts = {"fr:departement:35": 1, "fr:departement:56": 1, BRETAGNE: 1, redon: 1}
    (bretagne,) = facets.tree(counts, ["fr:departement:35", "fr:departement:56"], BRETAGNE, "fr").here
    assert [[child.item.name for child in node.children] for node in bretagne.children] == [[redon]] * 2


@pytest.mark.parametrize(
    ("chosen", "code", "left"),
    [
        ([], BREST, [BREST]),
        ([BREST], BREST, []),
        ([FINISTERE], BREST, [BREST]),
        ([BREST], FINISTERE, [FINISTERE]),
        ([BREST], RENNES, [BREST, RENNES]),
        (["<script>"], BREST, ["<script>", BREST]),
    ],
)
def test_a_pick_takes_the_place_of_what_contains_it(chosen: list[str], code: str, left: list[str]) -> None:
    assert facets.narrowed(chosen, code) == left


# Values of a list ----------------------------------------------------------------------------------------------------


def as_found(facet: str, **counts: int) -> dict[str, Any]:
    found = [{"name": name, "display_name": facets.label(facet, name, "en"), "count": counts[name]} for name in counts]
    return {facet: {"items": found}}


def test_values_come_by_count_then_by_name() -> None:
    found = facets.items(facets.SECTOR, as_found(facets.SECTOR, tourist=1, school=3, medical=1))
    assert [item.label for item in found] == ["Education", "Health", "Tourism"]


def test_levels_come_in_their_order() -> None:
    found = facets.items(facets.LEVEL, as_found(facets.LEVEL, international=9, local=1, national=4))
    assert [item.name for item in found] == ["local", "national", "international"]


def test_the_chosen_value_is_among_those_seen_at_once() -> None:
    found = [facets.Item(str(number), str(number), 100 - number, active=number == 30) for number in range(40)]
    assert [item.name for item in facets.often(found)][-1] == "30"


def test_a_search_without_facets_has_no_values() -> None:
    assert facets.items(facets.SECTOR, None) == []


@pytest.mark.usefixtures("with_request_context")
def test_a_facet_that_the_page_leaves_out_stays_out(our_plugins: None) -> None:
    assert facets.ORGANIZATION not in facets.titles({"tags": "Tags"})


@pytest.mark.usefixtures("with_request_context")
def test_the_facets_of_the_site_follow_ours(our_plugins: None) -> None:
    found = list(facets.titles({"tags": "Tags", "license_id": "Licences", "organization": "Organisations"}))
    assert (found[0], found[-1]) == (facets.TERRITORY, "tags")


# On pages ------------------------------------------------------------------------------------------------------------


@pytest.fixture
def catalogue(people: People) -> None:
    """Published datasets in Brest, Quimper, Rennes and Laval."""
    publish_all(people)


@pytest.fixture
def bretagne() -> Iterator[None]:
    with changed_config("ckanext.regional.territory", BRETAGNE):
        yield


def shown(app: CKANTestApp, address: str) -> str:
    return html.unescape(app.get(address, status=200).text)


def territories(**query: Any) -> set[str]:
    answer = act("package_search", None, **{"facet.field": json.dumps([facets.TERRITORY]), **query})
    return {item["name"] for item in answer["search_facets"][facets.TERRITORY]["items"]}


def test_the_limit_of_solr_does_not_hide_the_branch(people: People, catalogue: None) -> None:
    with changed_config("search.facets.limit", 3):
        assert {BREST, QUIMPER, RENNES, LAVAL, FINISTERE, BRETAGNE} <= territories()


def test_who_asks_for_a_limit_gets_it(people: People, catalogue: None) -> None:
    # France, which contains the whole site, is one of the three.
    assert len(territories(**{"facet.limit": 3})) == 2


def test_the_rest_is_counted_as_the_reader(people: People, catalogue: None) -> None:
    act("package_create", people.editor, **complete(people, name="hidden", territory=["fr:commune:22278"]))
    with changed_config("search.facets.limit", 3):
        assert "fr:commune:22278" not in territories(include_private=True)


def test_the_rest_is_of_the_same_search(people: People, catalogue: None) -> None:
    with changed_config("search.facets.limit", 2):
        assert territories(fq="vocab_regional_sector:tourist") == {QUIMPER, FINISTERE, BRETAGNE, "fr:epci:200068120"}


@pytest.mark.parametrize("page", ["/dataset/", "/organization/region-bretagne"])
def test_the_tree_is_on_the_page(app: CKANTestApp, people: People, catalogue: None, bretagne: None, page: str) -> None:
    text = shown(app, f"{page}?vocab_regional_territory={FINISTERE}")
    assert "?vocab_regional_territory=fr%3Acommune%3A29019" in text or "fr%3Aepci%3A242900314" in text


def test_filters_are_named_and_not_coded(app: CKANTestApp, people: People, catalogue: None) -> None:
    text = shown(app, f"/fr/dataset/?vocab_regional_territory={FINISTERE}&vocab_regional_sector=medical")
    pills = [pill.split("<")[0].strip() for pill in text.split('<span class="filtered pill">')[1:]]
    assert pills == ["Finistère", "Santé"]


def test_filters_sort_and_words_go_together(app: CKANTestApp, people: People, catalogue: None) -> None:
    text = shown(
        app,
        f"/dataset/?q=Menus&sort=title_string+desc&vocab_regional_territory={FINISTERE}&vocab_regional_sector=school",
    )
    assert "q=Menus&sort=title_string+desc&vocab_regional_sector=school" in text


@pytest.mark.parametrize("text", ["Santé", "annuel", "Licence Ouverte"])
def test_values_are_offered_by_name(app: CKANTestApp, people: People, catalogue: None, text: str) -> None:
    assert text in shown(app, "/fr/dataset/")


@pytest.mark.parametrize("page", ["/dataset/", "/organization/region-bretagne"])
@pytest.mark.parametrize("facet", ["vocab_regional_territory", "vocab_regional_sector", "vocab_regional_frequency"])
@pytest.mark.parametrize("value", ["<script>alert(1)</script>", "x" * 10_000, "fr:commune:99999", "é'\\", "[* TO *]"])
def test_an_unknown_value_is_shown_and_harms_nothing(
    app: CKANTestApp, people: People, page: str, facet: str, value: str
) -> None:
    answer = app.get(page, query_string={facet: value})
    assert answer.status_code == 200
    assert "<script>alert(1)" not in answer.text


@pytest.mark.parametrize("page", ["/dataset/", "/organization/region-bretagne"])
def test_a_query_that_solr_refuses_is_no_failure(app: CKANTestApp, people: People, page: str) -> None:
    assert app.get(page, query_string={facets.TERRITORY: 'a"b'}).status_code == 200


@pytest.mark.parametrize("extras", ["x", ["x"], None])
def test_odd_extras_are_no_failure(people: People, extras: Any) -> None:
    assert act("package_search", None, extras=extras)["count"] == 0
