"""The background job that looks at links, and what wakes it.

What there is to do stands in PostgreSQL, so a flushed Redis or a killed worker loses and doubles nothing. A job lets
the other jobs of its queue come first after every request, and asks for the next one before it ends.
"""

from __future__ import annotations

import datetime
import time
from collections.abc import Callable, Collection
from typing import Literal

import ckan.plugins.toolkit as tk
import redis.exceptions
from ckan.lib.redis import connect_to_redis

from ckanext.regional import logs
from ckanext.regional.background import job_of
from ckanext.regional.database import new_id
from ckanext.regional.links import config, entries, turns
from ckanext.regional.links.asking import ask, open_session
from ckanext.regional.links.verdict import Verdict, judge

log = logs.get_logger(__name__)

Why = Literal["woken", "later", "on"]
Report = Callable[[str, Verdict], None]

#: A new address is looked at so many seconds after it was written, when its dataset is surely committed.
_SOON = 5
#: At most so many seconds pass between two jobs, and at least these.
_RARELY, _OFTEN = 3600, 60
#: PostgreSQL may be away: so many seconds later it is tried again.
_AFTER_FAULT = 300
#: A job waits so many seconds for a host's pause to end; for more it comes again.
_PATIENCE = 2.5
#: RQ ends a job that takes so much longer than its share.
_GRACE = 300


def wake() -> None:
    """Have new addresses looked at soon. A Redis that is away is no matter: the next job finds them."""
    if config.enabled():
        _ask_for("woken", _SOON)


@job_of("regional")
def work(why: Why, token: str) -> None:
    """Look at what is due until the job's share of time is over. This is the background job.

    :param why: it was sent: a new address, a job before it that saw something due later, one that had to go on
    :param token: of the wake-up, so that one which comes late begins no second series of them
    """
    _forget_asking(why, token)
    if not config.enabled():
        return
    try:
        if not run(until=time.monotonic() + config.job_seconds(), is_job=True):
            _ask_for("on", 0)
            return
        entries.prune()
        wait = turns.ready_in()
    except Exception:
        _ask_for("later", _AFTER_FAULT)
        raise
    _ask_for("later", _RARELY if wait is None else int(min(max(wait, _OFTEN), _RARELY)))


def run(
    *,
    until: float | None = None,
    is_job: bool = False,
    patience: float = _PATIENCE,
    only: Collection[str] | None = None,
    report: Report | None = None,
) -> bool:
    """Look at what is due.

    :param until: when to stop, by the monotonic clock
    :param is_job: let other jobs of the queue come first
    :param patience: seconds to wait for a host at most
    :param only: look at these addresses and no others
    :param report: is told each address with its verdict
    :returns: False when there is more to do now
    """
    session = open_session(config.limits(), tk.config["ckan.site_url"])
    turns.greet_hosts()
    while until is None or time.monotonic() < until:
        turn = turns.take(only)
        if turn is None:
            turns.greet_hosts()
            wait = turns.ready_in(only)
            if wait is None or wait > patience:
                return True
            time.sleep(max(wait, 0.01))
            continue
        following = judge(turn.look, ask(session, turn.look))
        if turns.hand_on(turn, following) and report and isinstance(following, Verdict):
            report(turn.url, following)
        if is_job and _others_wait():
            return False
    return False


def _others_wait() -> bool:
    return tk.get_job_queue(config.queue()).count > 0


def _ask_for(why: Why, seconds: int) -> None:
    """Send a wake-up, unless one of the same kind is on its way."""
    token = new_id()
    try:
        if not connect_to_redis().set(_key(why), token, nx=True, ex=seconds + _GRACE):
            return
        queue = tk.get_job_queue(config.queue())
        timeout = config.job_seconds() + _GRACE
        if seconds:
            # CKAN's worker runs RQ's scheduler.
            queue.enqueue_in(datetime.timedelta(seconds=seconds), work, args=(why, token), job_timeout=timeout)
        else:
            options = {"timeout": timeout}
            tk.enqueue_job(work, [why, token], title="look at links", queue=config.queue(), rq_kwargs=options)
    except redis.exceptions.RedisError as error:
        log.warning("No wake-up for the link checks could be sent: %s", error)


def _forget_asking(why: Why, token: str) -> None:
    try:
        connection = connect_to_redis()
        if connection.get(_key(why)) == token.encode():
            connection.delete(_key(why))
    except redis.exceptions.RedisError as error:
        log.warning("Redis does not answer: %s", error)


def _key(why: Why) -> str:
    return f"ckan:{tk.config['ckan.site_id']}:regional:links:{why}"
