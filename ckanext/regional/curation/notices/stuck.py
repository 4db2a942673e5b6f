"""What ``ckan regional doctor`` says of cases that get no further by themselves."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Sequence

import sqlalchemy as sa
from ckan import model

from ckanext.regional.curation import config, service
from ckanext.regional.curation.model import OPEN_STATES, Case, Notice
from ckanext.regional.curation.notices import outbox, recipients
from ckanext.regional.curation.states import UNDECIDED
from ckanext.regional.database import now
from ckanext.regional.types import Finding

#: A case that is late by so much has been forgotten.
_FORGOTTEN = datetime.timedelta(days=30)
#: Cases looked at, the oldest first, and those that are named.
_MOST, _SHOWN = 20_000, 5


def cases() -> Iterator[Finding]:
    """Name cases whose dataset is gone, that nobody may decide, and that have been late for long."""
    gone = model.Session.scalars(
        sa.select(Case.dataset_id)
        .outerjoin(model.Package, model.Package.id == Case.dataset_id)
        .where(Case.state.in_(OPEN_STATES), sa.or_(model.Package.id.is_(None), model.Package.state == "deleted"))
        .order_by(Case.created)
    ).all()
    if gone:
        yield Finding(
            "warning",
            "review.stuck.gone",
            f"{len(gone)} open cases are about datasets that were deleted past the review.",
            "The repair closes them; the history says so.",
            repair=lambda: _close(gone),
        )
    waiting = model.Session.scalars(
        sa.select(Case.id).where(Case.state.in_(UNDECIDED)).order_by(Case.submitted_at).limit(_MOST)
    ).all()
    rows = recipients.with_datasets(list(waiting))
    deciders = recipients.deciders_of(rows)
    nobody = [package.name for case, package in rows if not deciders.get(case.id)]
    if nobody:
        yield Finding(
            "error",
            "review.stuck",
            f"{len(nobody)} cases can be decided by nobody: {_some(nobody)}.",
            "Appoint somebody who did not make these datasets (ckan regional steward add NAME --territory CODE), or a"
            " further sysadmin.",
        )
    late = [package.name for case, package in rows if case.due is not None and case.due < now() - _FORGOTTEN]
    if late:
        yield Finding(
            "warning",
            "review.stuck.late",
            f"{len(late)} cases have been late for more than {_FORGOTTEN.days} days: {_some(late)}.",
            "Look at /regional/review?overdue=1, and appoint a deputy where a steward is away.",
        )
    if not gone and not nobody and not late:
        yield Finding("ok", "review.stuck", f"Each of {len(rows)} cases that wait has somebody who can decide.")


def reminders() -> Iterator[Finding]:
    """Say whether something reminds people of what is late: only cron does."""
    late = model.Session.scalar(
        sa.select(sa.func.count())
        .select_from(Case)
        .where(Case.state.in_(UNDECIDED), Case.due < now() - 2 * config.reminded_every())
    )
    if not late:
        yield Finding("ok", "review.reminders", "No case waits for a reminder.")
        return
    last = model.Session.scalar(sa.select(sa.func.max(Notice.created)).where(Notice.kind == "overdue"))
    if last is not None and last > now() - 2 * config.reminded_every():
        yield Finding("ok", "review.reminders", f"{late} cases are late, and people are reminded of them.")
        return
    yield Finding(
        "warning",
        "review.reminders",
        f"{late} cases are late, and nobody has been reminded of them" + (f" since {last:%Y-%m-%d}." if last else "."),
        "Let cron run it daily: ckan regional curation remind",
        repair=lambda: f"{outbox.remind()} people are reminded.",
    )


def _close(dataset_ids: Sequence[str]) -> str:
    for dataset_id in dataset_ids:
        service.closed_by(dataset_id, "purged", None)
        model.Session.commit()
    return f"{len(dataset_ids)} cases were closed, since their datasets are gone."


def _some(names: Sequence[str]) -> str:
    return ", ".join(names[:_SHOWN]) + (", …" if len(names) > _SHOWN else "")
