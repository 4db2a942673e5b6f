"""Maps as coordinates: shape, place of the numbers, classes."""

from __future__ import annotations

import math
import re
from itertools import pairwise

import pytest

from ckanext.regional import maps

SQUARE = [[(0, 0), (0, 1), (1, 1), (1, 0), (0, 0)]]
NORTH_OF_IT = [[(0, 1), (0, 2), (1, 2), (1, 1), (0, 1)]]
FAR = [[(50, -20), (50, -21), (51, -21), (51, -20), (50, -20)]]
#: A "C" whose middle lies outside of it.
HOLLOW = [[(0, 0), (0, 3), (3, 3), (3, 2), (1, 2), (1, 1), (3, 1), (3, 0), (0, 0)]]


def points(area: maps.Area) -> list[tuple[float, float]]:
    numbers = [float(number) for number in re.findall(r"-?[\d.]+", area.path)]
    return list(zip(numbers[::2], numbers[1::2], strict=True))


def drawn(*args: object, **kwargs: object) -> maps.Drawing:
    drawing = maps.draw(*args, **kwargs)  # pyright: ignore[reportArgumentType]
    assert drawing is not None
    return drawing


def test_nothing_is_drawn_of_nothing() -> None:
    assert maps.draw({}) is None


def test_a_territory_without_rings_is_left_out() -> None:
    assert [area.code for area in drawn({"a": SQUARE, "b": []}).areas] == ["a"]


def test_north_is_up() -> None:
    south, north = drawn({"south": SQUARE, "north": NORTH_OF_IT}).areas
    assert north.y < south.y


def test_everything_lies_in_the_view_box() -> None:
    drawing = drawn({"a": SQUARE, "b": NORTH_OF_IT, "far": FAR}, apart=["far"])
    for area in drawing.areas:
        assert all(0 <= x <= drawing.width and 0 <= y <= drawing.height for x, y in points(area))


def test_longitudes_are_shortened_away_from_the_equator() -> None:
    at_60 = [[(0, 59.5), (0, 60.5), (1, 60.5), (1, 59.5), (0, 59.5)]]
    (area,) = drawn({"a": at_60}).areas
    xs, ys = zip(*points(area), strict=True)
    assert math.isclose((max(xs) - min(xs)) / (max(ys) - min(ys)), 0.5, rel_tol=0.01)


def test_what_lies_apart_has_a_frame_below() -> None:
    drawing = drawn({"a": SQUARE, "far": FAR}, apart=["far"])
    near, far = drawing.areas
    (frame,) = drawing.frames
    assert frame.code == "far"
    assert all(frame.y <= y <= frame.y + frame.height for _x, y in points(far))
    assert max(y for _x, y in points(near)) < frame.y


def test_a_map_may_be_of_frames_alone() -> None:
    assert len(drawn({"far": FAR}, apart=["far"]).frames) == 1


def test_the_number_stands_inside_a_hollow_shape() -> None:
    (area,) = drawn({"c": HOLLOW}).areas
    xs, ys = zip(*points(area), strict=True)
    east, north = (area.x - min(xs)) / (max(xs) - min(xs)), (max(ys) - area.y) / (max(ys) - min(ys))
    assert east < 1 / 3 or not 1 / 3 < north < 2 / 3


def test_the_number_stands_in_the_largest_part() -> None:
    island = [(5, 0), (5, 0.1), (5.1, 0.1), (5.1, 0), (5, 0)]
    (area,) = drawn({"a": [island, *SQUARE]}).areas
    assert area.x < maps.WIDTH / 3


@pytest.mark.parametrize(
    ("counts", "expected"),
    [
        ([], []),
        ([0, 0], []),
        ([0, 3], [(3, 3)]),
        ([2, 2, 9], [(2, 2), (9, 9)]),
        ([1, 2, 3, 4], [(1, 1), (2, 2), (3, 3), (4, 4)]),
        ([1, 2, 3, 4, 5, 6, 7, 800], [(1, 2), (3, 4), (5, 6), (7, 800)]),
        ([1, 1, 1, 1, 1, 1, 2, 3, 4, 5], [(1, 1), (2, 3), (4, 5)]),
    ],
)
def test_classes(counts: list[int], expected: list[tuple[int, int]]) -> None:
    assert maps.classes(counts) == expected


@pytest.mark.parametrize("counts", [[1, 5, 5, 5, 9, 12, 12, 40], [7] * 9 + [8, 9, 10, 11], list(range(30))])
def test_every_count_has_one_class_and_none_only_zero(counts: list[int]) -> None:
    steps = maps.classes(counts)
    assert [maps.class_of(count, steps) == 0 for count in counts] == [count == 0 for count in counts]
    assert all(earlier[1] < later[0] for earlier, later in pairwise(steps))
