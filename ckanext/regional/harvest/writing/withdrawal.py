"""Takes harvested datasets out of sight, or out of the site, as their origin or this site's operator asks."""

from __future__ import annotations

import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from ckan import model
from ckan.lib import search

from ckanext.regional import erasure
from ckanext.regional.database import now
from ckanext.regional.harvest import config
from ckanext.regional.harvest.feed import feed
from ckanext.regional.harvest.model import Record
from ckanext.regional.harvest.running import pages
from ckanext.regional.harvest.running.work import Work
from ckanext.regional.harvest.writing import acting, records
from ckanext.regional.types import Admission


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
    if record is not None and record.detached is not None:
        # This site took it over as its own: its people decide.
        record.reason = "its site of origin erased it; it was detached here, so decide about it here"
    elif record is not None and package is None and dataset_id not in feed.erased([dataset_id]):
        # It was purged here: what was kept for a decision goes too, and our own neighbours follow.
        _note_erasure(work, record)
        records.forget(dataset_id)
        feed.note_erased(dataset_id)
    if record is None or package is None or user is None or record.detached is not None:
        model.Session.commit()
        if record is not None and package is None:
            # Whoever was stopped between the commit and the index left it there.
            search.clear(dataset_id)
        return
    _note_erasure(work, record)
    erasure.erase(package, user, "Its site of origin erased it.")


def _note_erasure(work: Work, record: Record) -> None:
    # Another source's record is counted by the runs of that source.
    if record.source_id == work.source_id:
        record.outcome, record.run_id, record.last_seen = "withdrawn", work.run_id, now()
    # What is forgotten is read anew: nothing that waits to be written may be lost by that.
    model.Session.flush()


def _hide(record: Record, reason: str) -> None:
    assert record.dataset_id is not None
    package = model.Session.get(model.Package, record.dataset_id)
    if package is None or package.state != "active":
        model.Session.commit()
        return
    current = acting.show(record.dataset_id)
    # What was handed over stays what it was: an edit of before is still one when the dataset comes back.
    model.Session.flush()
    context = acting.context(Admission("withdraw", reason))
    context["original_package"] = current  # pyright: ignore[reportGeneralTypeIssues]
    tk.get_action("package_update")(context, {**current, "private": True})
    model.Session.commit()
