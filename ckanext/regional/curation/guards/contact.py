"""Somebody answers questions about the data."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import ckan.plugins.toolkit as tk
from ckan.types import Context

from ckanext.regional import completeness as rules
from ckanext.regional.curation.guards.saying import Details, said
from ckanext.regional.types import GuardResult


def contact(dataset: dict[str, Any], context: Context) -> Iterator[GuardResult]:
    """Block where there is no contact that can be reached."""
    if not rules.is_filled(dataset, "contact"):
        yield said(sentence, "block", "contact.missing", "contact")


def sentence(code: str, field: str | None, details: Details) -> str | None:
    """The sentence for a finding of this guard, in the reader's language."""
    if code != "contact.missing":
        return None
    return tk._("Give a contact with an e-mail or web address, so that people can ask about the data.")
