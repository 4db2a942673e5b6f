"""Values from before our schema: texts that datasets have under the names of fields that now hold objects.

ckanext-scheming reads such a field as JSON, and fails where it is none: the dataset's page and its API then answer with
an error, and a rebuild of the search index stops there.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator
from typing import Any

import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from ckan import model
from ckan.lib import search
from ckan.model.package import package_table

from ckanext.regional import addresses, periods
from ckanext.regional.diagnosis.fields import dataset_types
from ckanext.regional.types import Finding

#: What a text that is no object keeps its value under, if it fits nowhere in the field.
_ASIDE = "{field}_before"
#: Keys that take any text, the likeliest first.
_ANY_TEXT = ("name", "label", "text")

#: A dataset's id and the fields whose value is no list of objects.
Found = dict[str, list[str]]


def check() -> Iterator[Finding]:
    """Name the fields whose old values stop the site, and offer to write them anew."""
    found = {kind: broken(kind) for kind in dataset_types()}
    counts: dict[str, int] = {}
    for fields in (fields for datasets in found.values() for fields in datasets.values()):
        for field in fields:
            counts[field] = counts.get(field, 0) + 1
    if not counts:
        yield Finding("ok", "before", "No dataset has a text where the schema has objects.")
        return
    shown = ", ".join(f"{field} ({count})" for field, count in sorted(counts.items()))
    datasets = sum(map(len, found.values()))
    yield Finding(
        "error",
        "before",
        f"{datasets} datasets have a text from before where the schema has objects: {shown}. Their pages fail, and a"
        " rebuild of the search index stops at the first.",
        "The repair writes each text into an object (an e-mail address of contact as its email); what fits nowhere"
        " moves to an extra field of that name with “_before”. Make a copy of the database first.",
        repair=lambda: mend(found),
    )


def broken(kind: str) -> Found:
    """Find the datasets of a type whose value of a field of objects is something else."""
    fields = _subfields(kind)
    values = [package_table.c.extras[name].astext.label(name) for name in fields]
    suspect = [value.is_not(None) & value.not_like("[{%") for value in values]
    if not suspect:
        return {}
    rows = model.Session.execute(
        sa.select(package_table.c.id, *values).where(
            package_table.c.state != "deleted", package_table.c.type == kind, sa.or_(*suspect)
        )
    ).mappings()
    found = {
        row["id"]: [name for name in fields if row[name] is not None and not _is_objects(row[name])] for row in rows
    }
    return {dataset: names for dataset, names in found.items() if names}


def mend(found: dict[str, Found]) -> str:
    """Write the old values as objects, and tell Solr.

    :returns: what was done, in one sentence
    """
    written = aside = 0
    for kind, datasets in found.items():
        subfields = _subfields(kind)
        for dataset, fields in datasets.items():
            package = model.Package.get(dataset)
            if package is None:
                continue
            for field in fields:
                text = package.extras.pop(field)
                objects = as_objects(text, subfields[field])
                if objects:
                    package.extras[field] = json.dumps(objects, ensure_ascii=False)
                    written += 1
                else:
                    package.extras[_ASIDE.format(field=field)] = text
                    aside += 1
    model.Session.commit()
    for dataset in [dataset for datasets in found.values() for dataset in datasets]:
        search.rebuild(dataset)
    return f"{written} texts from before were written as objects, {aside} moved to an extra field."


def as_objects(text: str, subfields: Collection[str]) -> list[dict[str, Any]]:
    """Read an old value as a list of objects.

    :param subfields: names of the keys that an object may have
    :returns: an empty list where it fits nowhere
    """
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        value = text
    items = value if isinstance(value, list) else [value]
    return [item for item in (_as_object(item, subfields) for item in items) if item]


def _as_object(item: Any, subfields: Collection[str]) -> dict[str, Any]:
    if isinstance(item, dict):
        return {key: value for key, value in item.items() if key in subfields and value}
    text = str(item).strip() if isinstance(item, str | int | float) else ""
    if not text:
        return {}
    key = next(iter(_keys(text, subfields)), None)
    return {key: periods.iso(text) if key == "start" else text} if key else {}


def _keys(text: str, subfields: Collection[str]) -> Iterator[str]:
    if addresses.is_email(text):
        yield from (key for key in ("email",) if key in subfields)
    if addresses.is_page(text):
        yield from (key for key in ("url", "relation", "uri") if key in subfields)
    if periods.iso(text):
        yield from (key for key in ("start",) if key in subfields)
    yield from (key for key in _ANY_TEXT if key in subfields)


def _is_objects(text: str) -> bool:
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return False
    return isinstance(value, list) and all(isinstance(item, dict) for item in value)


def _subfields(kind: str) -> dict[str, list[str]]:
    """Names of the keys by field of objects, of a type's schema."""
    schema = tk.get_action("scheming_dataset_schema_show")({}, {"type": kind})
    return {
        field["field_name"]: [inner["field_name"] for inner in field["repeating_subfields"]]
        for field in schema["dataset_fields"]
        if "repeating_subfields" in field
    }
