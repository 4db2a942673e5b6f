"""Reading a whole catalogue: what is asked next, and when the end is believed."""

from __future__ import annotations

import datetime

import pytest

from ckanext.regional.harvest.running.plan import PagingError, Sweep, split, window


def read(catalogue: list[str], sweep: Sweep, *, broken: set[str] = frozenset()) -> tuple[list[str], Sweep]:  # pyright: ignore
    """Read a catalogue that answers keyset questions and breaks down over some records."""
    got: list[str] = []
    while not sweep.done:
        asked = sweep.question()
        after = asked["fq"].split('"')[1] if "fq" in asked else ""
        found = sorted(one for one in catalogue if one > after)
        page = found[asked.get("start", 0) :][: asked["rows"]]
        if broken & set(page):
            sweep = sweep.smaller()
            continue
        got += page
        sweep = sweep.answered(page, len(found))
    return got, sweep


def test_every_record_once() -> None:
    catalogue = [f"{number:03d}" for number in range(95)]
    got, _sweep = read(catalogue, Sweep.begin(10))
    assert got == catalogue


def test_an_empty_catalogue_ends() -> None:
    got, sweep = read([], Sweep.begin(10))
    assert (got, sweep.complete) == ([], True)


def test_the_next_question_begins_after_the_last_record() -> None:
    sweep = Sweep.begin(2).answered(["a", "b"], 5)
    assert sweep.question("organization:x") == {
        "sort": "id asc",
        "rows": 2,
        "fq": 'organization:x id:{"b" TO *]',
    }


def test_a_poisoned_record_is_left_out_alone() -> None:
    catalogue = [f"{number:03d}" for number in range(95)]
    got, _sweep = read(catalogue, Sweep.begin(50), broken={"042"})
    assert got == [one for one in catalogue if one != "042"]


def test_a_reading_with_a_poisoned_record_is_not_complete() -> None:
    _got, sweep = read([f"{number:03d}" for number in range(20)], Sweep.begin(50), broken={"007"})
    assert not sweep.complete


def test_three_poisoned_records_in_a_row_are_a_breakdown() -> None:
    with pytest.raises(PagingError):
        read(["1", "2", "3", "4"], Sweep.begin(4), broken={"1", "2", "3"})


@pytest.mark.parametrize("page", [["b", "a"], ["a", "a"]])
def test_a_page_out_of_order_changes_the_way(page: list[str]) -> None:
    sweep = Sweep.begin(10).answered(page, 30)
    assert (sweep.by_key, sweep.question()) == (False, {"sort": "id asc", "rows": 10})


def test_a_page_from_before_the_last_record_changes_the_way() -> None:
    sweep = Sweep.begin(2).answered(["c", "d"], 9).answered(["a", "b"], 9)
    assert not sweep.by_key


def test_by_start_the_end_is_the_count() -> None:
    sweep = Sweep.begin(2).answered(["b", "a"], 3).answered(["b", "a"], 3)
    assert not sweep.done
    assert sweep.answered(["c"], 3).done


def test_by_start_a_moving_count_is_not_complete() -> None:
    sweep = Sweep.begin(2).answered(["b", "a"], 4).answered(["b", "a"], 4).answered(["d", "c"], 5)
    assert not sweep.complete


def test_by_start_the_same_page_again_is_an_error() -> None:
    sweep = Sweep.begin(2).answered(["b", "a"], 100).answered(["b", "a"], 100)
    with pytest.raises(PagingError):
        sweep.answered(["b", "a"], 100)


def test_a_stored_state_goes_on() -> None:
    sweep = Sweep.begin(2).answered(["a", "b"], 5)
    assert Sweep.load(sweep.dump()) == sweep


def test_split() -> None:
    assert split(range(5), 2) == [[0, 1], [2, 3], [4]]


def test_an_id_does_not_end_the_phrase_that_it_stands_in() -> None:
    sweep = Sweep.begin(2).answered(['a"\\', 'b" TO *] OR *:* OR id:{"'], 5)
    assert sweep.question()["fq"] == 'id:{"b\\" TO *] OR *:* OR id:{\\"" TO *]'


def test_what_came_without_an_id_is_not_taken_for_gone() -> None:
    sweep = Sweep.begin(3).answered(["a", "b"], 3, came=3)
    assert (sweep.done, sweep.complete) == (True, False)


def test_a_page_without_any_id_is_no_end() -> None:
    sweep = Sweep.begin(2).answered([], 5, came=2)
    assert (sweep.done, sweep.by_key, sweep.start) == (False, False, 0)
    sweep = sweep.answered([], 5, came=2)
    assert (sweep.done, sweep.complete, sweep.start) == (False, False, 2)


NOON = datetime.datetime(2026, 11, 25, 12, tzinfo=datetime.UTC)
LATE = datetime.timedelta(minutes=5)


def stamp(minutes: float) -> str:
    return (NOON + datetime.timedelta(minutes=minutes)).strftime("%Y-%m-%dT%H:%M:%S.000Z")


def minutes(count: float) -> datetime.datetime:
    return NOON + datetime.timedelta(minutes=count)


WINDOWS = {
    # before, newest, clock: since, next
    "the first time": (None, 0, 60, None, 0),
    "long settled": (0, 0, 60, 0, 0),
    "something new, settled": (0, 30, 60, 0, 30),
    "something new a moment ago": (0, 58, 60, 0, 55),
    "no clock": (0, 58, None, 0, 53),
    "a time from tomorrow": (0, 1440, 60, 0, 55),
    "a clock put back": (1435, 1440, 60, None, 55),
    "restored": (30, 10, 60, None, 10),
    "no times": (0, None, 60, None, None),
}


@pytest.mark.parametrize("case", WINDOWS)
def test_the_window_goes_by_the_neighbours_times(case: str) -> None:
    before, newest, clock, since, following = WINDOWS[case]
    found = window(
        None if before is None else stamp(before),
        None if newest is None else stamp(newest),
        None if clock is None else minutes(clock),
        LATE,
    )
    expected = (None if since is None else stamp(since), None if following is None else stamp(following))
    assert (found.since, found.next) == expected


@pytest.mark.parametrize("nonsense", ["yesterday", "", "2026-13-01T00:00:00Z"])
def test_a_time_that_is_none_gives_no_window(nonsense: str) -> None:
    assert window(stamp(0), nonsense, NOON, LATE).since is None


def test_a_poisoned_record_with_a_name_is_passed_over_and_nothing_is_missed() -> None:
    sweep = Sweep.begin(1).answered(["a"], 3).passed_over("b")
    assert (sweep.complete, sweep.last, sweep.seen) == (True, "b", 2)


@pytest.mark.parametrize("count", [-3, 0, 1])
def test_a_count_below_what_came_is_not_believed(count: int) -> None:
    sweep = Sweep.begin(2).answered(["a", "b"], count)
    assert not sweep.done
    assert sweep.answered([], count).done
