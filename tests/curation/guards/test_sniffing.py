"""What files are, whatever they are called."""

from __future__ import annotations

import pytest

from ckanext.regional.curation.guards.files.sniffing import content_of, decode, fits


@pytest.mark.parametrize(
    ("head", "content"),
    [
        (b"", "empty"),
        (b" \n\t", "empty"),
        (b"a;b\n1;2\n", "text"),
        (b"\xef\xbb\xbfa;b\n", "text"),
        (b"<!DOCTYPE html><html>", "html"),
        (b"\n  <HTML lang=fr>", "html"),
        (b'<?xml version="1.0"?><html xmlns="x">', "html"),
        (b"<?xml version='1.0'?><gml/>", "xml"),
        (b"<kml>", "xml"),
        (b"< 5 ans;12\n", "text"),
        (b'{"a": 1}', "json"),
        (b"[1]", "json"),
        (b"PK\x03\x04aaaa", "zip"),
        (b"PK\x03\x04" + b"." * 26 + b"[Content_Types].xml......xl/workbook.xml", "xlsx"),
        (b"PK\x03\x04" + b"." * 26 + b"[Content_Types].xml......word/document.xml", "docx"),
        (b"PK\x03\x04" + b"." * 26 + b"mimetypeapplication/vnd.oasis.opendocument.spreadsheetPK", "ods"),
        (b"\x1f\x8b\x08", "gzip"),
        (b"%PDF-1.7", "pdf"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "xls"),
        (b"\x89PNG\r\n", "image"),
        (b"SQLite format 3\x00", "sqlite"),
        (b"a\x00b", "binary"),
        ("a;b".encode("utf-16"), "text"),
    ],
)
def test_content(head: bytes, content: str) -> None:
    assert content_of(head) == content


@pytest.mark.parametrize(
    ("declared", "content", "answer"),
    [
        ("CSV", "text", True),
        ("csv", "html", False),
        (".csv", "xlsx", False),
        ("XLSX", "zip", False),
        ("XLSX", "xlsx", True),
        ("XLS", "html", False),
        ("ZIP", "xlsx", True),
        ("GeoJSON", "json", True),
        ("JSON", "html", False),
        ("jpg", "image", True),
        ("", "html", True),
        ("WMS", "html", True),
    ],
)
def test_formats(declared: str, content: str, answer: bool) -> None:
    assert fits(declared, content) is answer  # pyright: ignore[reportArgumentType]


@pytest.mark.parametrize(
    ("encoding", "named"),
    [("utf-8", "utf-8"), ("utf-8-sig", "utf-8"), ("windows-1252", "windows-1252"), ("iso-8859-1", "windows-1252"),
     ("cp850", "cp850"), ("utf-16", "utf-16")],
)  # fmt: skip
def test_encodings(encoding: str, named: str) -> None:
    read = decode("Été à Brest, école élémentaire, façade très âgée".encode(encoding))
    assert (read.encoding, read.text) == (named, "Été à Brest, école élémentaire, façade très âgée")


def test_a_character_that_is_cut() -> None:
    assert decode("été".encode()[:-1]).text == "ét"
