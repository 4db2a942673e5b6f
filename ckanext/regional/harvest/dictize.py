"""What the actions answer, made from the tables. A token is told by nothing here."""

from __future__ import annotations

import datetime
from typing import Any

import sqlalchemy as sa
from ckan import model

from ckanext.regional.harvest import runs
from ckanext.regional.harvest.model import Record, Run, Source

_SOURCE = (
    "id", "name", "url", "kind", "title", "territory", "owner_org", "trust", "frequency", "filters", "defaults",
    "organizations", "enabled", "site",
)  # fmt: skip


def source(row: Source) -> dict[str, Any]:
    """A source for its administrators; whether it has a token, not which."""
    shown = {key: getattr(row, key) for key in _SOURCE}
    return shown | {
        "has_token": row.token is not None,
        "created": time(row.created),
        "modified": time(row.modified),
    }


def run(row: Run) -> dict[str, Any]:
    """A run with its counts as they stand now."""
    name = model.Session.scalar(sa.select(Source.name).where(Source.id == row.source_id))
    return {
        "id": row.id,
        "source": name,
        "source_id": row.source_id,
        "kind": row.kind,
        "state": row.state,
        "full": row.full,
        "created": time(row.created),
        "started": time(row.started),
        "finished": time(row.finished),
        "counts": runs.counts(row),
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
    """Where a dataset was born, the sites it came by, and when it was last written here."""
    return {
        "site": row.site,
        "dataset_id": row.origin_id,
        "url": row.origin_url,
        "path": list(row.path),
        "harvested_at": time(row.harvested_at),
    }


def time(value: datetime.datetime | None) -> str | None:
    """ISO 8601 in UTC."""
    return value.astimezone(datetime.UTC).isoformat() if value else None
