"""The territory is one that exists."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import ckan.plugins.toolkit as tk
from ckan.types import Context

from ckanext.regional import completeness as rules
from ckanext.regional import language
from ckanext.regional import territory as places
from ckanext.regional.curation.guards.saying import Details, said
from ckanext.regional.indexing import listed
from ckanext.regional.types import GuardResult


def territory(dataset: dict[str, Any], context: Context) -> Iterator[GuardResult]:
    """Block where none is given or it does not exist, warn where another one took its place."""
    if not rules.is_filled(dataset, "territory"):
        yield said(sentence, "block", "territory.missing", "territory")
    for code in listed(dataset.get("territory")):
        if places.exists(code):
            continue
        successor = places.resolve(code).code
        if places.exists(successor):
            yield said(sentence, "warn", "territory.former", "territory", territory=code, successor=successor)
        else:
            yield said(sentence, "block", "territory.unknown", "territory", territory=code)


def sentence(code: str, field: str | None, details: Details) -> str | None:
    """The sentence for a finding of this guard, in the reader's language."""
    if code == "territory.missing":
        return tk._(
            "Say which territory the data are about: its stewards review the dataset, and people find it by it."
        )
    if code == "territory.unknown":
        return tk._("There is no territory “{territory}”: choose one from the list.").format(**details)
    if code == "territory.former":
        lang = language.current()
        old, new = (places.label(details[key], lang) for key in ("territory", "successor"))
        return tk._("“{old}” has become part of “{new}”: choose that.").format(old=old, new=new)
    return None
