"""What the first bytes of a file say that it is, beside what its format says. No CKAN import."""

from __future__ import annotations

import codecs
from dataclasses import dataclass
from typing import Literal

Content = Literal["text", "html", "xml", "json", "zip", "xlsx", "ods", "docx", "gzip", "pdf", "xls", "image", "sqlite",
                  "parquet", "binary", "empty"]  # fmt: skip

_MAGIC: tuple[tuple[bytes, Content], ...] = (
    (b"PK\x03\x04", "zip"),
    (b"PK\x05\x06", "zip"),
    (b"\x1f\x8b", "gzip"),
    (b"%PDF", "pdf"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "xls"),
    (b"\x89PNG", "image"),
    (b"\xff\xd8\xff", "image"),
    (b"GIF8", "image"),
    (b"II*\x00", "image"),
    (b"MM\x00*", "image"),
    (b"SQLite format 3\x00", "sqlite"),
    (b"PAR1", "parquet"),
)
_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_HTML = ("<!doctype html", "<html", "<head", "<body")

#: What a format may contain; formats that are not here are not judged.
_FITS: dict[str, frozenset[str]] = {
    "CSV": frozenset({"text", "json"}),  # a CSV may begin with a bracket
    "TSV": frozenset({"text", "json"}),
    "TXT": frozenset({"text", "json", "xml"}),
    "JSON": frozenset({"json"}),
    "GEOJSON": frozenset({"json"}),
    "TOPOJSON": frozenset({"json"}),
    "JSON-LD": frozenset({"json"}),
    "XML": frozenset({"xml", "html"}),  # XHTML is XML
    "GML": frozenset({"xml"}),
    "KML": frozenset({"xml"}),
    "GPX": frozenset({"xml"}),
    "RDF": frozenset({"xml", "text", "json"}),
    "HTML": frozenset({"html", "xml", "text"}),
    "XLSX": frozenset({"xlsx"}),
    "XLS": frozenset({"xls"}),
    "ODS": frozenset({"ods"}),
    "DOCX": frozenset({"docx"}),
    "PDF": frozenset({"pdf"}),
    "ZIP": frozenset({"zip", "xlsx", "ods", "docx"}),
    "SHP": frozenset({"zip", "binary"}),
    "GTFS": frozenset({"zip"}),
    "KMZ": frozenset({"zip"}),
    "GPKG": frozenset({"sqlite"}),
    "PARQUET": frozenset({"parquet"}),
    "PNG": frozenset({"image"}),
    "JPEG": frozenset({"image"}),
    "TIFF": frozenset({"image"}),
}
_ALSO_CALLED = {"JPG": "JPEG", "TIF": "TIFF", "HTM": "HTML", "GEO JSON": "GEOJSON", "EXCEL": "XLSX", "TEXT": "TXT"}


@dataclass(frozen=True, slots=True)
class Text:
    """A text and the encoding that it was read with; ``certain`` tells a guess from what can only be this."""

    text: str
    encoding: str
    certain: bool


def content_of(head: bytes) -> Content:
    """Say what a file is by its first bytes."""
    if not head:
        return "empty"
    found: Content | None = next((kind for magic, kind in _MAGIC if head.startswith(magic)), None)
    if found == "zip":
        return _of_zip(head)
    if found is not None:
        return found
    if not any(head.startswith(bom) for bom, _encoding in _BOMS[1:]) and b"\x00" in head:
        return "binary"
    return _of_text(decode(head).text)


def fits(declared: str, content: Content) -> bool:
    """Whether a file of this content may be called so."""
    name = declared.strip().upper().removeprefix(".")
    allowed = _FITS.get(_ALSO_CALLED.get(name, name))
    return allowed is None or content in allowed


def decode(head: bytes) -> Text:
    """Read the beginning of a text, which may be cut in the middle of a character."""
    for bom, encoding in _BOMS:
        if head.startswith(bom):
            return Text(_decoded(head, encoding, "replace"), "utf-8" if encoding == "utf-8-sig" else encoding, True)
    try:
        return Text(_decoded(head, "utf-8", "strict"), "utf-8", True)
    except UnicodeDecodeError:
        pass
    # 0x80 to 0x9F are letters of the DOS code page, and hardly ever of Windows' in a French text.
    dos = sum(head.count(byte) for byte in (b"\x82", b"\x85", b"\x87", b"\x88", b"\x8a", b"\x97"))
    windows = sum(head.count(byte) for byte in (b"\xe9", b"\xe8", b"\xe0", b"\xe7", b"\xea", b"\xf4", b"\xc9", b"\x92"))
    encoding = "cp850" if dos > windows else "windows-1252"
    return Text(_decoded(head, encoding, "replace"), encoding, False)


def _decoded(head: bytes, encoding: str, errors: str) -> str:
    return codecs.getincrementaldecoder(encoding)(errors).decode(head, final=False)


def _of_zip(head: bytes) -> Content:
    """Office documents are archives that name their parts near the beginning."""
    if b"mimetypeapplication/vnd.oasis.opendocument.spreadsheet" in head[:200]:
        return "ods"
    if b"[Content_Types].xml" in head or b"_rels/.rels" in head:
        if b"xl/" in head:
            return "xlsx"
        if b"word/" in head:
            return "docx"
    return "zip"


def _of_text(text: str) -> Content:
    start = text.lstrip("\ufeff \t\r\n")[:2000].lower()
    if any(start.startswith(tag) for tag in _HTML) or (start.startswith("<?xml") and "<html" in start):
        return "html"
    if start.startswith("<") and len(start) > 1 and (start[1] in "?!" or start[1].isalpha()):
        return "html" if "<html" in start else "xml"
    if start[:1] in ("{", "["):
        return "json"
    return "text" if start else "empty"
