"""Which datasets of this catalogue were born where, and by which neighbours they come."""

from __future__ import annotations

import datetime
from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from ckan import model

from ckanext.regional.harvest import sources
from ckanext.regional.harvest.model import Record, Run, Source
from ckanext.regional.harvest.provenance import origins


@dataclass(slots=True)
class Way:
    """A source that brings datasets of one origin.

    ``direct`` where it is that origin itself; ``read`` is the end of the last run that came to its end. ``open`` are
    numbers for those who administer the source: ``conflict``, ``pending``, ``failed``.
    """

    source: Source
    direct: bool
    read: datetime.datetime | None
    last: Run | None
    administered: bool
    open: dict[str, int] = field(default_factory=dict)


@dataclass(slots=True)
class Row:
    """An origin, the number of its datasets that the reader finds here, and the ways by which they come."""

    site: str
    title: str
    address: str | None
    territory: str | None
    count: int
    ways: list[Way] = field(default_factory=list)


def listed(administered: Collection[str]) -> list[Row]:
    """The origins, this site's own datasets apart: those of which the reader finds datasets here, by title.

    :param administered: ids of the organisations whose sources the reader administers: these are listed in any case
    """
    counts = count_by_site()
    known = {source.id: source for source in sources.listed()}
    rows: dict[str, Row] = {}
    ways = _ways(known, administered)
    for source in known.values():
        if source.owner_org in administered or counts.get(source.site or ""):
            row = _row(rows, source, counts)
            row.ways.append(ways[source.id])
    for site, source_id, address in _brought():
        source = known.get(source_id or "")
        if not counts.get(site):
            continue
        row = rows.get(site)
        if row is None:
            row = rows[site] = Row(site, _host(address) or site, None, None, counts[site])
        if source is not None and source.site != site:
            way = ways[source.id]
            row.ways.append(Way(source, False, way.read, way.last, way.administered))
    return sorted(rows.values(), key=lambda row: row.title.casefold())


def count_by_site() -> dict[str, int]:
    """How many datasets the reader finds by origin; this site's own under :data:`origins.LOCAL`."""
    question = {"rows": 0, "facet": "true", "facet.field": [origins.INDEX_FIELD], "facet.limit": -1}
    found = tk.get_action("package_search")({}, question)["search_facets"]
    return {item["name"]: item["count"] for item in found.get(origins.INDEX_FIELD, {}).get("items", [])}


def _row(rows: dict[str, Row], source: Source, counts: dict[str, int]) -> Row:
    """The row of a source's own site; several sources of one site share it."""
    key = source.site or source.id
    if key not in rows:
        rows[key] = Row(key, source.title, source.url, source.territory, counts.get(source.site or "", 0))
    return rows[key]


def _ways(known: dict[str, Source], administered: Collection[str]) -> dict[str, Way]:
    finished = (
        sa.select(Run.source_id, sa.func.max(Run.finished)).where(Run.state == "finished").group_by(Run.source_id)
    )
    ended = dict(model.Session.execute(finished).tuples().all())
    latest = sa.select(Run).distinct(Run.source_id).order_by(Run.source_id, Run.created.desc())
    last = {run.source_id: run for run in model.Session.scalars(latest)}
    own = {source.id for source in known.values() if source.owner_org in administered}
    open_ = _open(own)
    return {
        id: Way(source, True, ended.get(id), last.get(id), id in own, open_.get(id, {})) for id, source in known.items()
    }


def _open(source_ids: Collection[str]) -> dict[str, dict[str, int]]:
    """What waits for somebody, by source."""
    if not source_ids:
        return {}
    kind = sa.case((Record.pending, "pending"), else_=Record.state).label("kind")
    query = (
        sa.select(Record.source_id, kind, sa.func.count())
        .where(Record.source_id.in_(source_ids), sa.or_(Record.pending, Record.state.in_(("conflict", "failed"))))
        .group_by(Record.source_id, kind)
    )
    found: dict[str, dict[str, int]] = {}
    for source_id, name, number in model.Session.execute(query):
        found.setdefault(source_id, {})[name] = number
    return found


def _brought() -> list[Any]:
    """Which source brings what was born where, with the address of one such dataset; only of what is public."""
    package: Any = model.package_table
    query = (
        sa.select(Record.site, Record.source_id, sa.func.min(Record.origin_url))
        .join(package, package.c.id == Record.dataset_id)
        .where(Record.detached.is_(None), package.c.state == "active", package.c.private.is_(False))
        .group_by(Record.site, Record.source_id)
        .order_by(Record.site, Record.source_id)
    )
    return list(model.Session.execute(query))


def _host(address: str | None) -> str:
    return urlsplit(address or "").netloc
