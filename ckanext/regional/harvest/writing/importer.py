"""Works a page of datasets: tells what is new, hands it to the writer, and lets no bad record stop the others."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import ckan.plugins.toolkit as tk
from ckan import model
from ckan.lib import search
from sqlalchemy.exc import IntegrityError

from ckanext.regional import links, logs, score
from ckanext.regional.harvest.provenance import origins
from ckanext.regional.harvest.running import pages, servers
from ckanext.regional.harvest.running.pages import LeaseLost
from ckanext.regional.harvest.running.work import Work
from ckanext.regional.harvest.writing import arrival, lookups, mapping, records, withdrawal, writer
from ckanext.regional.harvest.writing.mapping import Incoming, Origin
from ckanext.regional.harvest.writing.records import REMOVAL, Mark
from ckanext.regional.harvest.writing.taken import Taken
from ckanext.regional.harvest.writing.writer import NotWritten

log = logs.get_logger(__name__)

_GONE = "its origin no longer has it"
#: A page that so many workers died over is worked record by record, and a single record is then put aside.
_DEADLY = 3


def import_page(work: Work) -> None:
    """Bring in the datasets of a page.

    :raises LeaseLost: when the page is in other hands.
    :raises ServerDown: when one of this site's servers does not answer; the page can be worked again.
    """
    if _is_deadly(work):
        return
    marks: list[Mark] = []
    arrived = [arrival.prepare(work, item, marks) for item in work.claim.payload]
    incoming = [item for item in arrived if item is not None]
    arrival.keep_ids(work, incoming)
    todo = arrival.decided(work, incoming, marks)
    with _indexed_together(), lookups.asked_once():
        marks += _bring_all(work, todo)
    _close(work, marks)


def withdraw_page(work: Work) -> None:
    """Hide the datasets of a page: their origin no longer has them."""
    if _is_deadly(work):
        return
    marks: list[Mark] = []
    with _indexed_together():
        for remote_id in work.claim.payload:
            record = records.of_source(work.source_id, [remote_id]).get(remote_id)
            here = record is not None and record.dataset_id and record.state != "withdrawn"
            if record is not None and here and record.detached is None:
                _remove(work, remote_id, marks, lambda record=record: withdrawal.withdraw(work, record, _GONE))
    _close(work, marks)


def erase_page(work: Work) -> None:
    """Erase the datasets of a page: their origin has, and asks those who harvested them to follow.

    A neighbour reaches what it brought, and what was born on it, whoever brought that; this second only where no other
    address goes by the same name: erased is erased, and one of the two is not who it says.
    """
    if _is_deadly(work):
        return
    marks: list[Mark] = []
    is_alone = not origins.has_another_address(work.site, work.source_id, work.url)
    for remote_id in work.claim.payload:
        record = records.of_source(work.source_id, [remote_id]).get(remote_id)
        held = record.dataset_id if record is not None else None
        dataset_id = held or (mapping.local_id(work.site, remote_id) if is_alone else None)
        if dataset_id is None or _remove(work, remote_id, marks, lambda one=dataset_id: withdrawal.erase(work, one)):
            records.unpark(work.source_id, remote_id)
    _close(work, marks)


def _remove(work: Work, remote_id: str, marks: list[Mark], act: Callable[[], None]) -> bool:
    """Follow a removal. One that fails is tried again: a feed tells of it once.

    :returns: whether it is done
    """
    try:
        act()
    except LeaseLost:
        model.Session.rollback()
        raise
    except Exception as error:  # noqa: BLE001  one bad record never stops a run
        with logs.about(record=remote_id):
            _after_failure(error, None)
        origin = Origin(work.site, remote_id, work.url, (work.site,))
        parked = {"id": remote_id, REMOVAL: work.claim.kind} if work.kind == "regional" else None
        marks.append(Mark(remote_id, "failed", origin, reason=arrival.sentence(error), parked=parked))
        return False
    return True


def _bring_all(work: Work, todo: list[Incoming]) -> list[Mark]:
    """Write datasets; the marks of those where that was not to be. What is asked of all of them is asked once."""
    if not todo:
        return []
    ids = [item.mapped.dataset["id"] for item in todo]
    known = records.of_source(work.source_id, [item.remote_id for item in todo]).keys()
    here = records.holders(ids).keys()
    taken = Taken.among({item.mapped.dataset["id"]: item.remote for item in todo})
    here |= taken.ids
    found: list[Mark | None] = []
    with links.asked_together(_addresses(todo)):
        for item, dataset_id in zip(todo, ids, strict=True):
            is_new = item.remote_id not in known and dataset_id not in here
            found.append(_bring(work, item, taken if is_new else None))
    return [mark for mark in found if mark is not None]


def _addresses(todo: list[Incoming]) -> set[str]:
    """What the scores of datasets ask for, which CKAN has made each time it indexes one."""
    return {address for item in todo for address in score.addresses(item.mapped.dataset)}


def _bring(work: Work, item: Incoming, taken: Taken | None) -> Mark | None:
    """Write one dataset; a mark when that was not to be."""
    with logs.about(record=item.remote_id, dataset=item.mapped.dataset["id"]):
        try:
            _write(work, item, taken)
        except NotWritten as refusal:
            model.Session.rollback()
            return arrival.aside(work, item, refusal.outcome, refusal.reason)
        except LeaseLost:
            model.Session.rollback()
            raise
        except Exception as error:  # noqa: BLE001  one bad record never stops a run
            _after_failure(error, item.mapped.dataset["id"])
            return arrival.aside(work, item, "failed", arrival.sentence(error))
    return None


def _write(work: Work, item: Incoming, taken: Taken | None) -> None:
    """Write one dataset.

    :param taken: names in use, for a dataset that was not here when the page began
    """
    if taken is not None:
        try:
            writer.write(work, item, None, None, taken)
            return
        except (IntegrityError, tk.ValidationError) as error:
            model.Session.rollback()
            if isinstance(error, tk.ValidationError) and not error.error_dict.keys() & {"id", "name"}:
                raise
            # Somebody else has taken its name meanwhile, or brought it: look again.
    own, holder = records.of_one(work.source_id, item.remote_id, item.mapped.dataset["id"])
    writer.write(work, item, own, holder)


def _after_failure(error: Exception, dataset_id: str | None) -> None:
    """Undo everything, since CKAN would commit it with the next dataset; tell a dead server from a bad record.

    :raises ServerDown: when a server is behind it.
    """
    down = servers.behind(error)
    try:
        model.Session.rollback()
    except Exception as another:  # noqa: BLE001  the server behind the first error may answer this one
        down = down or servers.behind(another)
    if down is not None:
        raise down from error
    if not isinstance(error, tk.ValidationError):
        log.warning("A dataset could not be written", exc_info=error, ids={"dataset": dataset_id})
        if dataset_id is not None:
            _mend_index(dataset_id)


def _mend_index(dataset_id: str) -> None:
    """CKAN writes Solr before it commits: take out again what the database does not have."""
    try:
        if model.Session.get(model.Package, dataset_id) is None:
            search.clear(dataset_id)
        else:
            search.rebuild(dataset_id)
    except Exception as error:  # noqa: BLE001  a repair that fails is no failure of the import
        log.warning("The index could not be mended: %s", error, ids={"dataset": dataset_id})
        model.Session.rollback()


@contextmanager
def _indexed_together() -> Iterator[None]:
    """Let Solr make the page's datasets visible together; only ever used in a worker's process."""
    before = tk.config["ckan.search.solr_commit"]
    tk.config["ckan.search.solr_commit"] = False
    try:
        yield
    finally:
        tk.config["ckan.search.solr_commit"] = before
        if before:
            _commit_index()


def _commit_index() -> None:
    try:
        search.commit()
    except search.SearchIndexError as error:
        if down := servers.behind(error):
            raise down from error
        raise


def _close(work: Work, marks: list[Mark]) -> None:
    pages.hold(work.claim)
    records.mark(work.source_id, work.run_id, marks)
    pages.close(work.claim)
    model.Session.commit()


def _is_deadly(work: Work) -> bool:
    """Work a page over which workers ended: record by record, until the one is found; that is put aside."""
    if work.claim.attempts <= _DEADLY:
        return False
    if len(work.claim.payload) > 1:
        _split(work)
    else:
        _close(work, [_deadly(work, item) for item in work.claim.payload])
    return True


def _split(work: Work) -> None:
    """Give each record of a deadly page a page of its own."""
    pages.hold(work.claim)
    single = [[item] for item in work.claim.payload]
    pages.add(work.run_id, work.claim.kind, single, number=pages.next_number(work.run_id))
    pages.close(work.claim)
    model.Session.commit()


def _deadly(work: Work, item: Any) -> Mark:
    removal = isinstance(item, str) and work.claim.kind != "import"
    remote_id = item if removal else item.get("id") if isinstance(item, dict) else None
    known = isinstance(remote_id, str) and 0 < len(remote_id.encode()) <= arrival.LONGEST_ID
    parked = {"id": remote_id, REMOVAL: work.claim.kind} if removal and work.kind == "regional" else None
    return Mark(
        remote_id if known else arrival.id_of_nonsense(item),  # pyright: ignore[reportArgumentType]
        "failed",
        arrival.nowhere(work),
        reason=f"{_DEADLY} workers ended while they worked on it",
        parked=parked,
    )
