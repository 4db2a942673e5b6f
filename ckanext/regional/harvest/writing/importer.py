"""Works a page of datasets: tells what is new, hands it to the writer, and lets no bad record stop the others."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import quote

import ckan.plugins.toolkit as tk
from ckan import model
from ckan.lib import search
from sqlalchemy.exc import IntegrityError

from ckanext.regional import logs
from ckanext.regional.harvest import organizations
from ckanext.regional.harvest.clients.errors import UNREADABLE
from ckanext.regional.harvest.feed import feed
from ckanext.regional.harvest.model import Record
from ckanext.regional.harvest.provenance import origin_extras, origins
from ckanext.regional.harvest.running import pages, servers
from ckanext.regional.harvest.running.pages import LeaseLost
from ckanext.regional.harvest.running.work import Work
from ckanext.regional.harvest.writing import lookups, mapping, records, sieve, writer
from ckanext.regional.harvest.writing.mapping import Mapped, Origin
from ckanext.regional.harvest.writing.reconcile import Known, decide, route
from ckanext.regional.harvest.writing.records import REMOVAL, Mark
from ckanext.regional.harvest.writing.taken import Taken
from ckanext.regional.harvest.writing.writer import Incoming, NotWritten
from ckanext.regional.site import site_id

log = logs.get_logger(__name__)

_GONE = "its origin no longer has it"
#: Bytes of an identity that PostgreSQL takes into an index; those of real sites have 36.
_LONGEST_ID = 1000
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
    arrived = [_prepare(work, item, marks) for item in work.claim.payload]
    incoming = [item for item in arrived if item is not None]
    keep_ids(work, incoming)
    todo = _decided(work, incoming, marks)
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
                _remove(work, remote_id, marks, lambda record=record: writer.withdraw(work, record, _GONE))
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
        if dataset_id is None or _remove(work, remote_id, marks, lambda one=dataset_id: writer.erase(work, one)):
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
        marks.append(Mark(remote_id, "failed", origin, reason=sentence(error), parked=parked))
        return False
    return True


def _prepare(work: Work, remote: Any, marks: list[Mark]) -> Incoming | None:
    """Map one dataset; whatever is wrong with it stays its own problem."""
    remote_id = remote.get("id") if isinstance(remote, dict) else None
    if not isinstance(remote_id, str) or not remote_id:
        said = remote.get(UNREADABLE) if isinstance(remote, dict) else None
        marks.append(Mark(_id_of_nonsense(remote), "failed", _nowhere(work), reason=said or "it has no id"))
        return None
    if len(remote_id.encode()) > _LONGEST_ID:
        reason = f"its id has {len(remote_id)} letters, more than this site keeps"
        marks.append(Mark(_id_of_nonsense(remote), "failed", _nowhere(work), reason=reason))
        return None
    origin, direct = origin_of(work, remote)
    if UNREADABLE in remote:
        marks.append(Mark(remote_id, "failed", origin, remote.get("name"), str(remote[UNREADABLE])))
        return None
    try:
        mapped = map_remote(work, remote, origin)
    except Exception as error:
        log.warning("A dataset could not be read", exc_info=True, ids={"record": remote_id})
        marks.append(Mark(remote_id, "failed", origin, reason=sentence(error), parked=_parked(work, remote)))
        return None
    return Incoming(remote_id, remote, origin, mapped, direct)


def origin_of(work: Work, remote: dict[str, Any]) -> tuple[Origin, bool]:
    """Where a dataset was born: at the neighbour's, unless it says otherwise and we trust it."""
    own = Origin(work.site, remote["id"], _page_of(work, remote), (work.site,))
    claim = remote.get("origin") or origin_extras.claimed(remote)
    if not isinstance(claim, dict) or not all(_is_identity(claim.get(key)) for key in ("site", "dataset_id")):
        return own, True
    before = claim.get("path")
    path = tuple(site for site in before if isinstance(site, str)) if isinstance(before, list) else (claim["site"],)
    link = claim.get("url")
    url = link if isinstance(link, str) and link.startswith(("http://", "https://")) else own.url
    return Origin(claim["site"], claim["dataset_id"], url, (*path, work.site)), False


def _is_identity(value: Any) -> bool:
    return isinstance(value, str) and 0 < len(value.encode()) <= _LONGEST_ID


def keep_ids(work: Work, incoming: list[Incoming]) -> None:
    """Let datasets that were here before we harvested them keep their ids."""
    kept = records.kept_ids(work.source_id, {item.remote_id: item.origin for item in incoming})
    for item in incoming:
        if item.remote_id in kept:
            item.mapped.dataset["id"] = kept[item.remote_id]


def _decided(work: Work, incoming: list[Incoming], marks: list[Mark]) -> list[Incoming]:
    """Compare a page with what is known, all in three queries; what stays as it is goes to ``marks``.

    :returns: what is to be written
    """
    here = site_id()
    held = records.holders(item.mapped.dataset["id"] for item in incoming)
    known = {dataset_id: _known(work, record) for dataset_id, record in held.items()}
    erased = feed.erased(item.mapped.dataset["id"] for item in incoming)
    todo: list[Incoming] = []
    for arrived in incoming:
        item = arrived
        reason = route(item.origin.site, item.origin.path, here)
        holder = known.get(item.mapped.dataset["id"])
        if reason is None and not item.direct and work.trust != "publish":
            # The claim of an untrusted neighbour can only keep its own dataset out, never reach another one.
            if holder is not None and holder.source_id not in (None, work.source_id):
                reason = "it already comes another way"
            else:
                item = _own(work, item)
                keep_ids(work, [item])
                holder = known.get(item.mapped.dataset["id"]) or _known_one(work, item, held)
        if reason is None and item.mapped.dataset["id"] in erased:
            # Nothing of it may be kept, so it is not parked for another try either.
            marks.append(Mark(item.remote_id, "skipped", item.origin, reason="it was erased here"))
            continue
        if (row := held.get(item.mapped.dataset["id"])) is not None and row.detached is not None:
            # Neither is this, which would be tried again at each run for nothing.
            marks.append(Mark(item.remote_id, "skipped", item.origin, reason=records.DETACHED))
            continue
        if reason is not None:
            marks.append(_aside(work, item, "skipped", reason))
            continue
        decision = decide(holder, item.mapped.hash, work.source_id, direct=item.direct)
        if decision.action in ("skip", "unchanged"):
            outcome = "skipped" if decision.action == "skip" else "unchanged"
            marks.append(_aside(work, item, outcome, decision.reason))
        else:
            todo.append(item)
    return todo


def _own(work: Work, item: Incoming) -> Incoming:
    """The same dataset as the neighbour's own."""
    origin = Origin(work.site, item.remote_id, _page_of(work, item.remote), item.origin.path)
    return Incoming(item.remote_id, item.remote, origin, map_remote(work, item.remote, origin), True)


def map_remote(work: Work, remote: dict[str, Any], origin: Origin) -> Mapped:
    """The dataset as this site would write it."""
    owner = organizations.owner(work.organizations, work.owner_org, work.site, remote)
    told = origin_extras.untold(remote)
    return mapping.to_local(told, origin, owner_org=owner, defaults=work.defaults, place=work.territory)


def _known_one(work: Work, item: Incoming, held: dict[str, Record]) -> Known | None:
    found = records.holders([item.mapped.dataset["id"]])
    held |= found
    return _known(work, next(iter(found.values()))) if found else None


def _known(work: Work, record: Record) -> Known:
    return Known(
        hash=record.hash,
        state=record.state,  # pyright: ignore[reportArgumentType]
        source_id=record.source_id,
        direct=len(record.path) <= 1,
        written=record.harvested_at is not None,
    )


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
    for item, dataset_id in zip(todo, ids, strict=True):
        is_new = item.remote_id not in known and dataset_id not in here
        found.append(_bring(work, item, taken if is_new else None))
    return [mark for mark in found if mark is not None]


def _bring(work: Work, item: Incoming, taken: Taken | None) -> Mark | None:
    """Write one dataset; a mark when that was not to be."""
    with logs.about(record=item.remote_id, dataset=item.mapped.dataset["id"]):
        try:
            _write(work, item, taken)
        except NotWritten as refusal:
            model.Session.rollback()
            return _aside(work, item, refusal.outcome, refusal.reason)
        except LeaseLost:
            model.Session.rollback()
            raise
        except Exception as error:  # noqa: BLE001  one bad record never stops a run
            _after_failure(error, item.mapped.dataset["id"])
            return _aside(work, item, "failed", sentence(error))
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
    known = isinstance(remote_id, str) and 0 < len(remote_id.encode()) <= _LONGEST_ID
    parked = {"id": remote_id, REMOVAL: work.claim.kind} if removal and work.kind == "regional" else None
    return Mark(
        remote_id if known else _id_of_nonsense(item),  # pyright: ignore[reportArgumentType]
        "failed",
        _nowhere(work),
        reason=f"{_DEADLY} workers ended while they worked on it",
        parked=parked,
    )


def _aside(work: Work, item: Incoming, outcome: Any, reason: str) -> Mark:
    name = item.remote.get("name")
    unchanged = outcome == "unchanged"
    parked = None if unchanged else _parked(work, item.remote)
    if outcome == "conflict":
        # Whoever decides looks at what came, and may take it.
        parked = item.remote
    seen = sieve.stamp(work, item.remote, item.mapped.hash) if unchanged else None
    return Mark(item.remote_id, outcome, item.origin, name if isinstance(name, str) else None, reason, parked, seen)


def _parked(work: Work, remote: Any) -> Any:
    """What to keep for another try. A catalogue that is read whole each time brings it again by itself."""
    return None if work.kind == "dcat" else remote


def _page_of(work: Work, remote: dict[str, Any]) -> str:
    """Where a reader finds the neighbour's dataset."""
    if work.kind == "dcat":
        return remote.get("page") or work.url
    name = remote.get("name")
    return f"{work.url}/dataset/{quote(name if isinstance(name, str) and name else remote['id'])}"


def _nowhere(work: Work) -> Origin:
    return Origin(work.site, "", work.url, (work.site,))


def _id_of_nonsense(item: Any) -> str:
    text = json.dumps(item, sort_keys=True, default=str)
    return f"(no id) {hashlib.sha256(text.encode()).hexdigest()[:12]}"


def sentence(error: Exception) -> str:
    """A reason that a person can read."""
    if isinstance(error, tk.ValidationError):
        return "; ".join(f"{field}: {_flat(texts)}" for field, texts in error.error_dict.items())[:2000]
    return f"{type(error).__name__}: {error}"[:2000]


def _flat(texts: Any) -> str:
    if isinstance(texts, dict):
        return ", ".join(f"{key} {_flat(value)}" for key, value in texts.items() if value)
    if isinstance(texts, list):
        return " ".join(_flat(text) for text in texts if text)
    return str(texts)
