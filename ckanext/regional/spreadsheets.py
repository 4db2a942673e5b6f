"""Texts for CSV files that a spreadsheet shows and does not run.

After OWASP, “CSV Injection” (https://owasp.org/www-community/attacks/CSV_Injection): a cell is a formula by its first
character. A spreadsheet that separates by semicolons, as French ones do, also finds cells within one of ours.
"""

from __future__ import annotations

import re

_FORMULA = "=+\\-@＝＋－＠"
_FIRST = re.compile(rf"^(\s*)(?=[{_FORMULA}|%])")
_WITHIN = re.compile(rf"([;\t\r\n][ \u00a0]*)(?=[{_FORMULA}]\S)")


def harmless(cell: str) -> str:
    """One line of text that no spreadsheet runs."""
    return harmless_lines(" ".join(cell.split()))


def harmless_lines(cell: str) -> str:
    """As :func:`harmless`, with its lines kept."""
    return _WITHIN.sub(r"\1'", _FIRST.sub(r"\1'", cell))
