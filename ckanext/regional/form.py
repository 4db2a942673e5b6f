"""How the form is laid out: its groups, what each field asks for when, what is still empty, what is wrong where.

The schema says it (``form_group``, ``form_rare``, ``shown_when``, ``required_when``, see ``schemas/dataset.yaml``); a
schema that says nothing of it is shown as ckanext-scheming shows it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import ckan.plugins.toolkit as tk
from ckan import plugins as p
from markupsafe import Markup

from ckanext.regional import completeness, defaults, language

Field = Mapping[str, Any]
Condition = Mapping[str, Any]

GROUPS = ("what", "where_when", "who", "rights", "quality", "other")
#: Where CKAN's own fields stand if the schema does not say.
_USUAL = {
    "title": "what", "name": "what", "notes": "what", "tag_string": "what", "url": "what", "version": "what",
    "owner_org": "who", "author": "who", "author_email": "who", "maintainer": "who", "maintainer_email": "who",
    "license_id": "rights", "description": "what", "format": "what",
}  # fmt: skip
#: What follows from another field is not asked for: nobody has to fill it in.
DERIVED = {"theme": "sector", "governance_level": "territory", "applicable_legislation": "hvd_category"}
#: CKAN answers errors of tags under another name than the form's field.
_FIELDS_OF_ERRORS = {"tags": "tag_string", "upload": "url"}
#: Snippets of ckanext-scheming and CKAN whose controls have other ids than ``field-<name>``.
_WITHOUT_ANCHOR = frozenset(
    {
        "organization.html", "upload.html", "organization_upload.html", "repeating_subfields.html",
        "multiple_text.html", "multiple_checkbox.html", "radio.html", "datetime.html", "datetime_tz.html",
    }
)  # fmt: skip
#: Filled in by CKAN itself for an uploaded file: no reason to open the seldom needed part of the form.
_AUTOMATIC = frozenset({"mimetype", "size", "hash", "hash_algorithm"})
_NO_LICENCE = "notspecified"


@dataclass(frozen=True, slots=True)
class Missing:
    """A field that is still empty, and where it is."""

    name: str
    label: str
    anchor: str


@dataclass(frozen=True, slots=True)
class Group:
    """A part of the form.

    :param fields: as the schema has them, with what the form adds to the label.
    :param rare: those that few need; shown when asked for.
    :param opened: one of the rare fields holds a value or an error.
    :param missing: what is needed for a review and still empty.
    """

    name: str
    title: str
    sentence: str
    fields: tuple[dict[str, Any], ...]
    rare: tuple[dict[str, Any], ...]
    opened: bool
    missing: tuple[Missing, ...]

    @property
    def rare_labels(self) -> str:
        """What is behind the door, so that nobody has to open it to know."""
        return ", ".join(language.text(field.get("label") or field["field_name"]) for field in self.rare)


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with one field."""

    anchor: str
    label: str
    message: str


# Layout -------------------------------------------------------------------------------------------------------------


def is_grouped(fields: Iterable[Field]) -> bool:
    """Say whether a schema's fields are to be shown in groups."""
    return any(field.get("form_group") for field in fields)


def groups(
    fields: Sequence[Field], data: Mapping[str, Any], errors: Mapping[str, Any], dataset_type: str
) -> list[Group]:
    """Arrange the fields that a form asks for; groups without a field are left out.

    :param fields: of the schema, or of the page of the form that is shown.
    :param data: what the form shows.
    """
    shown = [field for field in fields if field.get("form_snippet", "") is not None]
    needed = _needed_words(dataset_type)
    lacking = {lack.name: lack for lack in missing(shown, data)}
    found: list[Group] = []
    for name in GROUPS:
        members = [_marked(field, needed) for field in shown if group_of(field) == name]
        if not members:
            continue
        title, sentence = titles(name)
        usual = tuple(field for field in members if not field.get("form_rare"))
        rare = tuple(field for field in members if field.get("form_rare"))
        found.append(
            Group(
                name, title, sentence, usual, rare,
                opened=any(_is_worth_showing(field, data, errors) for field in rare),
                missing=tuple(lacking[field["field_name"]] for field in members if field["field_name"] in lacking),
            )
        )  # fmt: skip
    return found


def resource_parts(fields: Sequence[Field], data: Mapping[str, Any], errors: Mapping[str, Any]) -> list[Group]:
    """Arrange a resource's form: what every file needs, then all else in one part that opens when asked for."""
    shown = [_marked(field, "") for field in fields if field.get("form_snippet", "") is not None]
    first = tuple(field for field in shown if group_of(field) in ("what", "other") and not field.get("form_rare"))
    rest = tuple(field for field in shown if field not in first)
    opened = any(
        _is_worth_showing(field, data, errors)
        for field in rest
        if field["field_name"] not in _AUTOMATIC or field["field_name"] in errors
    )
    return [
        Group(
            "file",
            tk._("The file"),
            tk._("Where it is, and what somebody who opens it needs to know."),
            first,
            rest,
            opened,
            (),
        )
    ]


def group_of(field: Field) -> str:
    """Name the group of a field; ``other`` where neither the schema nor custom says."""
    group = field.get("form_group") or _USUAL.get(field["field_name"], "other")
    return group if group in GROUPS else "other"


def titles(group: str) -> tuple[str, str]:
    """Give the title of a group and the sentence below it, in the reader's language."""
    return {
        "what": (tk._("What"), tk._("What the data are about, in words that anybody understands.")),
        "where_when": (tk._("Where and when"), tk._("The place and the time that the data describe.")),
        "who": (tk._("Who"), tk._("Who answers for the data, who publishes them, whom to write to.")),
        "rights": (
            tk._("Rights"),
            tk._("Who may get the data, and what may be done with them."),
        ),
        "quality": (tk._("Quality"), tk._("What helps to trust and use the data. Fill in what you know.")),
    }.get(group, (tk._("More"), tk._("What your site asks besides.")))


def anchor(field: Field) -> str:
    """The id of a field in the form."""
    return f"field-{field['field_name']}"


def _marked(field: Field, needed: str) -> dict[str, Any]:
    """A field with, in its label, what it is needed for; and whether the form must give it an id."""
    name = field["field_name"]
    kept = dict(field)
    snippet = field.get("form_snippet") or ("repeating_subfields.html" if field.get("repeating_subfields") else "")
    kept["form_anchor"] = anchor(field) if snippet.rpartition("/")[2] in _WITHOUT_ANCHOR else None
    kept["form_title"] = language.text(field.get("label") or name)
    kept["form_needed"] = bool(needed) and is_asked_for(name)
    if kept["form_needed"]:
        kept["label"] = {
            language.current(): Markup('{} <span class="regional-needed">({})</span>').format(
                kept["form_title"], needed
            )
        }
    return kept


def is_asked_for(name: str) -> bool:
    """Say whether a field is needed for a review, for every dataset or under its condition, and typed by hand."""
    return name in (*completeness.MANDATORY, *completeness.CONDITIONAL) and name not in DERIVED


def _needed_words(dataset_type: str) -> str:
    if p.plugin_loaded("regional_curation") and tk.h.regional_curation_reviewed(dataset_type):
        return tk._("needed for the review")
    return tk._("needed before publication")


def _is_worth_showing(field: Field, data: Mapping[str, Any], errors: Mapping[str, Any]) -> bool:
    name = field["field_name"]
    return bool(errors.get(name)) or not is_blank(data.get(name))


def is_blank(value: Any) -> bool:
    """Say whether a value holds nothing, also where it is a list of empty texts or objects."""
    if isinstance(value, Mapping):
        return all(is_blank(inner) for inner in value.values())
    if isinstance(value, list | tuple):
        return all(is_blank(inner) for inner in value)
    return value is None or (isinstance(value, str) and not value.strip())


# What is asked when -------------------------------------------------------------------------------------------------


def condition(field: Field, key: str = "shown_when") -> str:
    """A field's condition as the form's script reads it: JSON, or nothing."""
    wanted = field.get(key)
    return json.dumps(wanted) if isinstance(wanted, Mapping) else ""


def holds(wanted: Condition | None, data: Mapping[str, Any]) -> bool:
    """Say whether a condition of the schema holds for a dataset; none always does."""
    if not isinstance(wanted, Mapping) or "field" not in wanted:
        return True
    value = data.get(wanted["field"])
    given = [item for item in (value if isinstance(value, list) else [value]) if not is_blank(item)]
    if "in" in wanted:
        return any(item in wanted["in"] for item in given)
    if "not" in wanted:
        return any(item not in wanted["not"] for item in given)
    return bool(given)


def missing(fields: Iterable[Field], data: Mapping[str, Any]) -> list[Missing]:
    """What is needed for a review, can be typed, and is still empty; of the fields given alone."""
    lacking = set(completeness.missing_fields(_readable(data)))
    return [
        Missing(field["field_name"], language.text(field.get("label") or field["field_name"]), anchor(field))
        for field in fields
        if field["field_name"] in lacking and is_asked_for(field["field_name"])
    ]


def _readable(data: Mapping[str, Any]) -> dict[str, Any]:
    """What was typed may have any shape; a term that is no text is none."""
    return {
        key: None if key in ("access_rights", "personal_data_class") and not isinstance(value, str) else value
        for key, value in data.items()
    }


# What the form holds ------------------------------------------------------------------------------------------------


def prefilled(fields: Iterable[Field], data: Mapping[str, Any], owner_org: str | None) -> dict[str, Any]:
    """What the organisation says for all its datasets, as far as a new dataset's form has a field for it.

    :param owner_org: the organisation that the form shows as chosen.
    :returns: nothing where something has been sent already, or the dataset exists.
    """
    if tk.request.method == "POST" or not is_new(data):
        return {}
    names = {field["field_name"] for field in fields}
    return {name: value for name, value in defaults.for_form(owner_org, data).items() if name in names}


def filled(fields: Iterable[Field], data: Mapping[str, Any], given: Mapping[str, Any]) -> dict[str, Any]:
    """What the form shows: what was sent, even where it is less than what is stored.

    CKAN adds what was sent to what is stored, so that a box that somebody has unticked would be ticked again as soon as
    anything else is wrong.

    :param given: what :func:`prefilled` gives.
    """
    shown = {**data, **given}
    if tk.request.method == "POST":
        sent = set(tk.request.form)
        for field in fields:
            name = field["field_name"]
            if name in shown and name not in sent and not any(key.startswith(f"{name}-") for key in sent):
                shown[name] = ""
    return shown


def is_new(data: Mapping[str, Any]) -> bool:
    """Say whether the form is opened for a dataset that does not exist yet, and nothing has been sent."""
    return not data.get("id") and "state" not in data


def first_owner(data: Mapping[str, Any]) -> str | None:
    """The organisation that a form shows as chosen: the dataset's, else the first that a browser would show."""
    chosen = data.get("owner_org") or data.get("group_id")
    if isinstance(chosen, str) and chosen:
        return chosen
    if not is_new(data) or tk.h.check_config_permission("create_unowned_dataset"):
        return None
    offered = tk.h.organizations_available("create_dataset")
    return offered[0]["id"] if offered else None


def records(field: Field, data: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The objects of a repeating field, also where the form has them flat (``contact-0-email``)."""
    name = field["field_name"]
    value = data.get(name)
    if isinstance(value, list):
        return [dict(item) if isinstance(item, Mapping) else {} for item in value]
    found: dict[int, dict[str, Any]] = {}
    for key, text in data.items():
        number, _dash, subfield = str(key).removeprefix(f"{name}-").partition("-")
        if str(key).startswith(f"{name}-") and number.isdecimal() and subfield:
            found.setdefault(int(number), {})[subfield] = text
    return [found[number] for number in sorted(found)]


def record_errors(field: Field, errors: Mapping[str, Any] | None, index: int) -> dict[str, Any]:
    """What is wrong with one object of a repeating field."""
    found = (errors or {}).get(field["field_name"])
    if not isinstance(found, list) or index >= len(found) or not isinstance(found[index], Mapping):
        return {}
    return dict(found[index])


def own_errors(field: Field, errors: Mapping[str, Any] | None) -> list[str]:
    """What is wrong with a repeating field as a whole."""
    found = (errors or {}).get(field["field_name"])
    return [item for item in found if isinstance(item, str)] if isinstance(found, list) else []


def texts(value: Any) -> list[str]:
    """A list of texts, whatever the form was given."""
    if isinstance(value, str):
        return [value] if value else []
    return [str(item) for item in value if item not in (None, "")] if isinstance(value, list | tuple) else []


# What is wrong ------------------------------------------------------------------------------------------------------


def problems(errors: Mapping[str, Any], fields: Sequence[Field]) -> list[Problem]:
    """List what is wrong, in the order of the form, each with the place where it is mended."""
    rest = {_FIELDS_OF_ERRORS.get(key, key): value for key, value in errors.items()}
    ordered = sorted(fields, key=lambda field: GROUPS.index(group_of(field))) if is_grouped(fields) else fields
    found: list[Problem] = []
    for field in ordered:
        if field["field_name"] in rest:
            found.extend(_of_field(field, rest.pop(field["field_name"])))
    for key, value in rest.items():
        found.extend(Problem("", tk._(str(key)), message) for message in _messages(value))
    return found


def _of_field(field: Field, value: Any, prefix: str = "", above: str = "") -> Iterator[Problem]:
    label = above + language.text(field.get("label") or field["field_name"])
    place = f"{prefix}{field['field_name']}"
    subfields = field.get("repeating_subfields")
    if not subfields or not isinstance(value, list):
        yield from (Problem(f"field-{place}", label, message) for message in _messages(value))
        return
    single = field.get("repeating_once") or len(value) < 2
    for index, item in enumerate(value):
        if isinstance(item, str):
            yield Problem(f"field-{place}", label, item)
        if not isinstance(item, Mapping):
            continue
        rest = dict(item)
        heading = f"{label} – " if single else f"{label} {index + 1} – "
        for subfield in subfields:
            if subfield["field_name"] in rest:
                yield from _of_field(subfield, rest.pop(subfield["field_name"]), f"{place}-{index}-", heading)
        for key, wrong in rest.items():
            yield from (Problem(f"field-{place}", heading + str(key), message) for message in _messages(wrong))


def _messages(value: Any) -> Iterator[str]:
    """The sentences in an error, however deep they lie."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for inner in value.values():
            yield from _messages(inner)
    elif isinstance(value, Iterable):
        for inner in value:
            yield from _messages(inner)
