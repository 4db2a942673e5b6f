"""Tables read from the beginning of a file."""

from __future__ import annotations

import json

import pytest

from ckanext.regional.curation.guards.files import tables
from ckanext.regional.curation.guards.files.tables import Table


def csv(text: str, rows: int = 100, *, complete: bool = True) -> Table:
    table = tables.read_csv(text, rows, complete=complete)
    assert table is not None
    return table


@pytest.mark.parametrize(
    ("text", "separator"),
    [
        ("a,b\n1,2\n3,4\n", ","),
        ("a;b\n1,5;2\n3,5;4\n", ";"),
        ("a\tb\n1\t2\n", "\t"),
        ("a|b\n1|2\n", "|"),
        ('a;b\n"x, y";2\n"z, t";4\n', ";"),
        ("a\n1\n2\n", ","),
        ("nom;adresse\nA;1, rue B, 29200\nC;2, rue D\n", ";"),
    ],
)
def test_separators(text: str, separator: str) -> None:
    assert tables.separator_of(text) == separator


def test_a_cut_line_is_left_out() -> None:
    assert csv("a;b\n1;2\n3;", complete=False).rows == (("1", "2"),)


def test_rows_that_differ() -> None:
    assert csv("a;b\n1;2\n1;2;3\n").ragged == 3
    assert csv("a;b\n1;2\n\n3;4\n").ragged is None


def test_only_so_many_rows() -> None:
    table = csv("a\n" + "1\n" * 1000, rows=10)
    assert (len(table.rows), table.complete) == (10, False)


@pytest.mark.parametrize("text", ["", "\n\n", " "])
def test_nothing_to_read(text: str) -> None:
    assert tables.read_csv(text, 10, complete=True) is None


def test_hostile_csv() -> None:
    assert csv('a;b\n"' + "x" * 200_000).rows == ()
    assert len(csv(";".join("c" * 5000)).columns) == tables.MOST_COLUMNS


@pytest.mark.parametrize(
    ("text", "lacks"),
    [
        ("nom;age\nA;12\nB;13\n", False),
        ("A;12\nB;13\nC;14\n", True),
        ("12.5;3\n1.5;4\n", True),
        ("commune;2019;2020\nA;1;2\nB;3;4\n", False),  # years as columns
        ("a;b\nx;y\n", False),
        ("nom;age\n", False),
    ],
)
def test_a_missing_head(text: str, lacks: bool) -> None:
    assert tables.lacks_head(csv(text)) is lacks


def test_columns_that_are_wrong() -> None:
    table = csv("a;;a;vide\n1;2;3;\n4;5;6;\n")
    assert tables.empty_columns(table) == ["vide"]
    assert tables.unnamed_columns(table) == [2]
    assert tables.repeated_columns(table) == ["a"]
    assert tables.empty_columns(csv("a;b\n")) == []


GEOJSON = {
    "type": "FeatureCollection",
    "features": [
        {"type": "Feature", "geometry": {"type": "Point", "coordinates": [0, 1]}, "properties": {"nom": "A", "n": 1}},
        {"type": "Feature", "geometry": None, "properties": {"nom": "B", "mel": None}},
    ],
}


def test_geojson() -> None:
    table = tables.read_json(json.dumps(GEOJSON), 10, complete=True)
    assert table == Table(("nom", "n", "mel"), (("A", "1", ""), ("B", "", "")), complete=True)


def test_geojson_that_is_cut() -> None:
    text = json.dumps(GEOJSON)
    table = tables.read_json(text[:-40], 10, complete=False)
    assert table is not None
    assert table.rows[0][0] == "A"


@pytest.mark.parametrize(
    ("value", "columns"),
    [
        ([{"a": 1}], ("a",)),
        ({"results": [{"a": {"b": 1}}]}, ("a.b",)),
        ({"data": {"rows": [{"a": [1, 2]}]}}, ("a",)),
        ({"a": "x"}, ("a",)),
    ],
)
def test_json(value: object, columns: tuple[str, ...]) -> None:
    table = tables.read_json(json.dumps(value), 10, complete=True)
    assert table is not None
    assert table.columns == columns


def test_json_without_a_table() -> None:
    assert tables.read_json("[1, 2]", 10, complete=True) is None
    assert tables.read_json('"x"', 10, complete=True) is None


@pytest.mark.parametrize("text", ["{", "[" * 100_000 + "]" * 100_000])
def test_no_json(text: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        tables.read_json(text, 10, complete=True)
