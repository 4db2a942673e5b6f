"""The dataset schemas of this site, which may lack our fields, or be none at all."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import ckan.plugins.toolkit as tk
from ckan import plugins as p


def of_type(dataset_type: str) -> Mapping[str, Any]:
    """The scheming schema of a type of dataset with its presets expanded; empty where there is none."""
    if not p.plugin_loaded("scheming_datasets"):
        return {}
    return tk.h.scheming_get_dataset_schema(dataset_type) or {}


def types_with(field: str) -> list[str]:
    """The types of dataset whose schema has a field, and ``dataset`` in any case."""
    found = {"dataset"}
    if p.plugin_loaded("scheming_datasets"):
        for kind, schema in (tk.h.scheming_dataset_schemas() or {}).items():
            if any(known["field_name"] == field for known in schema.get("dataset_fields", ())):
                found.add(kind)
    return sorted(found)
