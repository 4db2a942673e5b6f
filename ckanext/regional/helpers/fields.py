"""Helpers for the fields of form and page."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import babel
import ckan.plugins.toolkit as tk
from ckan import model
from flask import current_app

from ckanext.regional import completeness, dates, details, form, language, people, site_schema, territory, vocabulary
from ckanext.regional.data.names import fold

__all__ = [
    "regional_choices",
    "regional_choices_of_tree",
    "regional_condition",
    "regional_date_label",
    "regional_day",
    "regional_details",
    "regional_field_label",
    "regional_field_labels",
    "regional_file_details",
    "regional_file_items",
    "regional_form_data",
    "regional_form_defaults",
    "regional_form_groups",
    "regional_form_is_grouped",
    "regional_form_owner",
    "regional_form_problems",
    "regional_has_public_name",
    "regional_language_name",
    "regional_level_of",
    "regional_missing_fields",
    "regional_moment",
    "regional_number_label",
    "regional_own_errors",
    "regional_period_label",
    "regional_place",
    "regional_places",
    "regional_record_errors",
    "regional_records",
    "regional_resource_form_parts",
    "regional_steward_organisation",
    "regional_steward_search",
    "regional_stewards_to_choose",
    "regional_term_help",
    "regional_term_label",
    "regional_territory_search",
    "regional_territory_url",
    "regional_texts",
    "regional_themes_of_sectors",
]

regional_condition = form.condition
regional_date_label = details.date_label
regional_day = dates.day
regional_details = details.parts
regional_file_details = details.of_file
regional_file_items = details.other_items
regional_form_data = form.filled
regional_form_defaults = form.prefilled
regional_form_groups = form.groups
regional_form_is_grouped = form.is_grouped
regional_form_owner = form.first_owner
regional_form_problems = form.problems
regional_moment = dates.moment
regional_number_label = details.number_label
regional_own_errors = form.own_errors
regional_period_label = details.period_label
regional_record_errors = form.record_errors
regional_records = form.records
regional_resource_form_parts = form.resource_parts
regional_texts = form.texts


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
    """Territories as ``{"code", "name", "path", "level", "notice"}``.

    The path leads from the widest to the one above it; the notice says what a code that is no longer in use became.
    """
    return [
        {
            "code": code,
            "name": regional_place(code),
            "path": " › ".join(
                regional_place(above)
                for above in reversed(territory.ancestors(code) if territory.exists(code) else ())
                if above.startswith(("fr:region:", "fr:departement:"))
            ),
            "level": territory.widest_level([code]) or "",
            "notice": territory.resolve(code, language.current()).notice or "",
        }
        for code in _codes(codes)
    ]


def regional_missing_fields(dataset: dict[str, Any]) -> list[str]:
    """The mandatory fields that a dataset still lacks, in the order of the form."""
    return completeness.missing_fields(dataset)


def regional_field_label(field: str, dataset_type: str = "dataset") -> str:
    """The label of a form field in the reader's language; the field's name where the schema has none."""
    for candidate in site_schema.of_type(dataset_type).get("dataset_fields", []):
        if candidate["field_name"] == field:
            return language.text(candidate.get("label", field))
    return field


def regional_stewards_to_choose(owner_org: str | None = None) -> list[dict[str, str]]:
    """Who may answer for a dataset: active members of its organisation, else of those where the user may create."""
    reader = tk.current_user
    if not isinstance(reader, model.User):
        return []
    return [{"value": name, "text": shown} for name, shown in people.to_choose(reader.name, owner_org)]


def regional_has_public_name(data: dict[str, Any]) -> bool:
    """Whether the box of a user's form is ticked: as it was sent, else as the user decided before."""
    sent = data.get("regional_public_name")
    if sent is not None:
        return "true" in (sent if isinstance(sent, list) else [str(sent).lower()])
    user = model.User.get(data.get("name"))
    return user is not None and people.has_public_name(user)


def regional_field_labels(fields: Iterable[str], dataset_type: str = "dataset") -> str:
    """The labels of some fields, as part of a sentence."""
    return ", ".join(regional_field_label(field, dataset_type) for field in fields)


def regional_choices_of_tree(field: dict[str, Any]) -> tuple[list[dict[str, str]], list[dict[str, str]]]:
    """The choices of a vocabulary of two floors, each ``{"value", "label"}``: the top ones, then all below by name."""
    spoken = language.current()
    name = field["vocabulary"]
    tops = {getattr(term, vocabulary.stored(name)) for term in vocabulary.vocabulary(name) if term.extra.get("top")}
    choices = vocabulary.choices(name, spoken)
    below = [choice for choice in choices if choice["value"] not in tops]
    return (
        [choice for choice in choices if choice["value"] in tops],
        sorted(below, key=lambda choice: fold(choice["label"])),
    )


def regional_term_help(name: str, value: str) -> str:
    """The sentence that explains a term to who fills in a form; empty where there is none."""
    term = vocabulary.get(name, value)
    return term.help(language.current()) if term else ""


def regional_themes_of_sectors() -> dict[str, list[str]]:
    """The themes that each sector pre-fills, for the form's script."""
    return {term.code: vocabulary.themes_of_sectors([term.code]) for term in vocabulary.vocabulary("sector")}


def regional_language_name(tag: str) -> str:
    """The name of a language in the reader's; the tag itself where nobody knows it."""
    try:
        return babel.Locale.parse(tag, sep="-" if "-" in tag else "_").get_display_name(language.current()) or tag
    except (ValueError, babel.UnknownLocaleError):
        return tag


def regional_level_of(codes: list[str] | str | None) -> str:
    """The level that follows from some territories; empty where none is known."""
    return territory.widest_level(_codes(codes)) or ""


def regional_territory_url(code: str) -> str:
    """The page of a territory, where this site has such pages; else the search for its datasets."""
    if "regional_territory.read" in current_app.view_functions:
        return tk.url_for("regional_territory.read", code=code)
    return tk.url_for("dataset.search", vocab_regional_territory=code)


def regional_territory_search(codes: list[str] | str | None) -> dict[str, str]:
    """The attributes that make a text field search for territories (``regional-combobox.js``).

    :param codes: what is chosen now.
    """
    words = {
        "hint": tk._("Type a name, a code or a postal code; choose with the arrow keys and Enter."),
        "one": tk._("1 place found"),
        "many": tk._("{n} places found"),
        "none": tk._("No place of this name."),
    }
    return {
        "class": "form-control",
        "autocomplete": "off",
        "data-module": "regional-combobox",
        "data-module-source": tk.url_for("regional.territory_autocomplete"),
        "data-module-chosen": tk.h.dump_json(regional_places(codes)),
        "data-module-several": "true",
        "data-module-texts": tk.h.dump_json(words | _search_words()),
    }


def regional_steward_search(data: dict[str, Any], entity_type: str) -> dict[str, str]:
    """The same for a list of stewards, which becomes a search among the members of an organisation.

    :param data: of the dataset's or the organisation's form.
    """
    words = {
        "hint": tk._("Type a few letters of the name."),
        "one": tk._("1 person found"),
        "many": tk._("{n} people found"),
        "none": tk._("Nobody of this name in the organisation."),
    }
    return {
        "class": "form-control form-select",
        "data-module": "regional-combobox",
        "data-module-source": tk.url_for("regional_form.steward"),
        "data-module-organisation": regional_steward_organisation(data, entity_type) or "",
        "data-module-dataset": str(data.get("id") or "") if entity_type == "dataset" else "",
        "data-module-at-once": "true",
        "data-module-texts": tk.h.dump_json(words | _search_words()),
    }


def regional_steward_organisation(data: dict[str, Any], entity_type: str) -> str | None:
    """Among whose members a steward is chosen: in an organisation's form its own, in a dataset's its owner's."""
    if entity_type == "organization":
        return data.get("id")
    return form.first_owner(data)


def _search_words() -> dict[str, str]:
    return {
        "failed": tk._("The list cannot be read now. Try again in a moment."),
        "chosen": tk._("{what} chosen"),
        "removed": tk._("{what} removed"),
        "remove": tk._("Remove {what}"),
        "already": tk._("chosen already"),
    }


def _codes(codes: Any) -> list[str]:
    if isinstance(codes, str):
        codes = codes.split(",")
    return [code.strip() for code in codes or [] if isinstance(code, str) and code.strip()]
