"""Reading a scheming schema that somebody else wrote, and saying in one line what is wrong with it."""

from __future__ import annotations

import importlib.util
import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import yaml

#: Ours, and where ckanext-scheming and ckanext-dcat keep their presets, as ``scheming.presets`` names them.
OUR_DATASET = "ckanext.regional:schemas/dataset.yaml"
OUR_ORGANIZATION = "ckanext.regional:schemas/organization.yaml"
OUR_PRESETS = "ckanext.regional:schemas/presets.yaml"
SCHEMING_PRESETS = "ckanext.scheming:presets.json"
KNOWN_PRESETS = (SCHEMING_PRESETS, "ckanext.dcat.schemas:presets.yaml", OUR_PRESETS)

_MOST_BYTES = 2_000_000
#: Values after every anchor is written out; the longest schema of ckanext-dcat has some 1,500.
_MOST_VALUES = 100_000
_DEEPEST = 50
_VERSIONS = (1, 2)
_SECTIONS = ("dataset_fields", "resource_fields")
_SUBFIELDS = ("repeating_subfields", "simple_subfields")


class SchemaError(Exception):
    """A schema cannot be read; the text is one line that names the file and the place."""


def dataset_schema(name: str) -> dict[str, Any]:
    """Read a dataset schema.

    :param name: a path, or ``module:file`` as in ``scheming.dataset_schemas``
    :raises SchemaError: it is missing, no YAML or JSON, or no dataset schema
    """
    schema = document(name)
    check(schema, name)
    return schema


def presets(name: str) -> dict[str, dict[str, Any]]:
    """Read a file of presets.

    :returns: keys of a field by the preset's name
    :raises SchemaError: as :func:`dataset_schema`
    """
    rows = document(name).get("presets")
    if not isinstance(rows, list) or not all(
        isinstance(row, dict) and isinstance(row.get("values"), dict) and "preset_name" in row for row in rows
    ):
        raise SchemaError(f"{name}: this is not a file of presets; it has no list “presets”.")
    return {str(row["preset_name"]): row["values"] for row in rows}


def document(name: str) -> dict[str, Any]:
    """Read a YAML or JSON file whose outermost value is a mapping.

    :raises SchemaError: it cannot be read, or is something else
    """
    path = find(name)
    try:
        if path.stat().st_size > _MOST_BYTES:
            raise SchemaError(f"{name}: the file is larger than {_MOST_BYTES} bytes; a schema is not.")
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise SchemaError(f"{name}: the file cannot be read: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        raise SchemaError(f"{name}: the file is not UTF-8 text (byte {error.start}).") from error
    value = _parsed(text, name, as_json=path.suffix.lower() == ".json")
    if not isinstance(value, dict):
        raise SchemaError(f"{name}: this is not a schema: its outermost value is {_named(value)}, not a mapping.")
    _require_finite(value, name)
    return value


def find(name: str) -> Path:
    """Find a file by its path or by ``module:file``.

    :raises SchemaError: there is none
    """
    path = Path(name)
    if path.is_file():
        return path
    if name.startswith(("http://", "https://")):
        raise SchemaError(f"{name}: fetch the file first, and give its path.")
    if path.is_dir():
        raise SchemaError(f"{name}: this is a folder, not a file.")
    module, separator, rest = name.partition(":")
    if separator and rest:
        try:
            found = importlib.util.find_spec(module)
        except (ImportError, ValueError, AttributeError):
            found = None
        if found is None:
            raise SchemaError(f"{name}: there is no Python module “{module}” here.")
        folders = [Path(folder) for folder in found.submodule_search_locations or ()]
        folders = folders or ([Path(found.origin).parent] if found.origin else [])
        for folder in folders:
            if (folder / rest).is_file():
                return folder / rest
    raise SchemaError(f"{name}: there is no such file.")


def _parsed(text: str, name: str, *, as_json: bool) -> Any:
    try:
        return json.loads(text) if as_json else yaml.safe_load(text)
    except json.JSONDecodeError as error:
        raise SchemaError(f"{name}, line {error.lineno}: this is not JSON: {error.msg}.") from error
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        place = f", line {mark.line + 1}" if mark else ""
        problem = getattr(error, "problem", None) or getattr(error, "reason", None) or "it cannot be read"
        raise SchemaError(f"{name}{place}: this is not YAML: {' '.join(str(problem).split())}.") from error
    except (RecursionError, ValueError) as error:
        raise SchemaError(f"{name}: the file is nested too deeply, or a value in it cannot be read.") from error


def _require_finite(value: Any, name: str) -> None:
    """Refuse what anchors make endless or huge, before anything walks through it."""
    left = _MOST_VALUES
    waiting: list[tuple[Any, int]] = [(value, 0)]
    while waiting:
        item, depth = waiting.pop()
        left -= 1
        if left < 0 or depth > _DEEPEST:
            raise SchemaError(f"{name}: written out, its anchors make it endless or too large for a schema.")
        if isinstance(item, dict):
            waiting.extend((inner, depth + 1) for inner in item.values())
        elif isinstance(item, list):
            waiting.extend((inner, depth + 1) for inner in item)


def check(schema: Mapping[str, Any], name: str) -> None:
    """Make sure that this is a dataset schema whose fields can be told apart.

    :raises SchemaError: it is not
    """
    for kind, word in (("organization_type", "organisations"), ("group_type", "groups")):
        if kind in schema:
            raise SchemaError(
                f"{name}: this is a schema for {word}. Only dataset schemas are merged; for organisations,"
                f" set scheming.organization_schemas = {OUR_ORGANIZATION}."
            )
    if "presets" in schema:
        raise SchemaError(f"{name}: this is a file of presets, not a schema.")
    if not isinstance(schema.get("dataset_type"), str) or not schema["dataset_type"]:
        raise SchemaError(f"{name}: this is not a dataset schema: it has no “dataset_type”.")
    if schema.get("scheming_version", 2) not in _VERSIONS:
        raise SchemaError(f"{name}: scheming_version is {schema['scheming_version']!r}; this reads versions 1 and 2.")
    if "dataset_fields" not in schema:
        raise SchemaError(f"{name}: this is not a dataset schema: it has no “dataset_fields”.")
    for section in _SECTIONS:
        if section in schema:
            _check_fields(schema[section], f"{name}, {section}")


def _check_fields(fields: Any, place: str) -> None:
    if not isinstance(fields, list):
        raise SchemaError(f"{place}: this is {_named(fields)}, not a list of fields.")
    known: dict[str, int] = {}
    for number, field in enumerate(fields, 1):
        here = f"{place}, field {number}"
        if not isinstance(field, dict):
            raise SchemaError(f"{here}: this is {_named(field)}, not a field.")
        name = field.get("field_name")
        if not isinstance(name, str) or not name:
            raise SchemaError(f"{here}: it has no “field_name”.")
        if name in known:
            raise SchemaError(f"{here}: “{name}” is there twice; it is also field {known[name]}.")
        known[name] = number
        _check_texts(field, ("preset", "validators", "output_validators"), f"{here} (“{name}”)")
        for key in _SUBFIELDS:
            if key in field:
                _check_fields(field[key], f"{here} (“{name}”), {key}")


def _check_texts(field: Mapping[str, Any], keys: Iterable[str], place: str) -> None:
    for key in keys:
        if key in field and not isinstance(field[key], str):
            raise SchemaError(f"{place}: its “{key}” is {_named(field[key])}, not a text.")


def _named(value: Any) -> str:
    match value:
        case None:
            return "empty"
        case list():
            return "a list"
        case dict():
            return "a mapping"
        case str():
            return "a text"
        case _:
            return f"a {type(value).__name__}"
