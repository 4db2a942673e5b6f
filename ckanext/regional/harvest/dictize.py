"""What the actions answer, made from the tables. A token is told by nothing here."""

from __future__ import annotations

import datetime
from typing import Any

import sqlalchemy as sa
from ckan import model

from ckanext.regional.harvest.model import Record, Run, Source
from ckanext.regional.harvest.running import runs

_SOURCE = (
    "id", "name", "url", "kind", "title", "territory", "owner_org", "trust", "frequency", "filters", "defaults",
    "organizations", "enabled", "site",
)  # fmt: skip


def source(row: Source) -> dict[str, Any]:
    """A source for its administrators; whether it has a token, not which."""
    shown = {key: getattr(row, key) for key in _SOURCE}
    return shown | {
        "has_token": row.token is not None,
        "next_run": time(row.next_run),
        "trouble": row.trouble,
        "removing": row.removing,
        "created": time(row.created),
        "modified": time(row.modified),
    }


def run(row: Run, source_name: str | None = None) -> dict[str, Any]:
    """A run with its counts as they stand now.

    :param source_name: the name of its source, where the caller knows it
    """
    name = source_name or model.Session.scalar(sa.select(Source.name).where(Source.id == row.source_id))
    found = runs.counts(row)
    held = {key: row.plan.get(key) for key in ("gone", "of")} if "gone" in row.plan else None
    return {
        "id": row.id,
        "source": name,
        "source_id": row.source_id,
        "kind": row.kind,
        "state": row.state,
        "full": row.full,
        "asked_by": row.asked_by,
        "created": time(row.created),
        "started": time(row.started),
        "finished": time(row.finished),
        "counts": found,
        "progress": runs.progress(row, found),
        "held": held,
        "error": row.error,
    }


def record(row: Record) -> dict[str, Any]:
    """A record with its origin."""
    return {
        "id": row.id,
        "remote_id": row.remote_id,
        "name": row.name,
        "dataset_id": row.dataset_id,
        "state": row.state,
        "outcome": row.outcome,
        "pending": row.pending,
        "reason": row.reason,
        "origin": origin(row),
        "last_seen": time(row.last_seen),
    }


def origin(row: Record) -> dict[str, Any]:
    """Where a dataset was born, the sites it came by, and when it was last written here.

    ``detached`` is there, and true, where this site has made the dataset its own.
    """
    return {
        "site": row.site,
        "dataset_id": row.origin_id,
        "url": row.origin_url,
        "path": list(row.path),
        "harvested_at": time(row.harvested_at),
        **({"detached": True} if row.detached else {}),
    }


def time(value: datetime.datetime | None) -> str | None:
    """ISO 8601 in UTC."""
    return value.astimezone(datetime.UTC).isoformat() if value else None
