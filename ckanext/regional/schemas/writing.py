"""Writing a schema as ckanext-scheming reads it: fields in their order, labels on one line, each time the same."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

import yaml

#: What has one of these is written line by line, however small.
_LINE_BY_LINE = frozenset({"field_name", "dataset_type", "start_form_page"})


class _Dumper(yaml.SafeDumper):
    """Writes every value out (anchors that a program makes help no reader), labels and choices on one line."""

    def ignore_aliases(self, data: Any) -> bool:
        return True

    def represent_mapping(self, tag: str, mapping: Any, flow_style: bool | None = None) -> yaml.MappingNode:
        node = super().represent_mapping(tag, mapping, flow_style)
        if _LINE_BY_LINE & {key.value for key, _value in node.value if isinstance(key, yaml.ScalarNode)}:
            node.flow_style = False
        return node


def to_yaml(schema: Mapping[str, Any]) -> str:
    """Write a schema as YAML, with an empty line before each field."""
    text = yaml.dump(
        dict(schema), Dumper=_Dumper, sort_keys=False, allow_unicode=True, default_flow_style=None, width=110
    )
    # At the margin only fields begin with a hyphen: a text that goes on is indented.
    return re.sub(r"^(?=- |resource_fields:|dataset_fields:)", "\n", text, flags=re.MULTILINE)


def to_json(schema: Mapping[str, Any]) -> str:
    """Write a schema as JSON."""
    return json.dumps(schema, ensure_ascii=False, indent=2, default=str) + "\n"
