"""Template helpers about where a dataset comes from, and what stands between here and there."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from ckan import authz, model

from ckanext.regional import dates, language
from ckanext.regional.field_words import FieldWords
from ckanext.regional.harvest.conflicts import handover, reading
from ckanext.regional.harvest.logic.auth import organisations_of
from ckanext.regional.harvest.model import Record, Source
from ckanext.regional.harvest.provenance import origins
from ckanext.regional.harvest.writing import weighing

__all__ = [
    "regional_clash_text",
    "regional_origin_details",
    "regional_origin_hint",
    "regional_since",
    "regional_whole_label",
]


def regional_origin_details(dataset: dict[str, Any]) -> dict[str, Any]:
    """What there is to say of a harvested dataset besides its origin.

    :returns: ``{via: [titles of the sites that it came by], local: [labels of fields edited here], conflict: id of the
        record or None, edits: whether the reader edits it}``
    """
    origin = dataset["origin"]
    between = [site for site in origin["path"] if site != origin["site"]]
    titles = origins.source_titles(between) if between else {}
    record = model.Session.scalar(sa.select(Record).where(Record.dataset_id == dataset["id"]))
    changed = handover.local_changes(record, dataset) if record is not None else []
    return {
        "via": [titles.get(site, site) for site in between],
        "local": reading.labels(changed, dataset) if changed else [],
        "conflict": record.id if record is not None and record.state == "conflict" and _administers(record) else None,
        "edits": _edits(dataset),
    }


def regional_origin_hint(dataset: dict[str, Any]) -> dict[str, Any] | None:
    """The origin of what is on a form, a proposal's being that of the dataset which it changes; None for our own."""
    id = dataset.get("regional_revision_of") or dataset.get("id")
    origin = origins.of([id]).get(id) if id else None
    return None if origin is None or origin.get("detached") else origin


def regional_whole_label(reason: str) -> str:
    """Why the whole of a dataset is in conflict, in the reader's language."""
    labels = {
        weighing.DELETED: tk._("The dataset was deleted here."),
        weighing.PURGED: tk._("The dataset was deleted for good here."),
        weighing.HIDDEN: tk._("The dataset was made private here."),
    }
    return labels.get(reason, reason)


def regional_clash_text(path: str, value: Any) -> str:
    """A value of a conflict on one line, in the reader's words."""
    field = path.rsplit("/", 1)[-1]
    words = FieldWords("dataset")
    if isinstance(value, list):
        return ", ".join(_one(words, field, one) for one in value)
    return "" if value in (None, "") else _one(words, field, value)


def regional_since(when: Any) -> str:
    """How long ago a day was: “today”, “yesterday”, “12 days ago”."""
    days = (dates.today() - dates.local(when.isoformat()).date()).days
    if days <= 0:
        return tk._("today")
    if days == 1:
        return tk._("yesterday")
    return tk.ungettext("{n} day ago", "{n} days ago", days).format(n=language.number(days))


def _one(words: FieldWords, field: str, value: Any) -> str:
    if isinstance(value, dict):
        return " · ".join(str(part) for part in value.values() if part)
    return words.value(field, value)


def _administers(record: Record) -> bool:
    owner = model.Session.scalar(sa.select(Source.owner_org).where(Source.id == record.source_id))
    return owner in organisations_of(tk.current_user.name or "")


def _edits(dataset: dict[str, Any]) -> bool:
    name, owner = tk.current_user.name, dataset.get("owner_org")
    return bool(name and owner and authz.has_user_permission_for_group_or_org(owner, name, "update_dataset"))
