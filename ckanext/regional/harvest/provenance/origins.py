"""The ``origin`` of harvested datasets, for pages, the API and the index."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

import sqlalchemy as sa
from ckan import model

from ckanext.regional.harvest import dictize
from ckanext.regional.harvest.model import Record, Source
from ckanext.regional.harvest.writing.mapping import site_of

LOCAL = "local"
INDEX_FIELD = "vocab_regional_origin"


#: Id and origin of the dataset that this process is writing just now: need not be asked for again and again.
_being_written: ContextVar[tuple[str, dict[str, Any]] | None] = ContextVar("regional_origin_written", default=None)


@contextmanager
def written(row: Record) -> Iterator[None]:
    """While a dataset is written, take its origin from the row that is written with it."""
    assert row.dataset_id is not None
    token = _being_written.set((row.dataset_id, dictize.origin(row)))
    try:
        yield
    finally:
        _being_written.reset(token)


def has_another_address(site: str, source_id: str, url: str) -> bool:
    """Whether another source goes by the identity ``site`` under another address than ``url``."""
    others = model.Session.scalars(sa.select(Source.url).where(Source.site == site, Source.id != source_id))
    return any(site_of(other) != site_of(url) for other in others)


def of(dataset_ids: Iterable[str]) -> dict[str, dict[str, Any]]:
    """Origins by dataset id, in one query; datasets of this site are absent."""
    wanted = set(dataset_ids)
    now_written = _being_written.get()
    found: dict[str, dict[str, Any]] = {}
    if now_written is not None and now_written[0] in wanted:
        found[now_written[0]] = dict(now_written[1])
    if not (asked := wanted - found.keys()):
        return found
    query = sa.select(Record).where(Record.dataset_id.in_(asked), Record.harvested_at.is_not(None))
    return found | {row.dataset_id: dictize.origin(row) for row in model.Session.scalars(query) if row.dataset_id}


def indexed(dataset_id: str) -> str:
    """What the index calls a dataset's origin: the site, or ``local``. Holds within the writing transaction too.

    A detached one is local: this site answers for it, whatever its provenance. None such is ever being written by us.
    """
    now_written = _being_written.get()
    if now_written is not None and now_written[0] == dataset_id:
        return now_written[1]["site"]
    query = sa.select(Record.site).where(Record.dataset_id == dataset_id, Record.detached.is_(None))
    site = model.Session.scalar(query)
    return site or LOCAL


def source_titles(sites: Iterable[str]) -> dict[str, str]:
    """Titles of the neighbours by site, for labels."""
    query = sa.select(Source.site, Source.title).where(Source.site.in_(list(sites))).order_by(Source.created.desc())
    return {site: title for site, title in model.Session.execute(query) if site}
