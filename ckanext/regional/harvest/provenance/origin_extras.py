"""The origin of a harvested dataset as extras, for clients that know nothing of ``origin``: pure, no CKAN.

ckanext-harvest, for one, keeps the extras of what it reads and drops every key that it does not know.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

_KEYS = {"origin_site": "site", "origin_dataset_id": "dataset_id", "origin_url": "url"}

Extra = Mapping[str, Any]


def added(extras: Sequence[Extra], origin: Mapping[str, Any]) -> list[Extra]:
    """Extras with those of an origin, in place of any that say otherwise."""
    told = [{"key": key, "value": origin[field]} for key, field in _KEYS.items() if origin.get(field)]
    return [*without(extras), *told]


def without(extras: Sequence[Any]) -> list[Any]:
    """Extras that say nothing of an origin."""
    return [extra for extra in extras if not _is_one(extra)]


def untold(remote: Mapping[str, Any]) -> Mapping[str, Any]:
    """What a neighbour's dataset says of itself, without the extras that say where it was born."""
    extras = remote.get("extras")
    return {**remote, "extras": without(extras)} if isinstance(extras, list) else remote


def claimed(remote: Mapping[str, Any]) -> dict[str, str] | None:
    """The origin that a neighbour's dataset tells in its extras, in the shape of ``origin``."""
    extras = remote.get("extras")
    told = {
        _KEYS[extra["key"]]: extra["value"]
        for extra in (extras if isinstance(extras, list) else [])
        if _is_one(extra) and isinstance(extra.get("value"), str)
    }
    return told if {"site", "dataset_id"} <= told.keys() else None


def _is_one(extra: Any) -> bool:
    key = extra.get("key") if isinstance(extra, Mapping) else None
    return isinstance(key, str) and key in _KEYS
