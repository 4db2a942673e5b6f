"""Typed access to ``ckanext.regional.needs.*``; the defaults are in ``config_declaration.yaml`` and nowhere else."""

from __future__ import annotations

import datetime
from typing import Any

import ckan.plugins.toolkit as tk
from ckan.lib.helpers import get_display_timezone

#: No setting makes an address stay longer.
_LONGEST = 365


def _get(key: str) -> Any:
    return tk.config[f"ckanext.regional.needs.{key}"]


def queue() -> str:
    """Name of the queue of background jobs."""
    return _get("queue")


def anonymous() -> bool:
    """Whether people without an account may take part."""
    return _get("anonymous")


def confirm_for() -> datetime.timedelta:
    """How long a link in an e-mail is good."""
    return datetime.timedelta(hours=_get("confirm_hours"))


def unconfirmed_for() -> datetime.timedelta:
    """How long what nobody confirmed is kept."""
    return datetime.timedelta(days=_get("unconfirmed_days"))


def address_for() -> datetime.timedelta:
    """How long an address is kept at most."""
    return datetime.timedelta(days=min(_get("address_days"), _LONGEST))


def rate(kind: str) -> int:
    """How many times in its window (:mod:`~ckanext.regional.needs.asking.rates`)."""
    return _get(f"rate_{kind}")


def counts_demand() -> bool:
    """Whether searches, views and downloads are counted."""
    return _get("demand")


def robots() -> list[str]:
    """Further words of robots' names."""
    return _get("robots")


def today() -> datetime.date:
    """The day that it is where the site is."""
    return datetime.datetime.now(get_display_timezone()).date()


def refresh_after() -> datetime.timedelta:
    """How long after something was counted the figures are made anew."""
    return datetime.timedelta(minutes=_get("refresh_minutes"))


def demand_kept_days() -> int:
    """How many days counts of demand are kept; 0 for ever."""
    return _get("keep_demand_days")
