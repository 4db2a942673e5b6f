"""Where the three-way merge meets the database: what may be written, and what is remembered of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ckan import model

from ckanext.regional.harvest.conflicts import bases, merge
from ckanext.regional.harvest.conflicts.bases import Proposed, Stored
from ckanext.regional.harvest.conflicts.merge import Base, Flat, Merge, Side
from ckanext.regional.harvest.model import Record
from ckanext.regional.harvest.writing import mapping

#: So many fields are named in a record's reason.
_MOST_NAMED = 8


@dataclass(slots=True)
class Handover:
    """One dataset on its way in. ``dataset`` is what the import would write; ``done`` once it is remembered; ``shown``
    is the dataset in JSON as CKAN gave it to its index.
    """

    record: Record | None
    dataset: dict[str, Any]
    remote: Flat
    merge: Merge
    local: Flat | None
    done: bool = False
    shown: str = ""

    @property
    def changes_nothing(self) -> bool:
        """Whether the dataset here already says all of it."""
        return self.local is not None and not merge.differing(self.local, self.merge.content)

    @property
    def notes(self) -> list[str]:
        """What a person should know of it: where this site's own word stays, and what came beside it."""
        if not self.merge.kept:
            return []
        kept = f"edited here and kept: {_named(self.merge.kept)}"
        return [kept, f"taken from its origin: {_named(self.merge.taken)}"] if self.merge.taken else [kept]


def weigh(
    local_hash: str | None,
    current: dict[str, Any] | None,
    mapped: dict[str, Any],
    choices: Mapping[str, Side] | None = None,
) -> Handover:
    """Compare what came with what is here and with what was handed over last.

    :param local_hash: of the dataset as the last hand-over left it; None where that is not known
    :param current: the dataset here; None where there is none
    :param mapped: what came, as it would be written
    :param choices: decisions about fields that both sides changed
    """
    extras = "extras" in mapped
    remote = merge.flat(mapped, extras=extras)
    if current is None:
        return Handover(None, mapped, remote, Merge(remote), None)
    local = merge.flat(current, extras=extras)
    if local_hash is None or local_hash == mapping.local_hash(current):
        return Handover(None, mapped, remote, Merge(remote), local)
    base = bases.load(current["id"]).base
    outcome = merge.merged(base, local, remote, choices)
    return Handover(None, _dataset(outcome.content, mapped, current), remote, outcome, local)


def files(dataset_id: str) -> list[dict[str, Any]]:
    """The files of a dataset as they were last handed over, also those that were removed here since; one query."""
    base = bases.load(dataset_id).base
    return merge.nested(base.local)["resources"] if base is not None else []


def sentence(outcome: Merge) -> str:
    """Why a record is in conflict."""
    return f"edited here and changed at its origin: {_named([clash.field for clash in outcome.clashes])}"


def remember(handover: Handover, shown: Mapping[str, Any]) -> None:
    """Take down what was handed over, in the transaction that writes it.

    :param shown: the dataset as it is about to be committed
    """
    record = handover.record
    assert record is not None
    assert record.dataset_id is not None
    extras = any(path.startswith(merge.EXTRA) for path in handover.remote)
    base = merge.after(handover.merge, merge.flat(shown, extras=extras), handover.remote)
    bases.save(record.dataset_id, Stored(base))
    record.local_hash = _hash(handover.merge, base, shown)
    model.Session.add(record)
    handover.done = True


def propose(handover: Handover) -> None:
    """Take down what goes into a proposal; the base stays until that is approved."""
    record = handover.record
    assert record is not None
    assert record.dataset_id is not None
    proposed = Proposed(handover.merge.content, handover.remote, handover.merge.behind)
    bases.save(record.dataset_id, Stored(bases.load(record.dataset_id).base, proposed))
    model.Session.add(record)
    handover.done = True


def approved(record: Record, shown: dict[str, Any], *, untouched: bool) -> None:
    """A proposal stands here now: it is the new base, without what people added to it.

    :param shown: the dataset as it is
    :param untouched: nobody else had a hand in the proposal
    """
    assert record.dataset_id is not None
    proposed = bases.load(record.dataset_id).proposed
    if proposed is None:
        # Proposed before this was kept: all that is known is who had a hand in it.
        if untouched:
            record.local_hash = mapping.local_hash(shown)
        return
    content = merge.flat(shown, extras=any(path.startswith(merge.EXTRA) for path in proposed.remote))
    if not untouched:
        content = merge.of_proposal(proposed.written, content)
    outcome = Merge(content, behind=proposed.behind)
    base = merge.after(outcome, content, proposed.remote)
    bases.save(record.dataset_id, Stored(base))
    record.local_hash = mapping.local_hash(merge.nested(base.local))


def local_changes(record: Record, dataset: Mapping[str, Any]) -> list[str]:
    """The paths at which a dataset differs from what was last handed over; one query.

    :param dataset: as ``package_show`` gives it to a reader; what it does not tell is not compared
    """
    base = bases.load(record.dataset_id).base if record.dataset_id else None
    if base is None:
        return []
    known = {path: value for path, value in base.local.items() if path != "steward" or "steward" in dataset}
    extras = any(path.startswith(merge.EXTRA) for path in known)
    return merge.differing(known, merge.flat(dataset, extras=extras))


def _hash(outcome: Merge, base: Base, shown: Mapping[str, Any]) -> str:
    """Where nothing of this site's own stays, of the dataset itself: one that an older release made stays good."""
    return mapping.local_hash(merge.nested(base.local) if outcome.behind else shown)


def _dataset(content: Flat, mapped: dict[str, Any], current: dict[str, Any]) -> dict[str, Any]:
    """The dict to write: what the merge says, with what it does not look at from where the rest of a file is from."""
    written = merge.nested(content)
    beside = {"tags", "resources", "extras", *mapping.WRITTEN}
    dataset = {key: value for key, value in mapped.items() if key not in beside} | written
    brought = {resource["id"]: resource for resource in mapped.get("resources") or []}
    here = {resource["id"]: resource for resource in current.get("resources") or []}
    dataset["resources"] = [_resource(one, brought.get(one["id"]), here.get(one["id"])) for one in written["resources"]]
    return dataset


def _resource(merged: dict[str, Any], brought: dict[str, Any] | None, here: dict[str, Any] | None) -> dict[str, Any]:
    if brought is None or brought.get("url") != merged.get("url"):
        # A file of this site: what jobs know of it stays with it.
        return {**(here or {}), **merged}
    return {key: value for key, value in brought.items() if key not in mapping.RESOURCE_TEXTS} | merged


def _named(fields: list[str]) -> str:
    more = " …" if len(fields) > _MOST_NAMED else ""
    return ", ".join(fields[:_MOST_NAMED]) + more
