"""Whole files: what is wrong with them, which personal data they have, and that the worst of them cost little."""

from __future__ import annotations

import gzip
import json
import tracemalloc
import zipfile
import zlib
from pathlib import Path

import pytest

from ckanext.regional.curation.guards.files.analysis import Analysis, analyse
from tests.test_personal_data import MADE

BYTES, ROWS = 1 << 18, 500


def look(path: Path, content: bytes | str, declared: str = "CSV") -> Analysis:
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return analyse(path, declared, most_bytes=BYTES, most_rows=ROWS)


def problems(analysis: Analysis) -> list[str]:
    return [problem.code for problem in analysis.problems]


def kinds(analysis: Analysis) -> list[tuple[str, str, bool]]:
    return [(hit.kind, hit.column, hit.whole) for hit in analysis.hits]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "file"


@pytest.mark.parametrize(
    ("content", "declared", "codes"),
    [
        ("nom;age\nA;1\n", "CSV", []),
        ("", "CSV", ["format.empty"]),
        ("<!doctype html><p>Erreur 404</p>", "CSV", ["format.content"]),
        ("nom;age\nÉlise;1\n".encode("cp1252"), "CSV", ["encoding"]),
        ("nom\tage\nA\t1\n", "CSV", ["table.separator"]),
        ("nom;age\nA;1\n", "TSV", ["table.separator"]),
        ("nom;age\nA;1\nB;1;2\n", "CSV", ["table.ragged"]),
        ("A;1\nB;2\n", "CSV", ["table.head"]),
        ("nom;vide\nA;\n", "CSV", ["table.empty"]),
        ("nom;nom\nA;B\n", "CSV", ["table.repeated"]),
        ("nom;\nA;B\n", "CSV", ["table.unnamed"]),
        ("nom;age\n", "CSV", ["table.no_rows"]),
        ('{"a": ', "JSON", ["format.json"]),
        ('{"a": 1}', "JSON", []),
        ("nom;age\n", "JSON", ["format.content"]),
        (b"PK\x03\x04", "XLSX", ["format.content"]),
        (b"\x00\x01", "CSV", ["format.content"]),
        ("n'importe quoi", "", []),
        ("n'importe quoi", "WMS", []),
    ],
)
def test_problems(path: Path, content: bytes | str, declared: str, codes: list[str]) -> None:
    assert problems(look(path, content, declared)) == codes


def test_personal_data_in_a_csv(path: Path) -> None:
    found = look(path, f"nom;nir;mel;remarque\nA;{MADE};a.b@example.org;\nB;{MADE};c.d@example.org;x\n")
    assert kinds(found) == [("nir", "nir", True), ("email", "mel", True)]


def test_personal_data_in_a_csv_of_another_encoding(path: Path) -> None:
    found = look(path, f"né;nir\nÉ;{MADE}\n".encode("cp1252"))
    assert ("nir", "nir", True) in kinds(found)


def test_personal_data_where_the_first_row_is_data(path: Path) -> None:
    assert ("nir", "1", True) in kinds(look(path, f"{MADE};12\n{MADE};13\n"))


def test_personal_data_in_geojson(path: Path) -> None:
    features = [{"type": "Feature", "geometry": None, "properties": {"tel": "06 12 34 56 78"}}]
    content = json.dumps({"type": "FeatureCollection", "features": features})
    assert kinds(look(path, content, "GeoJSON")) == [("phone", "tel", True)]


def test_personal_data_in_a_text(path: Path) -> None:
    assert kinds(look(path, f"Compte rendu. Assuré {MADE}.", "TXT")) == [("nir", "", False)]


def test_a_wrong_format_hides_nothing(path: Path) -> None:
    assert ("nir", "nir", True) in kinds(look(path, f"a;nir\nx;{MADE}\n", "XLSX"))


def test_packed(path: Path) -> None:
    table = f"nom;nir\nA;{MADE}\n".encode()
    assert kinds(look(path, gzip.compress(table), "CSV")) == [("nir", "nir", True)]
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("table.csv", table)
    assert kinds(analyse(path, "ZIP", most_bytes=BYTES, most_rows=ROWS)) == [("nir", "nir", True)]


SHEET = """<?xml version="1.0"?><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>
<row r="1"><c r="A1" t="s"><v>0</v></c><c r="C1" t="inlineStr"><is><t>nir</t></is></c></row>
<row r="2"><c r="A2" t="s"><v>1</v></c><c r="C2"><v>{nir}</v></c></row></sheetData></worksheet>"""
STRINGS = """<sst xmlns="x"><si><t>nom</t></si><si><r><t>Le </t></r><r><t>Goff</t></r></si></sst>"""


def workbook(path: Path, sheet: str = SHEET, strings: str = STRINGS) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("xl/workbook.xml", "<workbook/>")
        archive.writestr("xl/sharedStrings.xml", strings)
        archive.writestr("xl/worksheets/sheet1.xml", sheet.replace("{nir}", MADE))


def test_a_workbook(path: Path) -> None:
    workbook(path)
    found = analyse(path, "XLSX", most_bytes=BYTES, most_rows=ROWS)
    assert kinds(found) == [("nir", "nir", True)]


@pytest.mark.parametrize("sheet", ["no xml", "<!DOCTYPE x [<!ENTITY a 'b'>]><x>&a;</x>", "<worksheet><row>"])
def test_a_workbook_that_is_none(path: Path, sheet: str) -> None:
    workbook(path, sheet)
    assert analyse(path, "XLSX", most_bytes=BYTES, most_rows=ROWS).hits == ()


def peak(path: Path, declared: str) -> int:
    tracemalloc.start()
    try:
        analyse(path, declared, most_bytes=BYTES, most_rows=ROWS)
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def test_two_gigabytes_cost_nothing(path: Path) -> None:
    with path.open("wb") as file:
        file.write(b"nom;age\n" + b"A;1\n" * 1000)
        file.truncate(2 << 30)
    assert peak(path, "CSV") < 20 << 20


def test_bombs_cost_nothing(path: Path) -> None:
    """A gigabyte of nothing, packed: gzip, an archive, a workbook's strings."""
    pack = zlib.compressobj(9, zlib.DEFLATED, 31)
    path.write_bytes(b"".join([*(pack.compress(bytes(1 << 20)) for _ in range(256)), pack.flush()]))
    assert peak(path, "CSV") < 20 << 20
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive, archive.open("bomb.csv", "w") as part:
        for _ in range(256):
            part.write(bytes(1 << 20))
    assert peak(path, "ZIP") < 20 << 20
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("xl/workbook.xml", "<workbook/>")
        archive.writestr("xl/worksheets/sheet1.xml", "<worksheet/>")
        with archive.open("xl/sharedStrings.xml", "w") as part:
            part.write(b"<sst><si><t>")
            for _ in range(128):
                part.write(b" " * (1 << 20))
    assert peak(path, "XLSX") < 60 << 20


def test_a_file_that_is_gone(path: Path) -> None:
    with pytest.raises(OSError, match="file"):
        analyse(path, "CSV", most_bytes=BYTES, most_rows=ROWS)
