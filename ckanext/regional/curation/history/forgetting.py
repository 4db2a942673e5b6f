"""What the review keeps of a dataset that is being erased: that it was erased, and nothing of its content."""

from __future__ import annotations

import sqlalchemy as sa
from ckan import model

from ckanext.regional.curation.history import audit, events
from ckanext.regional.curation.model import (
    Case,
    CaseScope,
    Check,
    Contributor,
    DatasetStatus,
    FileKey,
    JournalStep,
    Notice,
)


def copies(dataset_id: str) -> list[str]:
    """Ids of the working copies of a dataset."""
    query = sa.select(Case.copy_id).where(Case.dataset_id == dataset_id, Case.copy_id.is_not(None))
    return [copy_id for copy_id in model.Session.scalars(query) if copy_id]


def forget(dataset_id: str, actor: model.User, reason: str) -> None:
    """Remove the words of every event, checks, notices and who took part; runs in the transaction of the erasure."""
    audit.remove_words(dataset_id)
    for table in (CaseScope, Check, Contributor, DatasetStatus, JournalStep, Notice):
        model.Session.execute(sa.delete(table).where(table.dataset_id == dataset_id))
    resources = sa.select(model.Resource.id).where(model.Resource.package_id == dataset_id)
    model.Session.execute(sa.delete(FileKey).where(FileKey.resource_id.in_(resources)))
    # Digests of single fields can be guessed.
    model.Session.execute(sa.update(Case).where(Case.dataset_id == dataset_id).values(base=sa.null()))
    # A working copy that goes alone leaves its case without one.
    model.Session.execute(sa.update(Case).where(Case.copy_id == dataset_id).values(copy_id=None, copy_map=sa.null()))
    events.record(dataset_id, "erased", actor, comment=reason)
    model.Session.flush()
