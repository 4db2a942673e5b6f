"""Background jobs. A job is a wake-up: it works pages until none is left, whoever planned them.

What there is to do stands in PostgreSQL, so a flushed Redis, a killed worker or a paused one loses and doubles
nothing; whoever is woken next goes on.
"""

from __future__ import annotations

import datetime
import gc
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import ckan.plugins.toolkit as tk
import redis.exceptions
from ckan import model

from ckanext.regional import logs
from ckanext.regional.background import job_of
from ckanext.regional.exceptions import NotHere
from ckanext.regional.harvest import config
from ckanext.regional.harvest.clients.errors import NeighbourError
from ckanext.regional.harvest.model import PageKind
from ckanext.regional.harvest.notices import outbox
from ckanext.regional.harvest.running import pages, planner, priority, runs, servers, waking
from ckanext.regional.harvest.running import work as working
from ckanext.regional.harvest.running.pages import Claim, LeaseLost
from ckanext.regional.harvest.running.servers import ServerDown
from ckanext.regional.harvest.writing import acting, importer

log = logs.get_logger(__name__)

#: While a neighbour is being read, new pages come every moment; a worker that finds none waits so many seconds.
_NAP = 0.3
#: After so many seconds a run that met a dead server is tried again.
_RETRY_SECONDS = 15
#: RQ ends a job that takes so much longer than its share; a page is small, so this is for what hangs.
_GRACE = 900


def wake(run_id: str, number: int | None = None) -> None:
    """Send wake-ups for a run, and one for later in case all of them get lost.

    :param number: how many; by default one for each page that there is, as many as workers may share a run at most
    :raises ServerDown: when Redis does not answer.
    """
    try:
        for _ in range(number or max(1, min(config.jobs(), pages.count_open(run_id)))):
            _enqueue(run_id)
        _enqueue_later(run_id, config.lease_seconds() + _RETRY_SECONDS, watch=True)
    except redis.exceptions.RedisError as error:
        raise ServerDown("Redis") from error


@job_of("regional_harvest")
def work_on(run_id: str, watch: bool = False, after: str | None = None) -> None:
    """Work pages of a run until none is left or the job's share of time is over. This is the background job.

    :param watch: come again while the run has not ended
    :param after: a server's failure that could not be written down when it happened
    """
    priority.give_way()
    with logs.about(run=run_id):
        _work_on(run_id, watch, after)


def _work_on(run_id: str, watch: bool, after: str | None) -> None:
    try:
        if after:
            runs.note_error(run_id, after)
        if watch and _is_running(run_id):
            _enqueue_later(run_id, config.lease_seconds() + _RETRY_SECONDS, watch=True)
        with waking.sharing(lambda: _enqueue(run_id), config.jobs()):
            finished = _work(run_id, time.monotonic() + config.job_seconds())
        if not finished:
            _enqueue(run_id)
        outbox.send_due()
    except ServerDown as down:
        noted = _note(run_id, down)
        _enqueue_later(run_id, _RETRY_SECONDS, after=None if noted else str(down))
    except redis.exceptions.RedisError as error:
        log.warning("No further wake-up could be sent: %s", error)
        _work(run_id, None)
    except Exception as error:
        if (down := servers.behind(error)) is None:
            raise
        _enqueue_later(run_id, _RETRY_SECONDS, after=None if _note(run_id, down) else str(down))


def work_here(run_id: str, report: Callable[[str], None], watch: Callable[[], None] | None = None) -> None:
    """Work a run in this process until it has ended, through the failure of any server; needs no Redis.

    :param report: is told what stands in the way
    :param watch: is called after each page
    """
    while True:
        try:
            _work(run_id, None, watch)
            if watch is not None:
                watch()
            if not _is_running(run_id):
                outbox.send_due()
                return
        except Exception as error:
            if (down := servers.behind(error)) is None:
                raise
            report(str(down))
            _note(run_id, down)
            time.sleep(_RETRY_SECONDS / 3)
        # What is left is in other hands: they end it, or their lease ends.
        time.sleep(_NAP)


def _work(run_id: str, until: float | None, watch: Callable[[], None] | None = None) -> bool:
    """Work pages.

    :param until: when to let others come first, by the monotonic clock
    :param watch: is called after each page
    :returns: False when there is more to do
    """
    with logs.about(run=run_id):
        return _work_pages(run_id, until, watch)


def _work_pages(run_id: str, until: float | None, watch: Callable[[], None] | None) -> bool:
    runs.start(run_id)
    acting.ensure_user()
    with _collecting_little():
        return _work_until(run_id, until, watch)


@contextmanager
def _collecting_little() -> Iterator[None]:
    """Keep what was loaded before the block out of the garbage collector's sight, which else walks all of CKAN."""
    gc.freeze()
    try:
        yield
    finally:
        gc.unfreeze()


def _work_until(run_id: str, until: float | None, watch: Callable[[], None] | None) -> bool:
    while until is None or time.monotonic() < until:
        if not _is_running(run_id):
            return True
        claim = pages.claim(run_id)
        if claim is not None:
            with logs.about(page=claim.page_id):
                _work_page(claim)
            if watch is not None:
                watch()
        elif "plan" in (left := pages.open_pages(run_id)):
            time.sleep(_NAP)
        elif left or runs.finish_if_done(run_id):
            return True
    return False


def _work_page(claim: Claim) -> None:
    """Work one page; a failing server gives it back."""
    try:
        work = working.load(claim)
        with logs.about(source=work.source[0]):
            _KINDS[claim.kind](work)
    except (LeaseLost, NotHere):
        model.Session.rollback()
        log.info("The page went to another worker")
    except NeighbourError as error:
        model.Session.rollback()
        _fail_plan(claim, error)
    except Exception as error:
        model.Session.rollback()
        down = servers.behind(error)
        if down is None and claim.kind == "plan":
            log.exception("Reading the neighbour failed")
            _fail_plan(claim, error)
            return
        if down is None:
            raise
        pages.give_back(claim)
        raise down from error


_KINDS: dict[PageKind, Callable[[working.Work], None]] = {
    "plan": planner.plan,
    "import": importer.import_page,
    "withdraw": importer.withdraw_page,
    "erase": importer.erase_page,
}


def _fail_plan(claim: Claim, error: Exception) -> None:
    """The neighbour cannot be read further: what came before is still brought in, then the run fails."""
    try:
        pages.fail(claim)
        model.Session.commit()
    except LeaseLost:
        model.Session.rollback()
        return
    runs.note_error(claim.run_id, str(error) if isinstance(error, NeighbourError) else f"Reading it failed: {error!r}")


def _is_running(run_id: str) -> bool:
    try:
        state = runs.get(run_id).state
    except NotHere:
        return False
    finally:
        model.Session.rollback()
    return state in runs.RUNNING


def _note(run_id: str, down: ServerDown) -> bool:
    """Write down which server is missing, if that is possible."""
    log.warning("The run waits: %s", down, ids={"run": run_id})
    try:
        model.Session.rollback()
        runs.note_error(run_id, str(down))
    except Exception as error:  # noqa: BLE001  the server may be the very one that keeps it
        log.warning("That could not be written down: %s", error)
        model.Session.remove()
        return False
    return True


def _enqueue(run_id: str) -> None:
    tk.enqueue_job(
        work_on, [run_id], title=f"harvest {run_id}", queue=config.queue(), rq_kwargs={"timeout": _timeout()}
    )


def _enqueue_later(run_id: str, seconds: int, *, watch: bool = False, after: str | None = None) -> None:
    """Ask for a wake-up in some seconds; CKAN's worker runs RQ's scheduler."""
    tk.get_job_queue(config.queue()).enqueue_in(
        datetime.timedelta(seconds=seconds), work_on, args=(run_id, watch, after), job_timeout=_timeout()
    )


def _timeout() -> int:
    return config.job_seconds() + _GRACE
