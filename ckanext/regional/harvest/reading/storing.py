"""Keeps what was read of a neighbour as pages of the run, together with how far the reading has come."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import sqlalchemy as sa
from ckan import model

from ckanext.regional.harvest import config, filters, organizations
from ckanext.regional.harvest.clients.errors import NeighbourError
from ckanext.regional.harvest.model import Page, PageKind, Record, Run
from ckanext.regional.harvest.running import pages, waking
from ckanext.regional.harvest.running.plan import split
from ckanext.regional.harvest.running.work import Work
from ckanext.regional.harvest.writing import sieve
from ckanext.regional.harvest.writing.records import REMOVAL


def store(work: Work, datasets: list[Any], state: dict[str, Any], erased: Sequence[str] = ()) -> dict[str, Any]:
    """Store one answer and how far the reading has come, together; commits. What is as it was last time is counted and
    makes no work.

    :param state: of the reading, which goes on from there whoever takes it up
    :param erased: ids of what was erased there; it waits for nothing here
    :raises LeaseLost: when somebody else reads by now.
    """
    if work.organizations.get("mode") == "mirror":
        organizations.mirror(work.site, work.source, work.defaults.get("steward"), datasets)
    pages.hold(work.claim)
    changed = sieve.changed(work, datasets)
    added = pages.spread(work.run_id, changed)
    number = pages.next_number(work.run_id)
    pages.add(work.run_id, "erase", split(list(erased), config.page_size()), number=number)
    pages.remember(work.claim, [state], done=len(datasets) - len(changed))
    model.Session.commit()
    waking.stored(added)
    return state


def held(work: Work) -> Run:
    """The run, locked in the caller's transaction together with the page of whoever reads.

    The run before the page, as whoever aborts it does: they would wait for one another.

    :raises LeaseLost: when somebody else reads by now.
    """
    run = model.Session.get(Run, work.run_id, with_for_update=True, populate_existing=True)
    pages.hold(work.claim)
    assert run is not None
    return run


def end(work: Work, found: dict[str, Any], withdrawn: list[str]) -> None:
    """Close the plan: what the neighbour withdrew waits until everything else is in; commits."""
    run = held(work)
    if not found.get("complete"):
        # Each change is told once; what waits for another try does not come by itself.
        again: dict[PageKind, list[Any]] = {"import": [], "withdraw": withdrawn, "erase": []}
        for item in _parked(work):
            kind = item.get(REMOVAL) if isinstance(item, dict) else None
            if kind in ("withdraw", "erase"):
                again[kind].append(item["id"])
            else:
                again["import"].append(item)
        pages.spread(work.run_id, again["import"])
        number = pages.next_number(work.run_id)
        pages.add(work.run_id, "erase", split(again["erase"], config.page_size()), number=number)
    number = pages.next_number(work.run_id)
    pages.add(work.run_id, "withdraw", split(withdrawn, config.page_size()), number=number, state="waiting")
    run.plan = found
    pages.close(work.claim)
    model.Session.commit()


def wanted(work: Work, datasets: Iterable[Any]) -> list[Any]:
    """Those that the source's filters let through; what is no dataset is for the import to refuse."""
    if not work.filters:
        return list(datasets)
    return [one for one in datasets if not isinstance(one, dict) or filters.wants(work.filters, one)]


def ids(datasets: Iterable[Any]) -> list[str]:
    """The ids of datasets, in their order, of those that have one."""
    found = [one.get("id") for one in datasets if isinstance(one, dict)]
    return [identifier for identifier in found if isinstance(identifier, str) and identifier]


def counted(url: str, came: int) -> int:
    """Stop a neighbour that goes on for ever.

    :raises NeighbourError: when more datasets came than one run reads.
    """
    most = config.max_records()
    if came > most:
        setting = "ckanext.regional.harvest.max_records"
        raise NeighbourError(url, f"more than {most} datasets came; {setting} allows no more in one run")
    return came


def arrived(work: Work) -> set[str]:
    """The ids of everything that this run has read so far."""
    waiting = model.Session.scalars(_still_open(work))
    done = model.Session.scalars(
        sa.select(Record.remote_id).where(Record.source_id == work.source_id, Record.run_id == work.run_id)
    )
    return {*waiting, *done}


def known(work: Work) -> set[str]:
    """The ids that the neighbour had when it was last read."""
    query = sa.select(Record.remote_id).where(Record.source_id == work.source_id, Record.state != "withdrawn")
    return set(model.Session.scalars(query))


def _parked(work: Work) -> list[Any]:
    """Records that wait for another try and did not come anew in this run."""
    erased = sa.select(sa.func.jsonb_array_elements_text(Page.payload)).where(
        Page.run_id == work.run_id, Page.kind == "erase", Page.state == "open"
    )
    query = sa.select(Record.parked).where(
        Record.source_id == work.source_id,
        Record.parked.is_not(None),
        sa.func.coalesce(Record.run_id, "") != work.run_id,
        Record.remote_id.not_in(_still_open(work)),
        Record.remote_id.not_in(erased),
    )
    return list(model.Session.scalars(query))


def _still_open(work: Work) -> Any:
    items = (
        sa.select(sa.func.jsonb_array_elements(Page.payload).op("->>")("id").label("remote_id"))
        .where(Page.run_id == work.run_id, Page.kind == "import", Page.state == "open")
        .subquery()
    )
    return sa.select(items.c.remote_id).where(items.c.remote_id.is_not(None))
