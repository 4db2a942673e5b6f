"""Writes one harvested dataset, its record and the page's lease in one transaction, through CKAN's own actions."""

from __future__ import annotations

import json
import secrets
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from ckan import model
from ckan.types import Context

from ckanext.regional import admission, erasure
from ckanext.regional.database import now
from ckanext.regional.harvest import config, keeping, mapping, origins, pages, sieve
from ckanext.regional.harvest.mapping import Mapped, Origin
from ckanext.regional.harvest.model import Record
from ckanext.regional.harvest.reconcile import Outcome
from ckanext.regional.harvest.taken import Taken
from ckanext.regional.harvest.work import Work
from ckanext.regional.types import Admission

#: What ``package_show`` adds and nobody writes.
_READ_ONLY = ("metadata_modified", "origin", "regional_status", "organization", "num_resources", "num_tags")


class NotWritten(Exception):
    """The dataset stays as it is; the outcome and the reason go into the record."""

    def __init__(self, outcome: Outcome, reason: str) -> None:
        super().__init__(reason)
        self.outcome: Outcome = outcome
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Incoming:
    """A dataset as the neighbour gave it and as it would be written."""

    remote_id: str
    remote: dict[str, Any]
    origin: Origin
    mapped: Mapped
    direct: bool


@dataclass(slots=True)
class _Writing:
    """The record whose dataset is being written, and the dataset in JSON as CKAN shows it to its index.

    CKAN does that before it commits: it is the moment to take the hash by which a later local edit is told.
    """

    record: Record
    dataset_id: str
    shown: str = ""


_writing: ContextVar[_Writing | None] = ContextVar("regional_record_being_written", default=None)


def write(
    work: Work, incoming: Incoming, own: Record | None, holder: Record | None, taken: Taken | None = None
) -> None:
    """Create or update a dataset. The action's commit carries record and lease with it.

    :param own: the source's row for this record, if it has one
    :param holder: the row that holds the dataset, if there is one; the same as ``own`` unless a source takes over
    :param taken: ids and names in use as they were a moment ago; without it they are asked for
    :raises NotWritten: when it must stay as it is; the transaction is rolled back.
    :raises LeaseLost: when the page is in other hands.
    :raises ValidationError: when this site's schema refuses it.
    """
    pages.hold(work.claim)
    dataset_id = incoming.mapped.dataset["id"]
    is_here = taken is None or dataset_id in taken.ids
    package = model.Session.get(model.Package, dataset_id) if is_here else None
    written = holder is not None and holder.harvested_at is not None
    if package is None and written:
        raise NotWritten("conflict", "it was purged here")
    if package is not None and not written:
        raise NotWritten("failed", "a dataset with this id is here that no harvest brought")
    current = None
    if holder is not None and package is not None:
        current = _show(dataset_id)
        _refuse_if_edited(holder, current)
    dataset = _merged(incoming, current, taken)
    admitted = admission.admit(_context(None), dataset, work.trust)
    if admitted.verdict in ("refuse", "withdraw"):
        raise NotWritten("skipped", admitted.reason or "this site's rules refuse it")
    dataset["private"] = admitted.verdict == "review"
    record = _take(work, incoming, own, holder)
    _note(record, work, incoming, admitted, created=current is None)
    _run_action(record, admitted, dataset, current)


def withdraw(work: Work, record: Record, reason: str) -> None:
    """Hide a dataset that its origin took back.

    :raises LeaseLost: when the page is in other hands.
    """
    pages.hold(work.claim)
    assert record.dataset_id is not None
    record.state, record.outcome, record.run_id = "withdrawn", "withdrawn", work.run_id
    record.reason, record.parked, record.last_seen, record.pending = reason, None, now(), False
    _hide(record, reason)


def hide(record_id: str, reason: str) -> None:
    """Hide a dataset outside any run, by the same way; commits."""
    record = model.Session.get(Record, record_id)
    if record is None or record.dataset_id is None:
        return
    record.state, record.reason, record.parked = "withdrawn", reason, None
    _hide(record, reason)


def erase(work: Work, dataset_id: str) -> None:
    """Erase a harvested dataset with everything that was made of it, because its origin did; commits.

    :raises LeaseLost: when the page is in other hands.
    """
    pages.hold(work.claim)
    record = model.Session.scalar(sa.select(Record).where(Record.dataset_id == dataset_id))
    package = model.Session.get(model.Package, dataset_id)
    user = model.User.get(config.user())
    if record is None or package is None or user is None:
        model.Session.commit()
        return
    record.outcome, record.run_id, record.last_seen = "withdrawn", work.run_id, now()
    erasure.erase(package, user, "Its site of origin erased it.")


def note_written(dataset_id: str, shown: str) -> None:
    """Take the hash of the dataset as it is about to be committed; called for every dataset that is indexed.

    :param shown: the dataset as ``package_show`` gives it, in JSON
    """
    writing = _writing.get()
    if writing is not None and writing.dataset_id == dataset_id:
        writing.record.local_hash = mapping.local_hash(json.loads(shown))
        writing.shown = shown
        model.Session.flush()


def just_written(dataset_id: Any) -> str | None:
    """The dataset that is being written, in JSON as it was indexed; None for any other one.

    Solr makes a page's datasets visible together, so it cannot answer for this one yet.
    """
    writing = _writing.get()
    return writing.shown or None if writing is not None and writing.dataset_id == dataset_id else None


def note_approved(dataset_id: str, contributors: list[str]) -> None:
    """Take the hash of a published dataset for which a proposed change was approved; commits.

    Where somebody had a hand in the proposal it keeps the old one: that is a local edit, which the next change from
    the source meets as a conflict.

    :param contributors: ids of those who made or edited the proposal
    """
    record = model.Session.scalar(sa.select(Record).where(Record.dataset_id == dataset_id, Record.pending))
    if record is None:
        return
    user = model.User.get(config.user())
    if user is not None and set(contributors) <= {user.id}:
        record.local_hash = mapping.local_hash(_show(dataset_id))
    record.pending = False
    model.Session.commit()


def ensure_user() -> None:
    """Make the user under whom imports are written, an ordinary one without rights; commits."""
    if model.User.get(config.user()) is None:
        user = model.User(name=config.user(), fullname="Regional harvester", state="active")
        user.password = secrets.token_urlsafe(32)
        model.Session.add(user)
        model.Session.commit()


def _hide(record: Record, reason: str) -> None:
    assert record.dataset_id is not None
    package = model.Session.get(model.Package, record.dataset_id)
    if package is None or package.state != "active":
        model.Session.commit()
        return
    current = _show(record.dataset_id)
    _run_action(record, Admission("withdraw", reason), {**current, "private": True}, current)


def _run_action(record: Record, admitted: Admission, dataset: dict[str, Any], current: dict[str, Any] | None) -> None:
    model.Session.flush()
    context = _context(admitted)
    token = _writing.set(_Writing(record, dataset["id"]))
    try:
        with origins.written(record):
            if current is None:
                tk.get_action("package_create")(context, dataset)
            else:
                context["original_package"] = current  # pyright: ignore[reportGeneralTypeIssues]
                tk.get_action("package_update")(context, dataset)
    finally:
        _writing.reset(token)
    # An update that changes nothing returns before CKAN's commit.
    model.Session.commit()


def _refuse_if_edited(holder: Record, current: dict[str, Any]) -> None:
    """Leave alone what somebody changed here."""
    if current["state"] != "active":
        raise NotWritten("conflict", "it was deleted here")
    if holder.state == "withdrawn":
        return
    if holder.local_hash is not None and holder.local_hash != mapping.local_hash(current):
        raise NotWritten("conflict", "it was edited here since it was harvested")
    if current["private"] and not holder.pending:
        raise NotWritten("conflict", "it was made private here")


def _merged(incoming: Incoming, current: dict[str, Any] | None, taken: Taken | None) -> dict[str, Any]:
    """What would be written: the neighbour's content over what this site has added (name, groups, datastore flags)."""
    dataset = dict(incoming.mapped.dataset)
    if current is None:
        is_taken = _is_taken if taken is None else taken.names.__contains__
        dataset["name"] = mapping.name_for(incoming.remote, dataset["id"], is_taken)
        if taken is not None:
            taken.names.add(dataset["name"])
        return dataset
    replaced = (*mapping.WRITTEN, *_READ_ONLY)
    kept = {key: value for key, value in current.items() if key not in replaced}
    if dataset["id"] != mapping.local_id(incoming.origin.site, incoming.origin.dataset_id):
        theirs = mapping.remote_resources(incoming.remote, incoming.origin)
        dataset["resources"] = keeping.resources(dataset["resources"], theirs, current["resources"])
        kept["extras"] = keeping.extras(current.get("extras") or [])
    here = {resource["id"]: resource for resource in current["resources"]}
    cleared = dict.fromkeys(mapping.RESOURCE_TEXTS, "")
    dataset["resources"] = [
        {**_without_written(here[resource["id"]]), **cleared, **resource} if resource["id"] in here else resource
        for resource in dataset["resources"]
    ]
    return {**kept, **dataset, "owner_org": current["owner_org"]}


def _without_written(resource: dict[str, Any]) -> dict[str, Any]:
    """A resource as it is here, apart from what the neighbour says of it."""
    return {key: value for key, value in resource.items() if key not in mapping.RESOURCE_FIELDS}


def _take(work: Work, incoming: Incoming, own: Record | None, holder: Record | None) -> Record:
    """The source's row, made the one that holds the dataset."""
    dataset_id = incoming.mapped.dataset["id"]
    local_hash = holder.local_hash if holder is not None else None
    if holder is not None and (own is None or holder.id != own.id):
        if holder.source_id is None:
            model.Session.delete(holder)
        else:
            holder.dataset_id, holder.state = None, "skipped"
            holder.reason = "it now comes directly from its site"
        model.Session.flush()
    if own is None:
        own = Record(source_id=work.source_id, remote_id=incoming.remote_id)
        model.Session.add(own)
    own.dataset_id, own.local_hash = dataset_id, local_hash
    return own


def _note(record: Record, work: Work, incoming: Incoming, admitted: Admission, *, created: bool) -> None:
    origin = incoming.origin
    again = record.run_id == work.run_id and record.outcome == "created"
    record.site, record.origin_id, record.origin_url = origin.site, origin.dataset_id, origin.url
    record.path = list(origin.path)
    record.name = incoming.remote.get("name") if isinstance(incoming.remote.get("name"), str) else None
    record.state, record.run_id = "current", work.run_id
    record.outcome = "created" if created or again else "updated"
    record.pending = admitted.verdict == "review"
    record.hash = incoming.mapped.hash
    record.seen = sieve.stamp(work, incoming.remote, record.hash)
    record.reason = "; ".join(text for text in (admitted.reason, *incoming.mapped.notes) if text)[:2000] or None
    record.parked = None
    record.last_seen = record.harvested_at = now()


def _context(admitted: Admission | None) -> Context:
    context: dict[str, Any] = {"user": config.user(), "ignore_auth": True}
    if admitted is not None:
        context[admission.CONTEXT_KEY] = admitted
    return context  # pyright: ignore[reportReturnType]


def _show(dataset_id: str) -> dict[str, Any]:
    context = {**_context(None), "use_cache": False}
    return tk.get_action("package_show")(context, {"id": dataset_id})  # pyright: ignore[reportArgumentType]


def _is_taken(name: str) -> bool:
    return model.Package.by_name(name) is not None or model.Session.get(model.Package, name) is not None
