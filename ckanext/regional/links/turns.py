"""Whose turn it is: one request at a time to a host, by any number of workers on any number of machines.

Every step is a short transaction of its own, on a connection of its own. Whoever asks a host first moves ``free_at``
to the time when they would count as dead; a worker that is killed leaves a host that is free again by then, and the
look stands where it stood.
"""

from __future__ import annotations

import datetime
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any, cast

import sqlalchemy as sa
from ckan import model
from sqlalchemy.dialects.postgresql import insert

from ckanext.regional.links import config
from ckanext.regional.links.model import Link, LinkHost
from ckanext.regional.links.verdict import Look, Method, Verdict, Wait, host_of, origin_of

#: Every transaction here is new and short, so its beginning is now; unlike the clock it lets PostgreSQL use an index.
_NOW = sa.func.now()
#: A broken link is not looked at again sooner, however short the site makes the time to the second look.
_A_WHILE = sa.literal(datetime.timedelta(hours=1), sa.Interval)


@dataclass(frozen=True, slots=True)
class Turn:
    """A request that this worker, and nobody else, may send to a host now."""

    host: str
    token: int
    url: str
    look: Look


def take(only: Collection[str] | None = None) -> Turn | None:
    """Take the turn of a host that is free and has something due.

    :param only: look at these addresses and no others
    """
    mine = [Link.due <= _NOW] if only is None else [Link.due <= _NOW, Link.url.in_(only)]
    with _engine().begin() as connection:
        ready = (
            sa.select(LinkHost.host)
            .where(LinkHost.free_at <= _NOW, sa.exists().where(Link.next_host == LinkHost.host, *mine))
            .order_by(LinkHost.free_at)
            .limit(1)
            .with_for_update(skip_locked=True)
            .scalar_subquery()
        )
        taken = connection.execute(
            sa.update(LinkHost)
            .where(LinkHost.host == ready)
            .values(free_at=_in(config.lease_seconds()), token=LinkHost.token + 1)
            .returning(LinkHost.host, LinkHost.token)
        ).one_or_none()
        if taken is None:
            return None
        row = connection.execute(
            sa.select(Link.url, Link.next_url, Link.method, Link.hops, Link.waits)
            .where(Link.next_host == taken.host, *mine)
            .order_by(Link.due)
            .limit(1)
        ).one_or_none()
        if row is None:  # somebody took it away in between
            connection.execute(sa.update(LinkHost).where(LinkHost.host == taken.host).values(free_at=_NOW))
            return None
        method = cast("Method", row.method)
        return Turn(taken.host, taken.token, row.url, Look(row.next_url or row.url, method, row.hops, row.waits))


def hand_on(turn: Turn, following: Look | Wait | Verdict) -> bool:
    """Write down what followed and free the host after its pause.

    :returns: False when the turn was no longer this worker's; nothing was written
    """
    pause = following.seconds if isinstance(following, Wait) else 0
    with _engine().begin() as connection:
        held = connection.execute(
            sa.update(LinkHost)
            .where(LinkHost.host == turn.host, LinkHost.token == turn.token)
            .values(free_at=_in(max(pause, config.host_interval())))
        )
        if not held.rowcount:
            return False
        if isinstance(following, Verdict):
            values = _verdict(following)
            connection.execute(sa.update(Link).where(_concerned(turn, following)).values(values))
        else:
            connection.execute(sa.update(Link).where(Link.url == turn.url).values(_progress(following)))
    return True


def ready_in(only: Collection[str] | None = None) -> float | None:
    """Seconds until the next turn of any host; None where nothing is to be done at all.

    :param only: for these addresses and no others
    """
    soonest = sa.func.min(sa.func.greatest(LinkHost.free_at, Link.due))
    query = sa.select(sa.extract("epoch", soonest - _NOW)).select_from(Link)
    query = query.join(LinkHost, LinkHost.host == Link.next_host)
    if only is not None:
        query = query.where(Link.url.in_(only))
    with _engine().begin() as connection:
        seconds = connection.scalar(query)
    return None if seconds is None else max(0.0, float(seconds))


def greet_hosts() -> None:
    """Give every host of an address its row, and forget hosts that nothing leads to any more."""
    with _engine().begin() as connection:
        known = sa.exists().where(LinkHost.host == Link.next_host)
        new = sa.select(Link.next_host, _NOW, sa.literal(0)).where(~known).distinct()
        connection.execute(insert(LinkHost).from_select(["host", "free_at", "token"], new).on_conflict_do_nothing())
        needed = sa.exists().where(Link.next_host == LinkHost.host)
        connection.execute(sa.delete(LinkHost).where(LinkHost.free_at < _NOW - _day(), ~needed))


def _concerned(turn: Turn, verdict: Verdict) -> Any:
    if not verdict.whole_host:
        return Link.url == turn.url
    # One look is enough to know that nobody is there: the others at this place need not be tried one by one.
    beginning = origin_of(turn.look.url) + "/"
    place = sa.func.starts_with(sa.func.coalesce(Link.next_url, Link.url), beginning)
    return sa.or_(Link.url == turn.url, sa.and_(Link.next_host == turn.host, Link.due <= _NOW, place))


def _progress(following: Look | Wait) -> dict[str, Any]:
    look = following.look if isinstance(following, Wait) else following
    return {
        "next_url": look.url,
        "next_host": host_of(look.url),
        "method": look.method,
        "hops": look.hops,
        "waits": look.waits,
        "due": _in(following.seconds) if isinstance(following, Wait) else Link.due,
    }


def _verdict(verdict: Verdict) -> dict[str, Any]:
    """The end of a look, in SQL, because several rows with histories of their own may be concerned."""
    begin = {"next_url": None, "next_host": Link.host, "method": "HEAD", "hops": 0, "waits": 0}
    if verdict.outcome == "failed":
        return begin | _failure(verdict)
    return begin | {
        "outcome": verdict.outcome,
        "status": verdict.status,
        "reason": verdict.reason,
        "checked_at": _NOW,
        "due": _NOW + _span(config.recheck()) * (0.9 + 0.2 * sa.func.random()),
        "failures": 0,
        "failed_since": None,
    }


def _failure(verdict: Verdict) -> dict[str, Any]:
    """A first failure leaves what was known; one more, some time later, makes the link broken."""
    retry, recheck = _span(config.retry()), config.recheck()
    later = retry * sa.func.power(2, sa.func.least(Link.failures, 10))
    counts = sa.and_(Link.failures > 0, Link.failed_since <= _NOW - retry)
    # What was fine a while ago stays so until the second look.
    keeps = sa.and_(Link.outcome == "ok", ~counts)

    def unless_kept(column: Any, value: Any) -> Any:
        return sa.case((keeps, column), else_=value)

    return {
        "outcome": sa.case((counts, "broken"), (Link.outcome.in_(("ok", "broken")), Link.outcome), else_="unknown"),
        "status": unless_kept(Link.status, sa.cast(verdict.status, sa.Integer)),
        "reason": unless_kept(Link.reason, verdict.reason),
        "checked_at": unless_kept(Link.checked_at, _NOW),
        "due": _NOW + sa.func.least(sa.case((counts, sa.func.greatest(later, _A_WHILE)), else_=later), _span(recheck)),
        "failures": Link.failures + 1,
        "failed_since": sa.func.coalesce(Link.failed_since, _NOW),
    }


def _in(seconds: float) -> Any:
    return _NOW + _span(datetime.timedelta(seconds=seconds))


def _span(length: datetime.timedelta) -> Any:
    return sa.literal(length, sa.Interval)


def _day() -> Any:
    return _span(datetime.timedelta(days=1))


def _engine() -> sa.Engine:
    engine = model.meta.engine
    assert engine is not None
    return engine
