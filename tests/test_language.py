"""Numbers and days as the reader writes them, on pages and where no request is answered."""

from __future__ import annotations

from typing import Any

import pytest

from ckanext.regional import dates, language
from ckanext.regional.speaking import speaking


@pytest.mark.parametrize(
    ("spoken", "number", "first", "second"),
    [("fr", "12\u202f345,5", "1er mars 2001", "2 mars 2001"), ("en", "12,345.5", "March 1, 2001", "March 2, 2001")],
)
def test_in_the_readers_language(app: Any, spoken: str, number: str, first: str, second: str) -> None:
    with speaking(spoken):
        assert language.number(12345.5) == number
        assert [dates.day(f"2001-03-0{day}T12:00:00+00:00") for day in (1, 2)] == [first, second]
        assert dates.day("2001-03-11T12:00:00+00:00").count("11") == 1


def test_where_nobody_asks(our_plugins: None) -> None:
    assert language.number(1234) == "1,234"
