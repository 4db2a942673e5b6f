"""Boxes around outlines, and points in the middle of them; longitudes go round, so the sea at 180° is no border."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from itertools import pairwise

Point = tuple[float, float]
Box = tuple[float, float, float, float]

DECIMALS = 3
FULL_CIRCLE = 360.0


def box(rings: Iterable[Sequence[Point]]) -> Box:
    """Give the smallest box ``(west, south, east, north)`` around some rings, rounded outwards, in degrees.

    A box that crosses the 180th meridian has its west greater than its east (RFC 7946, section 5.2). A ring around a
    pole, of which there is one, is around the South Pole.
    """
    rings = [unrolled(ring) for ring in rings]
    if any(map(_goes_round, rings)):
        return -FULL_CIRCLE / 2, -90.0, FULL_CIRCLE / 2, _up(max(y for ring in rings for _x, y in ring))
    south = min(y for ring in rings for _x, y in ring)
    north = max(y for ring in rings for _x, y in ring)
    west, east = _around([(min(x for x, _y in ring), max(x for x, _y in ring)) for ring in rings])
    return _down(west), _down(south), _up(east), _up(north)


def _goes_round(ring: Sequence[Point]) -> bool:
    return abs(ring[-1][0] - ring[0][0]) > FULL_CIRCLE / 2


def unrolled(ring: Sequence[Point]) -> list[Point]:
    """Let longitudes go on past 180 where a ring crosses that meridian, instead of leaping to the other side."""
    found = [ring[0]]
    for x, y in ring[1:]:
        last = found[-1][0]
        found.append((x - FULL_CIRCLE * round((x - last) / FULL_CIRCLE), y))
    return found


def _around(spans: Iterable[tuple[float, float]]) -> tuple[float, float]:
    """Give the shortest span around the globe that has all of these: what it leaves out is the widest gap."""
    # Three times around, of which the second turn counts: there a span across the seam is met as a whole.
    once = [(west % FULL_CIRCLE, west % FULL_CIRCLE + east - west) for west, east in spans]
    merged: list[list[float]] = []
    for start, end in sorted(
        (start + turn, end + turn) for turn in (0, FULL_CIRCLE, 2 * FULL_CIRCLE) for start, end in once
    ):
        if merged and start <= merged[-1][1]:
            merged[-1][1] = max(merged[-1][1], end)
        else:
            merged.append([start, end])
    gaps = [
        (after[0] - before[1], before[1], after[0]) for before, after in pairwise(merged) if before[1] >= FULL_CIRCLE
    ]
    if not gaps:
        return -FULL_CIRCLE / 2, FULL_CIRCLE / 2
    _width, east, west = max(gaps)
    return _turned(west), _turned(east)


def _turned(longitude: float) -> float:
    """Bring a longitude between -180 and 180."""
    turned = longitude % FULL_CIRCLE
    return turned - FULL_CIRCLE if turned > FULL_CIRCLE / 2 else turned


def _down(degrees: float) -> float:
    return math.floor(round(degrees * 10**DECIMALS, 3)) / 10**DECIMALS


def _up(degrees: float) -> float:
    return math.ceil(round(degrees * 10**DECIMALS, 3)) / 10**DECIMALS


def middle(rings: Iterable[Sequence[Point]]) -> Point:
    """Give the centre of gravity of the largest ring: of France, in France and not in the Atlantic."""
    largest = max(map(unrolled, rings), key=lambda ring: abs(_surface(ring)) * math.cos(math.radians(ring[0][1])))
    if _goes_round(largest):
        return 0.0, -90.0
    double = _surface(largest)
    if not double:
        return round(_turned(largest[0][0]), DECIMALS), round(largest[0][1], DECIMALS)
    x = y = 0.0
    for (x1, y1), (x2, y2) in pairwise(largest):
        across = x1 * y2 - x2 * y1
        x += (x1 + x2) * across
        y += (y1 + y2) * across
    return round(_turned(x / (3 * double)), DECIMALS), round(y / (3 * double), DECIMALS)


def _surface(ring: Sequence[Point]) -> float:
    """Twice the surface of a closed ring, with a sign."""
    return sum(x1 * y2 - x2 * y1 for (x1, y1), (x2, y2) in pairwise(ring))
