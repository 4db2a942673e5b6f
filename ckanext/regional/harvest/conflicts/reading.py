"""A conflict as people read it: fields by their labels, values in words, what each side changed marked."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any

import ckan.plugins.toolkit as tk
from ckan import model

from ckanext.regional import diff
from ckanext.regional.field_words import FieldWords, file_name
from ckanext.regional.harvest import dictize
from ckanext.regional.harvest.conflicts import resolving
from ckanext.regional.harvest.conflicts.merge import EXTRA, ORDER, RESOURCE, TAG, Clash
from ckanext.regional.harvest.conflicts.resolving import Situation
from ckanext.regional.harvest.model import Record, Source


def shown(record: Record) -> dict[str, Any]:
    """A record with its conflict, if it is in one; see ``regional_record_show``."""
    source = model.Session.get(Source, record.source_id) if record.source_id else None
    found = resolving.situation(record)
    return dictize.record(record) | {
        "source": source.name if source is not None else None,
        "detached": dictize.time(record.detached),
        "conflict": _conflict(found) if found is not None else None,
    }


def labels(paths: list[str], dataset: Mapping[str, Any]) -> list[str]:
    """What some paths of a merge are called, each name once.

    :param dataset: names the files that the paths speak of
    """
    words = FieldWords(dataset.get("type") or "dataset")
    names = _file_names(dataset)
    return list(dict.fromkeys(_label(path, words, names) for path in paths))


def _conflict(found: Situation) -> dict[str, Any]:
    came = found.incoming.mapped.dataset
    here = found.current or came
    words = FieldWords(here.get("type") or "dataset")
    names = _file_names(came) | _file_names(here)
    merge = found.merge
    return {
        "fingerprint": found.fingerprint,
        "whole": found.whole,
        "fields": [_field(clash, words, names) for clash in merge.clashes],
        "kept": list(dict.fromkeys(_label(path, words, names) for path in merge.kept)),
        "taken": list(dict.fromkeys(_label(path, words, names) for path in merge.taken)),
    }


def _field(clash: Clash, words: FieldWords, names: Mapping[str, str]) -> dict[str, Any]:
    path = clash.field
    is_file = path.startswith(RESOURCE) and path.count("/") == 1
    name = path.rsplit("/", 1)[-1] if path.startswith(RESOURCE) else path

    def told(after: Any) -> list[dict[str, Any]]:
        if is_file:
            return [_part(change, words) for change in _of_file(clash.base, after, words)]
        if path == ORDER:
            before, then = ([names.get(one, one) for one in order or []] for order in (clash.base, after))
            return [_part(change, words) for change in diff.of_field("resources", " → ".join(before), " → ".join(then))]
        return [_part(change, words) for change in diff.of_field(name, clash.base, after, words.value)]

    return {
        "field": path,
        "label": _label(path, words, names),
        "is_file": is_file,
        "base": clash.base,
        "local": clash.local,
        "remote": clash.remote,
        "ours": told(clash.local),
        "theirs": told(clash.remote),
    }


def _of_file(base: Any, after: Any, words: FieldWords) -> list[diff.Change]:
    """What happened to the fields of a file that is still there."""
    if not after:
        return []
    keys: list[str] = list(dict.fromkeys([*after, *(base or {})]))
    return [one for key in keys for one in diff.of_field(key, (base or {}).get(key), after.get(key), words.value)]


def _part(change: diff.Change, words: FieldWords) -> dict[str, Any]:
    return {
        "field": change.field,
        "label": words.field(change.field, of_file=True),
        "kind": change.kind,
        "segments": [dataclasses.asdict(segment) for segment in change.segments],
        "items": [dataclasses.asdict(item) for item in change.items],
    }


def _file_names(dataset: Mapping[str, Any]) -> dict[str, str]:
    return {resource["id"]: file_name(resource) for resource in dataset.get("resources") or []}


def _label(path: str, words: FieldWords, names: Mapping[str, str]) -> str:
    if path.startswith(TAG):
        return words.field("tags")
    if path.startswith(EXTRA):
        return path.removeprefix(EXTRA)
    if not path.startswith(RESOURCE):
        return words.field(path)
    _head, file, *rest = path.split("/")
    named = tk._("File “{name}”").format(name=names.get(file, file))
    return f"{named} · {words.field(rest[0], of_file=True)}" if rest else named
