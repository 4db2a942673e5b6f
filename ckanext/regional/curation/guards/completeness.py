"""The mandatory fields are filled."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import ckan.plugins.toolkit as tk
from ckan.types import Context

from ckanext.regional import completeness as rules
from ckanext.regional.helpers import regional_field_label
from ckanext.regional.types import GuardResult

_MISSING = "completeness.missing"
_NO_RESOURCES = "completeness.no_resources"


def completeness(dataset: dict[str, Any], context: Context) -> Iterator[GuardResult]:
    """Block for each mandatory field that is empty, warn where there are no data at all."""
    kind = dataset.get("type") or "dataset"
    for field in rules.missing_fields(dataset):
        yield GuardResult("block", _MISSING, message(_MISSING, field, kind) or "", field)
    if not dataset.get("resources"):
        yield GuardResult("warn", _NO_RESOURCES, message(_NO_RESOURCES, None, kind) or "")


def message(code: str, field: str | None, dataset_type: str) -> str | None:
    """The sentence for a finding of this guard, in the reader's language; None for another guard's."""
    if code == _MISSING:
        label = regional_field_label(field or "", dataset_type)
        return tk._("Fill in “{label}”: it is needed before somebody can review the dataset.").format(label=label)
    if code == _NO_RESOURCES:
        return tk._("There is no file and no link to any data yet.")
    return None
