"""The licence says what people may do with the data."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import ckan.plugins.toolkit as tk
from ckan import model
from ckan.types import Context

from ckanext.regional import completeness as rules
from ckanext.regional import vocabulary
from ckanext.regional.curation.guards.saying import Details, said
from ckanext.regional.types import GuardResult


def licence(dataset: dict[str, Any], context: Context) -> Iterator[GuardResult]:
    """Block where none was chosen or the site does not know it, warn where public data have one that is not open."""
    if not rules.is_filled(dataset, "license_id"):
        yield said(sentence, "block", "licence.missing", "license_id")
        return
    chosen = dataset["license_id"]
    register = model.Package.get_license_register()
    if chosen not in register.keys():  # noqa: SIM118 - the register's own ``in`` compares objects
        yield said(sentence, "block", "licence.unknown", "license_id", licence=chosen)
        return
    access = vocabulary.get("access_rights", dataset.get("access_rights"))
    if access is not None and access.code == "PUBLIC" and not register[chosen].isopen():
        yield said(sentence, "warn", "licence.not_open", "license_id", licence=register[chosen].title)


def sentence(code: str, field: str | None, details: Details) -> str | None:
    """The sentence for a finding of this guard, in the reader's language."""
    sentences = {
        "licence.missing": tk._(
            "Choose a licence: without one nobody knows what they may do with the data. Licence Ouverte 2.0 suits most."
        ),
        "licence.unknown": tk._("This site does not know the licence “{licence}”: choose one from the list."),
        "licence.not_open": tk._(
            "“{licence}” is no open licence, though access is public. Public bodies use Licence Ouverte 2.0 or ODbL."
        ),
    }
    return sentences[code].format(**details) if code in sentences else None
