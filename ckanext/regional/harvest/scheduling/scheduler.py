"""Begins the runs that are due, whoever looks: a wake-up in CKAN's own job queue, or ``harvest due`` by system cron.

When a source is due stands in PostgreSQL. The wake-up is one job that RQ's scheduler, part of CKAN's worker, brings
back at the next due time; the site's web processes put it there again when it got lost (a flushed Redis).
"""

from __future__ import annotations

import datetime
import re
import time
from typing import Any

import ckan.plugins.toolkit as tk
import redis.exceptions
import rq
import rq.scheduler
import sqlalchemy as sa
import sqlalchemy.exc
from ckan import model
from ckan.lib.redis import connect_to_redis

from ckanext.regional import logs
from ckanext.regional.background import job_of
from ckanext.regional.database import now
from ckanext.regional.harvest import config, removal
from ckanext.regional.harvest.model import Run, RunNotice, Source
from ckanext.regional.harvest.notices import outbox
from ckanext.regional.harvest.running import jobs, pages, runs, servers
from ckanext.regional.harvest.scheduling import schedule, timetable

log = logs.get_logger(__name__)

#: The wake-up comes at least so often: it also looks after runs that stand still and e-mails that wait.
_LONGEST = datetime.timedelta(minutes=10)
#: A wake-up that is so late got lost.
_GRACE = datetime.timedelta(minutes=2)
#: A site where nothing is scheduled is looked at again after so long.
_IDLE = datetime.timedelta(minutes=10)
#: How often a web process looks whether the wake-up is there.
_LOOK_SECONDS = 60
#: A run that nobody worked on for so long after its last lease is woken again.
_STILL = datetime.timedelta(minutes=2)
_NOTHING = "-"


def begin_due() -> list[str]:
    """Begin a run of every source that is due, once, however many times were missed. Two that do this begin one.

    :returns: ids of the runs, to be woken or worked; also those that were under way when they came due
    """
    _set_missing()
    begun: list[str] = []
    while (source := _next_due()) is not None:
        source_id = source.id
        _put_off(source)
        run, new = runs.begin(source, runs.SCHEDULE, full=False)
        begun.append(run.id)
        if not new and (again := model.Session.get(Source, source_id)) is not None:
            # It was under way: nothing was committed, and after a lost race the next time is the old one.
            _put_off(again)
        model.Session.commit()
    model.Session.commit()
    return begun


def look() -> list[str]:
    """Begin what is due, wake workers for it and for what stands still, and send e-mails that wait.

    :returns: ids of the runs that were begun
    """
    begun = begin_due()
    for run_id in begun:
        _wake(run_id)
    for run_id in standing_still():
        if run_id not in begun:
            _wake(run_id, 1)
    for source_id in removal.unfinished():
        removal.wake(source_id)
    outbox.send_due()
    _note_seen()
    return begun


@job_of("regional_harvest")
def tick() -> None:
    """Look, and come again at the next due time. This is the background job."""
    job = rq.get_current_job()
    try:
        _set(str(now().timestamp()), _GRACE)
        look()
    finally:
        _arm(_other(job.id if job is not None else ""), force=True)


def arm() -> None:
    """See that a wake-up comes at the next due time; called when a schedule changed. A dead Redis is no reason to fail:
    the web processes ask again.
    """
    _arm(_other(""), force=False)


def watch() -> None:
    """Put the wake-up back when it got lost; called by the web processes before a request, and cheap."""
    global _looked
    if time.monotonic() - _looked < _LOOK_SECONDS:
        return
    _looked = time.monotonic()
    try:
        if not connect_to_redis().exists(_key()):
            arm()
    except redis.exceptions.RedisError as error:
        log.debug("Whether the schedule is woken could not be seen: %s", error)


_looked = float("-inf")


def standing_still() -> list[str]:
    """Ids of runs that have not ended and that no worker is at: their wake-ups were lost."""
    found = model.Session.scalars(
        sa.select(Run.id).where(
            Run.state.in_(runs.RUNNING), sa.func.coalesce(Run.started, Run.created) < now() - _STILL
        )
    ).all()
    return [run_id for run_id in found if not pages.is_leased(run_id)]


def scheduled() -> int:
    """How many sources have a schedule and are on."""
    return model.Session.scalar(sa.select(sa.func.count()).select_from(Source).where(_scheduled())) or 0


def overdue(since: datetime.timedelta) -> int:
    """How many sources should have been begun that long ago."""
    query = sa.select(sa.func.count()).select_from(Source).where(_scheduled(), Source.next_run < now() - since)
    return model.Session.scalar(query) or 0


def is_alive() -> bool:
    """Whether something looks for what is due: RQ's scheduler for our queue, or system cron within the last hour.

    :raises redis.exceptions.RedisError: when Redis cannot say.
    """
    connection = connect_to_redis()
    locked = rq.scheduler.RQScheduler.get_locking_key(tk.get_job_queue(config.queue()).name)
    return bool(connection.exists(locked) or connection.exists(_key("seen")))


def _scheduled() -> sa.ColumnElement[bool]:
    return sa.and_(Source.enabled, Source.frequency != schedule.MANUAL)


def _next_due() -> Source | None:
    """The source that is due longest, locked; one that another process has in hand is left to it."""
    return model.Session.scalar(
        sa.select(Source)
        .where(_scheduled(), Source.next_run <= now())
        .order_by(Source.next_run)
        .limit(1)
        .with_for_update(skip_locked=True)
        .execution_options(populate_existing=True)
    )


def _put_off(source: Source) -> None:
    """Set the next time, counted from now: what was missed is made up for once."""
    model.Session.execute(
        sa.update(Source)
        .where(Source.id == source.id)
        .values(next_run=timetable.next_time(source), modified=Source.modified)
        .execution_options(synchronize_session=False)
    )


def _set_missing() -> None:
    """Give a time to sources that were made before there was a schedule."""
    for source in model.Session.scalars(sa.select(Source).where(_scheduled(), Source.next_run.is_(None))).all():
        _put_off(source)
    model.Session.commit()


def _wake(run_id: str, number: int | None = None) -> None:
    try:
        jobs.wake(run_id, number)
    except servers.ServerDown as down:
        log.warning("The run waits: %s", down, ids={"run": run_id})


def _soonest() -> datetime.datetime | None:
    """When there is something to do next; None where nothing is scheduled and no e-mail waits."""
    due = model.Session.scalar(sa.select(sa.func.min(Source.next_run)).where(_scheduled()))
    waiting = model.Session.scalar(sa.select(sa.func.min(RunNotice.due)).where(RunNotice.state == "waiting"))
    removed = now() + _LONGEST if removal.unfinished() else None
    return min((at for at in (due, waiting, removed) if at is not None), default=None)


def _arm(job_id: str, *, force: bool) -> None:
    try:
        soonest = _soonest()
        if soonest is None:
            _set(_NOTHING, _IDLE)
            return
        at = min(max(soonest, now() + datetime.timedelta(seconds=1)), now() + _LONGEST)
        known: Any = connect_to_redis().get(_key())
        if not force and known not in (None, _NOTHING.encode()) and float(known) <= at.timestamp():
            return
        _set(str(at.timestamp()), at - now() + _GRACE)
        tk.get_job_queue(config.queue()).enqueue_at(at, tick, job_id=job_id)
    except redis.exceptions.RedisError as error:
        log.warning("No wake-up for the schedule could be asked for: %s", error)
    except sqlalchemy.exc.SQLAlchemyError as error:
        log.warning("What is due next could not be read: %s", error)
        model.Session.rollback()


def _other(job_id: str) -> str:
    """An id for the next wake-up. RQ removes a job that has ended, so the one at work must not ask for itself."""
    site = re.sub(r"[^A-Za-z0-9_-]", "_", tk.config["ckan.site_id"])
    one, two = (f"{site}-regional-harvest-{letter}" for letter in "ab")
    return two if job_id == one else one


def _note_seen() -> None:
    try:
        connect_to_redis().set(_key("seen"), "1", ex=datetime.timedelta(hours=1))
    except redis.exceptions.RedisError as error:
        log.debug("That somebody looked could not be noted: %s", error)


def _set(value: str, keep: datetime.timedelta) -> None:
    try:
        connect_to_redis().set(_key(), value, ex=keep)
    except redis.exceptions.RedisError as error:
        log.warning("The schedule's next wake-up could not be noted: %s", error)


def _key(what: str = "next") -> str:
    return f"ckan:{tk.config['ckan.site_id']}:regional:harvest:{what}"
