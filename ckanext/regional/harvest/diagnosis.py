"""What ``ckan regional doctor`` looks at for the exchange."""

from __future__ import annotations

import datetime
from collections.abc import Iterator

import redis.exceptions
import sqlalchemy as sa
from ckan import model

from ckanext.regional.diagnosis.workers import listening
from ckanext.regional.harvest import config, reach, removal
from ckanext.regional.harvest.model import Run, Source
from ckanext.regional.harvest.running import jobs, pages, servers
from ckanext.regional.harvest.scheduling import scheduler
from ckanext.regional.interfaces import Check
from ckanext.regional.types import Finding

#: A source that was due so long ago has no scheduler: the wake-up comes every ten minutes.
_LATE = datetime.timedelta(minutes=15)
#: Somebody waits for the doctor.
_MOST_ASKED = 100


def checks() -> dict[str, Check]:
    """The checks by name."""
    return {
        "exchange.worker": worker,
        "exchange.schedule": schedule,
        "exchange.runs": runs,
        "exchange.standing": standing,
        "exchange.neighbours": neighbours,
        "exchange.networks": networks,
    }


def worker() -> Iterator[Finding]:
    """Say whether a worker takes the harvester's jobs."""
    enabled = model.Session.scalar(sa.select(sa.func.count()).select_from(Source).where(Source.enabled))
    queue = config.queue()
    if listening(queue):
        yield Finding("ok", "exchange.worker", f"A worker takes the jobs of the queue “{queue}”.")
    else:
        yield Finding(
            "error" if enabled else "warning",
            "exchange.worker",
            f"No worker takes the jobs of the queue “{queue}”: {enabled} sources wait to be harvested.",
            f"Start one, and let the system keep it running: ckan jobs worker {queue}",
        )


def schedule() -> Iterator[Finding]:
    """Say whether scheduled sources are begun."""
    remedy = (
        f"Run ckan jobs worker {config.queue()} (without --no-scheduler), or every five minutes by system cron: "
        "ckan regional harvest due"
    )
    number, late = scheduler.scheduled(), scheduler.overdue(_LATE)
    if not number:
        yield Finding("ok", "exchange.schedule", "No source has a schedule.")
    elif late:
        said = f"{late} sources were due more than {_LATE.seconds // 60} minutes ago and nothing began them."
        yield Finding("error", "exchange.schedule", said, remedy, repair=_begin)
    elif _somebody_looks():
        yield Finding("ok", "exchange.schedule", f"{number} sources have a schedule, and something looks after it.")
    else:
        said = f"{number} sources have a schedule, and nothing seems to look after it."
        yield Finding("warning", "exchange.schedule", said, remedy)


def _somebody_looks() -> bool:
    try:
        return scheduler.is_alive()
    except redis.exceptions.RedisError:
        return False


def _begin() -> str:
    return f"Runs were begun: {len(scheduler.look())}."


def runs() -> Iterator[Finding]:
    """Name the sources whose last run did not end well."""
    latest = (
        sa.select(Run.source_id, Run.state, Run.error)
        .distinct(Run.source_id)
        .order_by(Run.source_id, Run.created.desc())
        .subquery()
    )
    rows = model.Session.execute(
        sa.select(Source.name, latest.c.state, latest.c.error)
        .join(latest, latest.c.source_id == Source.id)
        .where(Source.enabled, latest.c.state.in_(["failed", "aborted", "held"]))
        .order_by(Source.name)
    ).all()
    for name, state, error in rows:
        said = f": {error}" if error else "."
        yield Finding(
            "warning",
            "exchange.runs",
            f"The last run of {name} is {state}{said}",
            f"See /regional/sources/{name}, then run: ckan regional harvest run {name}",
        )
    if not rows:
        yield Finding("ok", "exchange.runs", "No source's last run has failed.")


def standing() -> Iterator[Finding]:
    """Name runs that nobody works on: their wake-ups were lost, with a flushed Redis or a killed worker."""
    ids = scheduler.standing_still()
    removed = removal.unfinished()
    if not ids and not removed:
        yield Finding("ok", "exchange.standing", "No run stands still.")
        return
    lost = sum(pages.count_open(run_id) for run_id in ids)
    said = f"{len(ids)} runs stand still with {lost} pages left" if ids else ""
    gone = f"{len(removed)} sources are still to be removed" if removed else ""
    yield Finding(
        "warning",
        "exchange.standing",
        f"{' and '.join(filter(None, (said, gone)))}; nobody works on that.",
        "Let a worker run; the scheduled wake-up sends it there within ten minutes. Or: ckan regional harvest due",
        repair=lambda: _wake(ids, removed),
    )


def _wake(run_ids: list[str], source_ids: list[str]) -> str:
    servers.require_redis()
    for run_id in run_ids:
        jobs.wake(run_id)
    for source_id in source_ids:
        removal.wake(source_id)
    return (
        f"Workers were woken for {len(run_ids)} runs and {len(source_ids)} removals; one must run (ckan jobs worker)."
    )


def neighbours() -> Iterator[Finding]:
    """Ask each source's address now: the last run may be a week old."""
    rows = model.Session.execute(
        sa.select(Source.name, Source.url).where(Source.enabled).order_by(Source.name).limit(_MOST_ASKED)
    ).all()
    model.Session.rollback()
    silent = reach.obstacles({row.name: row.url for row in rows})
    for name, said in silent.items():
        yield Finding(
            "warning",
            "exchange.neighbours",
            f"{name} does not answer: {said}",
            f"Look at its address (/regional/sources/{name}), at this site's way out, and ask its operators.",
        )
    if not silent:
        yield Finding("ok", "exchange.neighbours", f"The neighbours of {len(rows)} sources answer.")


def networks() -> Iterator[Finding]:
    """Say which private networks a neighbour's address may lead into."""
    allowed = config.limits().networks
    if allowed:
        yield Finding(
            "warning",
            "exchange.networks",
            f"Sources may lead into the private networks {', '.join(map(str, allowed))}.",
            "If no neighbour is there, empty ckanext.regional.harvest.allow_networks",
        )
    else:
        yield Finding("ok", "exchange.networks", "Sources lead to public addresses only.")
