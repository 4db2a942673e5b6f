from __future__ import annotations

from datetime import date

import pytest

from ckanext.regional.periods import first_day, is_inverted, iso, last_day


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("2026", "2026"),
        ("2026-12", "2026-12"),
        (" 2026-12-31 ", "2026-12-31"),
        ("31/12/2026", "2026-12-31"),
        ("1.2.2026", "2026-02-01"),
        ("2026-12-31T23:59:00", "2026-12-31T23:59:00"),
        ("2026-12-31T23:59:00Z", "2026-12-31T23:59:00+00:00"),
        ("2026-13", None),
        ("2026-02-30", None),
        ("0000", None),
        ("hier", None),
        ("20261231", None),
        ("", None),
    ],
)
def test_dates_are_kept_in_iso_8601(given: str, kept: str | None) -> None:
    assert iso(given) == kept


@pytest.mark.parametrize(
    ("given", "days"),
    [
        ("2024", (date(2024, 1, 1), date(2024, 12, 31))),
        ("2024-02", (date(2024, 2, 1), date(2024, 2, 29))),
        ("2024-02-03", (date(2024, 2, 3), date(2024, 2, 3))),
        ("never", (None, None)),
    ],
)
def test_a_date_has_a_first_and_a_last_day(given: str, days: tuple[date | None, date | None]) -> None:
    assert (first_day(given), last_day(given)) == days


@pytest.mark.parametrize(
    ("start", "end", "inverted"),
    [
        ("2026", "2025", True),
        ("2026-05", "2026", False),
        ("2026-05-02", "2026-05-01", True),
        ("2026-05-01", "2026-05-01", False),
        ("never", "2025", False),
    ],
)
def test_a_period_ends_after_it_starts(start: str, end: str, inverted: bool) -> None:
    assert is_inverted(start, end) == inverted
