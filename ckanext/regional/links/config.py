"""Typed access to ``ckanext.regional.links.*``; the defaults are in ``config_declaration.yaml`` and nowhere else."""

from __future__ import annotations

import datetime
from typing import Any

import ckan.plugins.toolkit as tk

from ckanext.regional.outgoing.session import Limits


def _get(key: str) -> Any:
    return tk.config[f"ckanext.regional.links.{key}"]


def enabled() -> bool:
    """Whether links are looked at."""
    return _get("enabled")


def queue() -> str:
    """Name of the queue of background jobs."""
    return _get("queue")


def recheck() -> datetime.timedelta:
    """After how long a link is looked at again."""
    return datetime.timedelta(days=_get("recheck_days"))


def retry() -> datetime.timedelta:
    """How long after a failure the second look comes, which counts."""
    return datetime.timedelta(hours=_get("retry_hours"))


def host_interval() -> float:
    """Seconds between two requests to one host."""
    return float(_get("host_interval"))


def job_seconds() -> int:
    """After how long a job goes on in a new one."""
    return _get("job_seconds")


def lease_seconds() -> float:
    """After how long a worker that asks a host is taken for dead: several addresses of it may be tried in turn."""
    return 60 + 10 * _get("timeout")


def limits() -> Limits:
    """What one request may cost."""
    return Limits(
        connect=min(10, _get("timeout")),
        read=_get("timeout"),
        total=_get("timeout"),
        retries=0,
        whole=False,
        networks=tuple(_get("allow_networks")),
        networks_setting="ckanext.regional.links.allow_networks",
    )
