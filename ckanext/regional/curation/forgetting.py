"""What the review keeps of a dataset that is being erased: that it was erased, and nothing of its content."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from ckan import model

from ckanext.regional.curation import audit, events
from ckanext.regional.curation.model import Case, Check, Contributor, DatasetStatus, Notice


def copies(dataset_id: str) -> list[str]:
    """Ids of the working copies of a dataset."""
    cases = model.Session.scalars(sa.select(Case).where(Case.dataset_id == dataset_id)).all()
    return [copy_id for case in cases if (copy_id := getattr(case, "copy_id", None))]


def forget(dataset_id: str, actor: model.User, reason: str) -> None:
    """Remove the words of every event, checks, notices and who took part; runs in the transaction of the erasure."""
    audit.remove_words(dataset_id)
    for table in (Check, Contributor, DatasetStatus, Notice):
        model.Session.execute(sa.delete(table).where(table.dataset_id == dataset_id))
    for case in model.Session.scalars(sa.select(Case).where(Case.dataset_id == dataset_id)):
        # Digests of single fields can be guessed.
        if getattr(case, "base", None) is not None:
            case.base = None  # pyright: ignore[reportAttributeAccessIssue]
    if hasattr(Case, "copy_id"):
        # A working copy that goes alone leaves its case without one.
        held: Any = Case
        model.Session.execute(sa.update(held).where(held.copy_id == dataset_id).values(copy_id=None, copy_map=None))
    events.record(dataset_id, "erased", actor, comment=reason)
    model.Session.flush()
