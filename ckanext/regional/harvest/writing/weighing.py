"""What came, what was handed over and what is here now: which of them a dataset would be, and whether that is asked."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ckanext.regional.harvest.conflicts import handover
from ckanext.regional.harvest.conflicts.handover import Handover
from ckanext.regional.harvest.conflicts.merge import Side
from ckanext.regional.harvest.model import Record
from ckanext.regional.harvest.writing import keeping, mapping
from ckanext.regional.harvest.writing.mapping import Incoming

#: Why the whole of a dataset is in conflict.
PURGED = "it was purged here"
DELETED = "it was deleted here"
HIDDEN = "it was made private here"


def weigh(
    incoming: Incoming,
    holder: Record | None,
    current: dict[str, Any] | None,
    choices: Mapping[str, Side] | None = None,
) -> Handover:
    """Compare what came with what is here: :func:`handover.weigh`, with the files of a dataset that was here before we
    harvested it under the ids that they have here.

    :param current: the dataset here; None where there is none
    :param choices: decisions about fields that both sides changed
    """
    mapped = incoming.mapped.dataset
    if current is not None and was_here(incoming):
        theirs = mapping.remote_resources(incoming.remote, incoming.origin)
        files = [*current["resources"], *handover.files(current["id"])]
        mapped = {**mapped, "resources": keeping.resources(mapped["resources"], theirs, files)}
    return handover.weigh(holder.local_hash if holder else None, current, mapped, choices)


def was_here(incoming: Incoming) -> bool:
    """Whether another harvester had brought the dataset: it keeps another id than follows from its origin."""
    return incoming.mapped.dataset["id"] != mapping.local_id(incoming.origin.site, incoming.origin.dataset_id)


def taken_away(holder: Record, current: dict[str, Any]) -> str | None:
    """Why a dataset here is none that an import may write, if so: somebody deleted or hid it."""
    if current["state"] != "active":
        return DELETED
    if current["private"] and not holder.pending and holder.state != "withdrawn":
        return HIDDEN
    return None
