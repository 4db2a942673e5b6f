"""The beginning of what is packed: never more than a bounded part is unpacked, whatever the archive claims. No CKAN."""

from __future__ import annotations

import re
import struct
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

from ckanext.regional.curation.guards.files.tables import LONGEST_CELL, MOST_COLUMNS, Table

_READABLE = (".csv", ".tsv", ".txt", ".json", ".geojson")
#: An archive with more parts, or a longer list of them, is not opened.
_MOST_PARTS, _MOST_LIST = 5_000, 1 << 20
#: Bytes of an office document's parts that are read.
_MOST_PART = 8 << 20
_COLUMN = re.compile(r"[A-Z]+")


def unzip_gzip(head: bytes, most: int) -> bytes:
    """The beginning of what a gzip file holds; nothing where it cannot be read."""
    try:
        return zlib.decompressobj(31).decompress(head, most)
    except zlib.error:
        return b""


def first_text(head: bytes, most: int) -> tuple[str, bytes] | None:
    """Name and beginning of an archive's first part, if that is a table or a text."""
    if len(head) < 30 or not head.startswith(b"PK\x03\x04"):
        return None
    method, _time, _date, _crc, size, _full, name_length, extra_length = struct.unpack("<HHHIIIHH", head[8:30])
    name = head[30 : 30 + name_length].decode("utf-8", "replace")
    if not name.lower().endswith(_READABLE):
        return None
    data = head[30 + name_length + extra_length :]
    if method == 0:
        return name, data[: min(size or most, most)]
    if method != 8:
        return None
    try:
        return name, zlib.decompressobj(-15).decompress(data, most)
    except zlib.error:
        return None


def read_xlsx(path: Path, most_rows: int) -> Table | None:
    """The first sheet of a workbook; None where there is none, or where the file is no honest workbook."""
    if not _is_modest(path):
        return None
    try:
        with zipfile.ZipFile(path) as archive:
            strings = _shared_strings(archive)
            lines = list(_rows(archive, strings, most_rows + 1))
    except (OSError, zipfile.BadZipFile, zlib.error, ElementTree.ParseError, ValueError, NotImplementedError, KeyError,
            RuntimeError):  # fmt: skip
        return None
    lines = [line for line in lines if any(line)]
    if not lines:
        return None
    return Table(lines[0], tuple(lines[1:]))


def _is_modest(path: Path) -> bool:
    """Whether the list of parts at the end of an archive is short enough to read."""
    with path.open("rb") as file:
        file.seek(0, 2)
        length = file.tell()
        file.seek(max(0, length - 65_557))
        tail = file.read()
    at = tail.rfind(b"PK\x05\x06")
    if at < 0 or len(tail) < at + 22:
        return False
    parts, list_size = struct.unpack("<HI", tail[at + 10 : at + 16])
    return parts <= _MOST_PARTS and list_size <= _MOST_LIST


def _shared_strings(archive: zipfile.ZipFile) -> list[str]:
    if "xl/sharedStrings.xml" not in archive.namelist():
        return []
    strings: list[str] = []
    for element in _elements(archive, "xl/sharedStrings.xml"):
        if _tag(element) == "si":
            strings.append("".join(one.text or "" for one in element.iter() if _tag(one) == "t")[:LONGEST_CELL])
            element.clear()
    return strings


def _rows(archive: zipfile.ZipFile, strings: list[str], most: int) -> Iterator[tuple[str, ...]]:
    sheets = sorted(name for name in archive.namelist() if re.fullmatch(r"xl/worksheets/sheet\d+\.xml", name))
    count = 0
    for element in _elements(archive, sheets[0]) if sheets else ():
        if _tag(element) != "row":
            continue
        cells: dict[int, str] = {}
        for cell in element:
            number = _number(cell.get("r") or "", len(cells))
            if _tag(cell) == "c" and number < MOST_COLUMNS:
                cells[number] = _value(cell, strings)
        element.clear()
        yield tuple(cells.get(number, "") for number in range(max(cells, default=-1) + 1))
        count += 1
        if count >= most:
            return


def _elements(archive: zipfile.ZipFile, name: str) -> Iterator[ElementTree.Element]:
    """The elements of a part as they end, as far as the part is read; entities are refused with their declaration."""
    parser = ElementTree.XMLPullParser(["end"])
    left = _MOST_PART
    with archive.open(name) as part:
        while left > 0 and (data := part.read(min(1 << 16, left))):
            if b"<!DOCTYPE" in data or b"<!ENTITY" in data:
                raise ValueError("a workbook declares no entities")
            left -= len(data)
            parser.feed(data)
            yield from (event[1] for event in parser.read_events())  # pyright: ignore


def _value(cell: ElementTree.Element, strings: list[str]) -> str:
    kind = cell.get("t")
    text = "".join(one.text or "" for one in cell.iter() if _tag(one) in (("t",) if kind == "inlineStr" else ("v",)))
    if kind == "s":
        return strings[int(text)] if text.isdigit() and int(text) < len(strings) else ""
    return text[:LONGEST_CELL]


def _number(reference: str, default: int) -> int:
    letters = _COLUMN.match(reference)
    if letters is None or len(letters[0]) > 3:
        return default
    number = 0
    for letter in letters[0]:
        number = number * 26 + ord(letter) - 64
    return number - 1


def _tag(element: ElementTree.Element) -> str:
    return element.tag.rpartition("}")[2]
