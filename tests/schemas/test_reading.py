from __future__ import annotations

from pathlib import Path

import pytest

from ckanext.regional.schemas import reading

HEAD = "scheming_version: 2\ndataset_type: dataset\n"
BOMB = "a: &a [x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"{chr(98 + level)}: &{chr(98 + level)} [{', '.join(['*' + chr(97 + level)] * 9)}]\n" for level in range(9)
)


def message(path: Path) -> str:
    with pytest.raises(reading.SchemaError) as raised:
        reading.dataset_schema(str(path))
    return str(raised.value)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "its outermost value is empty"),
        ("just words", "its outermost value is a text"),
        ("[1, 2]", "its outermost value is a list"),
        ("a: [", "line 1: this is not YAML"),
        ("a: b\n\tc: d", "line 2: this is not YAML"),
        ("a: !!python/object/apply:os.system [ls]", "line 1: this is not YAML"),
        ("- " * 20_000 + "x", "nested too deeply"),
        (HEAD, "it has no “dataset_fields”"),
        ("dataset_fields: []", "it has no “dataset_type”"),
        (HEAD + "dataset_fields: {title: x}", "dataset_fields: this is a mapping, not a list"),
        (HEAD + "dataset_fields:\n", "dataset_fields: this is empty, not a list"),
        (HEAD + "dataset_fields: [title]", "dataset_fields, field 1: this is a text, not a field"),
        (HEAD + "dataset_fields: [{label: x}]", "dataset_fields, field 1: it has no “field_name”"),
        (HEAD + "dataset_fields: [{field_name: 7}]", "dataset_fields, field 1: it has no “field_name”"),
        (
            HEAD + "dataset_fields: [{field_name: a}, {field_name: b}, {field_name: a}]",
            "dataset_fields, field 3: “a” is there twice; it is also field 1",
        ),
        (
            HEAD + "dataset_fields: [{field_name: a, repeating_subfields: [{field_name: b}, {field_name: b}]}]",
            "field 1 (“a”), repeating_subfields, field 2: “b” is there twice",
        ),
        (HEAD + "dataset_fields: [{field_name: a, preset: [x]}]", "field 1 (“a”): its “preset” is a list"),
        (HEAD + "dataset_fields: []\nresource_fields: x", "resource_fields: this is a text, not a list"),
        ("scheming_version: 3\ndataset_type: d\ndataset_fields: []", "scheming_version is 3"),
        ("organization_type: organization\nfields: []", "a schema for organisations"),
        ("group_type: theme\nfields: []", "a schema for groups"),
        ("presets: []", "this is a file of presets"),
        (HEAD + "dataset_fields: &a [*a]", "its anchors make it endless"),
        (BOMB + HEAD + "dataset_fields: []", "its anchors make it endless or too large"),
    ],
)
def test_one_line_says_what_is_wrong_and_where(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "theirs.yaml"
    path.write_text(text)
    told = message(path)
    assert said in told
    assert told.startswith(str(path))
    assert "\n" not in told


def test_a_missing_file(tmp_path: Path) -> None:
    assert "there is no such file" in message(tmp_path / "nothing.yaml")


def test_a_folder(tmp_path: Path) -> None:
    assert "this is a folder" in message(tmp_path)


def test_bytes_that_are_no_text(tmp_path: Path) -> None:
    path = tmp_path / "theirs.yaml"
    path.write_bytes(b"\xff\xfe\x00\xd8")
    assert "not UTF-8" in message(path)


def test_a_file_of_some_megabytes(tmp_path: Path) -> None:
    path = tmp_path / "theirs.yaml"
    path.write_text("x" * 3_000_000)
    assert "larger than" in message(path)


def test_broken_json(tmp_path: Path) -> None:
    path = tmp_path / "theirs.json"
    path.write_text('{"dataset_type": }')
    assert "line 1: this is not JSON" in message(path)


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("ckanext.nobody:x.yaml", "no Python module “ckanext.nobody”"),
        ("ckanext.scheming:nothing.yaml", "there is no such file"),
        ("https://example.org/schema.yaml", "fetch the file first"),
    ],
)
def test_names_that_lead_nowhere(name: str, said: str) -> None:
    with pytest.raises(reading.SchemaError, match=said):
        reading.dataset_schema(name)


def test_module_and_file() -> None:
    assert reading.dataset_schema("ckanext.scheming:camel_photos.yaml")["dataset_type"] == "camel-photos"


def test_version_1_is_read() -> None:
    assert reading.dataset_schema("ckanext.scheming:codelist.json")["scheming_version"] == 1


def test_anchors_of_a_few_fields_are_fine() -> None:
    assert reading.dataset_schema(reading.OUR_DATASET)["dataset_type"] == "dataset"
