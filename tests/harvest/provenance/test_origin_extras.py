"""The origin of a harvested dataset as extras."""

from __future__ import annotations

from typing import Any

import pytest

from ckanext.regional.harvest.provenance import origin_extras

ORIGIN = {"site": "s", "dataset_id": "d", "url": "https://s.example.org/dataset/d", "path": ["s"], "harvested_at": None}
OWN = {"key": "nuance", "value": "ocre"}


def test_what_is_added_can_be_read_again() -> None:
    extras = origin_extras.added([OWN], ORIGIN)
    assert extras[0] == OWN
    claimed = origin_extras.claimed({"extras": extras})
    assert claimed == {"site": "s", "dataset_id": "d", "url": "https://s.example.org/dataset/d"}


def test_an_older_word_is_replaced() -> None:
    old = origin_extras.added([OWN], {"site": "old", "dataset_id": "old"})
    assert origin_extras.added(old, ORIGIN) == origin_extras.added([OWN], ORIGIN)
    assert origin_extras.without(old) == [OWN]


@pytest.mark.parametrize(
    "extras",
    [
        None, "origin_site", [], [None, 3], [{"key": "origin_site", "value": "s"}],
        [{"key": "origin_site", "value": "s"}, {"key": "origin_dataset_id", "value": 3}], [{"key": []}],
    ],
)  # fmt: skip
def test_half_a_word_is_none(extras: Any) -> None:
    assert origin_extras.claimed({"extras": extras}) is None


def test_a_key_that_is_no_text_is_left_alone() -> None:
    assert origin_extras.without([{"key": ["origin_site"]}, "x"]) == [{"key": ["origin_site"]}, "x"]
