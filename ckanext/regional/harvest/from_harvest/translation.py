"""A source of ckanext-harvest in our words: pure, no CKAN."""

from __future__ import annotations

import json
import zlib
from dataclasses import dataclass, field
from typing import Any

#: Types of ckanext-harvest and ckanext-dcat, and the kind that reads the same.
KINDS = {"ckan": "auto", "dcat_rdf": "dcat"}
#: Of its configuration, what has no meaning here, or one that cannot be kept without asking.
_NO_MATTER = ("api_version", "force_all", "user", "user_agent", "clean_tags", "rdf_format")
_INCLUDE = {"organizations_filter_include": "organization", "groups_filter_include": "group"}
_FIELDS = {"organization": "organization", "group": "groups"}
_EXCLUDE = {"organizations_filter_exclude": "organization", "groups_filter_exclude": "groups"}


@dataclass(slots=True)
class Settings:
    """What a source of ours is made with, and what of the old one is not in it."""

    kind: str
    frequency: str
    filters: dict[str, str] = field(default_factory=dict)
    token: str | None = None
    lost: list[str] = field(default_factory=list)


def settings(old_type: str, config: str, frequency: str, seed: str) -> Settings:
    """Translate what a source is set to.

    :param config: its configuration, JSON or nothing
    :param seed: of the minute at which it runs, so that not all sources do at once
    :raises ValueError: for a type that nothing here reads.
    """
    if old_type not in KINDS:
        raise ValueError(f"nothing here reads sources of the type “{old_type}”; there are {', '.join(KINDS)}")
    made = Settings(KINDS[old_type], _cron(frequency, seed))
    given = _object(config, made.lost)
    given_fq = _filters(given, made)
    if given_fq:
        made.filters["fq"] = given_fq
        # Only the API of a CKAN takes a query; the feed of a site with this extension does not.
        made.kind = "ckan" if made.kind == "auto" else made.kind
    if isinstance(key := given.pop("api_key", None), str) and key:
        made.token = key
    for name in _NO_MATTER:
        given.pop(name, None)
    made.lost += [f"{name}: {json.dumps(value, ensure_ascii=False)}" for name, value in sorted(given.items()) if value]
    return made


def _filters(given: dict[str, Any], made: Settings) -> str:
    """Filters of one value as they are here; more of them as a query."""
    parts: list[str] = []
    for name, filter_ in _INCLUDE.items():
        values = _texts(given.pop(name, None))
        if len(values) == 1:
            made.filters[filter_] = values[0]
        elif values:
            parts.append(f"{_FIELDS[filter_]}:({' OR '.join(map(_quoted, values))})")
    for name, field_ in _EXCLUDE.items():
        parts += [f"-{field_}:{_quoted(value)}" for value in _texts(given.pop(name, None))]
    return " ".join(parts)


def _cron(frequency: str, seed: str) -> str:
    minute = zlib.crc32(seed.encode()) % 60
    known = {
        "ALWAYS": f"{minute} * * * *",
        "DAILY": f"{minute} 3 * * *",
        "WEEKLY": f"{minute} 3 * * 1",
        "BIWEEKLY": f"{minute} 3 1,15 * *",
        "MONTHLY": f"{minute} 3 1 * *",
    }
    return known.get(frequency.upper(), "manual")


def _object(config: str, lost: list[str]) -> dict[str, Any]:
    if not config.strip():
        return {}
    try:
        value = json.loads(config)
    except ValueError:
        value = None
    if isinstance(value, dict):
        return value
    lost.append("its configuration is no JSON object")
    return {}


def _texts(value: Any) -> list[str]:
    return [item for item in value if isinstance(item, str) and item] if isinstance(value, list) else []


def _quoted(value: str) -> str:
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
