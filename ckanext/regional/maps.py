"""Maps of a few territories as SVG: coordinates of their outlines, where their numbers stand, and classes of counts.

No CKAN and no files here: outlines come in as rings of longitude and latitude, drawings go out in units of a view box.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

Point = tuple[float, float]
Ring = Sequence[Sequence[float]]
Outline = Sequence[Ring]
Polygon = list[Point]

WIDTH = 600
_TALLEST = 700
_MARGIN = 4.0
_INSET = 104.0
_FOOT = 22.0
_GAP = 12.0
_CLASSES = 4
_TRIES = 24


@dataclass(frozen=True, slots=True)
class Area:
    """A territory on the map.

    :param path: SVG path data.
    :param x: where its number stands, well inside its largest part.
    :param room: how wide the area is there.
    """

    code: str
    path: str
    x: float
    y: float
    room: float


@dataclass(frozen=True, slots=True)
class Frame:
    """The border around what is drawn out of its place; its name stands at its foot."""

    code: str
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Drawing:
    """A map in a view box of ``0 0 width height``."""

    width: float
    height: float
    areas: tuple[Area, ...]
    frames: tuple[Frame, ...] = ()


def draw(outlines: Mapping[str, Outline], apart: Collection[str] = ()) -> Drawing | None:
    """Draw territories, north up, true to their shape at the middle of the map.

    Longitudes are shortened by the cosine of the middle latitude; over a region or metropolitan France this differs
    from a conic projection by less than the eye sees.

    :param outlines: rings of (longitude, latitude) by code.
    :param apart: codes to draw in frames below, each in its own scale.
    :returns: None where there is nothing to draw.
    """
    together = {code: rings for code, rings in outlines.items() if code not in apart and any(rings)}
    framed = {code: rings for code, rings in outlines.items() if code in apart and any(rings)}
    if not together and not framed:
        return None
    height, shapes = 0.0, {}
    if together:
        shapes, _width, height = _fitted(together, WIDTH, _TALLEST)
        height += _GAP
    frames: list[Frame] = []
    tall_frame = _INSET + _FOOT
    per_row = int((WIDTH + _GAP) // (_INSET + _GAP))
    for number, (code, rings) in enumerate(framed.items()):
        row, column = divmod(number, per_row)
        frame = Frame(code, 1 + column * (_INSET + _GAP), height + row * (tall_frame + _GAP), _INSET, tall_frame)
        shape, width, tall = _fitted({code: rings}, _INSET, _INSET)
        shapes[code] = _moved(shape[code], frame.x + (_INSET - width) / 2, frame.y + (_INSET - tall) / 2)
        frames.append(frame)
    if frames:
        height = frames[-1].y + tall_frame + _GAP
    return Drawing(WIDTH, math.ceil(height), tuple(_area(*shape) for shape in shapes.items()), tuple(frames))


def _fitted(
    outlines: Mapping[str, Outline], width: float, height: float
) -> tuple[dict[str, list[Polygon]], float, float]:
    """Project outlines into a box, as large as it allows; with the width and height that they take."""
    points = [point for rings in outlines.values() for ring in rings for point in ring]
    west, east = min(point[0] for point in points), max(point[0] for point in points)
    south, north = min(point[1] for point in points), max(point[1] for point in points)
    shorter = math.cos(math.radians((south + north) / 2))
    across, along = max((east - west) * shorter, 1e-6), max(north - south, 1e-6)
    scale = min((width - 2 * _MARGIN) / across, (height - 2 * _MARGIN) / along)
    shapes = {
        code: [
            [(_MARGIN + (lon - west) * shorter * scale, _MARGIN + (north - lat) * scale) for lon, lat, *_ in ring]
            for ring in rings
        ]
        for code, rings in outlines.items()
    }
    return shapes, across * scale + 2 * _MARGIN, along * scale + 2 * _MARGIN


def _moved(shape: Iterable[Polygon], right: float, down: float) -> list[Polygon]:
    return [[(x + right, y + down) for x, y in polygon] for polygon in shape]


def _area(code: str, shape: list[Polygon]) -> Area:
    largest = max(shape, key=surface)
    x, y, room = _inside(largest)
    return Area(code, "".join(map(_path, shape)), round(x, 1), round(y, 1), round(room, 1))


def _path(polygon: Polygon) -> str:
    points = list(dict.fromkeys(f"{x:.1f} {y:.1f}" for x, y in polygon))
    return f"M{'L'.join(points)}Z"


def surface(polygon: Polygon) -> float:
    """The surface of a polygon, in the square of its unit, whichever way it goes round."""
    return abs(sum(a[0] * b[1] - b[0] * a[1] for a, b in _sides(polygon))) / 2


def _inside(polygon: Polygon) -> tuple[float, float, float]:
    """A point inside a polygon with much room to its left and right, near the middle of its height, and that room."""
    top, bottom = min(y for _x, y in polygon), max(y for _x, y in polygon)
    best, found = -1.0, (polygon[0][0], polygon[0][1], 0.0)
    for step in range(1, _TRIES):
        share = step / _TRIES
        y = top + (bottom - top) * share
        crossed = sorted(
            a[0] + (y - a[1]) * (b[0] - a[0]) / (b[1] - a[1]) for a, b in _sides(polygon) if (a[1] > y) != (b[1] > y)
        )
        for left, right in zip(crossed[::2], crossed[1::2], strict=False):
            worth = (right - left) * (0.5 - abs(share - 0.5))
            if worth > best:
                best, found = worth, ((left + right) / 2, y, right - left)
    return found


def _sides(polygon: Polygon) -> Iterable[tuple[Point, Point]]:
    return pairwise([*polygon, polygon[0]])


def classes(counts: Iterable[int]) -> list[tuple[int, int]]:
    """Sort counts above zero into at most four classes of about as many territories each.

    :returns: the least and the greatest count of each class, ascending; together they leave no count of the map out.
    """
    present = sorted(count for count in counts if count > 0)
    different = sorted(set(present))
    if len(different) <= _CLASSES:
        return [(count, count) for count in different]
    ends = [present[math.ceil(len(present) * part / _CLASSES) - 1] for part in range(1, _CLASSES + 1)]
    found: list[tuple[int, int]] = []
    start = different[0]
    for end in dict.fromkeys(ends):
        found.append((start, end))
        start = next((count for count in different if count > end), end)
    return found


def class_of(count: int, steps: Sequence[tuple[int, int]]) -> int:
    """The number of a count's class, from 1; 0 for no dataset."""
    return next((number for number, (least, most) in enumerate(steps, 1) if least <= count <= most), 0)
