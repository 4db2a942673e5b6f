"""Template helpers of the harvester's pages."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
from ckan import model
from ckan.lib.helpers import lang
from ckan.plugins import plugin_loaded

from ckanext.regional import vocabulary
from ckanext.regional.harvest import sources, wording
from ckanext.regional.harvest.logic.auth import is_steward, organisations_of
from ckanext.regional.harvest.provenance import origins
from ckanext.regional.harvest.provenance.helpers import (
    regional_clash_text,
    regional_origin_details,
    regional_origin_hint,
    regional_since,
    regional_whole_label,
)
from ckanext.regional.harvest.running import runs
from ckanext.regional.harvest.scheduling import schedule

__all__ = [
    "regional_administers_sources",
    "regional_asked_by",
    "regional_clash_text",
    "regional_filter_name",
    "regional_frequency_label",
    "regional_obstacle",
    "regional_origin_details",
    "regional_origin_hint",
    "regional_origin_title",
    "regional_outcome_label",
    "regional_reason",
    "regional_record_state_label",
    "regional_run_state_label",
    "regional_since",
    "regional_source_kind_label",
    "regional_source_kinds",
    "regional_sources_in_trouble",
    "regional_trust_label",
    "regional_trusts",
    "regional_vocabulary",
    "regional_whole_label",
]

_KINDS = ("auto", "regional", "ckan", "dcat")


def regional_administers_sources() -> bool:
    """Whether the reader administers sources or answers for one, and so is shown the way to them."""
    user = tk.current_user.name or ""
    return bool(organisations_of(user)) or is_steward(user)


def regional_sources_in_trouble() -> int:
    """How many of the reader's sources fail or wait for a person."""
    user = tk.current_user.name or ""
    return sources.number_in_trouble(organisations_of(user), user)


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
        "held": tk._("Waits for you"),
    }
    return labels.get(state, state)


def regional_asked_by(run: dict[str, Any]) -> str:
    """Who or what began a run."""
    if run["asked_by"] is None:
        return tk._("from the command line")
    if run["asked_by"] == runs.SCHEDULE:
        return tk._("by the schedule")
    user = model.User.get(run["asked_by"])
    return tk._("by {person}").format(person=user.display_name if user else run["asked_by"])


def regional_obstacle(run: dict[str, Any]) -> str:
    """What stands in a run's way, if anything."""
    return wording.obstacle(run)


def regional_reason(reason: str) -> str:
    """Why a record was not taken, in the reader's language where it is a sentence of ours."""
    return wording.reason(reason)


def regional_frequency_label(frequency: str) -> str:
    """When a source is read."""
    labels = {
        schedule.MANUAL: tk._("Only when somebody runs it"),
        schedule.HOURLY: tk._("Each hour"),
        schedule.NIGHTLY: tk._("Each night at three"),
        schedule.WEEKLY: tk._("Each Monday at four in the morning"),
    }
    return labels.get(frequency) or tk._("At “{words}” (cron)").format(words=frequency)


def regional_filter_name(name: str) -> str:
    """What a filter of a source looks at."""
    labels = {
        "organization": tk._("Organisation"),
        "group": tk._("Group"),
        "territory": tk._("Territory"),
        "sector": tk._("Sector"),
        "fq": tk._("Search condition"),
    }
    return labels.get(name, name)


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


def regional_record_state_label(state: str) -> str:
    """What became of one record: many languages say it otherwise of one than of many."""
    labels = {
        "created": tk._("brought in"),
        "updated": tk._("brought up to date"),
        "unchanged": tk._("unchanged"),
        "skipped": tk._("left out"),
        "conflict": tk._("in conflict"),
        "failed": tk._("failed"),
        "withdrawn": tk._("hidden"),
        "current": tk._("up to date"),
    }
    return labels.get(state, state)


def regional_source_kinds() -> list[dict[str, str]]:
    """Kinds of sources, for a form."""
    return [{"value": kind, "text": regional_source_kind_label(kind)} for kind in _KINDS]


def regional_source_kind_label(kind: str) -> str:
    """A kind of source in the reader's language."""
    labels = {
        "auto": tk._("Ask the site what it is"),
        "regional": tk._("A catalogue with ckanext-regional"),
        "ckan": tk._("Any CKAN"),
        "dcat": tk._("A catalogue in RDF (DCAT)"),
    }
    return labels.get(kind, kind)


def regional_trusts(current: str = "") -> list[dict[str, str]]:
    """Degrees of trust that this reader may choose, for a form.

    :param current: what the source has now, which may stay
    """
    offered = ["review"] if plugin_loaded("regional_curation") else []
    if getattr(tk.current_user, "sysadmin", False) or current == "publish":
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
