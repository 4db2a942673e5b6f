"""What of a search is counted, and who is a person."""

from __future__ import annotations

import datetime

import pytest

from ckanext.regional.needs.demand.robots import is_person
from ckanext.regional.needs.demand.terms import Occurrence, is_frequent, term_of

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"


@pytest.mark.parametrize(
    ("typed", "term"),
    [
        ("Défibrillateurs  à BREST", "defibrillateurs a brest"),
        ("", ""),
        ("*:*", ""),
        ("anne.legall@example.org", None),
        ("06 12 34 56 78", None),
        ("2 69 05 49 588 157 80", None),
        ("name:menus", None),
        ("menu*", None),
        ("permis 123456789", None),
        ("22000", "22000"),
        ("?!", None),
        ("a" * 400, None),
    ],
)
def test_words_are_folded_and_people_left_out(typed: str, term: str | None) -> None:
    assert term_of(typed) == term


def test_a_term_is_short() -> None:
    term = term_of(" ".join(f"mot{number}" for number in range(20)))
    assert term is not None
    assert len(term.split()) == 8


@pytest.mark.parametrize(
    ("client", "person"),
    [
        (FIREFOX, True),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Mobile/15E148 Safari/604.1",
            True,
        ),
        ("Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)", False),
        ("Mozilla/5.0 (compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm)", False),
        ("curl/8.5.0", False),
        ("python-requests/2.32", False),
        ("", False),
        ("OurWatcher on the wall 1.0", False),
    ],
)
def test_robots_are_left_out(client: str, person: bool) -> None:
    assert is_person({"User-Agent": client}, ["ourwatcher"]) is person


@pytest.mark.parametrize(
    "header", [{"DNT": "1"}, {"Sec-GPC": "1"}, {"Sec-Purpose": "prefetch"}, {"Purpose": "prefetch"}]
)
def test_who_asks_not_to_be_counted_is_not(header: dict[str, str]) -> None:
    assert not is_person({"User-Agent": FIREFOX, **header})


@pytest.mark.parametrize(
    ("days", "searches", "frequent"), [(3, 2, True), (2, 10, False), (4, 1, False), (5, 1, True), (0, 1, False)]
)
def test_five_searches_on_three_days(days: int, searches: int, frequent: bool) -> None:
    first = datetime.date(2026, 1, 1)
    found = [Occurrence(first + datetime.timedelta(days=day), searches) for day in range(days)]
    assert is_frequent(found) is frequent
