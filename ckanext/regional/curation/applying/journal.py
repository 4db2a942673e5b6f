"""What a committed decision still has to do outside the database's transaction, written down with the decision.

Each step can be done again without harm, so that a process that is killed at any moment leaves the rest to the next:
to the decision that comes after it, to a worker, or to ``ckan regional curation sweep``.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import ckan.plugins.toolkit as tk
import redis
import sqlalchemy as sa
from ckan import model

from ckanext.regional import logs
from ckanext.regional.background import job_of
from ckanext.regional.curation.applying import files, publishing, tables
from ckanext.regional.curation.model import Case, DatasetStatus, JournalStep
from ckanext.regional.curation.queue import case_scope

log = logs.get_logger(__name__)


def add(dataset_id: str, step: str, **data: Any) -> None:
    """Write a step into the running transaction; steps of one dataset are done in their order."""
    model.Session.add(JournalStep(dataset_id=dataset_id, step=step, data=data))
    model.Session.flush()


def run(dataset_id: str) -> bool:
    """Do what waits for a dataset, one committed step after the other.

    :returns: whether nothing is left
    """
    while True:
        first = sa.select(sa.func.min(JournalStep.seq)).where(JournalStep.dataset_id == dataset_id).scalar_subquery()
        query = sa.select(JournalStep).where(JournalStep.seq == first).with_for_update(skip_locked=True)
        row = model.Session.scalar(query)
        if row is None:
            left = waiting(dataset_id)
            model.Session.commit()
            return left == 0
        seq, step, data = row.seq, row.step, row.data
        try:
            _STEPS[step](dataset_id, data)
        except Exception as error:
            model.Session.rollback()
            log.exception("The step %s failed; it is tried again", step, ids={"dataset": dataset_id})
            _note(seq, error)
            return False
        model.Session.execute(sa.delete(JournalStep).where(JournalStep.seq == seq))
        model.Session.commit()


def run_or_leave(dataset_id: str) -> None:
    """Do what waits for a dataset now; what cannot be done is left to a worker."""
    if not run(dataset_id):
        ask_worker()


def ask_worker() -> None:
    """Have a worker sweep; without one, later decisions and the command line do."""
    try:
        tk.enqueue_job(sweep, title="regional: what decisions left to do")
    except redis.RedisError:
        log.warning("No worker can be asked to sweep: Redis does not answer")


def waiting(dataset_id: str | None = None) -> int:
    """How many steps wait."""
    query = sa.select(sa.func.count()).select_from(JournalStep)
    if dataset_id is not None:
        query = query.where(JournalStep.dataset_id == dataset_id)
    return model.Session.scalar(query) or 0


@job_of("regional_curation")
def sweep() -> int:
    """Do everything that decisions left behind.

    :returns: how many datasets there were
    """
    datasets = model.Session.scalars(sa.select(JournalStep.dataset_id).distinct()).all()
    for dataset_id in datasets:
        run(dataset_id)
    return len(datasets) + publishing.sweep()


def _note(seq: int, error: Exception) -> None:
    text = f"{type(error).__name__}: {error}"[:2000]
    model.Session.execute(sa.update(JournalStep).where(JournalStep.seq == seq).values(error=text))
    model.Session.commit()


def _copy_file(dataset_id: str, data: dict[str, Any]) -> None:
    files.copy(data["source"], data["target"])


def _copy_table(dataset_id: str, data: dict[str, Any]) -> None:
    tables.copy(data["live"], data["copy"])


def _settle_file(dataset_id: str, data: dict[str, Any]) -> None:
    files.settle(data["live"], data["key"])


def _take_over_table(dataset_id: str, data: dict[str, Any]) -> None:
    tables.take_over(data["live"], data["copy"])


def _drop_tables(dataset_id: str, data: dict[str, Any]) -> None:
    tables.drop(data["resources"])


def _copy_views(dataset_id: str, data: dict[str, Any]) -> None:
    """Give each resource of the copy the views of the live one, and note which stands for which."""
    case = model.Session.scalar(sa.select(Case).where(Case.copy_id == data["copy"]).with_for_update())
    if case is None or "views" in (case.copy_map or {}):
        return
    stands_for: dict[str, str] = {}
    for live, copied in (case.copy_map or {}).get("resources", {}).items():
        if model.Session.get(model.Resource, copied) is None:
            continue
        # CKAN gave it views of its own when it was made.
        model.Session.execute(sa.delete(model.ResourceView).where(model.ResourceView.resource_id == copied))
        of_live = sa.select(model.ResourceView).where(model.ResourceView.resource_id == live)
        for view in model.Session.scalars(of_live):
            row = model.ResourceView(
                resource_id=copied, title=view.title, description=view.description, view_type=view.view_type,
                order=view.order, config=view.config,
            )  # fmt: skip
            model.Session.add(row)
            model.Session.flush()
            stands_for[view.id] = row.id
    case.copy_map = {**(case.copy_map or {}), "views": stands_for}
    model.Session.flush()


def _purge_copy(dataset_id: str, data: dict[str, Any]) -> None:
    """Remove a working copy with its tables and its files; what was taken over is elsewhere by now."""
    copy_id, resources = data["copy"], data["resources"]
    tables.drop(resources)
    files.forget(resources)
    model.Session.commit()
    files.remove(resources)
    if model.Session.get(model.Package, copy_id) is not None:
        user = tk.get_action("get_site_user")({"ignore_auth": True}, {})["name"]
        with publishing.our_own_write():
            tk.get_action("dataset_purge")({"user": user, "ignore_auth": True}, {"id": copy_id})
    model.Session.execute(sa.update(Case).where(Case.copy_id == copy_id).values(copy_id=None, copy_map=None, base=None))
    model.Session.execute(sa.delete(DatasetStatus).where(DatasetStatus.dataset_id == copy_id))
    if (live := model.Session.get(model.Package, dataset_id)) is not None:
        # What it is about, it says alone again.
        case_scope.note(live)


_STEPS: dict[str, Callable[[str, dict[str, Any]], None]] = {
    "copy_file": _copy_file,
    "copy_table": _copy_table,
    "copy_views": _copy_views,
    "settle_file": _settle_file,
    "take_over_table": _take_over_table,
    "drop_tables": _drop_tables,
    "purge_copy": _purge_copy,
}
