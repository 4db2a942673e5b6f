"""Where the observatory's figures come from: each function yields rows of one kind, however many there are."""

from __future__ import annotations

import datetime
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from ckan import model
from ckan import plugins as p
from ckan.model.package import package_table
from ckan.model.resource import resource_table

from ckanext.regional import config, indexing, logs, score, site_schema, solr
from ckanext.regional.database import now
from ckanext.regional.interfaces import IRegional
from ckanext.regional.needs.demand import storing
from ckanext.regional.needs.model import Need, Searched, Step, Supplied, Visited
from ckanext.regional.needs.states import OPEN
from ckanext.regional.score import datagouv
from ckanext.regional.types import Duty

log = logs.get_logger(__name__)

#: Counts of demand are of this many days.
WINDOW = 365
_SOLR_ROWS = 1000


@dataclass(frozen=True, slots=True)
class Place:
    """Where something counts: territories with all that contains them, and sectors."""

    around: tuple[str, ...]
    sectors: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Gathered:
    """One thing that counts, and in which month it did where the time line shows it."""

    place: Place
    figures: dict[str, int]
    month: datetime.date | None = None


def datasets() -> Iterator[tuple[Supplied, datetime.date]]:
    """Every public dataset, with the month in which it came."""
    package, resource = package_table.c, resource_table.c
    updated = (
        sa.select(
            resource.package_id,
            sa.func.max(resource.last_modified).label("last_modified"),
            sa.func.max(resource.created).label("created"),
        )
        .where(resource.state == "active")
        .group_by(resource.package_id)
        .subquery()
    )
    query = (
        sa.select(
            package.id, package.extras, package.metadata_created, package.metadata_modified, updated.c.last_modified,
            updated.c.created,
        )
        .outerjoin(updated, updated.c.package_id == package.id)
        .where(
            package.state == "active", package.private.is_(False),
            package.type.in_(site_schema.types_with("territory")),
        )
    )  # fmt: skip
    scores, visits, moment = _scores(), _visits(), now()
    for row in model.Session.execute(query):
        extras = row.extras or {}
        mqa, governance = scores.get(row.id, (None, None))
        views, downloads = visits.get(row.id, (0, 0))
        supplied = Supplied(
            dataset_id=row.id,
            around=indexing.with_ancestors(indexing.listed(extras.get("territory"))) or [config.territory()],
            sectors=indexing.listed(extras.get("sector")),
            late=datagouv.is_late(_as_dataset(row, extras), moment),
            mqa=mqa,
            governance=governance,
            views=views,
            downloads=downloads,
        )
        yield supplied, _month(row.metadata_created or moment)


def needs() -> Iterator[Gathered]:
    """Every public need, and every answer."""
    query = sa.select(Need.around, Need.sectors, Need.state, Need.supports, Need.published).where(
        Need.visibility == "public"
    )
    for around, sectors, state, supports, published in model.Session.execute(query):
        figures = {"needs": 1, "open": int(state in OPEN), "supports": supports}
        yield Gathered(_place(around, sectors), figures, _month(published))
    answered = (
        sa.select(Need.around, Need.sectors, sa.func.min(Step.at))
        .join(Step, Step.need_id == Need.id)
        .where(Need.visibility == "public", Need.state == "answered", Step.state == "answered")
        .group_by(Need.id)
    )
    for around, sectors, at in model.Session.execute(answered):
        yield Gathered(_place(around, sectors), {"answered": 1}, _month(at))


def searches() -> Iterator[Gathered]:
    """Searches of the last year, by month, territory and sector."""
    month = sa.func.date_trunc("month", Searched.day).label("month")
    query = (
        sa.select(
            month, Searched.territory, Searched.sector, sa.func.sum(Searched.searches), sa.func.sum(Searched.empty)
        )
        .where(Searched.day >= _since())
        .group_by(month, Searched.territory, Searched.sector)
    )
    for at, place, sector, count, empty in model.Session.execute(query):
        found = _searched_at(place, sector)
        yield Gathered(found, {"searches": int(count), "empty": int(empty)}, _month(at))


def terms() -> Iterator[tuple[Place, str, int, int]]:
    """What many people searched for in the last year, with how often, and how often in vain."""
    query = (
        sa.select(
            Searched.territory, Searched.sector, Searched.term, sa.func.sum(Searched.searches),
            sa.func.sum(Searched.empty),
        )
        .where(Searched.day >= _since(), Searched.term.in_(storing.frequent_terms()))
        .group_by(Searched.territory, Searched.sector, Searched.term)
    )  # fmt: skip
    for place, sector, term, count, empty in model.Session.execute(query):
        yield _searched_at(place, sector), term, int(count), int(empty)


def visits_by_month() -> Iterator[tuple[str, datetime.date, int, int]]:
    """Dataset, month, views and downloads of the last year."""
    month = sa.func.date_trunc("month", Visited.day).label("month")
    query = (
        sa.select(Visited.dataset_id, month, sa.func.sum(Visited.views), sa.func.sum(Visited.downloads))
        .where(Visited.day >= _since())
        .group_by(Visited.dataset_id, month)
    )
    for dataset_id, at, views, downloads in model.Session.execute(query):
        yield dataset_id, _month(at), int(views), int(downloads)


def work() -> Iterator[Gathered]:
    """What waits for stewards."""
    for plugin in p.PluginImplementations(IRegional):
        for one in plugin.get_waiting():
            yield Gathered(_place(one.territories, one.sectors), {"cases": 1})


def stewards(duties: Iterable[Duty], around: Collection[str], sector: str) -> int:
    """How many people answer for a territory, given with all that contains it, and a sector, empty for any."""
    return len(
        {
            duty.user_id
            for duty in duties
            if not duty.stands_in
            and (not duty.territory or duty.territory in around)
            and (not sector or not duty.sector or duty.sector == sector)
        }
    )


def _place(around: Any, sectors: Any) -> Place:
    return Place(tuple(around) or (config.territory(),), tuple(sectors))


def _searched_at(place: str, sector: str) -> Place:
    """A search without a territory is one of the site's own."""
    return Place(tuple(indexing.with_ancestors([place or config.territory()])), (sector,) if sector else ())


def _since() -> datetime.date:
    return now().date() - datetime.timedelta(days=WINDOW)


def _month(at: datetime.date) -> datetime.date:
    return datetime.date(at.year, at.month, 1)


def _as_dataset(row: Any, extras: dict[str, Any]) -> dict[str, Any]:
    """What the rule about lateness reads."""

    def moment(value: datetime.datetime | None) -> str | None:
        return value.isoformat() if value else None

    files = [{"last_modified": moment(row.last_modified), "created": moment(row.created)}] if row.created else []
    return {
        "frequency": extras.get("frequency"),
        "modified": extras.get("modified"),
        "metadata_modified": moment(row.metadata_modified),
        "resources": files,
    }


def _visits() -> dict[str, tuple[int, int]]:
    query = (
        sa.select(Visited.dataset_id, sa.func.sum(Visited.views), sa.func.sum(Visited.downloads))
        .where(Visited.day >= _since())
        .group_by(Visited.dataset_id)
    )
    return {one: (int(views), int(downloads)) for one, views, downloads in model.Session.execute(query)}


def _scores() -> dict[str, tuple[int, int]]:
    """The scores that Solr has, by dataset; none where it does not answer."""
    fields = [score.INDEX_FIELDS[name] for name in ("mqa", "governance")]
    found: dict[str, tuple[int, int]] = {}
    try:
        for one in solr.walk(fields=["id", *solr.as_functions(fields)], batch=_SOLR_ROWS):
            if all(one.get(field) for field in fields):
                found[one["id"]] = (int(one[fields[0]]), int(one[fields[1]]))
    except solr.FAILURES as error:
        log.warning("Solr does not answer, the observatory has no scores for now: %s", error)
    return found
