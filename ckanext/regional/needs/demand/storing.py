"""The counts by day in PostgreSQL: adding to them, and dropping the words that few people typed."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from ckan import model
from sqlalchemy.dialects.postgresql import insert

from ckanext.regional.database import now
from ckanext.regional.needs.demand.terms import KEPT_DAYS, LEAST_DAYS, LEAST_SEARCHES
from ckanext.regional.needs.model import Batch, Searched, Visited

#: Rows of one statement.
_BATCH = 1000
#: Longer than a batch can lie in Redis unwritten and be taken for a new one.
_REMEMBERED = datetime.timedelta(days=90)


@dataclass(frozen=True, slots=True)
class Counted:
    """How often one thing happened on one day.

    ``what`` is ``(term, territory, sector, results)`` of a ``search``, ``(dataset id,)`` of a ``view`` or ``download``.
    """

    kind: str
    day: datetime.date
    what: tuple[str, ...]
    times: int


def write(counted: Iterable[Counted], batch: str) -> bool:
    """Add to the counts, and commit.

    :param batch: names what is added; the same is never added twice, whoever is killed and however many are at it
    :returns: whether it was added now
    """
    noted = insert(Batch).values(batch=batch, at=now()).on_conflict_do_nothing().returning(Batch.batch)
    if model.Session.scalar(noted) is None:
        model.Session.rollback()
        return False
    searches: dict[tuple[Any, ...], list[int]] = {}
    visits: dict[tuple[Any, ...], list[int]] = {}
    for one in counted:
        if one.kind == "search":
            term, place, sector, results = one.what
            row = searches.setdefault((one.day, term, place, sector), [0, 0, 0])
            row[0] += one.times
            row[1] += one.times if results == "0" else 0
            row[2] += one.times * int(results)
        else:
            row = visits.setdefault((one.day, one.what[0]), [0, 0])
            row[one.kind == "download"] += one.times
    _add(Searched, ("day", "term", "territory", "sector"), ("searches", "empty", "results"), searches)
    _add(Visited, ("day", "dataset_id"), ("views", "downloads"), visits)
    model.Session.execute(sa.delete(Batch).where(Batch.at < now() - _REMEMBERED))
    model.Session.commit()
    return True


def drop_rare(day: datetime.date) -> int:
    """Take the words out of counts older than thirty days whose term few people typed; their numbers stay.

    :param day: today
    :returns: how many rows lost their words
    """
    terms = frequent_terms()
    rare = (
        sa.delete(Searched)
        .where(
            Searched.term != "",
            Searched.day < day - datetime.timedelta(days=KEPT_DAYS),
            Searched.term.notin_(terms),
        )
        .returning(
            Searched.day, Searched.territory, Searched.sector, Searched.searches, Searched.empty, Searched.results
        )
        .execution_options(synchronize_session=False)
    )
    wordless: dict[tuple[Any, ...], list[int]] = {}
    rows = model.Session.execute(rare).all()
    for at, place, sector, *numbers in rows:
        sums = wordless.setdefault((at, "", place, sector), [0, 0, 0])
        for position, number in enumerate(numbers):
            sums[position] += number
    _add(Searched, ("day", "term", "territory", "sector"), ("searches", "empty", "results"), wordless)
    model.Session.commit()
    return len(rows)


def frequent_terms() -> sa.Select[tuple[str]]:
    """The terms that say something of many people; only these are ever shown."""
    return (
        sa.select(Searched.term)
        .where(Searched.term != "")
        .group_by(Searched.term)
        .having(
            sa.func.sum(Searched.searches) >= LEAST_SEARCHES,
            sa.func.count(sa.distinct(Searched.day)) >= LEAST_DAYS,
        )
    )


def _add(table: type[Any], keys: Sequence[str], numbers: Sequence[str], rows: dict[tuple[Any, ...], list[int]]) -> None:
    # In one order, so that two jobs at once wait for each other once and not for ever.
    values = [
        dict(zip(keys, key, strict=True)) | dict(zip(numbers, counts, strict=True))
        for key, counts in sorted(rows.items())
    ]
    for start in range(0, len(values), _BATCH):
        statement = insert(table).values(values[start : start + _BATCH])
        added = {name: getattr(table, name) + statement.excluded[name] for name in numbers}
        model.Session.execute(statement.on_conflict_do_update(index_elements=list(keys), set_=added))
