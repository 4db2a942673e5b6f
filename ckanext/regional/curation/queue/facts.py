"""What the rows of a queue's page say besides: scores, and how much a change changes, as the search keeps them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import ckan.plugins.toolkit as tk

from ckanext.regional import score, solr
from ckanext.regional.curation import cases
from ckanext.regional.curation.fingerprint import digests, moved
from ckanext.regional.curation.model import Case
from ckanext.regional.curation.revisions import takeover

_GOVERNANCE, _MQA = score.INDEX_FIELDS["governance"], score.INDEX_FIELDS["mqa"]
_DATASET = "validated_data_dict"


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of one row, None where it is not.

    ``mqa`` are the European points of what would be public after the decision; ``before`` those of what is published
    now, of a change only; ``changed`` is how many fields and files a change changes.
    """

    governance: int | None = None
    mqa: int | None = None
    before: int | None = None
    changed: int | None = None


def of_datasets(dataset_ids: Iterable[str]) -> dict[str, Facts]:
    """Facts by dataset id, by one question to the database and one to Solr for all of a page.

    Nothing where Solr does not answer: the queue comes from the database and goes on without. The page of a case reads
    all of it anew.
    """
    ids = list(dataset_ids)
    if not ids or "regional_score_label" not in tk.h:
        return {}
    held = {id_: case for id_, case in cases.copies_of(ids).items() if case.kind == "revision" and case.closed is None}
    kept = _in_solr([*ids, *(str(case.copy_id) for case in held.values())])
    return {id_: _facts(kept, id_, held.get(id_)) for id_ in ids}


def _facts(kept: Mapping[str, dict[str, Any]], dataset_id: str, case: Case | None) -> Facts:
    live = kept.get(dataset_id, {})
    if case is None:
        return Facts(_points(live, _GOVERNANCE), _points(live, _MQA))
    copy = kept.get(str(case.copy_id), {})
    changed = changed_fields(_loaded(live), _loaded(copy), takeover.resources_of(case))
    return Facts(_points(copy, _GOVERNANCE), _points(copy, _MQA), _points(live, _MQA), changed)


def changed_fields(live: Mapping[str, Any], copy: Mapping[str, Any], resources: Mapping[str, str]) -> int | None:
    """How many fields and files differ between a published dataset and its working copy; None where one is unknown.

    :param resources: the copy's resource by that of the published dataset
    """
    if not live or not copy:
        return None
    stands_for = {copied: lived for lived, copied in resources.items()}
    renamed = [one | {"id": stands_for.get(one["id"], one["id"])} for one in copy.get("resources") or []]
    differing = moved(digests(live), digests({**copy, "name": live.get("name"), "resources": renamed}))
    files = [key for key in differing if key != "resources"]
    # Their order is told of only where nothing else of them differs.
    return len(files) or len(differing)


def _in_solr(ids: list[str]) -> dict[str, dict[str, Any]]:
    fields = ("id", _DATASET, *solr.as_functions((_GOVERNANCE, _MQA)))
    try:
        return {one["id"]: one for one in solr.ask(solr.one_of(ids), fl=",".join(fields), rows=len(ids))}
    except solr.FAILURES:
        return {}


def _points(document: Mapping[str, Any], field: str) -> int | None:
    digits = str(document.get(field, ""))
    return int(digits) if digits.isdecimal() else None


def _loaded(document: Mapping[str, Any]) -> dict[str, Any]:
    try:
        found = json.loads(document.get(_DATASET) or "{}")
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}
