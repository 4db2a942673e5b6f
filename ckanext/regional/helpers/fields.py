"""Helpers for the fields of form and page."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
from ckan import authz, model

from ckanext.regional import completeness, dates, language, territory, vocabulary

__all__ = [
    "regional_choices",
    "regional_day",
    "regional_field_label",
    "regional_missing_fields",
    "regional_moment",
    "regional_place",
    "regional_places",
    "regional_stewards_to_choose",
    "regional_term_label",
]

regional_day = dates.day
regional_moment = dates.moment


def regional_choices(field: dict[str, Any]) -> list[dict[str, Any]]:
    """The choices of a scheming field that names a ``vocabulary``, as scheming wants them."""
    stored = vocabulary.stored(field["vocabulary"])
    return [
        {"value": getattr(term, stored), "label": term.labels}
        for term in vocabulary.vocabulary(field["vocabulary"])
        if not term.hidden
    ]


def regional_term_label(name: str, value: str) -> str:
    """The label of a code or URI of the vocabulary ``name``, in the reader's language."""
    return vocabulary.label(name, value, language.current())


def regional_place(code: str) -> str:
    """The name of a territory in the reader's language; the code itself where it is unknown."""
    return territory.label(code, language.current())


def regional_places(codes: list[str] | str | None) -> list[dict[str, str]]:
    """Territories as ``{"code", "name", "path"}``; the path leads from the widest to the one above it."""
    if isinstance(codes, str):
        codes = [code.strip() for code in codes.split(",") if code.strip()]
    return [
        {
            "code": code,
            "name": regional_place(code),
            "path": " › ".join(
                regional_place(above)
                for above in reversed(territory.ancestors(code) if territory.exists(code) else ())
                if above.startswith(("fr:region:", "fr:departement:"))
            ),
        }
        for code in codes or []
    ]


def regional_missing_fields(dataset: dict[str, Any]) -> list[str]:
    """The mandatory fields that a dataset still lacks, in the order of the form."""
    return completeness.missing_fields(dataset)


def regional_field_label(field: str, dataset_type: str = "dataset") -> str:
    """The label of a form field in the reader's language; the field's name where the schema has none."""
    schema = tk.h.scheming_get_dataset_schema(dataset_type)
    for candidate in (schema or {}).get("dataset_fields", []):
        if candidate["field_name"] == field:
            return language.text(candidate.get("label", field))
    return field


def regional_stewards_to_choose(owner_org: str | None = None) -> list[dict[str, str]]:
    """Who may answer for a dataset: active members of its organisation, else of those where the user may create."""
    reader = tk.current_user
    if not isinstance(reader, model.User):
        return []
    if owner_org and (organisation := model.Group.get(owner_org)):
        ids = [organisation.id]
    else:
        ids = [
            organisation["id"]
            for organisation in tk.get_action("organization_list_for_user")({}, {"permission": "create_dataset"})
        ]
    members = (
        model.Session.query(model.User)
        .join(model.Member, model.Member.table_id == model.User.id)
        .filter(
            model.Member.table_name == "user",
            model.Member.group_id.in_(ids),
            model.Member.state == "active",
            model.User.state == "active",
        )
        .distinct()
    )
    people = {user.name: user.display_name for user in members}
    if authz.is_sysadmin(reader.name):
        people.setdefault(reader.name, reader.display_name)
    return [{"value": name, "text": shown} for name, shown in sorted(people.items(), key=lambda item: item[1].lower())]
