"""What the actions of the review return."""

from __future__ import annotations

import datetime
from collections.abc import Collection
from typing import Any

import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from ckan import model

from ckanext.regional import language, territory, vocabulary
from ckanext.regional.curation import guards
from ckanext.regional.curation.model import Case, Check, FeedGrant, Steward
from ckanext.regional.curation.queue.listing import Entry, Facets
from ckanext.regional.curation.showing import wording
from ckanext.regional.database import now
from ckanext.regional.indexing import listed
from ckanext.regional.types import GuardResult

_WORST = {"block": 0, "warn": 1, "info": 2}


def case(row: Case | None, names: dict[str, str], contributors: list[str]) -> dict[str, Any] | None:
    """A case; people are user names."""
    if row is None:
        return None
    return {
        "id": row.id,
        "dataset_id": row.dataset_id,
        "kind": row.kind,
        "state": row.state,
        "submitted_by": names.get(row.submitted_by or ""),
        "submitted_at": row.submitted_at.isoformat() if row.submitted_at else None,
        "claimed_by": names.get(row.claimed_by or ""),
        "due": row.due.isoformat() if row.due else None,
        "overdue": bool(row.due and row.due < now() and row.closed is None),
        "fingerprint": row.fingerprint,
        "contributors": [names[user] for user in contributors if user in names],
    }


def working_copy(package: model.Package | None) -> dict[str, str] | None:
    """What names a working copy."""
    return {"id": package.id, "name": package.name} if package is not None else None


def feed_grant(row: FeedGrant, user: str, granted_by: str | None) -> dict[str, Any]:
    return {"resource_id": row.resource_id, "user": user, "granted_by": granted_by, "at": row.at.isoformat()}


def check(result: GuardResult, waivable: Collection[str] = ()) -> dict[str, Any]:
    """What a guard said; ``waivable`` are the codes that the reader may let pass."""
    return {
        "level": result.level,
        "code": result.code,
        "message": result.message,
        "field": result.field,
        "waived": dict(result.waived) if result.waived else None,
        "waivable": result.level == "block" and result.code in waivable,
    }


def entry(row: Entry, names: dict[str, str], organisations: dict[str, str]) -> dict[str, Any]:
    """One line of the queue."""
    worst = min(row.checks, key=lambda found: _WORST[found.level], default=None)
    return {
        **(case(row.case, names, []) or {}),
        "dataset": {
            "id": row.package.id,
            "name": row.package.name,
            "title": row.package.title or row.package.name,
            "organization": organisations.get(row.package.owner_org or ""),
            "territory": listed(row.package.extras.get("territory")),
            "sector": listed(row.package.extras.get("sector")),
        },
        "unassigned": row.who.unassigned,
        "worst_check": _check(worst, row.package.type) if worst else None,
    }


def _check(row: Check, dataset_type: str) -> dict[str, Any]:
    text = guards.worded(row.code, row.field, dataset_type, row.message, row.details)
    return {"level": row.level, "code": row.code, "message": text, "field": row.field}


def facets(counted: Facets) -> dict[str, list[dict[str, Any]]]:
    """Each facet as ``[{"name", "display_name", "count"}]``, the most frequent first."""
    return {
        facet: [{"name": name, "display_name": _shown(facet, name), "count": count} for name, count in values]
        for facet, values in counted.items()
    }


def steward(row: Steward, user: model.User, created_by: str | None) -> dict[str, Any]:
    ended = row.until is not None and row.until < datetime.date.today()
    return {
        "id": row.id,
        "user": user.name,
        "territory": row.territory,
        "sector": row.sector,
        "role": row.role,
        "until": row.until.isoformat() if row.until else None,
        "created_by": created_by,
        "in_force": not ended and user.state == "active",
        "ended": ended,
        "active": user.state == "active",
    }


def user_names(ids: set[str | None]) -> dict[str, str]:
    """User names by id, by one query; a user who is gone has none."""
    query = sa.select(model.User.id, model.User.name).where(model.User.id.in_([one for one in ids if one]))
    return dict(model.Session.execute(query).tuples().all())


def organisation_titles(ids: set[str | None]) -> dict[str, str]:
    """Titles of organisations by id, by one query."""
    query = sa.select(model.Group).where(model.Group.id.in_([one for one in ids if one]))
    return {group.id: group.title or group.name for group in model.Session.scalars(query)}


def _shown(facet: str, name: str) -> str:
    if facet == "territory":
        return territory.label(name, language.current())
    if facet == "sector":
        return vocabulary.label("sector", name, language.current())
    if facet == "state":
        return wording.state_label(name)
    if facet == "kind":
        return wording.kind_label(name)
    return tk._("Late") if facet == "overdue" else name
