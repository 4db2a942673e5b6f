"""What ckanext-harvest's tables say of a source and of what it brought. Column names are those of its release 1.6."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from ckan import model

from ckanext.regional.exceptions import NotHere

#: How its jobs are called while they work or wait for work.
_AT_WORK = ("New", "Running")


@dataclass(frozen=True, slots=True)
class OldSource:
    """A source of ckanext-harvest."""

    id: str
    name: str | None
    url: str
    title: str
    type: str
    config: str
    frequency: str
    active: bool
    owner_org: str | None


@dataclass(frozen=True, slots=True)
class OldDataset:
    """A dataset that it brought, by the id that the neighbour uses; ``package_id`` may lead nowhere any more."""

    guid: str
    package_id: str | None
    when: datetime.datetime | None
    name: str | None
    type: str | None
    state: str | None
    private: bool | None


def are_here() -> bool:
    """Whether this database has, or had, ckanext-harvest."""
    return bool(model.Session.scalar(sa.text("SELECT to_regclass('harvest_source') IS NOT NULL")))


def find(reference: str) -> OldSource:
    """A source by the name of its page, its id or its address.

    :raises NotHere: when there is none, or more than one.
    """
    query = sa.text(
        "SELECT source.id, package.name, source.url, coalesce(nullif(source.title, ''), package.title, '') AS title, "
        "source.type, coalesce(source.config, '') AS config, coalesce(source.frequency, 'MANUAL') AS frequency, "
        "coalesce(source.active, true) AS active, "
        "coalesce(package.owner_org, nullif(source.publisher_id, '')) AS owner_org "
        "FROM harvest_source source LEFT JOIN package ON package.id = source.id "
        "WHERE source.id = :given OR package.name = :given OR rtrim(source.url, '/') = rtrim(:given, '/')"
    )
    found = [OldSource(**row) for row in model.Session.execute(query, {"given": reference}).mappings()]
    if not found:
        raise NotHere(f"ckanext-harvest has no source “{reference}”.")
    if len(found) > 1:
        names = ", ".join(sorted(one.name or one.id for one in found))
        raise NotHere(f"ckanext-harvest has several sources at “{reference}”; name one of them: {names}.")
    return found[0]


def hold(source: OldSource) -> list[str]:
    """Lock a source until the caller's transaction ends; the ids of its jobs that have not ended."""
    model.Session.execute(sa.text("SELECT 1 FROM harvest_source WHERE id = :id FOR UPDATE"), {"id": source.id})
    query = sa.text("SELECT id FROM harvest_job WHERE source_id = :id AND status IN :states ORDER BY created")
    query = query.bindparams(sa.bindparam("states", expanding=True))
    return list(model.Session.scalars(query, {"id": source.id, "states": _AT_WORK}))


def brought(source: OldSource) -> list[OldDataset]:
    """What a source brought, the latest of each first: by its objects, and by the extras of datasets whose objects were
    cleared away. A dataset of the type ``ckan`` has the neighbour's id itself.
    """
    query = sa.text(
        "SELECT found.guid, found.package_id, max(found.at) AS when, package.name, package.type, package.state, "
        "package.private FROM ("
        "  SELECT guid, package_id, import_finished AS at FROM harvest_object"
        "  WHERE harvest_source_id = :id AND current"
        "  UNION ALL"
        "  SELECT coalesce(extras ->> 'guid', id), id, NULL FROM package WHERE extras ->> 'harvest_source_id' = :id"
        ") found LEFT JOIN package ON package.id = found.package_id "
        "WHERE coalesce(found.guid, '') <> '' "
        "GROUP BY found.guid, found.package_id, package.name, package.type, package.state, package.private "
        "ORDER BY max(found.at) DESC NULLS LAST, found.package_id"
    )
    rows: Any = model.Session.execute(query, {"id": source.id}).mappings()
    return [OldDataset(**row) for row in rows]


def let_go(source: OldSource, package_ids: list[str]) -> None:
    """Take datasets from a source and switch it off, in the caller's transaction: neither a run of its nor its command
    that clears a source reaches them any more.
    """
    query = sa.text(
        "UPDATE harvest_object SET current = false, package_id = NULL "
        "WHERE harvest_source_id = :id AND package_id = ANY(CAST(:ids AS text[]))"
    )
    model.Session.execute(query, {"id": source.id, "ids": package_ids})
    model.Session.execute(
        sa.text("UPDATE harvest_source SET active = false, frequency = 'MANUAL', next_run = NULL WHERE id = :id"),
        {"id": source.id},
    )
