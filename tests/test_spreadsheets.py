"""Cells of CSV files: no spreadsheet runs one, and what is no formula stays as it is."""

from __future__ import annotations

import pytest

from ckanext.regional.spreadsheets import harmless, harmless_lines


@pytest.mark.parametrize(
    ("cell", "written"),
    [
        ("=1+1", "'=1+1"), ("+33 2", "'+33 2"), ("-1", "'-1"), ("@SUM(A1)", "'@SUM(A1)"), ("＝1", "'＝1"),
        ("|calc", "'|calc"), ("\t=1", "'=1"), (" =1", "'=1"), ("a;=1", "a;'=1"), ("a; @b", "a; '@b"),
        ("a\r\n=1", "a =1"), ("1 = 1", "1 = 1"), ("a - b", "a - b"), ("x@y.fr", "x@y.fr"), ("", ""),
    ],
)  # fmt: skip
def test_no_cell_is_a_formula(cell: str, written: str) -> None:
    assert harmless(cell) == written


def test_lines_are_kept_and_none_is_a_formula() -> None:
    assert harmless_lines("Voici :\n- les quais\n=1+1") == "Voici :\n- les quais\n'=1+1"
    assert harmless_lines("\n=1") == "\n'=1"
