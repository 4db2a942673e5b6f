"""The mandatory fields are filled."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import ckan.plugins.toolkit as tk
from ckan.types import Context

from ckanext.regional import completeness as rules
from ckanext.regional.curation.guards.saying import Details, said
from ckanext.regional.helpers import regional_field_label
from ckanext.regional.types import GuardResult

#: Fields that have a guard of their own, which says more.
_OTHERS = frozenset({"contact", "license_id", "territory"})


def completeness(dataset: dict[str, Any], context: Context) -> Iterator[GuardResult]:
    """Block for each mandatory field that is empty, warn where there are no data at all."""
    kind = dataset.get("type") or "dataset"
    for field in rules.missing_fields(dataset):
        if field not in _OTHERS:
            yield said(sentence, "block", "completeness.missing", field, type=kind)
    if not dataset.get("resources"):
        yield said(sentence, "warn", "completeness.no_resources")


def sentence(code: str, field: str | None, details: Details) -> str | None:
    """The sentence for a finding of this guard, in the reader's language."""
    if code == "completeness.missing":
        label = regional_field_label(field or "", details.get("type") or "dataset")
        return tk._("Fill in “{label}”: it is needed before somebody can review the dataset.").format(label=label)
    if code == "completeness.no_resources":
        return tk._("There is no file and no link to any data yet.")
    return None
