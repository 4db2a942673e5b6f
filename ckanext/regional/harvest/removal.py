"""Removing a source that brought much: its datasets are hidden in the background, then it goes."""

from __future__ import annotations

import time

import ckan.plugins.toolkit as tk
import redis.exceptions
import sqlalchemy as sa
from ckan import model

from ckanext.regional import logs
from ckanext.regional.background import job_of
from ckanext.regional.harvest import config, sources
from ckanext.regional.harvest.model import Record, Source
from ckanext.regional.harvest.running import servers
from ckanext.regional.harvest.writing import acting, records, withdrawal

log = logs.get_logger(__name__)

#: So many are hidden while somebody waits for the page.
_AT_ONCE = 50


def remove(source: Source, *, withdraw: bool) -> None:
    """Remove a source, at once or, where many datasets are to be hidden, as soon as a worker has done that. Commits."""
    source_id = source.id
    if not withdraw or records.numbers_present([source_id]).get(source_id, 0) <= _AT_ONCE:
        sources.delete(source, withdraw=withdraw)
        return
    sources.retire(source)
    wake(source_id)


def wake(source_id: str) -> None:
    """Ask a worker to go on; if Redis is away the schedule's wake-up asks again."""
    try:
        tk.enqueue_job(
            work,
            [source_id],
            title=f"remove source {source_id}",
            queue=config.queue(),
            rq_kwargs={"timeout": config.job_seconds() + 900},
        )
    except redis.exceptions.RedisError as error:
        source = model.Session.get(Source, source_id)
        log.warning("The removal of the source waits: %s", error, ids={"source": source.name if source else source_id})


@job_of("regional_harvest")
def work(source_id: str) -> None:
    """Hide the datasets of a source that is being removed, then remove it. This is the background job.

    What cannot be hidden keeps the source; the schedule's wake-up tries it again.
    """
    source = model.Session.get(Source, source_id)
    if source is None or not source.removing:
        return
    with logs.about(source=source.name):
        _hide_all(source_id)


def _hide_all(source_id: str) -> None:
    acting.ensure_user()
    until = time.monotonic() + config.job_seconds()
    ids = list(model.Session.scalars(sa.select(Record.id).where(records.present(source_id)).order_by(Record.id)))
    for record_id in ids:
        if time.monotonic() > until:
            wake(source_id)
            return
        _hide(record_id)
    model.Session.rollback()
    left = records.numbers_present([source_id]).get(source_id, 0)
    if left:
        log.warning("%s datasets of the source could not be hidden", left)
        return
    if (found := model.Session.get(Source, source_id)) is not None:
        sources.delete(found, withdraw=False)


def unfinished() -> list[str]:
    """Ids of the sources that are being removed."""
    return list(model.Session.scalars(sa.select(Source.id).where(Source.removing)))


def _hide(record_id: str) -> None:
    try:
        withdrawal.hide(record_id, "its source was removed here")
    except Exception as error:
        model.Session.rollback()
        if servers.behind(error) is not None:
            raise
        log.warning("The dataset of a record could not be hidden", exc_info=True, ids={"record": record_id})
