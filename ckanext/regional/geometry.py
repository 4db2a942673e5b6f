"""Outlines of regions and departements, simplified for small maps; their source is in ``data/SOURCES.md``.

Neighbours share the same points, so no gap shows between them. Overseas collectivities, EPCI and communes have none.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache

from ckanext.regional.data import load_json

__all__ = ["Outline", "Point", "Ring", "outline", "outlines"]

#: Longitude and latitude in degrees (WGS 84).
Point = tuple[float, float]
#: The last point is the first.
Ring = tuple[Point, ...]
#: Parts of a territory, and holes where another one lies within it.
Outline = tuple[Ring, ...]


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
