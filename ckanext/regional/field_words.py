"""Fields, values and files as people read them: in the words of the form, in the reader's language."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import ckan.plugins.toolkit as tk
from ckan import model

from ckanext.regional import language, site_schema, territory, vocabulary


class FieldWords:
    """The words of one type of dataset."""

    def __init__(self, dataset_type: str) -> None:
        schema = site_schema.of_type(dataset_type)
        self._fields = {field["field_name"]: field for field in schema.get("dataset_fields", [])}
        self._of_files = {field["field_name"]: field for field in schema.get("resource_fields", [])}

    def field(self, name: str, *, of_file: bool = False) -> str:
        """What a field is called, such as ``title``, ``publisher.type`` or ``resources`` (the order of the files)."""
        return _field_label(name, self._of_files if of_file else self._fields)

    def value(self, field: str, value: Any) -> str:
        """A stored value of a field of the dataset, or of one of its files."""
        return _value(_definition(field, self._fields) or _definition(field, self._of_files), field, value)


def file_name(resource: Mapping[str, Any]) -> str:
    """What a file is called; CKAN's own helper works within a request only, and jobs ask too."""
    called = (str(resource.get(key) or "").strip() for key in ("name", "description"))
    return next(filter(None, called), "")[:80] or tk._("Unnamed file")


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
