"""The first rows of an uploaded table, so that a steward sees the data without opening another page."""

from __future__ import annotations

import csv
import itertools
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ckan.lib import uploader

_READ = 1 << 16
_MOST_ROWS = 5
_MOST_COLUMNS = 12
_LONGEST_CELL = 80


@dataclass(frozen=True, slots=True)
class Preview:
    """The beginning of a table; ``more_columns`` says how many were left out."""

    columns: list[str]
    rows: list[list[str]]
    more_columns: int


def preview(resource: Mapping[str, Any]) -> Preview | None:
    """The beginning of a resource's file; None where it is not an uploaded CSV or cannot be read as one."""
    if resource.get("url_type") != "upload" or (resource.get("format") or "").upper() not in ("CSV", "TSV"):
        return None
    text = _beginning(resource)
    if not text or "\x00" in text:
        return None
    try:
        dialect: Any = csv.Sniffer().sniff(text[:4096], delimiters=",;\t|")
    except csv.Error:
        dialect = csv.excel
    try:
        table = list(itertools.islice(csv.reader(text.splitlines(), dialect), _MOST_ROWS + 1))
    except csv.Error:
        return None
    if not table:
        return None
    shown = [[_short(cell) for cell in row[:_MOST_COLUMNS]] for row in table]
    width = len(shown[0])
    # A row shorter than the head would shift the cells of a screen reader.
    rows = [row[:width] + [""] * (width - len(row)) for row in shown[1:]]
    return Preview(shown[0], rows, max(0, len(table[0]) - _MOST_COLUMNS))


def _beginning(resource: Mapping[str, Any]) -> str | None:
    try:
        path = uploader.get_resource_uploader({"id": resource["id"]}).get_path(resource["id"])
        with Path(path).open("rb") as file:
            data = file.read(_READ)
    except (OSError, AttributeError, TypeError):
        # An uploader that keeps no local files, or a file that is gone: the page does without.
        return None
    if len(data) == _READ:
        data = data[: data.rfind(b"\n") + 1]
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1252", errors="replace")


def _short(cell: str) -> str:
    cell = cell.strip()
    return cell if len(cell) <= _LONGEST_CELL else cell[: _LONGEST_CELL - 1] + "…"
