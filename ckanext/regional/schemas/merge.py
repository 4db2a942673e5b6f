"""A site's own dataset schema with our fields in it: what is added, what stays the site's, what does not fit.

Two fields of one name fit if they store a value of one shape (``ckanext-scheming`` keeps a list, an object or a text
each in its own way). Then the site's stays as it is. What ours would have checked is told, not changed.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from dataclasses import field as factory
from typing import Any, Literal

from ckanext.regional import vocabulary
from ckanext.regional.indexing import INDEX_FIELDS

Field = Mapping[str, Any]
Presets = Mapping[str, Mapping[str, Any]]
Shape = Literal["a text", "a list", "a list of objects", "an object", "a text per language", "tags", "a tick", "JSON"]
Side = Literal["ours", "theirs"]

SECTIONS = ("dataset_fields", "resource_fields")
#: How a file's field is called where a dataset's may have the same name.
RESOURCE = "resource."

#: Shape by the name of a validator that makes it.
_SHAPES: dict[str, Shape] = {
    "scheming_multiple_text": "a list", "scheming_multiple_choice": "a list", "regional_texts": "a list",
    "regional_uris": "a list", "regional_terms": "a list", "regional_theme": "a list", "regional_territory": "a list",
    "fluent_text": "a text per language", "fluent_core_translated_output": "a text per language",
    "regional_translated": "a text per language", "tag_string_convert": "tags", "fluent_tags": "tags",
    "regional_tick": "a tick", "boolean_validator": "a tick", "scheming_valid_json_object": "JSON",
    "regional_spatial_coverage": "a list of objects",
}  # fmt: skip
#: Shape by the name of a preset of an extension that may not be installed where the merge is made.
_PRESET_SHAPES: dict[str, Shape] = {
    "fluent_core_translated": "a text per language",
    "fluent_text": "a text per language",
    "fluent_markdown": "a text per language",
    "fluent_tags": "tags",
    "fluent_core_tags": "tags",
}
#: What a site that makes the first from the second has no use for.
_MADE_FROM = {"title": "title_translated", "notes": "notes_translated", "tag_string": "tags_translated"}
#: Names that no other extension gives a meaning, and on whose values the review or the search stands.
_OURS_ALONE = frozenset({"territory", "sector", "steward", "governance_level", "personal_data_class"})
#: What is lost where a site's field lacks a validator of ours; of those left out, nothing is.
_LOST = {
    "regional_territory": "nobody checks that the codes exist",
    "regional_steward": "nobody checks that this is a member of the organisation",
    "regional_terms": "values are not checked against the list “{vocabulary}”",
    "regional_term": "values are not checked against the list “{vocabulary}”",
    "regional_theme": "values are not checked against the EU themes, and empty ones do not follow from the sector",
    "regional_governance_level": "an empty one does not follow from the territory",
    "regional_spatial_coverage": "the places are typed by hand, not made from the territories",
    "regional_siret": "the check digit of a SIRET is not looked at",
    "regional_agent_name": "one without a name is accepted",
    "regional_only_one": "more than one is accepted",
    "regional_email": "e-mail addresses are not checked by us",
    "regional_url": "web addresses are not checked by us",
    "regional_uri": "URIs are not checked by us",
    "regional_uris": "URIs are not checked by us",
    "regional_date": "dates are not checked by us",
    "regional_period_end": "an end before its start is accepted",
    "regional_size": "numbers are not checked by us",
}
_SHOWN = 5
_PAGE = {
    "title": {"fr": "Gouvernance des données", "en": "Data governance"},
    "description": {"fr": "Où, pour qui, et qui en répond", "en": "Where, for whom, and who answers for them"},
}


@dataclass(frozen=True, slots=True)
class Difference:
    """A field of the site that is not ours.

    ``field`` is its name, with ``resource.`` before a file's and with the names above it (``publisher.identifier``);
    ``message`` says in one sentence what differs and what follows.
    """

    field: str
    message: str


@dataclass(slots=True)
class Report:
    """What lies between a site's schema and ours; fields by the names of :class:`Difference`.

    ``missing``: only ours has it; ``same``: both are alike; ``kept``: the site's own does as well; ``unchecked``: the
    site's own stays, and lacks a check; ``conflicts``: a value that one of them stores is none for the other.
    """

    missing: list[str] = factory(default_factory=list)
    same: list[str] = factory(default_factory=list)
    kept: list[str] = factory(default_factory=list)
    unchecked: list[Difference] = factory(default_factory=list)
    conflicts: list[Difference] = factory(default_factory=list)


@dataclass(slots=True)
class Merged:
    """A merged schema and what was found; ``undecided`` are the conflicts that nobody has settled."""

    schema: dict[str, Any]
    report: Report
    replaced: list[str]
    undecided: list[Difference]


def merge(
    theirs: Mapping[str, Any],
    ours: Mapping[str, Any],
    presets: Presets,
    prefer: Side | None = None,
    prefer_for: Mapping[str, Side] | None = None,
) -> Merged:
    """Add our fields to a site's schema.

    :param theirs: a schema that :func:`ckanext.regional.schemas.reading.check` let through; it is not changed
    :param presets: keys by preset; an unknown one counts as having none
    :param prefer: whose field stays in a conflict
    :param prefer_for: the same for single fields, by the names of :class:`Difference`
    """
    chosen = dict(prefer_for or {})
    schema = copy.deepcopy(dict(theirs))
    report, replaced, undecided = compare(theirs, ours, presets), [], []
    for conflict in report.conflicts:
        side = chosen.get(conflict.field, prefer)
        if side == "ours":
            replaced.append(conflict.field)
        elif side is None:
            undecided.append(conflict)
    for section in SECTIONS:
        before = "" if section == "dataset_fields" else RESOURCE
        made = _with_ours(schema.get(section, []), ours[section], before, report, replaced)
        if section == "dataset_fields":
            _begin_page(made, schema.get(section, []))
        schema[section] = made
    return Merged(schema, report, replaced, undecided)


def compare(theirs: Mapping[str, Any], ours: Mapping[str, Any], presets: Presets) -> Report:
    """Say what lies between a site's schema and ours; of both, presets may have been expanded already."""
    report = Report()
    for section in SECTIONS:
        before = "" if section == "dataset_fields" else RESOURCE
        fields = theirs.get(section) or []
        _compare_fields(fields, ours[section], before, presets, report)
    return report


def _compare_fields(
    theirs: Sequence[Field], ours: Sequence[Field], before: str, presets: Presets, report: Report
) -> None:
    known = {field["field_name"]: field for field in theirs}
    for our in ours:
        name = our["field_name"]
        if name in known:
            _compare_field(known[name], our, before + name, presets, report)
        elif before or _MADE_FROM.get(name) not in known or not _is_translated(known[_MADE_FROM[name]], presets):
            report.missing.append(before + name)


def _is_translated(field: Field, presets: Presets) -> bool:
    """Whether another extension makes CKAN's own field from this one; ours does not."""
    return "regional_translated" not in _validators(field, presets) and shape(field, presets) in (
        "a text per language",
        "tags",
    )


def _compare_field(their: Field, our: Field, name: str, presets: Presets, report: Report) -> None:
    if their == our or expanded(their, presets) == expanded(our, presets):
        report.same.append(name)
        return
    theirs_is, ours_is = shape(their, presets), shape(our, presets)
    if theirs_is != ours_is:
        report.conflicts.append(Difference(name, f"yours ({_label(their)}) holds {theirs_is}, ours {ours_is}"))
        return
    if ours_is == "a list of objects" and "repeating_subfields" in our:
        report.kept.append(name)
        _compare_fields(their.get("repeating_subfields") or (), our["repeating_subfields"], f"{name}.", presets, report)
        return
    lost = _lost(their, our, presets)
    others = _unknown_choices(their, our, presets)
    if others and name in INDEX_FIELDS:
        sentence = f"yours ({_label(their)}) offers {others}, which the search and the review do not know"
        report.conflicts.append(Difference(name, sentence))
    elif others:
        report.unchecked.append(Difference(name, f"it offers {others}, which our lists lack"))
    elif lost and name in _OURS_ALONE and not _choices(their, presets):
        sentence = f"yours ({_label(their)}) may hold anything, and the review and the search need what ours holds"
        report.conflicts.append(Difference(name, sentence))
    elif lost:
        report.unchecked.append(Difference(name, "; ".join(lost)))
    else:
        report.kept.append(name)


def shape(field: Field, presets: Presets) -> Shape:
    """Say what shape of value a field stores."""
    if "repeating_subfields" in field:
        return "a list of objects"
    if "simple_subfields" in field:
        return "an object"
    for validator in _validators(field, presets):
        if validator in _SHAPES:
            return _SHAPES[validator]
    whole = expanded(field, presets)
    outputs = str(whole.get("output_validators") or "").split()
    if "scheming_multiple_choice_output" in outputs:
        return "a list"
    if preset := _PRESET_SHAPES.get(str(field.get("preset"))):
        return preset
    return "JSON" if "scheming_load_json" in outputs else "a text"


def expanded(field: Field, presets: Presets) -> dict[str, Any]:
    """A field with the keys of its preset, as ckanext-scheming reads it."""
    return {**presets.get(str(field.get("preset")), {}), **field}


def presets_used(schema: Mapping[str, Any]) -> list[str]:
    """Name the presets that a schema needs, sorted."""
    return sorted(
        {str(f["preset"]) for section in SECTIONS for f in _every(schema.get(section) or ()) if "preset" in f}
    )


def _every(fields: Sequence[Field]) -> Iterator[Field]:
    for field in fields:
        yield field
        for key in ("repeating_subfields", "simple_subfields"):
            yield from _every(field.get(key) or ())


def _validators(field: Field, presets: Presets) -> list[str]:
    whole = expanded(field, presets)
    texts = (whole.get("validators"), whole.get("create_validators"))
    return [part.split("(")[0] for text in texts if text for part in str(text).split()]


def _vocabulary(field: Field, presets: Presets) -> str | None:
    return expanded(field, presets).get("vocabulary")


def _lost(their: Field, our: Field, presets: Presets) -> list[str]:
    theirs = _validators(their, presets)
    gone = [name for name in _validators(our, presets) if name not in theirs and name in _LOST]
    return [_LOST[name].format(vocabulary=_vocabulary(our, presets)) for name in gone]


def _choices(field: Field, presets: Presets) -> list[str]:
    rows = expanded(field, presets).get("choices")
    return [str(row["value"]) for row in rows if isinstance(row, dict) and "value" in row] if rows else []


def _unknown_choices(their: Field, our: Field, presets: Presets) -> str:
    """Their values that our vocabulary lacks, in words; an empty one is how a form says nothing."""
    name = _vocabulary(our, presets)
    if name is None:
        return ""
    found = [value for value in _choices(their, presets) if value and vocabulary.normalise(name, value) is None]
    return ", ".join(found[:_SHOWN]) + (", …" if len(found) > _SHOWN else "")


def _label(field: Field) -> str:
    """What the site calls its field, since a name may be used for something else."""
    label = field.get("label", field["field_name"])
    if isinstance(label, dict):
        label = next((text for text in (label.get("en"), label.get("fr"), *label.values()) if text), "")
    return f"“{label}”"


def _with_ours(
    theirs: Sequence[Field], ours: Sequence[Field], before: str, report: Report, replaced: Sequence[str]
) -> list[dict[str, Any]]:
    """The site's fields in their order, then ours that it lacks in ours."""
    known = {field["field_name"]: field for field in ours}
    made: list[dict[str, Any]] = []
    for their in theirs:
        name = their["field_name"]
        our = known.get(name)
        if our is not None and before + name in replaced:
            page = {key: their[key] for key in ("start_form_page",) if key in their}
            made.append(page | copy.deepcopy(dict(our)))
        elif our is not None:
            made.append({**their, **_inner(their, our, before + name, report, replaced), **_place(their, our)})
        else:
            made.append(dict(their))
    made.extend(copy.deepcopy(dict(our)) for name, our in known.items() if before + name in report.missing)
    return made


def _inner(their: Field, our: Field, name: str, report: Report, replaced: Sequence[str]) -> dict[str, Any]:
    """The keys of the site's objects, with ours that they lack."""
    if "repeating_subfields" not in their or "repeating_subfields" not in our:
        return {}
    theirs, ours = their["repeating_subfields"], our["repeating_subfields"]
    return {"repeating_subfields": _with_ours(theirs, ours, f"{name}.", report, replaced)}


def _place(their: Field, our: Field) -> dict[str, Any]:
    """The part of the form in which ours would stand: fields that say none come after all the others."""
    return {"form_group": our["form_group"]} if "form_group" in our and "form_group" not in their else {}


def _begin_page(made: list[dict[str, Any]], theirs: Sequence[Field]) -> None:
    """Where a site's form has pages, ours are a page of their own."""
    pages = [field["start_form_page"] for field in theirs if "start_form_page" in field]
    if pages and pages[-1] != _PAGE and len(made) > len(theirs):
        made[len(theirs)] = {"start_form_page": copy.deepcopy(_PAGE), **made[len(theirs)]}
