"""Guards look at a dataset before a person does; those that block keep it from submission and from approval."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterable
from typing import Any

from ckan import plugins as p
from ckan.types import Context

from ckanext.regional.curation import config
from ckanext.regional.curation.guards import (
    completeness,
    contact,
    duplicates,
    freshness,
    licence,
    links,
    running,
    territory,
)
from ckanext.regional.curation.guards.files import guard as files
from ckanext.regional.curation.guards.personal import guard as personal
from ckanext.regional.curation.guards.saying import Details, Sentence
from ckanext.regional.interfaces import Guard, IRegional
from ckanext.regional.types import GuardResult, Level

#: In the order of the page; what blocks first.
_OURS: dict[str, Guard] = {
    "completeness": completeness.completeness,
    "licence": licence.licence,
    "territory": territory.territory,
    "contact": contact.contact,
    "personal_data": personal.personal_data,
    "files": files.files,
    "links": links.links,
    "duplicates": duplicates.duplicates,
    "freshness": freshness.freshness,
}
#: Those of ours that block nothing, unless the site's settings say so.
_NEVER_BLOCK = frozenset({"files", "links", "duplicates", "freshness"})
_SENTENCES: tuple[Sentence, ...] = (
    running.sentence,
    completeness.sentence,
    licence.sentence,
    territory.sentence,
    contact.sentence,
    personal.sentence,
    files.sentence,
    links.sentence,
    duplicates.sentence,
    freshness.sentence,
)
_FOR_EVERYBODY = {"duplicates": duplicates.for_everybody, "links": links.for_everybody}
_ORDER: dict[Level, int] = {"block": 0, "warn": 1, "info": 2}


def check(dataset: dict[str, Any], context: Context, *, only_blocking: bool = False) -> list[GuardResult]:
    """Run the guards on a dataset dict; one that fails or hangs counts as blocking, so that nothing passes unseen.

    :param only_blocking: leave out guards of ours that keep nothing back
    """
    levels = config.guard_levels()
    guards = {
        name: guard
        for name, guard in _guards().items()
        if levels.get(name) != "off" and not (only_blocking and name in _NEVER_BLOCK and not _may_block(name, levels))
    }
    results = running.run(guards, dataset, context, {name: config.guard_seconds(name) for name in guards})
    settled = [_settled(result, levels) for result in results]
    return sorted(filter(None, settled), key=lambda result: _ORDER[result.level])


def worded(code: str, field: str | None, dataset_type: str, stored: str, details: Details | None = None) -> str:
    """A stored finding in the reader's language; another extension's guard is quoted as it spoke."""
    known = {"type": dataset_type, **(details or {})}
    for sentence in _SENTENCES:
        try:
            text = sentence(code, field, known)
        except KeyError:  # stored by an older version, with other details
            text = None
        if text:
            return text
    return stored


def for_storage(result: GuardResult) -> GuardResult:
    """A result as it may be kept for readers who are still unknown."""
    clean = _FOR_EVERYBODY.get(result.code.split(".")[0])
    # Another extension's details may be anything.
    details = json.loads(json.dumps(dict(clean(result.details) if clean else result.details), default=str))
    message = worded(result.code, result.field, "", result.message, details) if clean else result.message
    return dataclasses.replace(result, details=details, message=message)


def blocking(results: Iterable[GuardResult]) -> list[GuardResult]:
    """Those that keep a dataset back."""
    return [result for result in results if result.level == "block"]


def as_errors(results: Iterable[GuardResult]) -> dict[str, list[str]]:
    """Blocking results as CKAN's error dict: sentences by form field; ``checks`` where there is no field."""
    errors: dict[str, list[str]] = {}
    for result in blocking(results):
        errors.setdefault(result.field or "checks", []).append(result.message)
    return errors


def _guards() -> dict[str, Guard]:
    guards = dict(_OURS)
    for plugin in p.PluginImplementations(IRegional):
        guards.update(plugin.get_guards())
    return guards


def _settled(result: GuardResult, levels: dict[str, str]) -> GuardResult | None:
    """A result at the level that the site gives it; the longest beginning of its code decides."""
    parts = result.code.split(".")
    for length in range(len(parts), 0, -1):
        level = levels.get(".".join(parts[:length]))
        if level == "off":
            return None
        if level is not None and parts[-1] not in ("failed", "late"):
            return dataclasses.replace(result, level=level)  # pyright: ignore[reportArgumentType]
    return result


def _may_block(name: str, levels: dict[str, str]) -> bool:
    return any(level == "block" and code.split(".")[0] == name for code, level in levels.items())
