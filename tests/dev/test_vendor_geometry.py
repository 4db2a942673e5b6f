"""The script that makes outlines: borders that neighbours share, and what it refuses."""

from __future__ import annotations

import itertools
from typing import Any

import pytest

from dev.vendor import geometry
from dev.vendor.sources import VendorError

#: Two squares side by side: arc 0 is the border between them, arcs 1 and 2 go round the west and the east.
TOPOLOGY: dict[str, Any] = {
    "transform": {"scale": [1, 1], "translate": [0, 0]},
    "arcs": [[[1, 0], [0, 1]], [[1, 1], [-1, 0], [0, -1], [1, 0]], [[1, 1], [1, 0], [0, -1], [-1, 0]]],
    "objects": {
        "fra": {
            "geometries": [
                {"type": "Polygon", "arcs": [[0, 1]], "properties": {"name": "Finistère"}},
                {"type": "MultiPolygon", "arcs": [[[-1, -3]]], "properties": {"name": "Haute-Rhin"}},
            ]
        }
    },
}
ROWS = [["29", "Finistère", "53", 1], ["68", "Haut-Rhin", "53", 1]]


def test_a_departement_keeps_its_borders() -> None:
    (west, _east) = geometry.made(TOPOLOGY, ROWS)["departements.json"]
    assert (west[0], {tuple(point) for point in west[1][0]}) == ("29", {(1, 0), (1, 1), (0, 1), (0, 0)})


def test_a_region_has_no_border_within() -> None:
    ((code, rings),) = geometry.made(TOPOLOGY, ROWS)["regions.json"]
    points = [tuple(point) for point in rings[0]]
    steps = {frozenset(step) for step in itertools.pairwise(points)}
    assert (code, len(rings), frozenset({(1, 0), (1, 1)}) in steps) == ("53", 1, False)


def test_an_unknown_departement_is_named() -> None:
    with pytest.raises(VendorError, match="Haute-Rhin"):
        geometry.made(TOPOLOGY, ROWS[:1])


def test_a_border_that_ends_is_refused() -> None:
    with pytest.raises(VendorError, match="ends"):
        geometry.joined([[(0, 0), (1, 0)], [(1, 0), (1, 1)]])


@pytest.mark.parametrize(
    ("points", "left"),
    [
        ([(0, 0), (1, 0.001), (2, 0)], [(0, 0), (2, 0)]),
        ([(0, 0), (1, 0.5), (2, 0)], [(0, 0), (1, 0.5), (2, 0)]),
        ([(0, 0), (4, 0), (4, 4), (0, 0)], [(0, 0), (4, 0), (4, 4), (0, 0)]),
    ],
)
def test_points_on_a_line_are_left_out(points: list[tuple[float, float]], left: list[tuple[float, float]]) -> None:
    assert geometry.simplified(points, 0.01) == left
