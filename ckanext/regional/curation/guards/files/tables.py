"""Tables read from the beginning of a file: CSV with any separator, JSON, GeoJSON. No CKAN import."""

from __future__ import annotations

import csv
import itertools
import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

SEPARATORS = (",", ";", "\t", "|")

#: More columns and longer cells tell nothing new.
MOST_COLUMNS, LONGEST_CELL = 200, 1000
#: Lines by which the separator is found.
_TRIED = 50
_DEEPEST = 3
_NUMBER = re.compile(r"[+-]?(?:\d[\d \u00a0\u202f]*)(?:[.,]\d+)?(?:[eE][+-]?\d+)?\s?(?:%|€)?")
_YEAR = re.compile(r"(?:19|20)\d\d")


@dataclass(frozen=True, slots=True)
class Table:
    """The beginning of a table; every cell is a text.

    ``separator`` and ``ragged`` (the first line, from 1, whose number of cells differs from the head's) are those of a
    CSV. ``complete`` says that the whole table was read.
    """

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    separator: str = ""
    ragged: int | None = None
    complete: bool = False


def read_csv(text: str, most_rows: int, *, complete: bool) -> Table | None:
    """Read a CSV.

    :param complete: whether ``text`` is the whole file; else its last line is left out
    :returns: None where there is nothing to read
    """
    if not complete:
        text = text[: text.rfind("\n") + 1] or text
    if not text.strip():
        return None
    separator = separator_of(text)
    lines = list(itertools.islice(_lines(text, separator), most_rows + 1))
    lines = [line for line in lines if any(cell.strip() for cell in line)] or lines
    if not lines:
        return None
    width = len(lines[0])
    ragged = next((number for number, line in enumerate(lines[1:], 2) if line and len(line) != width), None)
    rows = tuple(_short(line) for line in lines[1:])
    return Table(_short(lines[0]), rows, separator, ragged, complete and len(lines) <= most_rows)


def separator_of(text: str) -> str:
    """What cuts most lines into the same number of cells, the more the better; a comma where nothing does."""
    best, best_score = ",", (0.0, 0)
    for separator in SEPARATORS:
        widths = Counter(len(line) for line in itertools.islice(_lines(text, separator), _TRIED) if line)
        if not widths:
            continue
        width, count = max(widths.items(), key=lambda item: (item[1], item[0]))
        score = (count / sum(widths.values()) if width > 1 else 0.0, width)
        if score > best_score:
            best, best_score = separator, score
    return best


def read_json(text: str, most_rows: int, *, complete: bool) -> Table | None:
    """Read the objects of the first list of objects, GeoJSON's properties included, also where the text was cut.

    :raises ValueError: the text is complete and no JSON
    """
    if complete:
        try:
            value = json.loads(text)
        except RecursionError as error:
            raise ValueError("nested too deep") from error
        objects: Iterable[Any] = _first_list(value) or []
    else:
        objects = _objects_of_cut(text)
    found = [_flat(one) for one in itertools.islice((one for one in objects if isinstance(one, dict)), most_rows)]
    if not found:
        return None
    columns = list(dict.fromkeys(key for one in found for key in one))[:MOST_COLUMNS]
    return Table(tuple(columns), tuple(tuple(one.get(key, "") for key in columns) for one in found), complete=complete)


def from_records(records: Iterable[Mapping[str, Any]]) -> Table | None:
    """A table from rows of the datastore."""
    found = [_flat(dict(one)) for one in records]
    if not found:
        return None
    columns = list(dict.fromkeys(key for one in found for key in one))[:MOST_COLUMNS]
    return Table(tuple(columns), tuple(tuple(one.get(key, "") for key in columns) for one in found))


def empty_columns(table: Table) -> list[str]:
    """Names of the columns in which no row has anything; none where there are no rows."""
    if not table.rows:
        return []
    return [
        name or str(number + 1)
        for number, name in enumerate(table.columns)
        if not any(number < len(row) and row[number].strip() for row in table.rows)
    ]


def unnamed_columns(table: Table) -> list[int]:
    """Numbers (from 1) of the columns that hold something and have no name."""
    return [
        number + 1
        for number, name in enumerate(table.columns)
        if not name.strip() and any(number < len(row) and row[number].strip() for row in table.rows)
    ]


def repeated_columns(table: Table) -> list[str]:
    """Names that several columns have."""
    return [name for name, count in Counter(filter(None, map(str.strip, table.columns))).items() if count > 1]


def lacks_head(table: Table) -> bool:
    """Whether the first row is data: in every column of numbers it has a number as well, and not all are years."""
    numeric = [
        number
        for number in range(len(table.columns))
        if (cells := [row[number].strip() for row in table.rows if number < len(row) and row[number].strip()])
        and all(_NUMBER.fullmatch(cell) for cell in cells)
    ]
    heads = [table.columns[number].strip() for number in numeric]
    if not heads or not all(_NUMBER.fullmatch(head) for head in heads):
        return False
    return not all(_YEAR.fullmatch(head) for head in heads)


def _lines(text: str, separator: str) -> Iterator[list[str]]:
    reader = csv.reader(text.splitlines(keepends=True), delimiter=separator)
    while True:
        try:
            yield next(reader)
        except StopIteration:
            return
        except csv.Error:
            # A cell beyond what csv takes, or a NUL: what follows is no table to read.
            return


def _short(line: list[str]) -> tuple[str, ...]:
    return tuple(cell[:LONGEST_CELL] for cell in line[:MOST_COLUMNS])


def _first_list(value: Any, depth: int = 0) -> list[Any] | None:
    """The first list of objects, looking into objects a little way."""
    if isinstance(value, list):
        return value if any(isinstance(one, dict) for one in value) else None
    if isinstance(value, dict) and depth < _DEEPEST:
        return next((found for part in value.values() if (found := _first_list(part, depth + 1))), None) or (
            [value] if depth == 0 else None
        )
    return None


def _objects_of_cut(text: str) -> Iterator[Any]:
    """The objects of the first list of objects, as far as they are whole."""
    begin = re.search(r"\[\s*\{", text)
    if begin is None:
        return
    decoder, position = json.JSONDecoder(), begin.end() - 1
    while True:
        try:
            one, position = decoder.raw_decode(text, position)
        except (ValueError, RecursionError):
            return
        yield one
        after = re.compile(r"\s*,\s*").match(text, position)
        if after is None:
            return
        position = after.end()


def _flat(value: dict[str, Any]) -> dict[str, str]:
    flat: dict[str, str] = {}
    properties = value.get("properties")
    if value.get("type") == "Feature" and isinstance(properties, dict):
        value = properties
    _flatten("", value, flat, 0)
    return flat


def _flatten(prefix: str, value: Any, flat: dict[str, str], depth: int) -> None:
    if len(flat) >= MOST_COLUMNS:
        return
    if isinstance(value, dict) and depth < _DEEPEST:
        for key, part in value.items():
            _flatten(f"{prefix}.{key}" if prefix else str(key), part, flat, depth + 1)
    elif isinstance(value, list) and depth < _DEEPEST and len(value) <= 20 and not _is_numbers(value):
        flat[prefix] = ", ".join(_text(part) for part in value)[:LONGEST_CELL]
    else:
        flat[prefix] = _text(value)


def _is_numbers(value: list[Any]) -> bool:
    """Coordinates name nobody."""
    return all(isinstance(part, int | float | list) for part in value)


def _text(value: Any) -> str:
    if value is None or isinstance(value, list):
        return ""
    return str(value)[:LONGEST_CELL]
