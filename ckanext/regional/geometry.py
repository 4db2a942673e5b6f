"""Outlines and boxes of territories; their sources are in ``data/SOURCES.md``.

Regions and departements have outlines, simplified for small maps; neighbours share the same points, so no gap shows
between them. Countries, groups of countries, regions and departements have boxes. EPCI and communes have neither: no
source that we may ship has them.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import NamedTuple

from ckanext.regional.data import load_json

__all__ = ["Box", "Extent", "Outline", "Point", "Ring", "as_geometry", "extent", "outline", "outlines"]

#: Longitude and latitude in degrees (WGS 84).
Point = tuple[float, float]
#: The last point is the first.
Ring = tuple[Point, ...]
#: Parts of a territory, and holes where another one lies within it.
Outline = tuple[Ring, ...]
#: West, south, east and north in degrees. West is greater than east where it crosses the 180th meridian.
Box = tuple[float, float, float, float]


class Extent(NamedTuple):
    """How far a territory reaches.

    :param middle: a point in the middle of its largest part; None for groups of countries.
    """

    box: Box
    middle: Point | None


def outline(code: str) -> Outline | None:
    """Give the rings of a region or departement; None where there is no outline."""
    return _outlines().get(code)


def outlines(codes: Iterable[str]) -> dict[str, Outline]:
    """Give the rings of those territories that have an outline, by code in the order asked."""
    return {code: _outlines()[code] for code in codes if code in _outlines()}


@cache
def _outlines() -> dict[str, Outline]:
    return {
        f"{beginning}{code}": tuple(tuple((lon, lat) for lon, lat in ring) for ring in rings)
        for beginning, name in (("fr:region:", "regions"), ("fr:departement:", "departements"))
        for code, rings in load_json(f"geometry/{name}.json")
    }


def extent(code: str) -> Extent | None:
    """Give the box and the middle of a country, group of countries, region or departement; None for all else."""
    return _extents().get(code)


@cache
def _extents() -> dict[str, Extent]:
    return {
        code: Extent(tuple(box), tuple(middle) if middle else None)
        for code, box, middle in load_json("geometry/extents.json")
    }


def as_geometry(box: Box) -> dict[str, object]:
    """Write a box as GeoJSON: a polygon, or two where it crosses the 180th meridian (RFC 7946, section 3.1.9)."""
    west, south, east, north = box
    if west <= east:
        return {"type": "Polygon", "coordinates": [_rectangle(west, south, east, north)]}
    halves = [[_rectangle(west, south, 180.0, north)], [_rectangle(-180.0, south, east, north)]]
    return {"type": "MultiPolygon", "coordinates": halves}


def _rectangle(west: float, south: float, east: float, north: float) -> list[list[float]]:
    return [[west, south], [east, south], [east, north], [west, north], [west, south]]
