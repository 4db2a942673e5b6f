"""Territories by the API."""

from __future__ import annotations

import ckan.plugins.toolkit as tk
import pytest

from ckanext.regional.data import territories as tables
from tests.conftest import act

pytestmark = pytest.mark.usefixtures("our_plugins")


@pytest.mark.parametrize("asked", ["brest", "BREST", "29019", "29200"])
def test_a_town_is_found(asked: str) -> None:
    assert "fr:commune:29019" in [place["code"] for place in act("regional_territory_search", None, q=asked)]


def test_a_limit_from_a_get_request_is_a_text() -> None:
    assert len(act("regional_territory_search", None, q="saint", limit="3")) == 3


def test_a_type_narrows() -> None:
    found = act("regional_territory_search", None, q="finistere", type="departement")
    assert [place["code"] for place in found] == ["fr:departement:29"]


@pytest.mark.parametrize(
    ("data", "field"),
    [({}, "q"), ({"q": ""}, "q"), ({"q": "x", "type": "planet"}, "type"), ({"q": "x", "limit": "-1"}, "limit")],
)
def test_a_wrong_question_is_refused_at_its_field(data: dict[str, str], field: str) -> None:
    with pytest.raises(tk.ValidationError) as refused:
        act("regional_territory_search", None, **data)
    assert list(refused.value.error_dict) == [field]


def test_a_town_lies_in_its_region() -> None:
    assert "fr:region:53" in act("regional_territory_show", None, code="fr:commune:29019")["ancestors"]


def test_a_region_has_its_departments() -> None:
    assert "fr:departement:29" in act("regional_territory_show", None, code="fr:region:53")["children"]


def test_an_unknown_territory_is_not_found() -> None:
    with pytest.raises(tk.ObjectNotFound, match="fr:commune:00000"):
        act("regional_territory_show", None, code="fr:commune:00000")


def test_a_search_says_four_things() -> None:
    found = act("regional_territory_search", None, q="brest", type="commune", limit=1)
    assert found == [
        {
            "code": "fr:commune:29019",
            "name": "Brest",
            "type": "commune",
            "parents": ["fr:epci:242900314", "fr:departement:29"],
        }
    ]


def test_everything_about_a_territory() -> None:
    place = act("regional_territory_show", None, code="country:de")
    assert place["names"] == {"fr": "Allemagne", "en": "Germany"}
    assert place["uris"][0] == "http://publications.europa.eu/resource/authority/country/DEU"
    assert (place["type"], place["notice"], place["population"]) == ("country", None, None)
    west, south, east, north = place["bbox"]
    assert (5 < west < 7, 47 < south < 48, 14 < east < 16, 54 < north < 56) == (True, True, True, True)


def test_a_retired_commune_shows_its_successor_with_a_notice() -> None:
    retired, former = next(item for item in tables.former().items() if item[1].kind == "merged")
    place = act("regional_territory_show", None, code=retired)
    assert place["code"] == former.successor
    assert retired.rsplit(":", 1)[1] in place["notice"]


HOSTILE = ["a\x00b", "x" * 10_000, "\ud800", ["brest"], {"q": "brest"}, 29019, True]


@pytest.mark.parametrize("value", HOSTILE)
@pytest.mark.parametrize(
    ("action", "field"),
    [
        ("regional_territory_search", "q"),
        ("regional_territory_search", "type"),
        ("regional_territory_show", "code"),
    ],
)
def test_a_hostile_value_is_refused_at_its_field(action: str, field: str, value: object) -> None:
    data = {"q": "brest"} if field == "type" else {}
    with pytest.raises(tk.ValidationError) as refused:
        act(action, None, **data, **{field: value})
    assert list(refused.value.error_dict) == [field]


@pytest.mark.parametrize("limit", ["many", "1.5", [3], {"a": 1}, "-1"])
def test_a_limit_is_a_number(limit: object) -> None:
    with pytest.raises(tk.ValidationError) as refused:
        act("regional_territory_search", None, q="brest", limit=limit)
    assert list(refused.value.error_dict) == ["limit"]


def test_a_huge_limit_is_fifty() -> None:
    assert len(act("regional_territory_search", None, q="saint", limit=10**9)) == 50
