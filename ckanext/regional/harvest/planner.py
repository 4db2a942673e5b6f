"""The first page of a run: asks the neighbour who it is and what it has, and stores that as pages for the others."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from ckan import model

from ckanext.regional.harvest import config, pages, sieve, waking
from ckanext.regional.harvest.clients.ckan import CkanClient
from ckanext.regional.harvest.clients.errors import AskedTooMuch, NeighbourError, Resync, UnknownAction
from ckanext.regional.harvest.clients.regional import Federation, RegionalClient
from ckanext.regional.harvest.mapping import site_of
from ckanext.regional.harvest.model import Page, Record, Run, Source
from ckanext.regional.harvest.plan import PagingError, Sweep, split
from ckanext.regional.harvest.work import Work
from ckanext.regional.site import site_id

#: Seconds after which a neighbour that answers nothing at all is given up.
_GIVE_UP = 120


def plan(work: Work) -> None:
    """Read the neighbour and store what it has; goes on where a worker before stopped.

    :raises NeighbourError: when the neighbour does not answer as it should; what was stored so far stays.
    """
    client = CkanClient(work.url, config.limits(), work.token)
    try:
        state = work.claim.payload[0]
        if state["step"] == "begin":
            state = _begin(work, client)
        if state["kind"] == "regional":
            _read_feed(work, RegionalClient(client), state)
        else:
            _read_catalogue(work, client, state)
    finally:
        client.close()


def _begin(work: Work, client: CkanClient) -> dict[str, Any]:
    """Find out who the neighbour is and keep it."""
    federation = _introduce(client)
    kind = work.asked_kind
    if kind == "auto":
        kind = "regional" if federation else "ckan"
    if kind == "regional" and federation is None:
        raise NeighbourError(f"GET {work.url}/api/action/regional_federation", "the site does not run ckanext-regional")
    if kind == "ckan" and federation is None:
        client.status()
    if kind == "regional" and work.filters.get("fq"):
        raise NeighbourError(work.url, "its feed cannot be filtered by `fq`; give the source the kind `ckan`")
    pages.hold(work.claim)
    source = model.Session.get(Source, work.source_id)
    run = model.Session.get(Run, work.run_id)
    assert source is not None
    assert run is not None
    source.site = source.site or _site(work, federation)
    run.kind = kind
    state: dict[str, Any] = {"step": "read", "kind": kind, "epoch": federation.epoch if federation else ""}
    if kind == "regional":
        known = not run.full and source.epoch == state["epoch"]
        state |= {"since": source.cursor if known else None, "withdrawn": []}
        state["whole"] = state["since"] is None
    else:
        state["sweep"] = Sweep.begin(config.fetch_rows()).dump()
    return _store(work, [], state)


def _introduce(client: CkanClient) -> Federation | None:
    """Ask who the neighbour is; None when it does not run this extension."""
    try:
        federation = RegionalClient(client).federation()
    except UnknownAction:
        return None
    if federation.site == site_id():
        raise NeighbourError(f"GET {client.url}/api/action/regional_federation", "it says that it is this very site")
    return federation


def _site(work: Work, federation: Federation | None) -> str:
    """The neighbour's federation id; its address where it has none, or claims one that another address has."""
    if federation is None:
        return site_of(work.url)
    others = model.Session.scalars(
        sa.select(Source.url).where(Source.site == federation.site, Source.id != work.source_id)
    )
    if work.trust != "publish" and any(site_of(url) != site_of(work.url) for url in others):
        return site_of(work.url)
    return federation.site


def _read_feed(work: Work, client: RegionalClient, state: dict[str, Any]) -> None:
    withdrawn = dict.fromkeys(state["withdrawn"])
    more = True
    while more:
        try:
            changes = client.changes(state["since"], config.fetch_rows(), state["epoch"])
        except Resync:
            if state["whole"]:
                raise
            epoch = client.federation().epoch
            state |= {"since": None, "whole": True, "epoch": epoch}
            withdrawn = {}
            continue
        kept = [dataset for dataset in changes.datasets if _is_wanted(dataset, work.filters)]
        wanted = {dataset.get("id") for dataset in kept}
        gone = [dataset.get("id") for dataset in changes.datasets if dataset.get("id") not in wanted]
        for remote_id in wanted:
            withdrawn.pop(remote_id, None)
        withdrawn |= dict.fromkeys([*changes.withdrawn, *gone])
        state |= {"since": changes.next, "withdrawn": list(withdrawn)}
        more = changes.more
        state = _store(work, kept, state, changes.erased)
    _end(work, {"complete": state["whole"], "cursor": state["since"], "epoch": state["epoch"]}, state["withdrawn"])


def _read_catalogue(work: Work, client: CkanClient, state: dict[str, Any]) -> None:
    sweep = Sweep.load(state["sweep"])
    answered = time.monotonic()
    while not sweep.done:
        try:
            found = client.search(sweep.question(_filter_query(work.filters)))
        except AskedTooMuch as error:
            if time.monotonic() - answered > _GIVE_UP:
                raise
            sweep = _smaller(sweep, error)
            continue
        answered = time.monotonic()
        before, sweep = sweep, _onward(sweep, found.datasets, found.count, work)
        # A page that shows that the neighbour keeps no order is not lost: it is read again in the neighbour's own.
        kept = [] if before.by_key and not sweep.by_key else found.datasets
        state = _store(work, kept, state | {"sweep": sweep.dump()})
    _end(work, {"complete": sweep.complete, "count": None if sweep.by_key else sweep.count}, [])


def _smaller(sweep: Sweep, error: AskedTooMuch) -> Sweep:
    try:
        return sweep.smaller()
    except PagingError:
        raise error from None


def _onward(sweep: Sweep, datasets: list[Any], count: int, work: Work) -> Sweep:
    ids = [dataset["id"] for dataset in datasets if isinstance(dataset, dict) and isinstance(dataset.get("id"), str)]
    try:
        return sweep.answered(ids, count)
    except PagingError as error:
        raise NeighbourError(f"GET {work.url}/api/action/package_search", str(error)) from error


def _store(work: Work, datasets: list[Any], state: dict[str, Any], erased: Sequence[str] = ()) -> dict[str, Any]:
    """Store one answer and how far the reading has come, together. What was erased there waits for nothing here."""
    pages.hold(work.claim)
    added = pages.spread(work.run_id, sieve.changed(work, datasets))
    number = pages.next_number(work.run_id)
    pages.add(work.run_id, "erase", split(list(erased), config.page_size()), number=number)
    pages.remember(work.claim, [state])
    model.Session.commit()
    waking.stored(added)
    return state


def _end(work: Work, found: dict[str, Any], withdrawn: list[str]) -> None:
    """Close the plan: what the neighbour withdrew waits until everything else is in."""
    pages.hold(work.claim)
    if found.get("epoch"):
        pages.spread(work.run_id, _parked(work))
    number = pages.next_number(work.run_id)
    pages.add(work.run_id, "withdraw", split(withdrawn, config.page_size()), number=number, state="waiting")
    run = model.Session.get(Run, work.run_id)
    assert run is not None
    run.plan = found
    pages.close(work.claim)
    model.Session.commit()


def _parked(work: Work) -> list[Any]:
    """Records that wait for another try and did not come anew in this run: a feed tells each change once."""
    items = (
        sa.select(sa.func.jsonb_array_elements(Page.payload).op("->>")("id").label("remote_id"))
        .where(Page.run_id == work.run_id, Page.kind == "import", Page.state == "open")
        .subquery()
    )
    arrived = sa.select(items.c.remote_id).where(items.c.remote_id.is_not(None))
    query = sa.select(Record.parked).where(
        Record.source_id == work.source_id,
        Record.parked.is_not(None),
        sa.func.coalesce(Record.run_id, "") != work.run_id,
        Record.remote_id.not_in(arrived),
    )
    return list(model.Session.scalars(query))


def _filter_query(filters: dict[str, Any]) -> str:
    parts = [filters.get("fq", "")]
    parts += [f'{field}:"{filters[key]}"' for key, field in _FILTER_FIELDS.items() if filters.get(key)]
    return " ".join(part for part in parts if part)


_FILTER_FIELDS = {"organization": "organization", "group": "groups"}


def _is_wanted(dataset: dict[str, Any], filters: dict[str, Any]) -> bool:
    if wanted := filters.get("organization"):
        organisation = dataset.get("organization") or {}
        if wanted not in (organisation.get("name"), organisation.get("id")):
            return False
    if wanted := filters.get("group"):
        return any(wanted in (group.get("name"), group.get("id")) for group in dataset.get("groups") or [])
    return True
