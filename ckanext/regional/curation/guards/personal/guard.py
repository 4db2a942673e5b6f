"""No personal data slip out: not in texts, not in columns, not in rows."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import ckan.plugins.toolkit as tk
from ckan.types import Context

from ckanext.regional import vocabulary
from ckanext.regional.curation.guards.files.reading import analyses, datastore_hits
from ckanext.regional.curation.guards.personal.columns import Hit
from ckanext.regional.curation.guards.personal.texts import RESOURCE, texts
from ckanext.regional.curation.guards.saying import Details, said
from ckanext.regional.personal_data import find, mask
from ckanext.regional.types import GuardResult, Level

#: Every code of this guard begins so; only a data protection officer lets one pass.
PREFIX = "personal_data"
_BLOCKING = ("nir", "iban")
_EXAMPLES = 3


def personal_data(dataset: dict[str, Any], context: Context) -> Iterator[GuardResult]:
    """Look at texts, names of columns and rows."""
    yield from _declared(dataset)
    yield from _in_texts(dataset)
    for resource, analysis in analyses(dataset):
        hits = analysis.hits if analysis is not None else ()
        yield from _in_file(resource["id"], hits)
        known = {(hit.kind, hit.column) for hit in hits}
        yield from _in_file(
            resource["id"], [hit for hit in datastore_hits(resource) if (hit.kind, hit.column) not in known]
        )
    for resource in dataset.get("resources") or []:
        if resource.get("url_type") != "upload" and resource.get("id"):
            yield from _in_file(resource["id"], datastore_hits(resource))


def sentence(code: str, field: str | None, details: Details) -> str | None:
    """The sentence for a finding of this guard, in the reader's language."""
    if not code.startswith(f"{PREFIX}."):
        return None
    _prefix, kind, *place = code.split(".")
    if kind == "public":
        return tk._(
            "Somebody can be recognised in these data and access is public: a data protection officer must agree first."
        )
    where = place[0] if place else ""
    text = _by_place(where, kind)
    if text is None:
        return None
    shown = ", ".join(details.get("examples") or [])
    return text.format(
        what=_what(kind), count=details.get("count", 0), column=details.get("column", ""), examples=shown
    )


def _declared(dataset: dict[str, Any]) -> Iterator[GuardResult]:
    """What the author says of it: GDPR, recital 26, wants more than a form field before that is public."""
    people = vocabulary.get("personal_data_class", dataset.get("personal_data_class"))
    access = vocabulary.get("access_rights", dataset.get("access_rights"))
    if people is not None and people.extra.get("legal_basis") and access is not None and access.code == "PUBLIC":
        yield said(sentence, "block", f"{PREFIX}.public", "personal_data_class")


def _in_texts(dataset: dict[str, Any]) -> Iterator[GuardResult]:
    found: dict[tuple[str, str], list[str]] = {}
    for field, text in texts(dataset):
        for one in find(text):
            found.setdefault((field, one.kind), []).append(mask(one.kind, one.text))
    for (field, kind), masked in found.items():
        yield _result(kind, "text", field, len(masked), masked)


def _in_file(resource_id: str, hits: Iterator[Hit] | list[Hit] | tuple[Hit, ...]) -> Iterator[GuardResult]:
    for hit in hits:
        place = "name" if hit.by_name else "column" if hit.whole and hit.column else "file"
        yield _result(hit.kind, place, f"{RESOURCE}{resource_id}", hit.count, list(hit.examples), hit.column)


def _result(kind: str, place: str, field: str, count: int, masked: list[str], column: str = "") -> GuardResult:
    level: Level = "block" if place == "column" or (kind in _BLOCKING and place != "name") else "warn"
    examples = list(dict.fromkeys(masked))[:_EXAMPLES]
    code = f"{PREFIX}.{kind}.{place}"
    return said(sentence, level, code, field, count=count, column=column, examples=examples)


def _what(kind: str) -> str:
    return {
        "nir": tk._("social security numbers"),
        "iban": tk._("numbers of bank accounts (IBAN)"),
        "email": tk._("people’s e-mail addresses"),
        "phone": tk._("telephone numbers"),
        "birth": tk._("dates of birth beside names"),
    }[kind]


def _by_place(place: str, kind: str) -> str | None:
    hint = tk._("If they are something else, a data protection officer can let this pass.")
    texts = {
        "text": tk._("This text seems to have {what}: {count} ({examples}). Take them out."),
        "file": tk._(
            "This file seems to have {what} in its texts: {count} in the rows looked at ({examples}). Take them out."
        ),
        "column": tk._(
            "The column “{column}” seems to hold {what}: {count} in the rows looked at ({examples}). Take the column"
            " out, or make the people unrecognisable."
        ),
        "name": tk._("By its name the column “{column}” holds {what}. Look whether it does, and take it out then."),
    }
    if place not in texts:
        return None
    blocks = place == "column" or (kind in _BLOCKING and place != "name")
    return f"{texts[place]} {hint}" if blocks else texts[place]
