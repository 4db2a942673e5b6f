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
