"""What a neighbour sent, dataset by dataset: whose it is, how it would be written here, and whether it need be."""

from __future__ import annotations

import hashlib
import json
from typing import Any
from urllib.parse import quote

import ckan.plugins.toolkit as tk

from ckanext.regional import logs
from ckanext.regional.harvest import organizations
from ckanext.regional.harvest.clients.errors import UNREADABLE
from ckanext.regional.harvest.feed import feed
from ckanext.regional.harvest.model import Record
from ckanext.regional.harvest.provenance import origin_extras
from ckanext.regional.harvest.running.work import Work
from ckanext.regional.harvest.writing import mapping, records, sieve
from ckanext.regional.harvest.writing.mapping import Incoming, Mapped, Origin
from ckanext.regional.harvest.writing.reconcile import Known, decide, route
from ckanext.regional.harvest.writing.records import Mark
from ckanext.regional.site import site_id

log = logs.get_logger(__name__)

#: Bytes of an identity that PostgreSQL takes into an index; those of real sites have 36.
LONGEST_ID = 1000


def prepare(work: Work, remote: Any, marks: list[Mark]) -> Incoming | None:
    """Map one dataset; whatever is wrong with it stays its own problem."""
    remote_id = remote.get("id") if isinstance(remote, dict) else None
    if not isinstance(remote_id, str) or not remote_id:
        said = remote.get(UNREADABLE) if isinstance(remote, dict) else None
        marks.append(Mark(id_of_nonsense(remote), "failed", nowhere(work), reason=said or "it has no id"))
        return None
    if len(remote_id.encode()) > LONGEST_ID:
        reason = f"its id has {len(remote_id)} letters, more than this site keeps"
        marks.append(Mark(id_of_nonsense(remote), "failed", nowhere(work), reason=reason))
        return None
    origin, direct = origin_of(work, remote)
    if UNREADABLE in remote:
        marks.append(Mark(remote_id, "failed", origin, remote.get("name"), str(remote[UNREADABLE])))
        return None
    try:
        mapped = map_remote(work, remote, origin)
    except Exception as error:
        log.warning("A dataset could not be read", exc_info=True, ids={"record": remote_id})
        marks.append(Mark(remote_id, "failed", origin, reason=sentence(error), parked=parked(work, remote)))
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
    return isinstance(value, str) and 0 < len(value.encode()) <= LONGEST_ID


def keep_ids(work: Work, incoming: list[Incoming]) -> None:
    """Let datasets that were here before we harvested them keep their ids."""
    kept = records.kept_ids(work.source_id, {item.remote_id: item.origin for item in incoming})
    for item in incoming:
        if item.remote_id in kept:
            item.mapped.dataset["id"] = kept[item.remote_id]


def decided(work: Work, incoming: list[Incoming], marks: list[Mark]) -> list[Incoming]:
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
            marks.append(aside(work, item, "skipped", reason))
            continue
        decision = decide(holder, item.mapped.hash, work.source_id, direct=item.direct)
        if decision.action in ("skip", "unchanged"):
            outcome = "skipped" if decision.action == "skip" else "unchanged"
            marks.append(aside(work, item, outcome, decision.reason))
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


def aside(work: Work, item: Incoming, outcome: Any, reason: str) -> Mark:
    """What is noted of a dataset that is not written, with what another try or a decision needs of it."""
    name = item.remote.get("name")
    unchanged = outcome == "unchanged"
    kept = None if unchanged else parked(work, item.remote)
    if outcome == "conflict":
        # Whoever decides looks at what came, and may take it.
        kept = item.remote
    seen = sieve.stamp(work, item.remote, item.mapped.hash) if unchanged else None
    return Mark(item.remote_id, outcome, item.origin, name if isinstance(name, str) else None, reason, kept, seen)


def parked(work: Work, remote: Any) -> Any:
    """What to keep for another try. A catalogue that is read whole each time brings it again by itself."""
    return None if work.kind == "dcat" else remote


def _page_of(work: Work, remote: dict[str, Any]) -> str:
    """Where a reader finds the neighbour's dataset."""
    if work.kind == "dcat":
        return remote.get("page") or work.url
    name = remote.get("name")
    return f"{work.url}/dataset/{quote(name if isinstance(name, str) and name else remote['id'])}"


def nowhere(work: Work) -> Origin:
    """The origin of what has no identity: the neighbour itself."""
    return Origin(work.site, "", work.url, (work.site,))


def id_of_nonsense(item: Any) -> str:
    """An id by which a record without one is known again as long as it says the same."""
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
