"""Solr against the database, dataset by dataset, by what is cheap to compare: when it was modified, state, visibility.

Both sides come in the order of the ids, some thousands at a time, so that a catalogue of any size needs little memory.
What differs is looked at a second time: it may just have been written.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa
from ckan import model
from ckan.lib import search
from ckan.model.package import package_table

from ckanext.regional import indexing, solr

#: Datasets compared at a time, and those that Solr commits together when they are indexed anew.
_BATCH, _COMMIT = 5_000, 500

#: When a dataset was modified, to the millisecond that Solr keeps; its state; whether it is private.
_Entry = tuple[int, str, bool]


@dataclass(slots=True)
class Drift:
    """What Solr has otherwise than the database, by dataset id."""

    total: int = 0
    missing: list[str] = field(default_factory=list)
    older: list[str] = field(default_factory=list)
    orphans: list[str] = field(default_factory=list)
    #: Indexed by another version of ours, or without us.
    unmarked: list[str] = field(default_factory=list)

    @property
    def differing(self) -> list[str]:
        """Every dataset that the search shows otherwise than it is."""
        return [*self.missing, *self.older, *self.orphans]


def find() -> Drift:
    """Compare all datasets.

    :raises pysolr.SolrError: Solr does not answer
    """
    drift = Drift()
    lowest = ""
    for batch in _batches():
        _compare(drift, batch, _in_solr(lowest, max(batch)))
        lowest = max(batch)
    _compare(drift, {}, _in_solr(lowest, None))
    drift = _looked_at_again(drift)
    # Solr searches the mark and does not keep it.
    unmarked = _documents(f"-{indexing.MARK}:{indexing.VERSION}")
    drift.unmarked = sorted(unmarked.keys() - set(drift.differing))
    return drift


def mend(dataset_ids: Iterable[str]) -> tuple[int, dict[str, str]]:
    """Index datasets anew, and take those out that are gone.

    :returns: how many are as they should be now, and why others are not, by id
    """
    done, failed = 0, {}
    for number, dataset_id in enumerate(dataset_ids, start=1):
        try:
            if model.Session.get(model.Package, dataset_id) is None:
                search.clear(dataset_id)
            else:
                # Named in a list, it is left to the commit below.
                search.rebuild(package_ids=[dataset_id])
            done += 1
        except Exception as error:  # noqa: BLE001  one dataset that cannot be indexed holds up no other
            failed[dataset_id] = f"{type(error).__name__}: {error}"[:200]
            model.Session.rollback()
        model.Session.expunge_all()
        if number % _COMMIT == 0:
            search.commit()
    search.commit()
    return done, failed


def _compare(drift: Drift, here: dict[str, _Entry], there: dict[str, _Entry]) -> None:
    drift.total += len(here)
    drift.missing += here.keys() - there.keys()
    drift.orphans += there.keys() - here.keys()
    for dataset_id in here.keys() & there.keys():
        if there[dataset_id] != here[dataset_id]:
            drift.older.append(dataset_id)


def _looked_at_again(drift: Drift) -> Drift:
    """What differs twice was not just being written."""
    again = Drift()
    suspects = sorted(drift.differing)
    for start in range(0, len(suspects), _COMMIT):
        some = suspects[start : start + _COMMIT]
        model.Session.rollback()
        here = _entries(_datasets().where(package_table.c.id.in_(some)))
        _compare(again, here, _documents(solr.one_of(some)))
    again.total = drift.total
    return again


def _datasets() -> sa.Select[Any]:
    query = sa.select(
        package_table.c.id, package_table.c.metadata_modified, package_table.c.state, package_table.c.private
    )
    return query.where(package_table.c.state != "deleted")


def _batches() -> Iterator[dict[str, _Entry]]:
    """The datasets of the database in the order in which Solr has strings, that of their bytes."""
    last = ""
    key = package_table.c.id.collate("C")
    while found := _entries(_datasets().where(key > last).order_by(key).limit(_BATCH)):
        yield found
        last = max(found)


def _entries(query: sa.Select[Any]) -> dict[str, _Entry]:
    return {row[0]: _entry(*row[1:]) for row in model.Session.execute(query)}


def _entry(modified: datetime.datetime, state: str, private: bool) -> _Entry:
    # Neither side says so, both mean UTC.
    moment = modified.replace(tzinfo=datetime.UTC)
    return int(moment.timestamp()) * 1000 + moment.microsecond // 1000, state, private


def _in_solr(above: str, upto: str | None) -> dict[str, _Entry]:
    low = f"{{{solr.quoted(above)}" if above else "[*"
    high = f"{solr.quoted(upto)}]" if upto is not None else "*]"
    return _documents(f"id:{low} TO {high}")


def _documents(condition: str) -> dict[str, _Entry]:
    """The documents of this site that meet a condition."""
    found: dict[str, _Entry] = {}
    for document in solr.walk(condition, fields=("id", "metadata_modified", "state", "capacity"), batch=_BATCH):
        modified = datetime.datetime.fromisoformat(document["metadata_modified"])
        found[document["id"]] = _entry(modified, document["state"], document.get("capacity") == "private")
    return found
