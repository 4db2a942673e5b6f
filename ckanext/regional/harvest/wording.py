"""What is kept in English, in the reader's language: reasons of records and what stands in a run's way."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk

from ckanext.regional import language
from ckanext.regional.harvest import sentences


def reason(text: str | None) -> str:
    """A record's reason, or a kind of reasons. What a validator said stays as it was said."""
    return said(text) if text else tk._("no reason was kept")


def said(text: str) -> str:
    """A sentence of ours about a source, a run or a record; any other text as it is."""
    return sentences.translated(text, tk._)


def obstacle(run: dict[str, Any]) -> str:
    """What stands in a run's way. Of what a neighbour answered, its own words stay.

    :param run: as ``regional_run_show`` answers
    """
    if run["state"] == "held" and run.get("held"):
        gone, of = run["held"]["gone"], run["held"]["of"]
        return tk.ungettext(
            "The neighbour no longer has {n} of the {of} datasets that came from it. It stays until you decide.",
            "The neighbour no longer has {n} of the {of} datasets that came from it. They stay until you decide.",
            gone,
        ).format(n=language.number(gone), of=language.number(of))
    return said(run["error"] or "")
