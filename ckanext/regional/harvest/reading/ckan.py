"""Reads the catalogue of a CKAN without our feed.

A whole reading goes by keyset over all ids. Where the neighbour tells when its index got a dataset, the next reading
asks for what came since; only when its number of datasets is another one than that accounts for, all ids are swept.
"""

from __future__ import annotations

import datetime
import time
from collections.abc import Iterable, Iterator
from typing import Any

import sqlalchemy as sa
from ckan import model

from ckanext.regional.harvest import config, filters
from ckanext.regional.harvest.clients.ckan import CkanClient
from ckanext.regional.harvest.clients.errors import UNREADABLE, AskedTooMuch, NeighbourError, UnknownAction
from ckanext.regional.harvest.model import Record
from ckanext.regional.harvest.reading import storing
from ckanext.regional.harvest.running.plan import PagingError, Sweep, split, window
from ckanext.regional.harvest.running.work import Work

#: Seconds without an answer after which a neighbour is given up: one that has given nothing yet, one that has.
_GIVE_UP_AT_ONCE = 150
_GIVE_UP = 600
#: Ids of one request; the address must not grow too long.
_IDS_AT_ONCE = 50
_ID_ROWS = 1000
_POISONED = "the neighbour breaks down when it is asked for it"


def begin(work: Work, client: CkanClient, found_filters: dict[str, Any]) -> dict[str, Any]:
    """Where a reading begins: with what the index got since the last one, or with everything.

    :param found_filters: the source's, with the neighbour's own names
    :raises NeighbourError: when the neighbour cannot filter, and is asked to.
    """
    fq = filters.question(found_filters)
    refuse_deaf(client, fq)
    latest, count = newest(client, fq)
    before = work.reading.get("since") if work.reading and not work.full else None
    overlap = datetime.timedelta(seconds=config.overlap_seconds())
    asked = window(before, latest, client.clock(), overlap)
    return {
        "sweep": Sweep.begin(config.fetch_rows()).dump(),
        "fq": fq,
        "since": asked.since,
        "reading": {"since": asked.next, "count": count} if asked.next else None,
        "unwanted": [],
    }


def resolve(client: CkanClient, given: dict[str, Any]) -> dict[str, Any]:
    """Ask whether the organisations and groups that a source filters by are there.

    :returns: the filters with the neighbour's names, also where an id was given
    :raises NeighbourError: when one is not there.
    """
    found = dict(given)
    for name in ("organization", "group"):
        if wanted := filters.values(given.get(name)):
            found[name] = [_name(client, name, value) for value in wanted]
    return found


def read(work: Work, client: CkanClient, state: dict[str, Any]) -> None:
    """Read to the end, then find out what is gone."""
    sweep = Sweep.load(state["sweep"])
    fq = state["fq"]
    if state["since"]:
        fq = f"{fq} indexed_ts:{{{state['since']} TO *]".strip()
    unwanted = dict.fromkeys(state["unwanted"])
    for datasets, after in pages(client, sweep, fq, work.url):
        sweep = after
        kept = storing.wanted(work, datasets)
        if state["since"]:
            unwanted |= dict.fromkeys(set(storing.ids(datasets)) - set(storing.ids(kept)))
        state = storing.store(work, kept, state | {"sweep": sweep.dump(), "unwanted": list(unwanted)})
    found: dict[str, Any] = {"complete": sweep.complete and not state["since"], "count": None}
    if not sweep.by_key and not filters.are_looked_at(work.filters):
        found["count"] = sweep.count
    # A reading that missed something does not move on: the next one is a whole one.
    found["reading"] = state["reading"] if sweep.complete else None
    gone = _catch_up(work, client, state, found) if state["since"] else []
    storing.end(work, found, [*gone, *unwanted])


def _catch_up(work: Work, client: CkanClient, state: dict[str, Any], found: dict[str, Any]) -> list[str]:
    """After the changes: try again what broke the neighbour, and sweep all ids where the number does not fit.

    :returns: the ids that are gone there
    """
    known = storing.known(work)
    arrived = storing.arrived(work)
    _fetch(work, client, state, _poisoned(work) - arrived)
    _newest_now, count = newest(client, state["fq"])
    looked_at = filters.are_looked_at(work.filters)
    expected = work.reading.get("count") if looked_at and work.reading else len(known | arrived)
    if found.get("reading"):
        found["reading"] = {**found["reading"], "count": count}
    if count == expected:
        return []
    swept = Sweep.begin(_ID_ROWS)
    present: set[str] = set()
    for datasets, after in pages(client, swept, state["fq"], work.url, only_ids=True):
        swept = after
        present.update(storing.ids(datasets))
    if not swept.complete or (not swept.by_key and len(present) < (swept.count or 0)):
        return []
    if not looked_at:
        # What the times did not show is here all the same.
        _fetch(work, client, state, present - known - arrived)
    gone = known - present - arrived
    _forget_unwritten(work, gone)
    return sorted(gone)


def pages(
    client: CkanClient, sweep: Sweep, fq: str, url: str, *, only_ids: bool = False
) -> Iterator[tuple[list[Any], Sweep]]:
    """Read a search to its end: each page, and the state after it."""
    answered = time.monotonic()
    while not sweep.done:
        question = sweep.question(fq) | ({"fl": "id"} if only_ids else {})
        try:
            found = client.search(question)
        except AskedTooMuch as error:
            if time.monotonic() - answered > (_GIVE_UP if sweep.seen else _GIVE_UP_AT_ONCE):
                raise
            named, sweep = _around(client, sweep, fq, error)
            yield named, sweep
            continue
        answered = time.monotonic()
        before, sweep = sweep, _onward(sweep, found.datasets, found.count, url)
        # A page that shows that the neighbour keeps no order is not lost: it is read again in the neighbour's own.
        yield ([] if before.by_key and not sweep.by_key else found.datasets), sweep


def _around(client: CkanClient, sweep: Sweep, fq: str, error: AskedTooMuch) -> tuple[list[Any], Sweep]:
    """Ask for less; a single record that breaks the neighbour is left out, by its name where that can be learned."""
    try:
        if sweep.rows > 1:
            return [], sweep.smaller()
        try:
            (poisoned,) = client.search(sweep.question(fq) | {"fl": "id,name"}).datasets[:1]
            identifier = poisoned["id"]
        except (NeighbourError, ValueError, KeyError, TypeError):
            return [], sweep.smaller()
        name = poisoned.get("name")
        return [{"id": identifier, "name": name, UNREADABLE: _POISONED}], sweep.passed_over(identifier)
    except PagingError:
        raise error from None


def _onward(sweep: Sweep, datasets: list[Any], count: int, url: str) -> Sweep:
    try:
        onward = sweep.answered(storing.ids(datasets), count, len(datasets))
    except PagingError as error:
        raise NeighbourError(f"GET {url}/api/action/package_search", str(error)) from error
    storing.counted(url, onward.seen)
    return onward


def _fetch(work: Work, client: CkanClient, state: dict[str, Any], wanted: Iterable[str]) -> None:
    """Ask for some datasets by their ids, and store them."""
    usable = sorted(one for one in wanted if '"' not in one and "\\" not in one)
    for part in split(usable, _IDS_AT_ONCE):
        quoted = " OR ".join(f'"{one}"' for one in part)
        fq = f"{state['fq']} id:({quoted})".strip()
        for datasets, _after in pages(client, Sweep.begin(_IDS_AT_ONCE), fq, work.url):
            storing.store(work, storing.wanted(work, datasets), state)


def _poisoned(work: Work) -> set[str]:
    """Records that failed without anything to try again with."""
    query = sa.select(Record.remote_id).where(
        Record.source_id == work.source_id, Record.state == "failed", Record.parked.is_(None)
    )
    return {one for one in model.Session.scalars(query) if not one.startswith("(no id)")}


def _forget_unwritten(work: Work, gone: Iterable[str]) -> None:
    """What never became a dataset here and is gone there waits for nothing any more."""
    model.Session.execute(
        sa.update(Record)
        .where(Record.source_id == work.source_id, Record.dataset_id.is_(None), Record.remote_id.in_(list(gone)))
        .values(state="withdrawn", parked=sa.null(), reason="its origin no longer has it")
        .execution_options(synchronize_session=False)
    )
    model.Session.commit()


def newest(client: CkanClient, fq: str) -> tuple[str | None, int]:
    """When the index last got a dataset; a neighbour that breaks down over the question is one that cannot tell."""
    try:
        return client.newest(fq)
    except NeighbourError as error:
        if error.kind != "other":
            raise
        asked = {"rows": 0} | ({"fq": fq} if fq else {})
        return None, client.search(asked).count


def refuse_deaf(client: CkanClient, fq: str) -> None:
    """A neighbour that ignores ``fq`` would give everything, and all of it would come in."""
    if fq and client.search({"rows": 0, "fq": f'{fq} id:"no-dataset-has-this-id"'}).count:
        raise NeighbourError(
            f"GET {client.url}/api/action/package_search",
            "it ignores filters (`fq`), so the source's cannot be kept; remove them, or ask its operator",
        )


def _name(client: CkanClient, kind: str, value: str) -> str:
    """The name of an organisation or group of the neighbour's."""
    action = f"{kind}_show"
    try:
        found = client.call(action, id=value)
    except UnknownAction as error:
        word = {"organization": "organisation", "group": "group"}[kind]
        raise NeighbourError(error.asked, f"there is no {word} “{value}”; the source's filters name one") from error
    name = found.get("name") if isinstance(found, dict) else None
    return name if isinstance(name, str) and name else value
