"""Writes one harvested dataset, its record and the page's lease in one transaction, through CKAN's own actions."""

from __future__ import annotations

import copy
import json
from collections.abc import Mapping
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from ckan import model

from ckanext.regional import admission
from ckanext.regional.database import now
from ckanext.regional.harvest import config
from ckanext.regional.harvest.conflicts import handover
from ckanext.regional.harvest.conflicts.handover import Handover
from ckanext.regional.harvest.conflicts.merge import Side
from ckanext.regional.harvest.model import Record
from ckanext.regional.harvest.provenance import origins
from ckanext.regional.harvest.running import pages
from ckanext.regional.harvest.running.work import Work
from ckanext.regional.harvest.writing import acting, keeping, lookups, mapping, sieve, weighing
from ckanext.regional.harvest.writing.mapping import Incoming
from ckanext.regional.harvest.writing.reconcile import Outcome
from ckanext.regional.harvest.writing.taken import Taken
from ckanext.regional.types import Admission, Trust

#: What ``package_show`` adds and nobody writes.
_READ_ONLY = ("metadata_modified", "origin", "regional_status", "organization", "num_resources", "num_tags")


class NotWritten(Exception):
    """The dataset stays as it is; the outcome and the reason go into the record."""

    def __init__(self, outcome: Outcome, reason: str) -> None:
        super().__init__(reason)
        self.outcome: Outcome = outcome
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Errand:
    """In whose name a dataset is handed over; ``seen`` is the stamp of what came, where a run brings it."""

    source_id: str | None
    run_id: str | None
    trust: Trust
    seen: str | None = None


#: What is being handed over. CKAN shows the dataset once more, to index it, before it commits: that is the moment to
#: remember how it left our hands.
_being_written: ContextVar[Handover | None] = ContextVar("regional_handover", default=None)


@dataclass(frozen=True, slots=True)
class Decided:
    """What a person decided about a conflict.

    ``fields`` is for those that both sides changed, ``*`` for all others; ``whole`` says that the dataset comes back
    that was deleted, purged or hidden here.
    """

    fields: Mapping[str, Side]
    whole: bool


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
    seen = sieve.stamp(work, incoming.remote, incoming.mapped.hash)
    hand_over(Errand(work.source_id, work.run_id, work.trust, seen), incoming, own, holder, taken=taken)


def hand_over(
    errand: Errand,
    incoming: Incoming,
    own: Record | None,
    holder: Record | None,
    decided: Decided | None = None,
    *,
    taken: Taken | None = None,
) -> None:
    """The same, in a run or for a person who decides about a conflict.

    :param decided: what that person decided
    :param taken: as above
    :raises NotWritten: when it must stay as it is
    """
    dataset_id = incoming.mapped.dataset["id"]
    package = None
    if taken is None or dataset_id in taken.ids:
        # Whoever edits it meanwhile comes after us, and is seen the next time.
        package = model.Session.get(model.Package, dataset_id, with_for_update=True, populate_existing=True)
    written = holder is not None and holder.harvested_at is not None
    back = decided is not None and decided.whole
    if package is None and written and not back:
        raise NotWritten("conflict", weighing.PURGED)
    if package is not None and not written:
        raise NotWritten("failed", "a dataset with this id is here that no harvest brought")
    current = acting.show(dataset_id) if package is not None else None
    if holder is not None and current is not None and not back and (reason := weighing.taken_away(holder, current)):
        raise NotWritten("conflict", reason)
    coming = weighing.weigh(incoming, holder, current, decided.fields if decided is not None else None)
    if coming.merge.clashes:
        raise NotWritten("conflict", handover.sentence(coming.merge))
    dataset = _merged(incoming, coming.dataset, current, taken)
    if back:
        dataset["state"] = "active"
    admitted = admission.admit(acting.context(None), dataset, errand.trust)
    if admitted.verdict in ("refuse", "withdraw"):
        raise NotWritten("skipped", admitted.reason or "this site's rules refuse it")
    dataset["private"] = admitted.verdict == "review"
    coming.record = _take(errand, incoming, own, holder)
    if coming.changes_nothing and current is not None and _stands(current, admitted, coming.record):
        verdict = Admission("review" if current["private"] else "publish", admitted.reason)
        _note(coming, errand, incoming, verdict, created=False)
        model.Session.flush()
        handover.remember(coming, current)
        model.Session.commit()
        return
    _note(coming, errand, incoming, admitted, created=current is None)
    if current is not None and admitted.verdict == "review" and not current["private"]:
        handover.propose(coming)
    is_new = package is None and taken is not None
    ids = (dataset_id, dataset["name"], *(resource["id"] for resource in dataset["resources"]))
    with lookups.not_here(ids if is_new else ()):
        _run_action(coming, admitted, dataset, current)


def note_written(dataset_id: str, shown: str) -> None:
    """Remember the dataset as it is about to be committed; called for every dataset that is indexed.

    :param shown: the dataset as ``package_show`` gives it, in JSON
    """
    coming = _being_written.get()
    if coming is not None and coming.record is not None and coming.dataset["id"] == dataset_id:
        handover.remember(coming, json.loads(shown))
        coming.shown = shown
        model.Session.flush()


def just_written(dataset_id: Any) -> str | None:
    """The dataset that is being written, in JSON as it was indexed; None for any other one.

    Solr makes a page's datasets visible together, so it cannot answer for this one yet.
    """
    coming = _being_written.get()
    return coming.shown or None if coming is not None and coming.dataset["id"] == dataset_id else None


def note_approved(dataset_id: str, contributors: list[str] | None) -> None:
    """A dataset that waited is public: what was handed over is what later edits are told by; commits.

    Where somebody else had a hand in a proposed change, their part of it is a local edit.

    :param contributors: ids of those who made or edited the proposal; None where it was a first publication
    """
    record = model.Session.scalar(sa.select(Record).where(Record.dataset_id == dataset_id, Record.pending))
    if record is None:
        return
    if contributors is not None:
        user = model.User.get(config.user())
        untouched = user is not None and set(contributors) <= {user.id}
        handover.approved(record, acting.show(dataset_id), untouched=untouched)
    record.pending = False
    model.Session.commit()


def _run_action(coming: Handover, admitted: Admission, dataset: dict[str, Any], current: dict[str, Any] | None) -> None:
    assert coming.record is not None
    model.Session.flush()
    context = acting.context(admitted)
    token = _being_written.set(coming)
    try:
        with origins.written(coming.record):
            if current is None:
                tk.get_action("package_create")(context, dataset)
            else:
                context["original_package"] = current  # pyright: ignore[reportGeneralTypeIssues]
                tk.get_action("package_update")(context, dataset)
    finally:
        _being_written.reset(token)
    # An update that changes nothing returns before it is indexed, and before CKAN's commit.
    if not coming.done and current is not None:
        handover.remember(coming, current)
    model.Session.commit()


def _stands(current: dict[str, Any], admitted: Admission, record: Record) -> bool:
    """Whether a dataset may stay as it is: nothing to publish, nothing to ask, no proposal that says otherwise."""
    if current["state"] != "active":
        return False
    if current["private"]:
        return admitted.verdict == "review"
    return admitted.verdict == "publish" or not record.pending


def _merged(
    incoming: Incoming, content: dict[str, Any], current: dict[str, Any] | None, taken: Taken | None
) -> dict[str, Any]:
    """What would be written: the content over what this site has added (name, groups, datastore flags)."""
    dataset = dict(content)
    if current is None:
        is_taken = _is_taken if taken is None else taken.names.__contains__
        dataset["name"] = mapping.name_for(incoming.remote, dataset["id"], is_taken)
        if taken is not None:
            taken.names.add(dataset["name"])
        return dataset
    replaced = (*mapping.WRITTEN, *_READ_ONLY)
    kept = {key: value for key, value in current.items() if key not in replaced}
    if weighing.was_here(incoming):
        kept["extras"] = keeping.extras(current.get("extras") or [])
    here = {resource["id"]: resource for resource in current["resources"]}
    dataset["resources"] = [_over(here.get(resource["id"]), resource) for resource in dataset["resources"]]
    return {**kept, **dataset, "owner_org": current["owner_org"]}


def _over(here: dict[str, Any] | None, resource: dict[str, Any]) -> dict[str, Any]:
    """A resource over what this site has added to it.

    Where it says nothing new it stays exactly as it is here: CKAN then neither checks nor writes it again.
    """
    if here is None:
        return resource
    if mapping.says_nothing_new(resource, here):
        return copy.deepcopy(here)
    return {**_without_written(here), **dict.fromkeys(mapping.RESOURCE_TEXTS, ""), **resource}


def _without_written(resource: dict[str, Any]) -> dict[str, Any]:
    """A resource as it is here, apart from what the neighbour says of it."""
    return {key: value for key, value in resource.items() if key not in mapping.RESOURCE_FIELDS}


def _take(errand: Errand, incoming: Incoming, own: Record | None, holder: Record | None) -> Record:
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
        # It is stored once, with what is remembered of the dataset.
        own = Record(source_id=errand.source_id, remote_id=incoming.remote_id)
    own.dataset_id, own.local_hash = dataset_id, local_hash
    return own


def _note(coming: Handover, errand: Errand, incoming: Incoming, admitted: Admission, *, created: bool) -> None:
    record, origin = coming.record, incoming.origin
    assert record is not None
    again = record.run_id == errand.run_id and record.outcome == "created"
    record.site, record.origin_id, record.origin_url = origin.site, origin.dataset_id, origin.url
    record.path = list(origin.path)
    record.name = incoming.remote.get("name") if isinstance(incoming.remote.get("name"), str) else None
    record.state, record.run_id = "current", errand.run_id
    record.outcome = "created" if created or again else "updated"
    record.pending = admitted.verdict == "review"
    record.hash = incoming.mapped.hash
    notes = (admitted.reason, *coming.notes, *incoming.mapped.notes)
    record.reason = "; ".join(text for text in notes if text)[:2000] or None
    record.seen = errand.seen
    record.parked = None
    record.last_seen = record.harvested_at = now()


def _is_taken(name: str) -> bool:
    return model.Package.by_name(name) is not None or model.Session.get(model.Package, name) is not None
