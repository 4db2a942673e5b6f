"""Every field of the schema, and what clumsy hands and hostile programs put into one."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

import ckanext.regional

SCHEMA = yaml.safe_load((Path(ckanext.regional.__file__).parent / "schemas" / "dataset.yaml").read_text())
DATASET_FIELDS = [field["field_name"] for field in SCHEMA["dataset_fields"]]
RESOURCE_FIELDS = [field["field_name"] for field in SCHEMA["resource_fields"]]


def _nested(depth: int) -> Any:
    value: Any = []
    for _level in range(depth):
        value = [value]
    return value


VALUES: dict[str, Any] = {
    "wrong code": "no-such-code",
    "script": "<script>alert('x')</script>",
    "10,000 characters": "é" * 10_000,
    "10,000 four-byte characters": "𝄞" * 10_000,
    "null": None,
    "nothing": "",
    "spaces": "   ",
    "number": 7,
    "fraction": 1.5,
    "huge number": 10**40,
    "true": True,
    "list of texts": ["a", "b"],
    "list of one": ["a"],
    "list of nulls": [None],
    "list of numbers": [1, 2],
    "list of lists": [["a"]],
    "list and object": [{"name": "a"}, "b"],
    "dict": {"a": "b"},
    "dict of a dict": {"fr": {"a": "b"}},
    "list of dicts": [{"a": "b"}],
    "empty list": [],
    "empty dict": {},
    "list of empty dicts": [{}],
    "NUL": "a\x00b",
    "NUL in a list": ["a\x00b"],
    "NUL in an object": [{"name": "a\x00b"}],
    "NUL in a translation": {"fr": "a\x00b"},
    "half a character": "a\ud800b",
    "half a character in a list": ["a\ud800b"],
    "half a character in a translation": {"fr": "a\ud800b"},
    "control character": "a\x01b",
    "nothing to be seen": "\u200b\u00ad\u2060",
    "nothing to be seen in a list": ["\u3164"],
    "nothing to be seen in an object": [{"name": "\u200b"}],
    "nothing to be seen in a translation": {"fr": "\ufeff"},
    "turned round": "a\u202eb\u202c",
    "turned round in a list": ["a\u2067b"],
    "turned round in an object": [{"name": "a\u202eb"}],
    "turned round in a translation": {"fr": "a\u202eb"},
    "brackets": "[" * 10_000,
    "deep list": _nested(200),
    "deep JSON": "[" * 500 + "]" * 500,
    "broken JSON": '["a", ',
    "JSON of objects": '[{"name": "a"}]',
    "1,000 values": [f"v{number}" for number in range(1000)],
    "1,000 objects": [{"name": f"n{number}"} for number in range(1000)],
    "address that is none": "http://[",
    "javascript": "javascript:alert(1)",
}


def objects() -> dict[str, list[str]]:
    """The keys of the objects of each repeating field."""
    return {
        field["field_name"]: [subfield["field_name"] for subfield in field["repeating_subfields"]]
        for field in SCHEMA["dataset_fields"]
        if field.get("repeating_subfields")
    }
