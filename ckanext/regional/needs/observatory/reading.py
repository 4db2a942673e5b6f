"""What the observatory answers, read from its tables: as many queries for ten thousand datasets as for none."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from ckan import model

from ckanext.regional import config, territory, vocabulary
from ckanext.regional.needs.model import Cell, Month, Refreshed, Supplied
from ckanext.regional.needs.observatory import measures

#: What the list of a figure may be of, beside those that other pages list.
LISTED = ("late", "views", "downloads")


def refreshed() -> datetime.datetime | None:
    """When the figures were made; None where they never were."""
    return model.Session.scalar(sa.select(Refreshed.at))


def parts_of(code: str) -> tuple[str, ...]:
    """The territories that a map of this one shows: of France its regions, of a region its departements."""
    if code == territory.FRANCE:
        return territory.children(code, ["region"])
    region = next((one for one in (code, *territory.ancestors(code)) if one.startswith("fr:region:")), None)
    return territory.children(region, ["departement"]) if region else territory.children(code)


def show(code: str, sector: str, lang: str, *, internal: bool) -> dict[str, Any]:
    """Everything about one territory and one sector.

    :param sector: empty for all
    :param internal: whether the reader is told of the stewards' work
    :returns: ``{territory, sector, refreshed, totals, by_territory, by_sector, cells, months, terms}``
    """
    parts = parts_of(code)
    cells = _cells([code, *parts])
    here = cells.get((code, sector))
    made = refreshed()
    return {
        "territory": code,
        "sector": sector or None,
        "refreshed": made.isoformat() if made else None,
        "totals": _shown(here, internal),
        "by_territory": [
            {"territory": part, "name": territory.label(part, lang), **_shown(cells.get((part, sector)), internal)}
            for part in parts
        ],
        "by_sector": [
            {"sector": one, "name": vocabulary.label("sector", one, lang), **_shown(cells.get((code, one)), internal)}
            for one in _sectors(code, cells)
        ],
        "cells": [
            {"territory": part, "sector": one, **_shown(cells[part, one], internal)}
            for part in (code, *parts)
            for one in _sectors(part, cells)
            if (part, one) in cells
        ],
        "months": _months(code, sector),
        "terms": [
            {"term": term, "searches": count, "empty": empty} for term, count, empty in (here.terms if here else [])
        ],
    }


def datasets(of: str, code: str, sector: str, start: int, rows: int) -> tuple[int, list[tuple[str, int]]]:
    """The datasets behind a figure, and how much each adds to it.

    :param of: one of :data:`LISTED`
    :returns: how many, and id and number of those of one page, the largest first
    """
    column = {"late": sa.cast(Supplied.late, sa.Integer), "views": Supplied.views, "downloads": Supplied.downloads}[of]
    conditions = [Supplied.around.contains([code]), column > 0]
    if sector:
        conditions.append(Supplied.sectors.contains([sector]))
    count = model.Session.scalar(sa.select(sa.func.count()).select_from(Supplied).where(*conditions)) or 0
    query = sa.select(Supplied.dataset_id, column).where(*conditions).order_by(column.desc(), Supplied.dataset_id)
    return count, list(model.Session.execute(query.offset(start).limit(rows)).tuples())


def default_territory() -> str:
    """What the observatory shows first."""
    return config.territory()


def _cells(codes: Sequence[str]) -> dict[tuple[str, str], Cell]:
    found = model.Session.scalars(sa.select(Cell).where(Cell.territory.in_(list(codes))))
    return {(cell.territory, cell.sector): cell for cell in found}


def _shown(cell: Cell | None, internal: bool) -> dict[str, int | None]:
    return measures.shown(cell.figures if cell else {}, internal=internal)


def _sectors(code: str, cells: dict[tuple[str, str], Cell]) -> list[str]:
    """The sectors of the vocabulary in its order; hidden ones and strangers only where something counts."""
    known = [term.code for term in vocabulary.vocabulary("sector") if not term.hidden or (code, term.code) in cells]
    others = sorted(sector for place, sector in cells if place == code and sector and sector not in known)
    return [*known, *others]


def _months(code: str, sector: str) -> list[dict[str, Any]]:
    rows = model.Session.scalars(
        sa.select(Month).where(Month.territory == code, Month.sector == sector).order_by(Month.month)
    )
    return [{"month": f"{row.month:%Y-%m}", **measures.monthly(row.figures)} for row in rows]
