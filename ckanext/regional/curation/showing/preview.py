"""The first rows of an uploaded table, so that a steward sees the data without opening another page."""

from __future__ import annotations

import csv
import itertools
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ckan.lib import uploader

from ckanext.regional.curation.showing.columns import Table

_READ = 1 << 16
_MOST_ROWS = 5
#: Rows by which a column is known again under another name.
_SAMPLED_ROWS = 100
_COUNTED_BYTES = 50 << 20
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
    read = _read(resource, _MOST_ROWS + 1)
    if not read:
        return None
    shown = [[_short(cell) for cell in row[:_MOST_COLUMNS]] for row in read]
    width = len(shown[0])
    # A row shorter than the head would shift the cells of a screen reader.
    rows = [row[:width] + [""] * (width - len(row)) for row in shown[1:]]
    return Preview(shown[0], rows, max(0, len(read[0]) - _MOST_COLUMNS))


def table(resource: Mapping[str, Any]) -> Table | None:
    """A table as far as its columns are compared: head, some rows, how many there are; None where it is none."""
    if resource.get("url_type") != "upload" or (resource.get("format") or "").upper() not in ("CSV", "TSV"):
        return None
    read = _read(resource, _SAMPLED_ROWS + 1)
    return Table([cell.strip() for cell in read[0]], read[1:], _count(resource)) if read else None


def _read(resource: Mapping[str, Any], most: int) -> list[list[str]]:
    text = _beginning(resource)
    if not text or "\x00" in text:
        return []
    try:
        dialect: Any = csv.Sniffer().sniff(text[:4096], delimiters=",;\t|")
    except csv.Error:
        dialect = csv.excel
    try:
        return list(itertools.islice(csv.reader(text.splitlines(), dialect), most))
    except csv.Error:
        return []


def _count(resource: Mapping[str, Any]) -> int | None:
    """How many lines follow the head; None where the file is too large to be read while somebody waits."""
    path = _path(resource)
    if path is None or path.stat().st_size > _COUNTED_BYTES:
        return None
    with path.open("rb") as file:
        return max(0, sum(1 for line in file if line.strip()) - 1)


def _path(resource: Mapping[str, Any]) -> Path | None:
    try:
        path = Path(uploader.get_resource_uploader({"id": resource["id"]}).get_path(resource["id"]))
        return path if path.is_file() else None
    except (OSError, AttributeError, TypeError):
        # An uploader that keeps no local files, or a file that is gone: the page does without.
        return None


def _beginning(resource: Mapping[str, Any]) -> str | None:
    path = _path(resource)
    if path is None:
        return None
    with path.open("rb") as file:
        data = file.read(_READ)
    if len(data) == _READ:
        data = data[: data.rfind(b"\n") + 1]
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1252", errors="replace")


def _short(cell: str) -> str:
    cell = cell.strip()
    return cell if len(cell) <= _LONGEST_CELL else cell[: _LONGEST_CELL - 1] + "…"
