"""The schemas that ckanext-scheming has loaded, against ours."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import ckan.plugins.toolkit as tk
from ckan import plugins as p

from ckanext.regional import completeness, defaults
from ckanext.regional.schemas import merge, reading
from ckanext.regional.types import Finding

_NEEDED = frozenset({*completeness.MANDATORY, *completeness.CONDITIONAL})


def scheming() -> Iterator[Finding]:
    """Say whether ckanext-scheming is on, and has a schema for CKAN's own type of dataset."""
    if not p.plugin_loaded("scheming_datasets"):
        yield Finding(
            "error",
            "scheming",
            "The plugin scheming_datasets is off, so that none of our fields is in the form, the API or the search.",
            f"Add it to ckan.plugins after regional, and set scheming.dataset_schemas = {reading.OUR_DATASET}",
        )
        return
    known = dataset_types()
    if "dataset" in known:
        yield Finding("ok", "scheming", f"ckanext-scheming is on, for the types {', '.join(known)}.")
    else:
        yield Finding(
            "warning",
            "scheming",
            f"No schema is for the type “dataset”; there are schemas for: {', '.join(known) or 'none'}.",
            f"Unless you have no such datasets, set scheming.dataset_schemas = {reading.OUR_DATASET}",
        )


def presets() -> Iterator[Finding]:
    """Say whether our presets are configured."""
    if reading.OUR_PRESETS in _setting("scheming.presets"):
        yield Finding("ok", "presets", "Our presets are configured.")
        return
    yield Finding(
        "error" if p.plugin_loaded("scheming_datasets") else "warning",
        "presets",
        "scheming.presets does not name our presets; a schema with our fields cannot be loaded without.",
        f"Set scheming.presets = {' '.join([*_setting('scheming.presets'), reading.OUR_PRESETS])}",
    )


def datasets() -> Iterator[Finding]:
    """Say for each type of dataset which of our fields its schema lacks, or has in another shape."""
    ours = _expanded(reading.dataset_schema(reading.OUR_DATASET))
    for kind in dataset_types():
        if kind in _exempt():
            continue
        theirs = tk.get_action("scheming_dataset_schema_show")({}, {"type": kind})
        yield from _of_type(kind, merge.compare(theirs, ours, {}))


def _of_type(kind: str, report: merge.Report) -> Iterator[Finding]:
    command = f"Run: ckan regional schema merge {_file_of(kind)} > NEW.yaml, and see docs/own-schema.md"
    needed = [name for name in report.missing if name.partition(".")[0] in _NEEDED]
    others = [name for name in report.missing if name not in needed]
    if needed:
        yield Finding(
            "error", "fields.needed", f"The schema of “{kind}” lacks what a review needs: {_listed(needed)}.", command
        )
    if others:
        yield Finding("warning", "fields.missing", f"The schema of “{kind}” lacks {_listed(others)}.", command)
    for conflict in report.conflicts:
        # Named as the administrator sees it: here is no “yours” and “ours” beside each other.
        yield Finding(
            "error",
            "fields.shape",
            f"The field {conflict.field} of “{kind}” does not fit: {conflict.message}.",
            f"Rename your field, or take ours: ckan regional schema merge {_file_of(kind)}"
            f" --prefer {conflict.field}=ours",
        )
    if not report.missing and not report.conflicts:
        own = sorted(difference.field for difference in report.unchecked)
        note = (
            f" Your own fields stand for some, and their values are not checked by us: {_listed(own)}." if own else ""
        )
        yield Finding("ok", "fields", f"The schema of “{kind}” has all our fields.{note}")


def organisations() -> Iterator[Finding]:
    """Say whether organisations can be asked for what their datasets start with."""
    schema: dict[str, Any] = {}
    if p.plugin_loaded("scheming_organizations"):
        known = tk.get_action("scheming_organization_schema_list")({}, {})
        if "organization" in known:
            schema = tk.get_action("scheming_organization_schema_show")({}, {"type": "organization"})
    found = {field["field_name"] for field in schema.get("fields", ())}
    missing = [name for name in defaults.FIELDS if name not in found]
    if not missing:
        yield Finding("ok", "organisations", "The form of organisations asks for what their datasets start with.")
        return
    yield Finding(
        "warning",
        "organisations",
        "The form of organisations does not ask for what their datasets start with"
        + (f": it lacks {_listed(missing)}." if schema else "."),
        "Add scheming_organizations to ckan.plugins and set"
        f" scheming.organization_schemas = {reading.OUR_ORGANIZATION}",
    )


def dataset_types() -> list[str]:
    """List the types of dataset that have a schema."""
    if not p.plugin_loaded("scheming_datasets"):
        return []
    return sorted(tk.get_action("scheming_dataset_schema_list")({}, {}))


def _expanded(schema: dict[str, Any]) -> dict[str, Any]:
    """Our schema as ckanext-scheming gives the site's: with the presets' keys in each field."""
    known = {
        name: keys
        for file in (reading.SCHEMING_PRESETS, reading.OUR_PRESETS)
        for name, keys in reading.presets(file).items()
    }

    def field(one: dict[str, Any]) -> dict[str, Any]:
        whole = merge.expanded(one, known)
        if "repeating_subfields" in whole:
            whole["repeating_subfields"] = [merge.expanded(inner, known) for inner in whole["repeating_subfields"]]
        return whole

    return {section: [field(one) for one in schema[section]] for section in merge.SECTIONS}


def _exempt() -> list[str]:
    """Types that the review leaves alone, if there is one: of harvest sources and showcases nobody asks a territory."""
    return tk.config.get("ckanext.regional.curation.exempt_types") or ["harvest", "showcase"]


def _file_of(kind: str) -> str:
    """The file that the site has configured for a type."""
    for name in _setting("scheming.dataset_schemas"):
        try:
            if reading.document(name).get("dataset_type") == kind:
                return name
        except reading.SchemaError:
            continue
    return "YOUR-SCHEMA.yaml"


def _setting(key: str) -> list[str]:
    return str(tk.config.get(key) or (reading.SCHEMING_PRESETS if key == "scheming.presets" else "")).split()


def _listed(names: Iterable[str]) -> str:
    return ", ".join(names)
