"""Making the observatory's tables anew, in one transaction: readers have the old figures until it commits."""

from __future__ import annotations

import datetime
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from typing import Any

import sqlalchemy as sa
from ckan import model
from sqlalchemy.dialects.postgresql import insert

from ckanext.regional import config, indexing, territory
from ckanext.regional.database import now
from ckanext.regional.needs import config as settings
from ckanext.regional.needs.asking import links, moderation, people
from ckanext.regional.needs.demand import counting, storing
from ckanext.regional.needs.model import Cell, Month, Refreshed, Supplied
from ckanext.regional.needs.observatory import gathering
from ckanext.regional.needs.observatory.gathering import Place
from ckanext.regional.needs.observatory.measures import without_zeros

#: Any number that nobody else uses for an advisory lock.
_LOCK = 0x6E65_6564_73
_BATCH = 2000
#: Of each cell so many terms are kept.
_TERMS = 50
#: The time line is so many months long.
MONTHS = 13

_Key = tuple[str, str]


def work() -> dict[str, int]:
    """Write what was counted, forget what is over, make the figures anew.

    :returns: how many ``counted``, ``dropped`` (rows that lost their words), ``forgotten`` (addresses) and ``cells``
    """
    counted = counting.drain()
    dropped = storing.drop_rare(settings.today())
    forgotten = people.forget()
    links.forget()
    model.Session.commit()
    cells = refresh()
    model.Session.remove()
    return {"counted": counted, "dropped": dropped, "forgotten": forgotten, "cells": cells}


def refresh() -> int:
    """Make the tables anew and commit.

    :returns: how many cells there are; 0 when somebody else is at it
    """
    if not model.Session.scalar(sa.select(sa.func.pg_try_advisory_xact_lock(_LOCK))):
        model.Session.rollback()
        return 0
    cells: defaultdict[_Key, Counter[str]] = defaultdict(Counter)
    months: defaultdict[tuple[datetime.date, str, str], Counter[str]] = defaultdict(Counter)
    first = _first_month()
    supplied = list(gathering.datasets())
    for dataset, month in supplied:
        place = Place(tuple(dataset.around), tuple(dataset.sectors))
        _add(cells, place, _figures(dataset))
        _add_month(months, place, {"datasets": 1}, month, first)
    places = {dataset.dataset_id: Place(tuple(dataset.around), tuple(dataset.sectors)) for dataset, _month in supplied}
    for dataset_id, month, views, downloads in gathering.visits_by_month():
        if dataset_id in places:
            _add_month(months, places[dataset_id], {"views": views, "downloads": downloads}, month, first)
    for gathered in _all_gathered():
        # What is only in the time line is among the cells too: how much was answered in all.
        _add(cells, gathered.place, gathered.figures)
        _add_month(months, gathered.place, gathered.figures, gathered.month, first)
    terms = _terms()
    _with_stewards(cells)
    _replace(Supplied, [_row(dataset) for dataset, _month in supplied])
    _replace(
        Cell,
        [
            {"territory": key[0], "sector": key[1], "figures": without_zeros(cells[key]), "terms": terms.get(key, [])}
            for key in sorted(cells.keys() | terms.keys())
        ],
    )
    _replace(
        Month,
        [
            {"month": key[0], "territory": key[1], "sector": key[2], "figures": without_zeros(figures)}
            for key, figures in sorted(months.items())
        ],
    )
    statement = insert(Refreshed).values(only=True, at=now())
    model.Session.execute(statement.on_conflict_do_update(index_elements=["only"], set_={"at": now()}))
    model.Session.commit()
    return len(cells)


def _all_gathered() -> Iterator[gathering.Gathered]:
    yield from gathering.needs()
    yield from gathering.searches()
    yield from gathering.work()


def _figures(dataset: Supplied) -> dict[str, int]:
    scored = dataset.mqa is not None and dataset.governance is not None
    return {
        "datasets": 1,
        "late": int(dataset.late),
        "scored": int(scored),
        "mqa": dataset.mqa or 0,
        "governance": dataset.governance or 0,
        "views": dataset.views,
        "downloads": dataset.downloads,
    }


def _cells_of(place: Place) -> Iterator[_Key]:
    """Everything that contains it, for each sector and for all together."""
    for code in place.around:
        for sector in ("", *dict.fromkeys(place.sectors)):
            yield code, sector


def _add(cells: defaultdict[_Key, Counter[str]], place: Place, figures: dict[str, int]) -> None:
    for key in _cells_of(place):
        cells[key].update(figures)


def _add_month(
    months: defaultdict[tuple[datetime.date, str, str], Counter[str]],
    place: Place,
    figures: dict[str, int],
    month: datetime.date | None,
    first: datetime.date,
) -> None:
    if month is None or month < first:
        return
    for code, sector in _cells_of(place):
        months[month, code, sector].update(figures)


def _terms() -> dict[_Key, list[list[Any]]]:
    found: defaultdict[_Key, defaultdict[str, list[int]]] = defaultdict(lambda: defaultdict(lambda: [0, 0]))
    for place, term, count, empty in gathering.terms():
        for key in _cells_of(place):
            found[key][term][0] += count
            found[key][term][1] += empty
    return {
        key: [
            [term, count, empty]
            for term, (count, empty) in sorted(terms.items(), key=lambda item: (-item[1][1], -item[1][0], item[0]))
        ][:_TERMS]
        for key, terms in found.items()
    }


def _with_stewards(cells: defaultdict[_Key, Counter[str]]) -> None:
    """Count who answers for each cell that has anything, and for the site's own territory and its parts."""
    here = config.territory()
    for code in (here, *territory.children(here, ["region", "departement"])):
        _ = cells[code, ""]
    around = {code: (code, *indexing.with_ancestors([code])) for code in {code for code, _sector in cells}}
    duties = moderation.duties() or []
    for (code, sector), figures in cells.items():
        figures["stewards"] = gathering.stewards(duties, around[code], sector)


def _first_month() -> datetime.date:
    day = settings.today()
    months = day.year * 12 + day.month - MONTHS
    return datetime.date(months // 12, months % 12 + 1, 1)


def _row(dataset: Supplied) -> dict[str, Any]:
    return {column.name: getattr(dataset, column.name) for column in Supplied.__table__.columns}


def _replace(table: type[Any], rows: Iterable[dict[str, Any]]) -> None:
    model.Session.execute(sa.delete(table).execution_options(synchronize_session=False))
    every = list(rows)
    for start in range(0, len(every), _BATCH):
        model.Session.execute(sa.insert(table), every[start : start + _BATCH])
