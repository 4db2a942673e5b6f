"""The background job that sends notices, and its wake-ups. What there is to send stands in PostgreSQL.

A wake-up that is lost (Redis was down) costs time only: the next one, or ``ckan regional curation notify``, sends all.
"""

from __future__ import annotations

import datetime
from typing import Any

import ckan.plugins.toolkit as tk
import redis.exceptions
from ckan import model
from ckan.lib.redis import connect_to_redis
from sqlalchemy import event

from ckanext.regional import logs
from ckanext.regional.background import job_of
from ckanext.regional.curation import config
from ckanext.regional.curation.history import events
from ckanext.regional.curation.notices import outbox
from ckanext.regional.database import now

log = logs.get_logger(__name__)

_LATER_ID = "regional-notices-later"
#: A wake-up that nobody followed within this time is taken for lost.
_FLAG_SECONDS = 60


def register() -> None:
    """Let every commit that carries a notice wake a worker; a decision that is rolled back wakes nobody."""
    if not event.contains(model.Session, "after_commit", _after_commit):
        event.listen(model.Session, "after_commit", _after_commit)
        event.listen(model.Session, "after_rollback", _after_rollback)


def _after_commit(session: Any) -> None:
    events.tell(session)
    kinds = session.info.pop(events.NOTED, None)
    if kinds == {"received"}:
        _wake_for_digest()
    elif kinds:
        wake()


def _after_rollback(session: Any) -> None:
    session.info.pop(events.NOTED, None)
    session.info.pop(events.RECORDED, None)


#: The list of the day that this process has asked a wake-up for: a run of thousands asks once.
_asked: set[datetime.datetime] = set()


def _wake_for_digest() -> None:
    following = outbox.next_digest()
    if following not in _asked:
        _asked.clear()
        _asked.add(following)
        _later(following)


def wake() -> None:
    """Ask a worker to send what is due, if nobody has asked yet.

    Whatever is wrong with the queue is no reason for a decision to fail.
    """
    try:
        if connect_to_redis().set(_flag(), "1", nx=True, ex=_FLAG_SECONDS):
            tk.enqueue_job(send, title="notices", queue=config.notice_queue())
    except redis.exceptions.RedisError as error:
        log.warning("Nobody could be woken to send notices, they wait: %s", error)


@job_of("regional_curation")
def send() -> None:
    """Send what is due, and come again when more is. This is the background job."""
    try:
        # Whoever commits from now on asks anew.
        connect_to_redis().delete(_flag())
    except redis.exceptions.RedisError as error:
        log.warning("Redis does not answer: %s", error)
    following = outbox.work()
    if following is not None:
        _later(following)


def _flag() -> str:
    return f"ckan:{tk.config['ckan.site_id']}:regional:notices"


def _later(at: datetime.datetime) -> None:
    """Ask for one wake-up; CKAN's worker runs RQ's scheduler."""
    at = max(at, now() + datetime.timedelta(seconds=5))
    try:
        queue = tk.get_job_queue(config.notice_queue())
        queue.enqueue_at(at, send, job_id=f"{_LATER_ID}-{at:%Y%m%d%H%M}")
    except redis.exceptions.RedisError as error:
        log.warning("No later wake-up for notices could be asked for: %s", error)
