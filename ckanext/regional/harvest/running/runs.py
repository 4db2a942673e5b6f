"""A run's life: begun, counted, held, ended."""

from __future__ import annotations

import logging
from typing import Any

import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from ckan import model
from sqlalchemy.exc import IntegrityError

from ckanext.regional import logs
from ckanext.regional.database import now
from ckanext.regional.exceptions import NotHere, WrongState
from ckanext.regional.harvest import config
from ckanext.regional.harvest.clients.clean import clean
from ckanext.regional.harvest.model import Page, Record, Run, Source
from ckanext.regional.harvest.notices import trouble
from ckanext.regional.harvest.running import pages, reasons
from ckanext.regional.harvest.running.plan import split
from ckanext.regional.harvest.writing import records
from ckanext.regional.harvest.writing.reconcile import must_hold

log = logs.get_logger(__name__)

_LONGEST_ERROR = 2000
RUNNING = ("queued", "running")
#: Under way, or waiting for a person.
UNENDED = (*RUNNING, "held")
#: States from which a run can go on where it stopped.
STOPPED = ("failed", "aborted")
#: In ``asked_by``, where no person asked; no user can have such a name.
SCHEDULE = ":schedule"


def get(run_id: str) -> Run:
    """Load a run.

    :raises NotHere: when there is none.
    """
    run = model.Session.get(Run, run_id, populate_existing=True)
    if run is None:
        raise NotHere(tk._("There is no run “{id}”.").format(id=run_id))
    return run


def running(source_id: str) -> Run | None:
    """The source's run that has not ended, if there is one."""
    return model.Session.scalar(sa.select(Run).where(Run.source_id == source_id, Run.state.in_(RUNNING)))


def latest(source_ids: list[str]) -> dict[str, Run]:
    """The newest run of each source."""
    query = (
        sa.select(Run)
        .where(Run.source_id.in_(source_ids))
        .distinct(Run.source_id)
        .order_by(Run.source_id, Run.created.desc())
    )
    return {run.source_id: run for run in model.Session.scalars(query)}


def begin(source: Source, asked_by: str | None, *, full: bool) -> tuple[Run, bool]:
    """Begin a run, or answer the one that is running; commits.

    :returns: the run, and whether it is new
    """
    source_id, kind = source.id, source.kind
    if (found := running(source_id)) is not None:
        return found, False
    _replace_held(source_id)
    run = Run(source_id=source_id, kind=kind, full=full, asked_by=asked_by)
    model.Session.add(run)
    try:
        model.Session.flush()
        pages.add(run.id, "plan", [[{"step": "begin"}]], number=0)
        pages.drop_before(source_id, run.id)
        model.Session.commit()
    except IntegrityError:
        # Somebody else was faster by a moment; the partial unique index lets one through.
        model.Session.rollback()
        found = running(source_id)
        if found is None:
            raise
        return found, False
    return run, True


def forget(run_id: str) -> None:
    """Take back a run that nobody could be told of; commits."""
    model.Session.rollback()
    model.Session.execute(sa.delete(Run).where(Run.id == run_id, Run.state == "queued"))
    model.Session.commit()


def start(run_id: str) -> None:
    """Note that work has begun; commits."""
    begun = model.Session.execute(
        sa.update(Run)
        .where(Run.id == run_id, Run.state == "queued")
        .values(state="running", started=now())
        .execution_options(synchronize_session=False)
    )
    model.Session.commit()
    if begun.rowcount:  # pyright: ignore[reportAttributeAccessIssue]
        log.info("The run begins", ids={"run": run_id})


def note_error(run_id: str, sentence: str) -> None:
    """Say on the run what stands in its way; commits. The sentence may quote a neighbour, so it is cleaned."""
    model.Session.execute(
        sa.update(Run)
        .where(Run.id == run_id, Run.state.in_(RUNNING))
        .values(error=clean(sentence)[:_LONGEST_ERROR])
        .execution_options(synchronize_session=False)
    )
    model.Session.commit()


def finish_if_done(run_id: str) -> bool:
    """End the run when no page is open, or open the withdrawals that waited for everything else; commits.

    :returns: whether there is nothing more to do
    """
    run = model.Session.scalar(
        sa.select(Run).where(Run.id == run_id).with_for_update().execution_options(populate_existing=True)
    )
    if run is None or run.state not in RUNNING:
        model.Session.rollback()
        return True
    if pages.open_pages(run_id):
        model.Session.rollback()
        return False
    if _plan_failed(run_id):
        _end(run, "failed")
        return True
    if not run.plan.get("swept"):
        _gather_withdrawals(run)
    if pages.open_pages(run_id):
        model.Session.commit()
        return False
    if run.state == "held":
        _sum_up(run)
        trouble.note(run)
        model.Session.commit()
        _tell(run)
        return True
    _keep_cursor(run)
    run.error = None
    _end(run, "finished")
    return True


def abort(run: Run) -> None:
    """End a run at once; what is in stays in, what is left can be resumed; commits.

    :raises WrongState: when it has ended.
    """
    run = _locked(run)
    if run.state not in UNENDED:
        raise _wrong(run, tk._("Only a run that is under way or waits for you can be aborted"))
    pages.stop_all(run.id)
    _end(run, "aborted")


def lock_unended(source_id: str) -> Run | None:
    """The run of a source that is under way or waits for a person, held as it is until the transaction ends."""
    query = sa.select(Run).where(Run.source_id == source_id, Run.state.in_(UNENDED))
    return model.Session.scalar(query.with_for_update().execution_options(populate_existing=True))


def overtake(run: Run) -> None:
    """End a run whose source was changed, so that it would have brought something else; commits.

    :param run: as :func:`lock_unended` gave it; its pages are gone
    """
    run.error = (
        "The source was changed, so this run stopped: what came so far is in, and a new run reads the source as it is "
        "now."
    )
    _end(run, "aborted")


def is_resumable(run: Run) -> bool:
    """Whether a run stopped early, nothing came after it, and what was left to do is still known."""
    if run.state not in STOPPED or not pages.is_resumable(run.id):
        return False
    newer = sa.exists().where(Run.source_id == run.source_id, Run.created > run.created)
    return not model.Session.scalar(sa.select(newer))


def resume(run: Run) -> None:
    """Let a failed or aborted run go on where it stopped; commits.

    :raises WrongState: when it is in another state, or a later run of its source began.
    """
    run = _locked(run)
    if not is_resumable(run):
        raise _wrong(run, tk._("Only the last run of a source can be resumed, and only when it failed or was aborted"))
    pages.reopen(run.id)
    run.state = "running" if pages.open_pages(run.id) else "held"
    run.started = run.started or now()
    run.error, run.finished = None, None
    if run.state == "running":
        run.counts, run.reasons = None, None
    else:
        run.error = _held(run.plan["gone"], run.plan["of"])
    model.Session.commit()


def confirm(run: Run) -> None:
    """Let the withdrawals of a held run go on; commits.

    :raises WrongState: when it is not held.
    """
    run = _locked(run)
    if run.state != "held":
        raise _wrong(run, tk._("Only a run that waits for it can be confirmed"))
    pages.move(run.id, "withdraw", "waiting", "open")
    run.state, run.error, run.counts, run.reasons = "running", None, None, None
    model.Session.commit()


def vanishing(run_id: str) -> sa.Select[Any]:
    """The ids, as the neighbour uses them, of the records that a held run would hide."""
    payloads = (
        sa.select(sa.func.jsonb_array_elements_text(Page.payload).label("remote_id"))
        .where(Page.run_id == run_id, Page.kind == "withdraw", Page.state == "waiting", Page.payload.is_not(None))
        .subquery()
    )
    return sa.select(payloads.c.remote_id)


def counts(run: Run) -> dict[str, int]:
    """What the run made of the records: counted while it runs, kept when it has ended."""
    found = run.counts or records.counts(run.id)
    return {key: found.get(key, 0) for key in records.COUNTERS}


def why(run: Run) -> list[dict[str, Any]]:
    """The kinds of reasons for which records were not taken; counted while it runs, kept when it has ended."""
    return run.reasons if run.reasons is not None else reasons.of_run(run.id)


def progress(run: Run, found: dict[str, int]) -> dict[str, Any]:
    """How far a run is.

    :param found: its counts
    :returns: ``{"done", "total", "rate"}``; ``total`` is None while the neighbour is being read, ``rate`` is records a
        second, None before the first one
    """
    stored, complete = pages.progress(run.id)
    end = run.finished or now()
    seconds = (end - run.started).total_seconds() if run.started else 0
    done = found["seen"]
    return {
        "done": done,
        "total": max(stored, done) if complete else None,
        "rate": round(done / seconds, 1) if done and seconds > 0 else None,
    }


def _locked(run: Run) -> Run:
    """The same run as it is now, until the transaction ends: of two who decide, the second one sees the first."""
    found = model.Session.scalar(
        sa.select(Run).where(Run.id == run.id).with_for_update().execution_options(populate_existing=True)
    )
    if found is None:
        raise NotHere(tk._("There is no run “{id}”.").format(id=run.id))
    return found


def _wrong(run: Run, sentence: str) -> WrongState:
    return WrongState(tk._("{sentence}; this one is: {state}.").format(sentence=sentence, state=run.state))


def _plan_failed(run_id: str) -> bool:
    return bool(
        model.Session.scalar(
            sa.select(sa.exists().where(Page.run_id == run_id, Page.kind == "plan", Page.state == "failed"))
        )
    )


def _gather_withdrawals(run: Run) -> None:
    """Find what the neighbour no longer has; too much of it at once waits for a person."""
    gone = _told(run.id)
    if _saw_everything(run):
        gone |= _unseen(run)
    here = model.Session.scalar(sa.select(sa.func.count()).select_from(Record).where(records.present(run.source_id)))
    known_gone = _here(run.source_id, gone)
    pages.move(run.id, "withdraw", "waiting", "done")
    must_wait = must_hold(len(known_gone), here or 0, config.max_withdraw_share())
    pages.add(
        run.id,
        "withdraw",
        split(sorted(known_gone), config.page_size()),
        number=pages.next_number(run.id),
        state="waiting" if must_wait else "open",
    )
    run.plan = {**run.plan, "swept": True}
    if must_wait:
        run.state = "held"
        run.plan = {**run.plan, "gone": len(known_gone), "of": here}
        run.error = _held(len(known_gone), here or 0)
    model.Session.flush()


def _held(gone: int, of: int) -> str:
    return f"The neighbour no longer has {gone} of {of} datasets. They stay until somebody confirms that."


def _told(run_id: str) -> set[str]:
    payloads = model.Session.scalars(
        sa.select(Page.payload).where(Page.run_id == run_id, Page.kind == "withdraw", Page.state == "waiting")
    )
    return {remote_id for payload in payloads for remote_id in payload}


def _saw_everything(run: Run) -> bool:
    """Whether what this run did not see can be taken for gone."""
    if not run.plan.get("complete"):
        return False
    expected = run.plan.get("count")
    return expected is None or records.counts(run.id)["seen"] >= expected


def _unseen(run: Run) -> set[str]:
    query = sa.select(Record.remote_id).where(
        records.present(run.source_id), sa.func.coalesce(Record.run_id, "") != run.id
    )
    return set(model.Session.scalars(query))


def _here(source_id: str, remote_ids: set[str]) -> set[str]:
    query = sa.select(Record.remote_id).where(records.present(source_id), Record.remote_id.in_(remote_ids))
    return set(model.Session.scalars(query))


def _keep_cursor(run: Run) -> None:
    if "reading" in run.plan:
        model.Session.execute(
            sa.update(Source)
            .where(Source.id == run.source_id)
            .values(reading=run.plan["reading"])
            .execution_options(synchronize_session=False)
        )
    if run.plan.get("epoch"):
        model.Session.execute(
            sa.update(Source)
            .where(Source.id == run.source_id)
            .values(cursor=run.plan["cursor"], epoch=run.plan["epoch"])
            .execution_options(synchronize_session=False)
        )


def _end(run: Run, state: Any) -> None:
    run.state, run.finished = state, now()
    model.Session.flush()
    _sum_up(run)
    trouble.note(run)
    _forget_old(run.source_id)
    model.Session.commit()
    _tell(run)


def _tell(run: Run) -> None:
    """Write the end of a run, or its wait for a person, into the log."""
    source = model.Session.get(Source, run.source_id)
    counted = " ".join(f"{key}={number}" for key, number in counts(run).items() if number)
    log.log(
        logging.INFO if run.state == "finished" else logging.WARNING,
        "The run is %s: %s",
        run.state,
        f"{run.error} {counted}" if run.error else counted or "nothing seen",
        ids={"run": run.id, "source": source.name if source is not None else None},
    )


def _sum_up(run: Run) -> None:
    run.counts, run.reasons = records.counts(run.id), reasons.of_run(run.id)


def _forget_old(source_id: str) -> None:
    """Keep the latest runs of a source; what is known of its records is no part of a run and stays."""
    ended = sa.select(Run.id).where(Run.source_id == source_id, Run.state.in_(("finished", *STOPPED)))
    old = ended.order_by(Run.created.desc()).offset(config.keep_runs())
    model.Session.execute(sa.delete(Run).where(Run.id.in_(old)).execution_options(synchronize_session=False))


def beyond_the_kept() -> sa.Select[tuple[str]]:
    """Ids of the ended runs of all sources that are older than those kept."""
    place = sa.func.row_number().over(partition_by=Run.source_id, order_by=Run.created.desc()).label("place")
    ended = sa.select(Run.id, place).where(Run.state.in_(("finished", *STOPPED))).subquery()
    return sa.select(ended.c.id).where(ended.c.place > config.keep_runs())


def _replace_held(source_id: str) -> None:
    for run in model.Session.scalars(sa.select(Run).where(Run.source_id == source_id, Run.state == "held")):
        run.state, run.finished = "aborted", now()
