"""What a case changes of what is published, in the words of the form."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any

import ckan.plugins.toolkit as tk
from ckan import model

from ckanext.regional import language, site_schema, territory, vocabulary
from ckanext.regional.curation import content, diff, preview, revisions
from ckanext.regional.curation.columns import compare
from ckanext.regional.curation.model import Case


def of_case(case: Case | None) -> list[dict[str, Any]]:
    """What a revision changes; empty for a first publication, which is new as a whole, and for a removal.

    :returns: ``[{"field", "label", "kind": added|removed|changed, "before", "after", "segments", "items", "parts",
        "file"}]``; ``segments`` and ``items`` are ``[{"kind": same|added|removed, "text"}]``, ``parts`` the changes
        of a file's own fields, ``file`` of a new or replaced one ``{"rows": [before, after], "columns": {…} or None,
        "all_columns"}``, else None
    """
    if case is None or case.kind != "revision":
        return []
    before, after = revisions.pair(case)
    if before is None or after is None:
        return []
    schema = site_schema.of_type(after.get("type") or "dataset")
    fields = {field["field_name"]: field for field in schema.get("dataset_fields", [])}
    of_files = {field["field_name"]: field for field in schema.get("resource_fields", [])}

    def label(field: str, value: Any) -> str:
        return _value(_definition(field, fields) or _definition(field, of_files), field, value)

    found = diff.changes(before, after, label, content.stamps)
    return [_shown(change, fields, of_files) for change in found]


def _shown(
    change: diff.Change, fields: Mapping[str, Mapping[str, Any]], of_files: Mapping[str, Mapping[str, Any]]
) -> dict[str, Any]:
    is_file = change.field.startswith(diff.RESOURCES)
    return {
        "field": change.field,
        "label": _file_label(change) if is_file else _field_label(change.field, fields),
        "kind": change.kind,
        "before": None if is_file else change.before,
        "after": None if is_file else change.after,
        "segments": [dataclasses.asdict(segment) for segment in change.segments],
        "items": [dataclasses.asdict(item) for item in change.items],
        "parts": [_shown(part, of_files, of_files) for part in change.parts],
        "file": _file(change) if is_file else None,
    }


def _file(change: diff.Change) -> dict[str, Any] | None:
    """How a file's table changed; None where its data did not, or are no table that can be read."""
    if not change.replaced and change.kind == "changed":
        return None
    old, new = (preview.table(resource) if resource else None for resource in (change.before, change.after))
    rows = [old.count if old else None, new.count if new else None]
    columns = dataclasses.asdict(compare(old, new)) if old and new else None
    only = new or old
    return {"rows": rows, "columns": columns, "all_columns": only.columns if only else []}


def _file_label(change: diff.Change) -> str:
    """What a file is called; CKAN's own helper works within a request only, and jobs ask too."""
    resource = change.after or change.before or {}
    called = (str(resource.get(key) or "").strip() for key in ("name", "description"))
    return next(filter(None, called), "")[:80] or tk._("Unnamed resource")


def _field_label(field: str, fields: Mapping[str, Mapping[str, Any]]) -> str:
    if field == "resources":
        return tk._("Order of the files")
    name, _dot, part = field.partition(".")
    name = "tag_string" if name == "tags" else name
    shown = language.text(fields[name].get("label", name)) if name in fields else name
    return f"{shown} ({part})" if part else shown


def _definition(field: str, fields: Mapping[str, Mapping[str, Any]]) -> Mapping[str, Any] | None:
    """The schema's field of a name such as ``publisher.type``."""
    name, *rest = field.split(".")
    found = fields.get(name)
    for part in rest:
        below = (found or {}).get("repeating_subfields") or []
        found = next((one for one in below if one["field_name"] == part), None)
    return found


def _value(definition: Mapping[str, Any] | None, field: str, value: Any) -> str:
    """A stored value as people read it."""
    spoken = language.current()
    if isinstance(value, bool):
        return tk._("yes") if value else tk._("no")
    text = str(value)
    if definition and definition.get("vocabulary"):
        return vocabulary.label(definition["vocabulary"], text, spoken)
    if field == "territory":
        return territory.label(text, spoken)
    if field == "steward":
        user = model.User.get(text)
        return user.display_name if user else text
    if field == "owner_org":
        organisation = model.Group.get(text)
        return (organisation.title or organisation.name) if organisation else text
    if field == "license_id":
        known = model.Package.get_license_register().get(text)
        return known.title if known else text
    choices = (definition or {}).get("choices") or []
    return next((language.text(one["label"]) for one in choices if one["value"] == value), text)
