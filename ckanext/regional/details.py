"""What a dataset's or a file's page says of the fields: in groups, only what holds something, in the reader's words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import babel.dates
import ckan.plugins.toolkit as tk
import flask_babel

from ckanext.regional import dates, form, language, periods

#: What the rest of a dataset's page shows already.
_ELSEWHERE = frozenset({"id", "title", "name", "notes", "tag_string", "license_id", "owner_org", "private"})
#: The same of a file's page.
_ELSEWHERE_OF_FILES = frozenset({"name", "description", "url", "format", "hash_algorithm"})
#: What the table of a file's page would otherwise print a second time, or as a program writes it.
_TOLD = frozenset(
    {
        "created",
        "metadata modified",
        "last modified",
        "format",
        "url type",
        "has views",
        "on same domain",
        "hash algorithm",
    }
)  # fmt: skip
#: SIREN and SIRET are read in threes.
_NUMBERS = {9: (3, 6), 14: (3, 6, 9)}


@dataclass(frozen=True, slots=True)
class Part:
    """Fields that stand together."""

    name: str
    title: str
    fields: tuple[Mapping[str, Any], ...]


def parts(fields: Iterable[Mapping[str, Any]], dataset: Mapping[str, Any]) -> list[Part]:
    """Arrange the fields of a dataset's page; what is empty, or was asked for under another condition, is left out.

    A steward is told to those to whom ``package_show`` gives one, or their name to everybody where they agreed to it.
    """
    kept = [
        field
        for field in fields
        if field["field_name"] not in _ELSEWHERE
        and (field.get("display_snippet", "") is not None or field["field_name"] == "steward")
        and _says_something(field, dataset)
    ]
    found = (
        Part(name, form.titles(name)[0], tuple(field for field in kept if form.group_of(field) == name))
        for name in form.GROUPS
    )
    return [part for part in found if part.fields]


def of_file(fields: Iterable[Mapping[str, Any]], resource: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The fields of a file's page that hold something."""
    return [
        field
        for field in fields
        if field["field_name"] not in _ELSEWHERE_OF_FILES
        and field.get("display_snippet", "") is not None
        and _says_something(field, resource)
    ]


def other_items(fields: Iterable[Mapping[str, Any]], resource: Mapping[str, Any]) -> list[tuple[str, Any]]:
    """What CKAN knows of a file besides, without what stands in the fields and without lists and objects."""
    named = {field["field_name"] for field in fields}
    rest = [
        (key, value)
        for key, value in resource.items()
        if key not in named and not isinstance(value, list | dict | tuple)
    ]
    return [(key, value) for key, value in tk.h.format_resource_items(rest) if key not in _TOLD]


def _says_something(field: Mapping[str, Any], data: Mapping[str, Any]) -> bool:
    value = data.get(field["field_name"])
    if field["field_name"] == "steward":
        value = value or data.get("steward_name")
    return not form.is_blank(value) and form.holds(field.get("shown_when"), data)


# Values -------------------------------------------------------------------------------------------------------------


def date_label(value: Any) -> str:
    """A date of the metadata as people say it: “2026”, “December 2026”, “31 December 2026”.

    :returns: the value itself where it is no date.
    """
    text = str(value or "").strip()
    first = periods.first_day(text)
    if first is None:
        return text
    written = str(periods.iso(text))[:10]
    if len(written) == 4:
        return written
    locale = flask_babel.get_locale() or language.current()
    if len(written) == 7:
        return babel.dates.format_skeleton("yMMMM", first, locale=locale)
    return dates.first_of_month(babel.dates.format_date(first, "long", locale=locale), first, locale)


def period_label(period: Mapping[str, Any]) -> str:
    """“December 2025 – 2026”; one side may be open. A dash, since “from … to” is another word for each kind of date."""
    start, end = date_label(period.get("start")), date_label(period.get("end"))
    if start and end:
        return start if start == end else f"{start} – {end}"
    if start:
        return tk._("{start} – ongoing").format(start=start)
    return tk._("until: {end}").format(end=end) if end else ""


def number_label(value: Any) -> str:
    """A SIREN or SIRET as it is read aloud: ``212 900 195 00014``; anything else as it is."""
    text = str(value)
    cuts = _NUMBERS.get(len(text)) if text.isdecimal() else None
    if cuts is None:
        return text
    edges = (0, *cuts, len(text))
    return " ".join(text[start:end] for start, end in pairwise(edges))
