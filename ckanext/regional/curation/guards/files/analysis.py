"""What is wrong with a file, and which personal data it has, judged by its beginning. No CKAN import."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ckanext.regional.curation.guards.files import packed, tables
from ckanext.regional.curation.guards.files.sniffing import content_of, decode, fits
from ckanext.regional.curation.guards.personal.columns import Hit, look
from ckanext.regional.personal_data import find, mask

_TABULAR = ("CSV", "TSV")
_SHOWN = 5


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that is wrong with a file: a code, and what the sentence about it says."""

    code: str
    details: Mapping[str, Any] = field(default_factory=dict, hash=False)


@dataclass(frozen=True, slots=True)
class Analysis:
    """What was found in the beginning of a file."""

    problems: tuple[Problem, ...] = ()
    hits: tuple[Hit, ...] = ()


def analyse(path: Path, declared: str, *, most_bytes: int, most_rows: int) -> Analysis:
    """Look at a file.

    :param declared: its format, as the resource says
    :param most_bytes: read and unpacked at most, whatever the file's length
    :param most_rows: looked at at most
    :raises OSError: the file cannot be read
    """
    found = path.stat()
    return _analysed(path, found.st_mtime_ns, found.st_size, declared.strip().upper(), most_bytes, most_rows)


@functools.lru_cache(maxsize=512)
def _analysed(path: Path, modified: int, size: int, declared: str, most_bytes: int, most_rows: int) -> Analysis:
    """``modified`` and ``size`` make a changed file another key."""
    with path.open("rb") as file:
        head = file.read(most_bytes)
    content = content_of(head)
    if content == "empty":
        return Analysis((Problem("format.empty"),))
    problems: list[Problem] = []
    if not fits(declared, content):
        problems.append(Problem("format.content", {"declared": declared, "found": content}))
    if content == "xlsx":
        table = packed.read_xlsx(path, most_rows)
        return Analysis((*problems, *_of_table(table)), _in_table(table))
    if content == "gzip":
        inner = packed.unzip_gzip(head, most_bytes)
        return Analysis(tuple(problems), _in_text(inner, "", False, most_rows)[1])
    if content == "zip":
        part = packed.first_text(head, most_bytes)
        return Analysis(tuple(problems), _in_text(part[1], "", False, most_rows)[1] if part else ())
    if content not in ("text", "json", "xml", "html"):
        return Analysis(tuple(problems))
    as_declared = declared if not problems else ""
    more, hits = _in_text(head, as_declared, len(head) == size, most_rows)
    return Analysis((*problems, *more), hits)


def _in_text(head: bytes, declared: str, complete: bool, most_rows: int) -> tuple[list[Problem], tuple[Hit, ...]]:
    read = decode(head)
    problems: list[Problem] = []
    if read.encoding != "utf-8" and declared in (*_TABULAR, "TXT", "JSON", "GEOJSON"):
        problems.append(Problem("encoding", {"encoding": read.encoding, "certain": read.certain}))
    content = content_of(head)
    table = None
    if content == "json" and declared not in _TABULAR:
        try:
            table = tables.read_json(read.text, most_rows, complete=complete)
        except ValueError:
            if declared in ("JSON", "GEOJSON", "TOPOJSON", "JSON-LD"):
                problems.append(Problem("format.json"))
    elif declared in _TABULAR or (not declared and content == "text"):
        table = tables.read_csv(read.text, most_rows, complete=complete)
        if table is not None and declared:
            problems.extend(_of_csv(table, declared))
    if table is None:
        return problems, _in_prose(read.text)
    return problems, _in_table(table)


def _of_csv(table: tables.Table, declared: str) -> list[Problem]:
    problems: list[Problem] = []
    wanted = {"CSV": (",", ";"), "TSV": ("\t",)}[declared]
    if len(table.columns) > 1 and table.separator not in wanted:
        problems.append(Problem("table.separator", {"separator": table.separator, "declared": declared}))
    if table.ragged is not None:
        problems.append(Problem("table.ragged", {"line": table.ragged}))
    return problems + _of_table(table)


def _of_table(table: tables.Table | None) -> list[Problem]:
    if table is None:
        return []
    problems: list[Problem] = []
    if tables.lacks_head(table):
        problems.append(Problem("table.head"))
    elif unnamed := tables.unnamed_columns(table):
        problems.append(Problem("table.unnamed", {"columns": ", ".join(map(str, unnamed[:_SHOWN]))}))
    if repeated := tables.repeated_columns(table):
        problems.append(Problem("table.repeated", {"columns": ", ".join(repeated[:_SHOWN])}))
    if empty := tables.empty_columns(table):
        problems.append(Problem("table.empty", {"columns": ", ".join(empty[:_SHOWN]), "count": len(empty)}))
    if not table.rows:
        problems.append(Problem("table.no_rows"))
    return problems


def _in_table(table: tables.Table | None) -> tuple[Hit, ...]:
    if table is None:
        return ()
    if tables.lacks_head(table):
        # The first row is data, and may be the one that has them.
        numbers = [str(number + 1) for number in range(len(table.columns))]
        return tuple(look(numbers, [table.columns, *table.rows]))
    hits = look(table.columns, table.rows)
    return (*hits, *_in_prose(" \n".join(table.columns)))


def _in_prose(text: str) -> tuple[Hit, ...]:
    found: dict[str, list[str]] = {}
    for one in find(text):
        found.setdefault(one.kind, []).append(mask(one.kind, one.text))
    return tuple(
        Hit(kind, "", len(masked), whole=False, examples=tuple(dict.fromkeys(masked))[:3])
        for kind, masked in found.items()
    )
