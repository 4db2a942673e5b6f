"""A person decides about a record that was edited here while its origin went on."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Literal

import ckan.plugins.toolkit as tk
from ckan import model
from ckan.lib import search

from ckanext.regional import logs
from ckanext.regional.database import now
from ckanext.regional.exceptions import InvalidInput, NotHere, StaleFingerprint, WrongState
from ckanext.regional.harvest import organizations
from ckanext.regional.harvest.conflicts import bases
from ckanext.regional.harvest.conflicts.merge import Merge, Side
from ckanext.regional.harvest.model import Record, Source
from ckanext.regional.harvest.provenance import origin_extras
from ckanext.regional.harvest.running import servers
from ckanext.regional.harvest.writing import acting, mapping, records, weighing, writer
from ckanext.regional.harvest.writing.mapping import Incoming, Origin
from ckanext.regional.harvest.writing.writer import Decided, Errand, NotWritten

log = logs.get_logger(__name__)

Decision = Literal["keep_local", "take_remote", "detach"]
DECISIONS: tuple[Decision, ...] = ("keep_local", "take_remote", "detach")
_SIDES: dict[Decision, Side] = {"keep_local": "local", "take_remote": "remote"}


@dataclass(frozen=True, slots=True)
class Situation:
    """A conflict as it stands now.

    ``whole`` says why the dataset itself cannot be written (deleted, purged, hidden here), else ``merge`` has the
    fields; both are empty where nothing stands against what came any more.
    """

    incoming: Incoming
    holder: Record | None
    source: Source
    current: dict[str, Any] | None
    whole: str | None
    merge: Merge
    fingerprint: str


def get(record_id: str, *, lock: bool = False) -> Record:
    """Load a record.

    :param lock: and let nobody else decide about it until the transaction ends
    :raises NotHere: when there is none
    """
    record = model.Session.get(Record, record_id, populate_existing=True, with_for_update=lock or None)
    if record is None:
        raise NotHere(tk._("There is no record “{id}”.").format(id=record_id))
    return record


def situation(record: Record) -> Situation | None:
    """How a conflict stands; None where the record is in none."""
    source = model.Session.get(Source, record.source_id) if record.source_id else None
    if record.state != "conflict" or record.parked is None or source is None:
        return None
    incoming = _incoming(record, source)
    dataset_id = incoming.mapped.dataset["id"]
    holder = records.holders([dataset_id]).get(dataset_id)
    package = model.Session.get(model.Package, dataset_id)
    current = acting.show(dataset_id) if package is not None else None
    whole = weighing.PURGED if current is None else None
    if holder is not None and current is not None:
        whole = weighing.taken_away(holder, current)
    weighed = weighing.weigh(incoming, holder, current)
    mark = _fingerprint(record, holder, current)
    return Situation(incoming, holder, source, current, whole, weighed.merge, mark)


def resolve(
    record_id: str,
    decision: Decision,
    who: str,
    fields: Mapping[str, Side] | None = None,
    fingerprint: str | None = None,
) -> Record:
    """Decide about a conflict, or detach a dataset from its source; commits.

    :param who: name of the person who decides
    :param fields: for fields that both sides changed, where the decision about them is another one
    :param fingerprint: of the conflict that this person saw
    :raises WrongState: when there is nothing to decide
    :raises StaleFingerprint: when something has changed since
    :raises InvalidInput: when a field is in no conflict, or this site's rules refuse the outcome
    """
    acting.ensure_user()
    record = get(record_id, lock=True)
    if decision == "detach":
        _detach(record, who, fields, fingerprint)
        return get(record_id)
    _refuse_unless_conflict(record)
    found = situation(record)
    if found is None:
        raise WrongState(tk._("Its source has been removed: the dataset can only be detached."))
    _check_fingerprint(fingerprint, found.fingerprint)
    chosen = _choices(decision, fields or {}, found)
    if found.whole and decision == "keep_local":
        _keep_away(record, found, who)
    else:
        _hand_over(record, found, Decided(chosen, whole=bool(found.whole)))
        _tell(record_id, _told(who, decision, fields or {}))
    return get(record_id)


def _incoming(record: Record, source: Source) -> Incoming:
    """What came, mapped anew with what the source says today."""
    origin = Origin(record.site, record.origin_id, record.origin_url or source.url, tuple(record.path))
    owner = organizations.owner(source.organizations, source.owner_org, source.site or "", record.parked or {})
    mapped = mapping.to_local(
        origin_extras.untold(record.parked),
        origin,
        owner_org=owner,
        defaults=source.defaults,
        place=source.territory,
    )
    mapped.dataset["id"] = records.kept_ids(source.id, {record.remote_id: origin}).get(
        record.remote_id, mapped.dataset["id"]
    )
    return Incoming(record.remote_id, record.parked, origin, mapped, len(record.path) <= 1)


def _fingerprint(record: Record, holder: Record | None, current: dict[str, Any] | None) -> str:
    here = [mapping.local_hash(current), current["state"], current["private"]] if current else None
    parts = [record.id, record.state, record.parked, here, holder.local_hash if holder else None]
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()


def _check_fingerprint(given: str | None, now_is: str) -> None:
    if given and given != now_is:
        raise StaleFingerprint(tk._("The dataset, or what came for it, has changed since you looked: look again."))


def _refuse_unless_conflict(record: Record) -> None:
    if record.detached is not None:
        raise WrongState(tk._("The dataset was detached: this site keeps it as its own."))
    if record.state != "conflict":
        raise WrongState(tk._("The record is in no conflict: there is nothing to decide."))


def _choices(decision: Decision, fields: Mapping[str, Side], found: Situation) -> dict[str, Side]:
    # While the dataset is gone here there are no fields to choose between, unless it comes back.
    known = [] if found.whole and decision == "keep_local" else [clash.field for clash in found.merge.clashes]
    if unknown := sorted(set(fields) - set(known)):
        text = tk._("“{field}” is in no conflict; these are: {fields}.").format(
            field=unknown[0], fields=", ".join(known) or tk._("none")
        )
        raise InvalidInput({"fields": [text]})
    return {"*": _SIDES[decision], **fields}


def _keep_away(record: Record, found: Situation, who: str) -> None:
    """Leave it deleted, purged or hidden, until it changes again at its origin."""
    record.state, record.hash, record.parked = "current", found.incoming.mapped.hash, None
    record.reason = f"{found.whole}; left so by {who}"
    model.Session.commit()


def _hand_over(record: Record, found: Situation, decided: Decided) -> None:
    errand = Errand(found.source.id, record.run_id, found.source.trust)
    with _undone_on_failure():
        writer.hand_over(errand, found.incoming, record, found.holder, decided)


@contextmanager
def _undone_on_failure() -> Iterator[None]:
    try:
        yield
    except NotWritten as refusal:
        model.Session.rollback()
        raise InvalidInput({"decision": [refusal.reason]}) from refusal
    except Exception as error:
        down = servers.behind(error)
        model.Session.rollback()
        if down is not None:
            raise down from error
        raise


def _detach(record: Record, who: str, fields: Mapping[str, Side] | None, fingerprint: str | None) -> None:
    """Make the dataset this site's own: its origin stays known, no source touches it again."""
    found = situation(record)
    holder = found.holder if found is not None and found.holder is not None else record
    dataset_id = holder.dataset_id
    if record.detached is not None or holder.detached is not None:
        raise WrongState(tk._("The dataset was detached already."))
    if dataset_id is None or holder.harvested_at is None:
        raise WrongState(tk._("Nothing of this record was ever written here: there is nothing to detach."))
    if fields:
        raise InvalidInput({"fields": [tk._("A dataset is detached as a whole; leave the fields out.")]})
    if found is not None:
        _check_fingerprint(fingerprint, found.fingerprint)
    holder.detached = now()
    for one in {holder, record}:
        one.state, one.pending, one.parked = "skipped", False, None
        one.reason = f"{records.DETACHED} (decided by {who})"
    bases.drop([dataset_id])
    model.Session.commit()
    if model.Session.get(model.Package, dataset_id) is not None:
        _index(dataset_id)


def _index(dataset_id: str) -> None:
    try:
        search.rebuild(dataset_id)
    except Exception as error:  # noqa: BLE001  the decision stands; the index follows with the next write
        log.warning("The dataset is detached, but could not be indexed: %s", error, ids={"dataset": dataset_id})
        model.Session.rollback()


def _told(who: str, decision: Decision, fields: Mapping[str, Side]) -> str:
    rest = {"keep_local": "what was edited here stays", "take_remote": "what came was taken"}[decision]
    named = [f"{field}: {'ours' if side == 'local' else 'theirs'}" for field, side in sorted(fields.items())]
    return f"decided by {who}: {'; '.join([rest, *named])}"


def _tell(record_id: str, sentence: str) -> None:
    record = get(record_id)
    record.reason = "; ".join(text for text in (sentence, record.reason) if text)[:2000]
    model.Session.commit()
