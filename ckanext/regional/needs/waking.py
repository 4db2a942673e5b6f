"""Wake-ups of the background jobs. What there is to do stands in PostgreSQL and Redis: a lost one costs time only."""

from __future__ import annotations

import datetime

import ckan.plugins.toolkit as tk
import redis.exceptions
from ckan.lib.redis import connect_to_redis

from ckanext.regional import logs
from ckanext.regional.database import now
from ckanext.regional.needs import config

log = logs.get_logger(__name__)

#: The jobs by name: they know more than whoever wakes them.
_JOBS = {"mail": "ckanext.regional.needs.jobs.send_mail", "refresh": "ckanext.regional.needs.jobs.refresh_all"}
#: A wake-up that nobody followed within this time is taken for lost.
_MAIL_SECONDS = 60
_SOON = datetime.timedelta(seconds=5)


def mail() -> None:
    """Ask a worker to send e-mails, if nobody has asked yet; whatever is wrong with the queue, no step fails by it."""
    try:
        if connect_to_redis().set(_flag("mail"), "1", nx=True, ex=_MAIL_SECONDS):
            tk.enqueue_job(_JOBS["mail"], title="needs: e-mails", queue=config.queue())  # pyright: ignore
    except redis.exceptions.RedisError as error:
        log.warning("Nobody could be woken to send e-mails about needs, they wait: %s", error)


def mail_later(at: datetime.datetime) -> None:
    """Ask for one wake-up at a time."""
    try:
        _later("mail", max(at, now() + _SOON))
    except redis.exceptions.RedisError as error:
        log.warning("No later wake-up for e-mails about needs could be asked for: %s", error)


def refresh() -> None:
    """Ask a worker to refresh the observatory in some minutes, if nobody has asked yet."""
    after = config.refresh_after()
    try:
        if connect_to_redis().set(_flag("refresh"), "1", nx=True, ex=int(after.total_seconds()) * 2):
            _later("refresh", now() + after)
    except redis.exceptions.RedisError as error:
        log.warning("Nobody could be woken to refresh the observatory: %s", error)


def answered(name: str) -> None:
    """Note that a worker has come: whoever has something from now on asks anew."""
    try:
        connect_to_redis().delete(_flag(name))
    except redis.exceptions.RedisError as error:
        log.warning("Redis does not answer: %s", error)


def _later(name: str, at: datetime.datetime) -> None:
    """CKAN's worker runs RQ's scheduler."""
    job_id = f"regional-needs-{name}-{at:%Y%m%d%H%M}"
    tk.get_job_queue(config.queue()).enqueue_at(at, _JOBS[name], job_id=job_id)


def _flag(name: str) -> str:
    return f"ckan:{tk.config['ckan.site_id']}:regional:needs:{name}"
