"""The mandatory fields are filled."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import ckan.plugins.toolkit as tk
from ckan.types import Context

from ckanext.regional import completeness as rules
from ckanext.regional.helpers import regional_field_label
from ckanext.regional.types import GuardResult


def completeness(dataset: dict[str, Any], context: Context) -> Iterator[GuardResult]:
    """Block for each mandatory field that is empty, warn where there are no data at all."""
    for field in rules.missing_fields(dataset):
        label = regional_field_label(field, dataset.get("type") or "dataset")
        text = tk._("Fill in “{label}”: it is needed before somebody can review the dataset.").format(label=label)
        yield GuardResult("block", "completeness.missing", text, field)
    if not dataset.get("resources"):
        yield GuardResult("warn", "completeness.no_resources", tk._("There is no file and no link to any data yet."))
