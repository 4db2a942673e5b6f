"""Pages of territories and sectors."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator

import pytest
from ckan.tests.helpers import CKANTestApp, call_action, changed_config

from ckanext.regional import finding, territory
from tests.catalogue import BREST, BRETAGNE, FINISTERE, LAVAL, RENNES, publish_all
from tests.conftest import People, act, complete

#: A code that looks right and is unknown.
NOWHERE = "fr:commune:29999"
#: A commune of Finistère without a dataset in the catalogue of these tests.
DOUARNENEZ = "fr:commune:29046"


@pytest.fixture(autouse=True)
def bretagne() -> Iterator[None]:
    with changed_config("ckanext.regional.territory", BRETAGNE):
        yield


@pytest.fixture
def catalogue(people: People) -> None:
    publish_all(people)


def shown(app: CKANTestApp, address: str, status: int = 200, **arguments: object) -> str:
    return html.unescape(app.get(address, status=status, **arguments).text)  # pyright: ignore[reportArgumentType]


def numbers(text: str) -> dict[str, int]:
    """The table beside the map: count by name."""
    table = text[text.index("<tbody>") : text.index("</tbody>")]
    return {
        re.sub("<[^>]+>", "", name).strip(): int(count)
        for name, count in re.findall(r'<th scope="row">(.*?)</th>\s*<td[^>]*>(\d+)</td>', table, re.DOTALL)
    }


def on_the_map(text: str) -> dict[str, int]:
    found = re.findall(r'class="regional-map-area[^>]*aria-label="([^"]*): (\d+) datasets?"', text)
    return {name: int(count) for name, count in found}


# One territory -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("code", "count"),
    [("country:fr", 4), (BRETAGNE, 3), (FINISTERE, 2), ("fr:epci:242900314", 1), (BREST, 1), (LAVAL, 1)],
)
def test_datasets_of_what_it_contains_are_counted(
    app: CKANTestApp, people: People, catalogue: None, code: str, count: int
) -> None:
    text = shown(app, f"/territoire/{code}")
    assert re.search(rf">(All )?{count} datasets?</a>", text)


def test_the_map_and_its_table_say_the_same(app: CKANTestApp, people: People, catalogue: None) -> None:
    text = shown(app, f"/territoire/{BRETAGNE}")
    assert (
        numbers(text) == {"Côtes-d'Armor": 0, "Finistère": 2, "Ille-et-Vilaine": 1, "Morbihan": 0} == on_the_map(text)
    )


def test_the_map_of_france_has_regions_and_those_overseas(app: CKANTestApp, people: People, catalogue: None) -> None:
    found = on_the_map(shown(app, "/territoire/country:fr"))
    assert (len(found), found["Bretagne"], found["Pays de la Loire"], found["La Réunion"]) == (18, 3, 1, 0)


@pytest.mark.parametrize("code", [FINISTERE, BREST, "fr:epci:242900314"])
def test_a_small_territory_is_shown_within_its_region(
    app: CKANTestApp, people: People, catalogue: None, code: str
) -> None:
    text = shown(app, f"/territoire/{code}")
    (marked,) = re.findall(r'regional-map-here" href="[^"]*" aria-label="([^"]*)" aria-current="true"', text)
    assert (marked, len(on_the_map(text))) == ("Finistère: 2 datasets", 4)


@pytest.mark.parametrize("code", ["country:de", "country-group:ue", "country-group:world", "nuts:DE1", "fr:region:988"])
def test_where_no_map_helps_there_is_none(app: CKANTestApp, people: People, code: str) -> None:
    assert "<svg class" not in shown(app, f"/territoire/{code}")


def test_every_region_has_a_page(app: CKANTestApp, people: People) -> None:
    for place in (*territory.of_type("region"), *territory.of_type("departement")[:5]):
        app.get(f"/territoire/{place.code}", status=200)


def test_it_says_where_it_lies(app: CKANTestApp, people: People) -> None:
    text = shown(app, f"/fr/territoire/{BREST}")
    trail = text[text.index('<ol class="breadcrumb">') : text.index("</ol>")]
    places = re.findall(r"territoire/[a-z]+:[a-z0-9:]+", trail)
    assert [place.removeprefix("territoire/") for place in places] == [
        "country:fr", BRETAGNE, FINISTERE, "fr:epci:242900314", BREST,
    ]  # fmt: skip


def test_what_it_contains_is_listed_with_its_number(app: CKANTestApp, people: People, catalogue: None) -> None:
    text = shown(app, f"/territoire/{FINISTERE}")
    assert re.search(r'href="/territoire/fr:commune:29019">Brest</a> <span[^>]*>1</span>', text)


def test_the_search_within_it_finds_as_many(app: CKANTestApp, people: People, catalogue: None) -> None:
    text = shown(app, f"/territoire/{FINISTERE}")
    (address,) = re.findall(r'href="([^"]*)">All 2 datasets', text)
    assert "2 datasets found" in shown(app, address)


@pytest.mark.parametrize("title", ["News feed (Atom)", "As JSON (API)"])
def test_programs_find_the_same(app: CKANTestApp, people: People, catalogue: None, title: str) -> None:
    text = shown(app, f"/territoire/{FINISTERE}")
    (address,) = re.findall(rf'href="([^"]*)">{re.escape(title)}', text)
    found = shown(app, address)
    assert ("Menus quimper" in found, "Menus rennes" in found) == (True, False)


def test_hidden_datasets_are_not_counted_for_visitors(app: CKANTestApp, people: People, catalogue: None) -> None:
    act("package_create", people.editor, **complete(people, name="draft", title="Secret", territory=[BREST]))
    text = shown(app, f"/territoire/{BREST}")
    assert ("Secret" in text, "1 dataset<" in text) == (False, True)


def test_an_editor_counts_what_they_may_see(app: CKANTestApp, people: People, catalogue: None) -> None:
    act("package_create", people.editor, **complete(people, name="draft", title="Secret", territory=[BREST]))
    token = call_action("api_token_create", user=people.editor, name="reading")["token"]
    text = shown(app, f"/territoire/{BREST}", headers={"Authorization": token})
    assert ("Secret" in text, "All 2 datasets" in text) == (True, True)


def test_no_steward_is_named(app: CKANTestApp, people: People, catalogue: None) -> None:
    assert people.editor not in shown(app, f"/territoire/{BREST}").replace("regional-", "")


# Without datasets, unknown, replaced ---------------------------------------------------------------------------------


def test_a_territory_without_datasets_offers_others(app: CKANTestApp, people: People, catalogue: None) -> None:
    text = shown(app, f"/territoire/{DOUARNENEZ}")
    offered = text[text.index("No dataset yet") : text.index("Datasets in Bretagne")]
    assert ("Finistère" in offered, "Ille-et-Vilaine" in offered) == (True, False)


def test_an_empty_neighbourhood_offers_its_equals(app: CKANTestApp, people: People, catalogue: None) -> None:
    text = shown(app, "/territoire/fr:departement:22")
    offered = text[text.index("No dataset yet") : text.index("Datasets in Bretagne")]
    assert "Ille-et-Vilaine" in offered


@pytest.mark.parametrize("page", ["/territoire", f"/territoire/{BRETAGNE}", "/secteur", "/secteur/school"])
@pytest.mark.parametrize("language", ["", "/fr"])
def test_an_empty_catalogue_has_its_pages(app: CKANTestApp, people: People, language: str, page: str) -> None:
    app.get(language + page, status=200)


@pytest.mark.parametrize("code", [NOWHERE, "brest", "<script>alert(1)</script>", "x" * 5_000, "%22)%20OR%20*:*", "%00"])
def test_an_unknown_code_is_not_found_and_offers_a_search(app: CKANTestApp, people: People, code: str) -> None:
    text = app.get(f"/territoire/{code.replace('/', '%2F')}", status=404).text
    assert "<script>alert(1)" not in text


def test_what_may_have_been_meant_is_offered(app: CKANTestApp, people: People) -> None:
    assert f'href="/territoire/{BREST}"' in shown(app, "/territoire/brest", 404)


def test_a_replaced_code_leads_to_its_successor_with_a_notice(app: CKANTestApp, people: People) -> None:
    former = "fr:commune:01018"
    successor = territory.resolve(former).code
    answer = app.get(f"/territoire/{former}", follow_redirects=False, status=302)
    assert answer.headers["Location"].endswith(f"/territoire/{successor}?former={former}")
    assert successor.split(":")[-1] in shown(app, answer.headers["Location"]).split('role="status">')[1][:300]


@pytest.mark.parametrize("former", ["x", "<script>", RENNES, "x" * 5_000])
def test_a_notice_cannot_be_made_up(app: CKANTestApp, people: People, former: str) -> None:
    assert 'class="regional-finding-note"' not in app.get(f"/territoire/{BREST}", query_string={"former": former}).text


# The overview --------------------------------------------------------------------------------------------------------


def test_the_overview_shows_the_sites_territory(app: CKANTestApp, people: People, catalogue: None) -> None:
    text = shown(app, "/territoire")
    assert (on_the_map(text)["Finistère"], "Pays de la Loire" in text) == (2, True)


@pytest.mark.parametrize(("typed", "found"), [("brest", BREST), ("29200", BREST), ("finistere", FINISTERE)])
def test_a_territory_is_found(app: CKANTestApp, people: People, typed: str, found: str) -> None:
    assert f'href="/territoire/{found}"' in shown(app, f"/territoire?q={typed}")


@pytest.mark.parametrize("typed", ["xyzzy", "<script>alert(1)</script>", "x" * 10_000, '"'])
def test_nothing_found_is_said(app: CKANTestApp, people: People, typed: str) -> None:
    text = app.get("/territoire", query_string={"q": typed}).text
    assert ("No territory is called" in text, "<script>alert(1)" in text) == (True, False)


def test_a_site_for_one_commune_shows_its_region(app: CKANTestApp, people: People, catalogue: None) -> None:
    with changed_config("ckanext.regional.territory", BREST):
        assert on_the_map(shown(app, "/territoire"))["Finistère"] == 2


def test_pages_are_in_the_menu(app: CKANTestApp, people: People) -> None:
    text = shown(app, "/")
    assert ('href="/territoire"' in text, 'href="/secteur"' in text) == (True, True)


# Sectors -------------------------------------------------------------------------------------------------------------


def test_sectors_are_counted(app: CKANTestApp, people: People, catalogue: None) -> None:
    text = shown(app, "/secteur")
    card = text[text.index('href="/secteur/school"') :].split("</li>")[0]
    assert "2 datasets" in card


def test_a_sector_shows_where_its_datasets_are(app: CKANTestApp, people: People, catalogue: None) -> None:
    assert on_the_map(shown(app, "/secteur/school")) == {
        "Côtes-d'Armor": 0, "Finistère": 1, "Ille-et-Vilaine": 1, "Morbihan": 0,
    }  # fmt: skip


def test_an_area_of_a_sector_leads_to_both(app: CKANTestApp, people: People, catalogue: None) -> None:
    text = shown(app, "/secteur/school")
    (address,) = re.findall(r'<th scope="row"><a href="([^"]*)">Finistère', text)
    assert "1 dataset found" in shown(app, address)


@pytest.mark.parametrize("code", ["nothing", "<b>", "x" * 5_000])
def test_an_unknown_sector_is_not_found(app: CKANTestApp, people: People, code: str) -> None:
    app.get(f"/secteur/{code}", status=404)


# What the pages stand on ---------------------------------------------------------------------------------------------


def test_a_condition_holds_any_of_its_values() -> None:
    assert finding.condition("vocab_regional_sector", "a", "b") == 'vocab_regional_sector:("a" OR "b")'


@pytest.mark.parametrize("page", ["/territoire/country:fr", f"/territoire/{FINISTERE}", "/territoire/fr:region:84"])
def test_a_page_is_light(app: CKANTestApp, people: People, catalogue: None, page: str) -> None:
    assert len(app.get(page).data) < 150_000
