"""Boxes and middles of outlines, also where the 180th meridian or a pole is in the way."""

from __future__ import annotations

from typing import Any

import pytest

from dev.vendor import extents, geometry

Point = tuple[float, float]


def square(west: float, south: float, size: float = 1) -> list[Point]:
    east, north = west + size, south + size
    return [(west, south), (east, south), (east, north), (west, north), (west, south)]


@pytest.mark.parametrize(
    ("rings", "box"),
    [
        ([square(2, 40)], (2, 40, 3, 41)),
        ([square(-5, 40), square(7, 41)], (-5, 40, 8, 42)),
        ([square(-1, 0, 5), square(2, 0)], (-1, 0, 4, 5)),
        ([square(179, 0), square(-180, 0)], (179, 0, -179, 1)),
        ([square(170, 0), square(-100, 0), square(-60, 0)], (170, 0, -59, 1)),
        ([[(179, 0), (-179, 0), (-179, 1), (179, 1), (179, 0)]], (179, 0, -179, 1)),
        ([[(-180, -60), (0, -70), (180, -60)]], (-180, -90, 180, -60)),
        ([square(-180, 0, 180), square(0, 0, 180)], (-180, 0, 180, 180)),
    ],
)
def test_box(rings: list[list[Point]], box: extents.Box) -> None:
    assert extents.box(rings) == box


def test_a_box_is_rounded_outwards() -> None:
    assert extents.box([[(1.00049, 2.00051), (3.00049, 4.00051), (1.00049, 2.00051)]]) == (1.0, 2.0, 3.001, 4.001)


@pytest.mark.parametrize(
    ("rings", "middle"),
    [
        ([square(2, 40, 2), square(-60, 0)], (3, 41)),
        ([[(178, 0), (-178, 0), (-178, 4), (178, 4), (178, 0)]], (180, 2)),
        ([[(-180, -60), (0, -70), (180, -60)]], (0, -90)),
        ([[(5, 5), (5, 5), (5, 5)]], (5, 5)),
    ],
)
def test_middle(rings: list[list[Point]], middle: Point) -> None:
    assert extents.middle(rings) == middle


def test_each_territory_has_a_row() -> None:
    france: dict[str, Any] = {
        "transform": {"scale": [1, 1], "translate": [0, 40]},
        "arcs": [[[1, 0], [0, 1]], [[1, 1], [-1, 0], [0, -1], [1, 0]], [[1, 1], [1, 0], [0, -1], [-1, 0]]],
        "objects": {
            "fra": {
                "geometries": [
                    {"type": "Polygon", "arcs": [[0, 1]], "properties": {"name": "Finistère"}},
                    {"type": "Polygon", "arcs": [[-1, -3]], "properties": {"name": "Morbihan"}},
                ]
            }
        },
    }
    world: dict[str, Any] = {
        "transform": {"scale": [1, 1], "translate": [160, -20]},
        "arcs": [[[0, 0], [2, 0], [0, 2], [-2, -2]]],
        "objects": {
            "countries": {"geometries": [{"type": "Polygon", "arcs": [[0]], "id": "540", "properties": {"name": ""}}]}
        },
    }
    departements = [
        ["29", "Finistère", "53", 1],
        ["56", "Morbihan", "53", 1],
        ["988", "NC", "988", 1],
        ["989", "C", "989", 0],
    ]
    countries = geometry.Countries([["fr", "France", "France", True, "FRA", "250"]], [["nc", "988", "NCL", "540"]])
    rows = {code: (box, middle) for code, box, middle in geometry.extents(france, world, departements, countries)}
    caledonia = ([160, -20, 162, -18], rows["fr:region:988"][1])
    assert rows == {
        "country-group:ue": ([0, 40, 2, 41], None),
        "country-group:world": ([-180, -90, 180, 90], None),
        "country:fr": ([0, 40, 2, 41], [1, 40.5]),
        "fr:region:53": ([0, 40, 2, 41], [1, 40.5]),
        "fr:departement:29": ([0, 40, 1, 41], [0.5, 40.5]),
        "fr:departement:56": ([1, 40, 2, 41], [1.5, 40.5]),
        "fr:region:988": caledonia,
        "fr:departement:988": caledonia,
    }
