"""What a record that came means for the one that is here."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ckanext.regional.harvest.writing.reconcile import Known, decide, must_hold, route

HERE = Known(hash="h", state="current", source_id="s", direct=True, written=True)


def test_unknown_is_created() -> None:
    assert decide(None, "h", "s", direct=True).action == "create"


def test_never_written_is_created() -> None:
    assert decide(replace(HERE, written=False, state="failed"), "h", "s", direct=True).action == "create"


def test_same_hash_is_unchanged() -> None:
    assert decide(HERE, "h", "s", direct=True).action == "unchanged"


@pytest.mark.parametrize("state", ["conflict", "failed", "withdrawn", "skipped"])
def test_what_did_not_go_well_is_tried_again(state: str) -> None:
    assert decide(replace(HERE, state=state), "h", "s", direct=True).action == "update"  # pyright: ignore


def test_another_hash_is_an_update() -> None:
    assert decide(HERE, "other", "s", direct=True).action == "update"


def test_the_direct_way_wins() -> None:
    assert decide(HERE, "other", "t", direct=False).action == "skip"


def test_the_direct_way_takes_over() -> None:
    assert decide(replace(HERE, direct=False), "h", "t", direct=True).action == "update"


def test_two_indirect_ways_do_not_take_turns() -> None:
    assert decide(replace(HERE, direct=False), "other", "t", direct=False).action == "skip"


def test_an_orphan_is_taken_over() -> None:
    assert decide(replace(HERE, source_id=None), "h", "t", direct=False).action == "update"


@pytest.mark.parametrize(
    ("site", "path", "passes"), [("a", ("a",), True), ("me", ("me", "a"), False), ("b", ("b", "me", "a"), False)]
)
def test_loops_end(site: str, path: tuple[str, ...], passes: bool) -> None:
    assert (route(site, path, "me") is None) is passes


@pytest.mark.parametrize(
    ("gone", "known", "held"), [(1, 1, False), (2, 5, True), (2, 20, False), (3, 20, True), (0, 0, False)]
)
def test_much_at_once_is_held(gone: int, known: int, held: bool) -> None:
    assert must_hold(gone, known, 0.1) is held
