"""What of an answer is as it was last time, told without mapping it: that part is counted and makes no work.

A record keeps a stamp of the dataset as it came, of what the source adds to it and of the content that was handed over.
The same stamp means the same decision as last time. Another one means nothing yet: the dataset is then mapped and
compared by its content.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from functools import lru_cache
from importlib.metadata import version
from typing import Any

import sqlalchemy as sa
from ckan import model

from ckanext.regional.harvest.model import Record
from ckanext.regional.harvest.running.work import Work
from ckanext.regional.harvest.writing import records


def stamp(work: Work, remote: Any, content_hash: str | None) -> str:
    """The stamp of a dataset that came.

    :param remote: as it came, cleaned
    :param content_hash: of what was made of it, as the record keeps it; whoever changes that there voids the stamp
    """
    told = [remote, content_hash, _release(), *_of_source(work)]
    return hashlib.sha256(json.dumps(told, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


def changed(work: Work, datasets: Sequence[Any]) -> list[Any]:
    """Leave out of an answer what is as it was, and count that as unchanged in the caller's transaction.

    :param datasets: as they came; what is no dataset at all is left in
    """
    known = _known(work, datasets)
    same: set[str] = set()
    rest: list[Any] = []
    for remote in datasets:
        remote_id = remote.get("id") if isinstance(remote, dict) else None
        if isinstance(remote_id, str) and remote_id in known:
            content_hash, seen = known[remote_id]
            if stamp(work, remote, content_hash) == seen:
                same.add(remote_id)
                continue
        rest.append(remote)
    records.saw(work.source_id, work.run_id, same)
    return rest


def _known(work: Work, datasets: Sequence[Any]) -> dict[str, tuple[str, str]]:
    """Hash and stamp of the records that are here as the neighbour gave them, by its ids."""
    ids = [one["id"] for one in datasets if isinstance(one, dict) and isinstance(one.get("id"), str)]
    if not ids:
        return {}
    query = sa.select(Record.remote_id, Record.hash, Record.seen).where(
        Record.source_id == work.source_id,
        Record.remote_id.in_(ids),
        Record.state == "current",
        Record.dataset_id.is_not(None),
        Record.detached.is_(None),
        Record.seen.is_not(None),
    )
    return {remote_id: (content_hash, seen) for remote_id, content_hash, seen in model.Session.execute(query)}


def _of_source(work: Work) -> list[Any]:
    """What decides, beside the dataset itself, what becomes of it; its page there is named by the address."""
    owner = [work.owner_org, work.organizations]
    return [work.site, work.url, work.kind, work.trust, *owner, work.territory, work.defaults, work.filters]


@lru_cache
def _release() -> str:
    """Another release may map in another way."""
    return version("ckanext-regional")
