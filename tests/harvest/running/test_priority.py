"""Who gives way to readers: the process of a job, never a worker's own."""

from __future__ import annotations

import os

import pytest
import rq
from ckan.lib import jobs
from ckan.tests.helpers import CKANTestApp
from rq.worker import BaseWorker

from ckanext.regional.harvest.running import priority


def priority_of_the_job() -> int:
    """What a job finds after it gave way; the workers below run it."""
    priority.give_way()
    return os.getpriority(os.PRIO_PROCESS, 0)


def worked(worker: type[BaseWorker]) -> int:
    """The priority of a job that such a worker works."""
    queue = jobs.get_queue("priority")
    queue.empty()
    job = queue.enqueue_call(priority_of_the_job, result_ttl=60)
    worker([queue], connection=queue.connection).work(burst=True, logging_level="WARNING")
    found = job.return_value()
    assert isinstance(found, int), job.latest_result()
    return found


def test_a_process_of_its_own_gives_way(clean_regional: None, app: CKANTestApp) -> None:
    here = os.getpriority(os.PRIO_PROCESS, 0)
    assert worked(rq.Worker) == min(here + 10, 19)
    assert os.getpriority(os.PRIO_PROCESS, 0) == here


def test_it_does_not_where_it_shall_not(
    clean_regional: None, app: CKANTestApp, ckan_config: dict[str, object], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(ckan_config, "ckanext.regional.harvest.nice", 0)
    assert worked(rq.Worker) == os.getpriority(os.PRIO_PROCESS, 0)


def test_a_worker_that_works_by_itself_stays_as_it_is(clean_regional: None, app: CKANTestApp) -> None:
    here = os.getpriority(os.PRIO_PROCESS, 0)
    assert worked(rq.SimpleWorker) == here
    priority.give_way()
    assert os.getpriority(os.PRIO_PROCESS, 0) == here
