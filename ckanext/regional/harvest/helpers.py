"""Template helpers of the harvester's pages."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
from ckan.lib.helpers import lang
from ckan.plugins import plugin_loaded

from ckanext.regional import vocabulary
from ckanext.regional.harvest import origins
from ckanext.regional.harvest.helpers_origin import (
    regional_clash_text,
    regional_origin_details,
    regional_origin_hint,
    regional_since,
    regional_whole_label,
)
from ckanext.regional.harvest.logic.auth import organisations_of

__all__ = [
    "regional_administers_sources",
    "regional_clash_text",
    "regional_origin_details",
    "regional_origin_hint",
    "regional_origin_title",
    "regional_outcome_label",
    "regional_run_state_label",
    "regional_since",
    "regional_source_kind_label",
    "regional_source_kinds",
    "regional_trust_label",
    "regional_trusts",
    "regional_vocabulary",
    "regional_whole_label",
]


def regional_administers_sources() -> bool:
    """Whether the reader administers sources, and so is shown the way to them."""
    return bool(organisations_of(tk.current_user.name or ""))


def regional_origin_title(origin: dict[str, Any]) -> str:
    """What to call the site where a dataset was born."""
    site: str = origin["site"]
    return origins.source_titles([site]).get(site, site)


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


def regional_source_kinds() -> list[dict[str, str]]:
    """Kinds of sources, for a form."""
    return [{"value": kind, "text": regional_source_kind_label(kind)} for kind in ("auto", "regional", "ckan")]


def regional_source_kind_label(kind: str) -> str:
    """A kind of source in the reader's language."""
    labels = {
        "auto": tk._("Ask the site what it is"),
        "regional": tk._("A catalogue with ckanext-regional"),
        "ckan": tk._("Any CKAN"),
    }
    return labels.get(kind, kind)


def regional_trusts() -> list[dict[str, str]]:
    """Degrees of trust that this reader may choose, for a form."""
    offered = ["review"] if plugin_loaded("regional_curation") else []
    if getattr(tk.current_user, "sysadmin", False):
        offered.append("publish")
    return [{"value": trust, "text": regional_trust_label(trust)} for trust in offered]


def regional_trust_label(trust: str) -> str:
    """A degree of trust in the reader's language."""
    labels = {
        "review": tk._("Each dataset waits for a steward"),
        "publish": tk._("What passes this site's checks is published"),
    }
    return labels.get(trust, trust)


def regional_vocabulary(name: str) -> list[dict[str, str]]:
    """The terms of a vocabulary in the reader's language, for a form."""
    return [{"value": choice["value"], "text": choice["label"]} for choice in vocabulary.choices(name, lang() or "en")]
