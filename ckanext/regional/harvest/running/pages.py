"""The shares of a run in PostgreSQL: who works on one, until when, and what is left.

A claim is a short transaction of its own, because CKAN commits inside every action and no lock outlives the first
dataset. After that the token counts: whoever writes shows it again in the same transaction.
"""

from __future__ import annotations

import os
import socket
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from ckan import model

from ckanext.regional.database import table_of
from ckanext.regional.exceptions import RegionalError
from ckanext.regional.harvest import config
from ckanext.regional.harvest.model import Page, PageKind, PageState, Run
from ckanext.regional.harvest.running.plan import share, split


class LeaseLost(RegionalError):
    """Somebody else has the page by now, or its run was ended: nothing more may be written."""


@dataclass(frozen=True, slots=True)
class Claim:
    """A page in a worker's hands."""

    page_id: str
    run_id: str
    kind: PageKind
    token: int
    attempts: int
    payload: Any


def add(
    run_id: str, kind: PageKind, payloads: Iterable[list[Any]], *, number: int = 1, state: PageState = "open"
) -> int:
    """Add pages in the caller's transaction.

    :param number: of the first one; numbers tell the order and let no page come in twice
    :returns: the number after the last one
    """
    for payload in payloads:
        page = Page(run_id=run_id, kind=kind, number=number, payload=payload, size=len(payload), state=state)
        model.Session.add(page)
        number += 1
    model.Session.flush()
    return number


def spread(run_id: str, datasets: list[Any]) -> int:
    """Add datasets as pages to import, in the caller's transaction, so that every worker of the run gets its share.

    The last page that nobody has begun is filled up first: the few changes of a big catalogue are not a page each.

    :returns: how many pages were added
    """
    if not datasets:
        return 0
    rest = datasets[_top_up(run_id, datasets) :]
    payloads = split(rest, share(len(rest), config.page_size(), config.jobs()))
    add(run_id, "import", payloads, number=next_number(run_id))
    return len(payloads)


def _top_up(run_id: str, datasets: list[Any]) -> int:
    """Fill up the last page, to half of what a page may hold; how many datasets went there."""
    most = max(1, config.page_size() // 2)
    untouched = (
        sa.select(Page)
        .where(
            Page.run_id == run_id,
            Page.kind == "import",
            Page.state == "open",
            Page.token == 0,
            Page.size < most,
        )
        .order_by(Page.number.desc())
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    page = model.Session.scalar(untouched)
    if page is None:
        return 0
    fits = min(len(datasets), most - page.size)
    page.payload = [*page.payload, *datasets[:fits]]
    page.size += fits
    model.Session.flush()
    return fits


def claim(run_id: str) -> Claim | None:
    """Take the first page that nobody works on; commits."""
    free = (
        sa.select(Page.id)
        .where(
            Page.run_id == run_id,
            Page.state == "open",
            sa.or_(Page.lease_until.is_(None), Page.lease_until < sa.func.clock_timestamp()),
        )
        .order_by(Page.number)
        .limit(1)
        .with_for_update(skip_locked=True)
        .scalar_subquery()
    )
    row = model.Session.execute(
        sa.update(Page)
        .where(Page.id == free)
        .values(token=Page.token + 1, attempts=Page.attempts + 1, worker=_worker_name(), lease_until=_lease_end())
        .returning(Page.id, Page.run_id, Page.kind, Page.token, Page.attempts, Page.payload)
        .execution_options(synchronize_session=False)
    ).one_or_none()
    model.Session.commit()
    return Claim(*row) if row else None


def hold(claim: Claim) -> None:
    """Lock the page in the caller's transaction and lengthen its lease.

    :raises LeaseLost: when it is no longer this worker's.
    """
    held = model.Session.execute(lengthen(claim))
    if not held.rowcount:  # pyright: ignore[reportAttributeAccessIssue]
        raise LeaseLost("The page is in other hands.")


def lengthen(claim: Claim) -> sa.Update:
    """The statement that lengthens a lease; it changes nothing where the page is in other hands."""
    # By the table, not the class: it is sent for every dataset, and costs a third of what the ORM makes of it.
    page = table_of(Page)
    return (
        sa.update(page)
        .where(page.c.id == claim.page_id, page.c.token == claim.token, page.c.state == "open")
        .values(lease_until=_lease_end())
    )


def close(claim: Claim, state: PageState = "done", counts: dict[str, int] | None = None) -> None:
    """End the page in the caller's transaction; its payload goes.

    :raises LeaseLost: when it is no longer this worker's.
    """
    hold(claim)
    _set(claim, state=state, payload=None, lease_until=None, counts=counts)


def remember(claim: Claim, payload: Any, done: int = 0) -> None:
    """Keep how far the page has come, in the caller's transaction; whoever gets on is not counted as a failed try.

    :param done: how many records more it has found to be as they were
    """
    hold(claim)
    _set(claim, payload=payload, attempts=0, size=Page.size + done)


def give_back(claim: Claim) -> None:
    """Let the next worker take the page at once, as if this one had not tried; commits."""
    model.Session.execute(
        sa.update(Page)
        .where(Page.id == claim.page_id, Page.token == claim.token, Page.state == "open")
        .values(lease_until=None, attempts=Page.attempts - 1)
        .execution_options(synchronize_session=False)
    )
    model.Session.commit()


def open_pages(run_id: str) -> set[PageKind]:
    """The kinds of pages that are not done yet."""
    return set(
        model.Session.scalars(sa.select(Page.kind).where(Page.run_id == run_id, Page.state == "open").distinct())
    )


def count_open(run_id: str) -> int:
    """How many pages are not done yet."""
    query = sa.select(sa.func.count()).select_from(Page).where(Page.run_id == run_id, Page.state == "open")
    return model.Session.scalar(query) or 0


def next_number(run_id: str) -> int:
    """The number after the run's last page."""
    return (model.Session.scalar(sa.select(sa.func.max(Page.number)).where(Page.run_id == run_id)) or 0) + 1


def move(run_id: str, kind: PageKind, before: PageState, after: PageState) -> int:
    """Give all pages of a kind and state another state, in the caller's transaction.

    :returns: how many
    """
    moved = model.Session.execute(
        sa.update(Page)
        .where(Page.run_id == run_id, Page.kind == kind, Page.state == before)
        .values(state=after)
        .execution_options(synchronize_session=False)
    )
    return moved.rowcount  # pyright: ignore[reportAttributeAccessIssue]


def stop_all(run_id: str) -> None:
    """Take whatever is open out of the workers' hands, in the caller's transaction: they find their lease lost.

    What there is to do stays, so that the run can be resumed.
    """
    model.Session.execute(
        sa.update(Page)
        .where(Page.run_id == run_id, Page.state == "open")
        .values(state="stopped", lease_until=None)
        .execution_options(synchronize_session=False)
    )


def reopen(run_id: str) -> None:
    """Let the pages that were stopped and the reading that failed be worked again, in the caller's transaction."""
    model.Session.execute(
        sa.update(Page)
        .where(Page.run_id == run_id, _resumable())
        .values(state="open", attempts=0, lease_until=None)
        .execution_options(synchronize_session=False)
    )


def is_resumable(run_id: str) -> bool:
    """Whether there is something that :func:`reopen` would open, or that waits for a person."""
    found = sa.exists().where(Page.run_id == run_id, sa.or_(_resumable(), Page.state == "waiting"))
    return bool(model.Session.scalar(sa.select(found)))


def _resumable() -> sa.ColumnElement[bool]:
    failed = sa.and_(Page.kind == "plan", Page.state == "failed", Page.payload.is_not(None))
    return sa.or_(Page.state == "stopped", failed)


def fail(claim: Claim) -> None:
    """End the page as failed in the caller's transaction; how far it came stays for another try.

    :raises LeaseLost: when it is no longer this worker's.
    """
    hold(claim)
    _set(claim, state="failed", lease_until=None)


def drop_before(source_id: str, run_id: str) -> None:
    """Throw away the pages of a source's other runs, in the caller's transaction: they are not resumed any more."""
    others = sa.select(Run.id).where(Run.source_id == source_id, Run.id != run_id)
    model.Session.execute(sa.delete(Page).where(Page.run_id.in_(others)).execution_options(synchronize_session=False))


def drop_all(source_id: str) -> None:
    """Throw away the pages of all runs of a source, in the caller's transaction: it is another catalogue now.

    Whoever works on one finds the lease lost.
    """
    all_runs = sa.select(Run.id).where(Run.source_id == source_id)
    model.Session.execute(sa.delete(Page).where(Page.run_id.in_(all_runs)).execution_options(synchronize_session=False))


def is_leased(run_id: str) -> bool:
    """Whether a worker is at a page of the run."""
    found = sa.exists().where(Page.run_id == run_id, Page.lease_until > sa.func.clock_timestamp())
    return bool(model.Session.scalar(sa.select(found)))


def progress(run_id: str) -> tuple[int, bool]:
    """How many records are stored to be worked or need no work, and whether all that come are."""
    size, reading = model.Session.execute(
        sa.select(
            sa.func.coalesce(sa.func.sum(Page.size).filter(Page.kind == "import"), 0)
            + sa.func.coalesce(sa.func.sum(Page.size - 1).filter(Page.kind == "plan"), 0),
            sa.func.count().filter(Page.kind == "plan", Page.state == "open"),
        ).where(Page.run_id == run_id)
    ).one()
    return int(size), not reading


def _set(claim: Claim, **values: Any) -> None:
    model.Session.execute(
        sa.update(Page).where(Page.id == claim.page_id).values(**values).execution_options(synchronize_session=False)
    )


def _lease_end() -> Any:
    return sa.func.clock_timestamp() + sa.cast(f"{config.lease_seconds()} seconds", sa.Interval)


def _worker_name() -> str:
    return f"{socket.gethostname()}:{os.getpid()}"
