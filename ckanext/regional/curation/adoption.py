"""What was public before the review came is taken over as it is."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from ckan import model

from ckanext.regional.curation.history import events
from ckanext.regional.curation.model import OPEN_STATES, Case, DatasetStatus
from ckanext.regional.curation.status import set_status

#: Datasets that are in memory, and in one transaction, at a time.
_BATCH = 500


def waiting() -> int:
    """How many public datasets the review knows nothing of."""
    return model.Session.scalar(sa.select(sa.func.count()).select_from(_unknown().subquery())) or 0


def adopt(actor: model.User | None) -> Iterator[int]:
    """Record every public dataset that the review never let out as published; nothing becomes visible or hidden.

    Those whose review is under way are left to it. Commits after each part, so that it can be stopped and run again.

    :returns: how many were taken over so far, after each part
    """
    done = 0
    while ids := model.Session.scalars(_unknown().limit(_BATCH).with_for_update(of=_package)).all():
        for dataset_id in ids:
            set_status(dataset_id, "published")
            events.record(dataset_id, "adopted", actor)
        model.Session.commit()
        model.Session.expunge_all()
        done += len(ids)
        yield done


_package: Any = model.package_table


def _unknown() -> sa.Select[Any]:
    known = sa.select(DatasetStatus.dataset_id).where(
        DatasetStatus.dataset_id == _package.c.id, DatasetStatus.status != "unpublished"
    )
    under_review = sa.select(Case.id).where(Case.dataset_id == _package.c.id, Case.state.in_(OPEN_STATES))
    return (
        sa.select(_package.c.id)
        .where(
            _package.c.state == "active",
            _package.c.private.is_(False),
            _package.c.type.not_in(tk.config["ckanext.regional.curation.exempt_types"]),
            ~known.exists(),
            ~under_review.exists(),
        )
        .order_by(_package.c.id)
    )
