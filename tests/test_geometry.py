"""Outlines: complete, in place, closed, and from where the record says."""

from __future__ import annotations

import hashlib
from importlib.resources import files
from typing import Any

import pytest

from ckanext.regional import geometry, maps, territory
from ckanext.regional.data import load_json

SOURCES: dict[str, Any] = load_json("geometry/sources.json")
#: Overseas collectivities have a code of each kind and no outline.
COLLECTIVITIES = ("975", "977", "978", "984", "986", "987", "988", "989")
OVERSEAS = ("01", "02", "03", "04", "06")


def places(type_: territory.TerritoryType) -> list[str]:
    return [place.code for place in territory.of_type(type_)]


@pytest.mark.parametrize("name", SOURCES["files"])
def test_the_files_are_those_that_the_record_names(name: str) -> None:
    data = files("ckanext.regional.data").joinpath("geometry", name).read_bytes()
    expected = SOURCES["files"][name]
    assert (hashlib.sha256(data).hexdigest(), len(data)) == (expected["sha256"], expected["bytes"])


def test_every_departement_has_an_outline() -> None:
    found = geometry.outlines(places("departement"))
    missing = set(places("departement")) - set(found)
    assert (len(found), missing) == (101, {f"fr:departement:{code}" for code in COLLECTIVITIES})


def test_every_region_has_an_outline() -> None:
    found = geometry.outlines(places("region"))
    missing = set(places("region")) - set(found)
    assert (len(found), missing) == (18, {f"fr:region:{code}" for code in COLLECTIVITIES})


@pytest.mark.parametrize("code", ["fr:commune:29019", "country:fr", "nowhere", ""])
def test_others_have_none(code: str) -> None:
    assert (geometry.outline(code), geometry.outlines([code])) == (None, {})


def test_rings_are_closed_and_have_a_surface() -> None:
    every = geometry.outlines(places("departement") + places("region"))
    assert all(ring[0] == ring[-1] and len(ring) >= 4 for rings in every.values() for ring in rings)


def test_metropolitan_outlines_lie_in_europe() -> None:
    points = [
        point
        for code in places("region")
        if code.split(":")[-1] not in OVERSEAS
        for ring in geometry.outline(code) or ()
        for point in ring
    ]
    assert all(-5.5 < lon < 10 and 41 < lat < 51.5 for lon, lat in points)


def surface(code: str) -> float:
    rings = geometry.outline(code) or ()
    return sum(maps.surface([(lon, lat) for lon, lat in ring]) for ring in rings)


@pytest.mark.parametrize("region", ["53", "11", "84", "93", "94", "01"])
def test_a_region_is_its_departements(region: str) -> None:
    parts = territory.children(f"fr:region:{region}", ["departement"])
    assert surface(f"fr:region:{region}") == pytest.approx(sum(map(surface, parts)), rel=0.02)


@pytest.mark.parametrize(
    ("code", "lon", "lat"),
    [("fr:departement:29", -4.1, 48.2), ("fr:departement:2A", 9.0, 41.8), ("fr:region:04", 55.5, -21.1)],
)
def test_places_are_where_they_are(code: str, lon: float, lat: float) -> None:
    points = [point for ring in geometry.outline(code) or () for point in ring]
    west, east = min(x for x, _y in points), max(x for x, _y in points)
    south, north = min(y for _x, y in points), max(y for _x, y in points)
    assert (west < lon < east, south < lat < north) == (True, True)


# Boxes ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", SOURCES["files"])
def test_the_files_have_the_recorded_rows(name: str) -> None:
    assert len(load_json(f"geometry/{name}")) == SOURCES["files"][name]["count"]


@pytest.mark.parametrize("type_", ["region", "departement"])
def test_an_outline_lies_in_its_box(type_: territory.TerritoryType) -> None:
    outside = []
    for code, rings in geometry.outlines(places(type_)).items():
        west, south, east, north = (geometry.extent(code) or geometry.Extent((0, 0, 0, 0), None)).box
        points = [point for ring in rings for point in ring]
        if not all(west <= lon <= east and south <= lat <= north for lon, lat in points):
            outside.append(code)
    assert outside == []


def test_every_region_departement_and_member_state_has_a_box() -> None:
    members = [code for code in territory.children("country-group:ue") if code.startswith("country:")]
    codes = [*places("region"), *places("departement"), *members, "country-group:ue", "country-group:world"]
    assert [code for code in codes if geometry.extent(code) is None] == []


def test_countries_without_a_box_are_few_and_small() -> None:
    missing = [code for code in places("country") if geometry.extent(code) is None]
    assert sorted(missing) == [f"country:{code}" for code in ("bq", "bv", "cc", "cx", "sj", "tk")]


def test_the_middle_of_france_is_not_in_the_atlantic() -> None:
    found = geometry.extent("country:fr")
    assert found is not None
    assert found.middle is not None
    assert (1 < found.middle[0] < 4, 45 < found.middle[1] < 48) == (True, True)


@pytest.mark.parametrize("code", ["fr:commune:29019", "fr:epci:242900314", "nuts:FRH", "nowhere", ""])
def test_others_have_no_box_of_their_own(code: str) -> None:
    assert geometry.extent(code) is None
