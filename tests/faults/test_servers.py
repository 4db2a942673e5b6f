"""Servers that stop in mid-run and workers that are killed: afterwards the same run goes on and tells the truth."""

from __future__ import annotations

import time
import uuid
from typing import Any

import pytest

from dev.ports import is_free
from tests.faults.hostile import HostileServer
from tests.harvest.sites import ActionFailed, Neighbour, dataset, wait_for

SOME = 40


@pytest.fixture
def here(with_workers: Neighbour) -> Neighbour:
    return with_workers


@pytest.fixture
def source(here: Neighbour, hostile: HostileServer) -> str:
    """A source with datasets enough to be in the middle of."""
    name = f"s{uuid.uuid4().hex[:8]}"
    datasets = [
        {"id": str(uuid.uuid4()), **dataset(f"{name}-{number}", title=f"{name} {number}")} for number in range(SOME)
    ]
    hostile.be_a_ckan(datasets)
    here.source(hostile.url, name)
    return name


def begun(here: Neighbour, source: str) -> dict[str, Any]:
    """A run in its middle."""
    run = here.act("regional_harvest_run", source=source)

    def in_the_middle() -> bool:
        return here.act("regional_run_show", id=run["id"])["counts"]["created"] >= 3

    wait_for(in_the_middle, "the middle of the run")
    return run


def assert_truth(here: Neighbour, source: str, run: dict[str, Any]) -> None:
    """The run ended well; database, index and counters say the same."""
    ended = here.ended(run["id"])
    assert (ended["state"], ended["error"]) == ("finished", None)
    assert ended["counts"]["seen"] == ended["counts"]["created"] == SOME
    assert len(here.records(source, state="current")) == SOME
    public = {one["id"] for one in here.act("package_search", fq=f'title:"{source}"', rows=1000)["results"]}
    assert public == {one["dataset_id"] for one in here.records(source)}


def test_redis_down_is_said_and_leaves_no_run(here: Neighbour, source: str) -> None:
    here.site.stack.valkey.stop()
    try:
        with pytest.raises(ActionFailed) as failure:
            here.act("regional_harvest_run", source=source)
    finally:
        here.site.stack.valkey.start()
    assert "Redis at redis://127.0.0.1" in failure.value.error["redis"][0]
    assert here.act("regional_run_list", source=source)["count"] == 0
    here.site.stop_worker(1)
    here.site.start_worker(1)
    assert here.harvest(source)["counts"]["created"] == SOME


def test_solr_down_is_said_and_the_run_goes_on(here: Neighbour, source: str) -> None:
    run = begun(here, source)
    here.site.stack.solr.stop()
    try:
        said = wait_for(lambda: here.act("regional_run_show", id=run["id"])["error"], "a word about Solr")
    finally:
        here.site.stack.solr.start()
    assert "Solr at http://" in said
    assert here.act("regional_harvest_run", source=source)["id"] == run["id"]
    assert_truth(here, source, run)


def test_postgresql_down_and_the_run_goes_on(here: Neighbour, source: str) -> None:
    run = begun(here, source)
    postgres = here.site.stack.postgres
    port = postgres.port
    postgres.stop()
    # The stack takes another port where the system still holds the old one for clients that have not hung up.
    wait_for(lambda: is_free(port), "the port's release")
    postgres.start()
    wait_for(lambda: _answers(here), "the site")
    # A job that begins while PostgreSQL is away takes RQ's scheduler with it (CKAN's worker loads its environment after
    # the fork), and the wake-ups that were planned come late. Asking again is the documented way to go on at once.
    for _ in range(20):
        if here.act("regional_run_show", id=run["id"])["state"] not in ("queued", "running"):
            break
        here.act("regional_harvest_run", source=source)
        time.sleep(3)
    assert_truth(here, source, run)


def test_a_killed_worker_loses_and_doubles_nothing(here: Neighbour, source: str) -> None:
    run = begun(here, source)
    # Not stopped: a worker that is told to stop ends its job first, and with it perhaps the run.
    here.site.kill_worker(1)
    here.site.start_worker(1)
    assert here.act("regional_harvest_run", source=source)["id"] == run["id"]
    assert_truth(here, source, run)


def test_two_workers_share_a_run(here: Neighbour, source: str) -> None:
    here.site.start_worker(2)
    try:
        run = here.act("regional_harvest_run", source=source)
        assert here.act("regional_harvest_run", source=source)["id"] == run["id"]
        assert_truth(here, source, run)
    finally:
        here.site.stop_worker(2)


def test_the_command_line_needs_no_worker(here: Neighbour, source: str) -> None:
    here.site.stop_worker(1)
    try:
        told = here.site.ckan("regional", "harvest", "run", source, "--wait").stdout
    finally:
        here.site.start_worker(1)
    assert f"created={SOME}" in told


def _answers(here: Neighbour) -> bool:
    try:
        here.act("status_show")
    except (ActionFailed, ValueError, OSError):
        return False
    return True
