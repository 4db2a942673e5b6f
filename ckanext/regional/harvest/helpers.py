"""Template helpers of the harvester's pages."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk

from ckanext.regional.harvest import origins
from ckanext.regional.harvest.logic.auth import organisations_of

__all__ = [
    "regional_administers_sources",
    "regional_origin_title",
    "regional_outcome_label",
    "regional_run_state_label",
]


def regional_administers_sources() -> bool:
    """Whether the reader administers sources, and so is shown the way to them."""
    return tk.current_user.is_authenticated and bool(organisations_of(tk.current_user.name))


def regional_origin_title(origin: dict[str, Any]) -> str:
    """What to call the site where a dataset was born."""
    return origins.source_titles([origin["site"]]).get(origin["site"], origin["site"])


def regional_run_state_label(state: str) -> str:
    """A run's state in the reader's language."""
    labels = {
        "queued": tk._("Waiting for a worker"),
        "running": tk._("Running"),
        "finished": tk._("Finished"),
        "failed": tk._("Failed"),
        "aborted": tk._("Aborted"),
        "held": tk._("Waiting for you"),
    }
    return labels.get(state, state)


def regional_outcome_label(outcome: str) -> str:
    """What became of records, in the reader's language, as the head of a number."""
    labels = {
        "seen": tk._("Seen"),
        "created": tk._("New"),
        "updated": tk._("Updated"),
        "unchanged": tk._("Unchanged"),
        "skipped": tk._("Skipped"),
        "conflict": tk._("In conflict"),
        "failed": tk._("Failed"),
        "pending": tk._("Waiting for review"),
        "withdrawn": tk._("Withdrawn"),
        "current": tk._("Up to date"),
    }
    return labels.get(outcome, outcome)
