"""Cron words, on the site's clock, put off by a source's own while."""

from __future__ import annotations

import datetime
import itertools
import zoneinfo

import pytest

from ckanext.regional.harvest.scheduling.schedule import HOURLY, NIGHTLY, WEEKLY, following, is_cron, share_of

PARIS = zoneinfo.ZoneInfo("Europe/Paris")
MINUTES = datetime.timedelta(minutes=1)


def utc(*when: int) -> datetime.datetime:
    return datetime.datetime(*when, tzinfo=datetime.UTC)  # pyright: ignore[reportArgumentType]


def due(words: str, after: datetime.datetime, share: float = 0.0, jitter: int = 10) -> datetime.datetime:
    return following(words, after, PARIS, jitter=jitter * MINUTES, share=share)


@pytest.mark.parametrize("words", [HOURLY, NIGHTLY, WEEKLY, "*/5 * * * *", "0 4 1,15 * *", "0 4 * * mon-fri"])
def test_cron_words_are_known(words: str) -> None:
    assert is_cron(words)


@pytest.mark.parametrize(
    "words",
    [
        "",
        "often",
        "@daily",
        "* * * *",
        "* * * * * *",
        "61 * * * *",
        "0 0 31 2 *",
        "R 3 * * *",
        "H 3 * * *",
        "0 3 * * x",
    ],
)
def test_what_is_no_time_is_told(words: str) -> None:
    assert not is_cron(words)


def test_times_are_those_of_the_sites_clock() -> None:
    assert due(NIGHTLY, utc(2026, 1, 10, 12)) == utc(2026, 1, 11, 2)
    assert due(NIGHTLY, utc(2026, 7, 10, 12)) == utc(2026, 7, 11, 1)


def test_a_time_that_the_clock_leaps_over_is_not_lost() -> None:
    # On 29 March 2026 Paris has no half past two.
    assert utc(2026, 3, 29, 0) <= due("30 2 * * *", utc(2026, 3, 28, 12)) <= utc(2026, 3, 29, 2)


def test_a_source_is_put_off_by_its_share_of_the_jitter() -> None:
    after = utc(2026, 1, 10, 12)
    assert due(NIGHTLY, after, share=0.5) == utc(2026, 1, 11, 2, 5)
    # In the midst of the while by which it is put off it is still to come, once.
    assert due(NIGHTLY, utc(2026, 1, 11, 2, 3), share=0.5) == utc(2026, 1, 11, 2, 5)
    assert due(NIGHTLY, utc(2026, 1, 11, 2, 5), share=0.5) == utc(2026, 1, 12, 2, 5)


def test_it_is_never_put_off_to_the_next_time() -> None:
    moment = utc(2026, 1, 10, 12)
    times = []
    for _ in range(4):
        moment = due("*/4 * * * *", moment, share=0.999)
        times.append(moment)
    gaps = [later - earlier for earlier, later in itertools.pairwise(times)]
    assert gaps == [4 * MINUTES] * 3
    assert times[0] < utc(2026, 1, 10, 12, 2)


def test_shares_stay_and_spread() -> None:
    shares = [share_of(f"source {number}") for number in range(1000)]
    assert share_of("source 7") == shares[7]
    assert all(0 <= share < 1 for share in shares)
    assert all(60 < sum(low / 10 <= share < (low + 1) / 10 for share in shares) < 140 for low in range(10))
