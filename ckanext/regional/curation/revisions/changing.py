"""What a case changes of what is published, in the words of the form."""

from __future__ import annotations

import dataclasses
from typing import Any

from ckanext.regional import diff
from ckanext.regional.curation.applying import content
from ckanext.regional.curation.model import Case
from ckanext.regional.curation.revisions import copies
from ckanext.regional.curation.showing import preview
from ckanext.regional.curation.showing.columns import compare
from ckanext.regional.field_words import FieldWords, file_name


def of_case(case: Case | None) -> list[dict[str, Any]]:
    """What a revision changes; empty for a first publication, which is new as a whole, and for a removal.

    :returns: ``[{"field", "label", "kind": added|removed|changed, "before", "after", "segments", "items", "parts",
        "file"}]``; ``segments`` and ``items`` are ``[{"kind": same|added|removed, "text"}]``, ``parts`` the changes
        of a file's own fields, ``file`` of a new or replaced one ``{"rows": [before, after], "columns": {…} or None,
        "all_columns"}``, else None
    """
    if case is None or case.kind != "revision":
        return []
    before, after = copies.pair(case)
    if before is None or after is None:
        return []
    words = FieldWords(after.get("type") or "dataset")
    found = diff.changes(before, after, words.value, content.stamps)
    return [_shown(change, words) for change in found]


def _shown(change: diff.Change, words: FieldWords, *, of_file: bool = False) -> dict[str, Any]:
    is_file = change.field.startswith(diff.RESOURCES)
    return {
        "field": change.field,
        "label": file_name(change.after or change.before or {})
        if is_file
        else words.field(change.field, of_file=of_file),
        "kind": change.kind,
        "before": None if is_file else change.before,
        "after": None if is_file else change.after,
        "segments": [dataclasses.asdict(segment) for segment in change.segments],
        "items": [dataclasses.asdict(item) for item in change.items],
        "parts": [_shown(part, words, of_file=True) for part in change.parts],
        "file": _file(change) if is_file else None,
    }


def _file(change: diff.Change) -> dict[str, Any] | None:
    """How a file's table changed; None where its data did not, or are no table that can be read."""
    if not change.replaced and change.kind == "changed":
        return None
    old, new = (preview.table(resource) if resource else None for resource in (change.before, change.after))
    rows = [old.count if old else None, new.count if new else None]
    columns = dataclasses.asdict(compare(old, new)) if old and new else None
    only = new or old
    return {"rows": rows, "columns": columns, "all_columns": only.columns if only else []}
