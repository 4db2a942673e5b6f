"""The ``origin`` of harvested datasets, for pages, the API and the index."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import sqlalchemy as sa
from ckan import model

from ckanext.regional.harvest import dictize
from ckanext.regional.harvest.model import Record, Source

LOCAL = "local"
INDEX_FIELD = "vocab_regional_origin"


def of(dataset_ids: Iterable[str]) -> dict[str, dict[str, Any]]:
    """Origins by dataset id, in one query; datasets of this site are absent."""
    wanted = list(dataset_ids)
    if not wanted:
        return {}
    query = sa.select(Record).where(Record.dataset_id.in_(wanted), Record.harvested_at.is_not(None))
    return {row.dataset_id: dictize.origin(row) for row in model.Session.scalars(query) if row.dataset_id}


def indexed(dataset_id: str) -> str:
    """What the index calls a dataset's origin: the site, or ``local``. Holds within the writing transaction too.

    A detached one is local: this site answers for it, whatever its provenance.
    """
    query = sa.select(Record.site).where(Record.dataset_id == dataset_id, Record.detached.is_(None))
    site = model.Session.scalar(query)
    return site or LOCAL


def source_titles(sites: Iterable[str]) -> dict[str, str]:
    """Titles of the neighbours by site, for labels."""
    query = sa.select(Source.site, Source.title).where(Source.site.in_(list(sites))).order_by(Source.created.desc())
    return {site: title for site, title in model.Session.execute(query) if site}
