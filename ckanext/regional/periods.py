"""Dates as catalogues write them: a year, a month, a day or a moment, in ISO 8601."""

from __future__ import annotations

import calendar
import re
from datetime import date, datetime

_PARTIAL = re.compile(r"(\d{4})(?:-(\d{2}))?")
_FRENCH_DAY = re.compile(r"(\d{1,2})[/.](\d{1,2})[/.](\d{4})")


def iso(value: str) -> str | None:
    """Give a date in ISO 8601: ``2026``, ``2026-12``, ``2026-12-31``, ``2026-12-31T23:59:00``.

    A day as the French write it (``31/12/2026``) is read too.

    :returns: None where it is no date or no such day exists.
    """
    text = value.strip()
    if french := _FRENCH_DAY.fullmatch(text):
        day, month, year = french.groups()
        text = f"{year}-{int(month):02}-{int(day):02}"
    if partial := _PARTIAL.fullmatch(text):
        year, month = partial.groups()
        return text if int(year) and (month is None or 1 <= int(month) <= 12) else None
    try:
        if len(text) == 10:
            return date.fromisoformat(text).isoformat()
        return datetime.fromisoformat(text).isoformat() if len(text) > 10 else None
    except ValueError:
        return None


def first_day(value: str) -> date | None:
    """The first day that a date may mean: of ``2026``, 1 January; None for what is no date."""
    written = iso(value)
    if written is None:
        return None
    year, month, day = [*map(int, written[:10].split("-")), 1, 1][:3]
    return date(year, month, day)


def last_day(value: str) -> date | None:
    """The last day that a date may mean: of ``2026-02``, 28 February; None for what is no date."""
    first = first_day(value)
    if first is None:
        return None
    written = str(iso(value))[:10]
    month = first.month if len(written) > 4 else 12
    day = first.day if len(written) > 7 else calendar.monthrange(first.year, month)[1]
    return date(first.year, month, day)


def is_inverted(start: str, end: str) -> bool:
    """Say whether a period ends before it starts; what is no date does not decide."""
    begins, ends = first_day(start), last_day(end)
    return begins is not None and ends is not None and ends < begins
