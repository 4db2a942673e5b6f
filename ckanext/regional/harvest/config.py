"""Typed access to ``ckanext.regional.harvest.*``; the defaults are in ``config_declaration.yaml`` and nowhere else."""

from __future__ import annotations

import datetime
from typing import Any

import ckan.plugins.toolkit as tk
from ckan.lib.helpers import get_display_timezone

from ckanext.regional.outgoing.session import Limits


def _get(key: str) -> Any:
    return tk.config[f"ckanext.regional.harvest.{key}"]


def user() -> str:
    """Name of the user under which imports are written."""
    return _get("user")


def queue() -> str:
    """Name of the queue of background jobs."""
    return _get("queue")


def jobs() -> int:
    """How many workers can share a run."""
    return _get("jobs")


def nice() -> int:
    """By how much a job lowers the priority of its process."""
    return _get("nice")


def job_seconds() -> int:
    """After how long a job goes on in a new one."""
    return _get("job_seconds")


def lease_seconds() -> int:
    """After how long a silent worker is taken for dead."""
    return _get("lease_seconds")


def fetch_rows() -> int:
    """Datasets of one request; CKAN answers 1000 at most."""
    return min(_get("fetch_rows"), 1000)


def max_records() -> int:
    """Datasets that one run reads at most."""
    return _get("max_records")


def page_size() -> int:
    """Datasets of one page."""
    return _get("page_size")


def overlap_seconds() -> int:
    """How much of a CKAN's index is read again behind the last reading."""
    return _get("overlap_seconds")


def max_rdf_bytes() -> int:
    """Bytes of one RDF document."""
    return min(_get("max_rdf_bytes"), _get("max_bytes"))


def previews_per_minute() -> int:
    """How many sources one user may preview in a minute."""
    return _get("preview_per_minute")


def max_withdraw_share() -> float:
    """Share of a source's datasets that may vanish at once."""
    return float(_get("max_withdraw_share"))


def jitter() -> datetime.timedelta:
    """By how much a scheduled run may be put off."""
    return datetime.timedelta(seconds=_get("jitter"))


def clock() -> datetime.tzinfo:
    """On whose clock cron words are read: the one that the site shows times on."""
    return get_display_timezone()


def keep_runs() -> int:
    """How many ended runs of a source are kept."""
    return _get("keep_runs")


def mails() -> bool:
    """Whether stewards are told of failures by e-mail."""
    return _get("mail")


def feed_types() -> list[str]:
    """Dataset types that neighbours get."""
    return _get("feed_types")


def limits() -> Limits:
    """What one request to a neighbour may cost."""
    return Limits(
        connect=_get("connect_timeout"),
        read=_get("read_timeout"),
        total=_get("total_timeout"),
        retries=_get("retries"),
        max_wait=_get("max_wait"),
        max_bytes=_get("max_bytes"),
        networks=tuple(_get("allow_networks")),
        networks_setting="ckanext.regional.harvest.allow_networks",
    )
