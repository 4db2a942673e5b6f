"""Workers that are killed or stopped at every step of a run, and runs that meet: the end is as if nothing had been."""

from __future__ import annotations

import contextlib
import os
import signal
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import product
from typing import Any

import pytest
import redis

from tests.faults.breaking import Switch
from tests.faults.catalogue import remote
from tests.faults.feed import Feed
from tests.faults.hostile import HostileServer
from tests.faults.truth import Truth
from tests.harvest.sites import ENDED, Neighbour, wait_for
from tests.harvest.test_dcat import catalogue, described, turtle

#: Where a worker is killed: ``before`` or ``after`` a statement, at the ``commit`` of a transaction that holds one,
#: or when that is ``committed``; and how often the point is passed first.
STEPS: dict[str, tuple[str, str, int]] = {
    "the plan is claimed": ("committed", r"UPDATE regional_page SET .*token", 0),
    "the run is begun": ("commit", r"UPDATE regional_run SET .*'running'", 0),
    "an answer is being stored": ("commit", r"INSERT INTO regional_page", 0),
    "an answer is stored": ("committed", r"INSERT INTO regional_page", 0),
    "the plan is being closed": ("commit", r"UPDATE regional_page .*'done'", 0),
    "the plan is closed": ("committed", r"UPDATE regional_page .*'done'", 0),
    "a page is being claimed": ("commit", r"UPDATE regional_page SET .*token", 1),
    "a page is claimed": ("committed", r"UPDATE regional_page SET .*token", 1),
    "a record is written": ("after", r"INSERT INTO regional_record", 0),
    "a dataset is about to be written": ("before", r"INSERT INTO package ", 0),
    "a dataset is written": ("after", r"INSERT INTO package ", 0),
    "a dataset is indexed and not committed": ("commit", r"INSERT INTO package ", 0),
    "a dataset is committed": ("committed", r"INSERT INTO package ", 0),
    "the second dataset is indexed and not committed": ("commit", r"INSERT INTO package ", 1),
    "a change is indexed and not committed": ("commit", r"UPDATE package SET .*Changed", 0),
    "a change is committed": ("committed", r"UPDATE package SET .*Changed", 0),
    "a page of datasets is being closed": ("commit", r"UPDATE regional_page .*'done'", 1),
    "a page of datasets is closed": ("committed", r"UPDATE regional_page .*'done'", 1),
    "an erasure is under way": ("before", r"DELETE FROM package ", 0),
    "an erasure is being committed": ("commit", r"DELETE FROM package ", 0),
    "an erasure is committed": ("committed", r"DELETE FROM package ", 0),
    "withdrawals are being opened": ("commit", r"UPDATE regional_page .*'waiting'", 0),
    "a withdrawal is written": ("after", r"UPDATE regional_record .*'withdrawn'", 0),
    "a withdrawal is indexed and not committed": ("commit", r"UPDATE regional_record .*its origin no longer", 0),
    "a withdrawal is committed": ("committed", r"UPDATE regional_record .*its origin no longer", 0),
    "the cursor is kept": ("after", r"UPDATE regional_source SET .*cursor", 0),
    "the end is being written": ("commit", r"UPDATE regional_run SET .*'finished'", 0),
}
_PAST_ITS_LEASE = "SELECT id FROM regional_page WHERE state = 'open' AND lease_until < clock_timestamp()"
EXPECTED = {"created": 3, "updated": 1, "withdrawn": 2, "failed": 0, "conflict": 0, "skipped": 0}


@dataclass
class Scene:
    """A neighbour that was harvested once and has moved since: three new, one changed, one gone, one erased."""

    here: Neighbour
    feed: Feed
    source: str
    gone: str
    erased: str

    def ask(self) -> str:
        return self.here.act("regional_harvest_run", source=self.source)["id"]

    def ended(self, run_id: str) -> dict[str, Any]:
        """The end of a run whose worker is gone: asked for again, as the documentation says, when its lease is over."""
        wait_for(lambda: not self._is_leased(run_id), "the end of the lease")
        if self._if_ended(run_id) is None:
            assert self.ask() == run_id
        return wait_for(lambda: self._if_ended(run_id), f"the end of run {run_id}", 180)

    def _if_ended(self, run_id: str) -> dict[str, Any] | None:
        run = self.here.act("regional_run_show", id=run_id)
        return run if run["state"] in ENDED else None

    def _is_leased(self, run_id: str) -> bool:
        query = f"SELECT id FROM regional_page WHERE run_id = '{run_id}' AND state = 'open'"
        return bool(Truth(self.here).rows(f"{query} AND lease_until > clock_timestamp()"))

    def assert_well(self, run: dict[str, Any], truth: Truth) -> None:
        assert (run["state"], run["error"]) == ("finished", None)
        assert {key: run["counts"][key] for key in EXPECTED} == EXPECTED
        records = {record["remote_id"]: record for record in self.here.records(self.source)}
        packages = truth.packages()
        assert packages[records[self.gone]["dataset_id"]]["private"]
        assert records[self.erased]["dataset_id"] not in packages
        public = {key for key, row in self.feed.rows.items() if row["kind"] == "upsert"}
        assert {key for key, record in records.items() if record["state"] == "current"} == public
        for key in public:
            package = packages[records[key]["dataset_id"]]
            assert (package["private"], package["title"]) == (False, self.feed.rows[key]["dataset"]["title"])
        truth.check(run)


@pytest.fixture(scope="module")
def truth(with_workers: Neighbour) -> Truth:
    return Truth(with_workers)


@pytest.fixture
def scene(with_workers: Neighbour, hostile: HostileServer, switch: Switch) -> Iterator[Scene]:
    switch.clear()
    _forget_wake_ups(with_workers)
    feed = Feed(hostile)
    old = [remote(number) for number in range(4)]
    for one in old:
        feed.tell(one)
    source = f"s{uuid.uuid4().hex[:8]}"
    with_workers.source(hostile.url, source)
    assert with_workers.harvest(source)["counts"]["created"] == 4
    for number in range(3):
        feed.tell(remote(10 + number))
    feed.tell({**old[0], "title": "Changed"})
    feed.tell(old[1], "withdrawn")
    feed.tell(old[2], "withdrawn", erase=True)
    yield Scene(with_workers, feed, source, old[1]["id"], old[2]["id"])
    switch.clear()


@pytest.mark.parametrize("step", STEPS)
def test_a_worker_is_killed_when(step: str, scene: Scene, switch: Switch, truth: Truth) -> None:
    when, pattern, passed = STEPS[step]
    switch.set(when, pattern, skip=passed)
    run_id = scene.ask()
    switch.broken()
    scene.assert_well(scene.ended(run_id), truth)


@pytest.mark.parametrize(
    ("step", "passed"),
    [
        *product(["an answer is being stored", "an answer is stored", "a dataset is committed"], [0, 1]),
        # There is one plan.
        ("the plan is being closed", 0),
    ],
)
def test_a_worker_is_killed_within_a_catalogue(
    step: str, passed: int, with_workers: Neighbour, hostile: HostileServer, switch: Switch, truth: Truth
) -> None:
    """A page of DCAT is stored in parts. Whoever goes on reads it again, and takes what is not in yet."""
    switch.clear()
    _forget_wake_ups(with_workers)
    parts = [described(number) for number in range(10, 21)]
    # Two more of one identity, and one of none, at the ends of parts as at their beginnings.
    parts += ['[] a dcat:Dataset ; dct:title "The same again" ; dct:identifier "B" .' for _ in range(3)]
    parts += ['[] a dcat:Dataset ; dct:title "Known by nothing" .']
    hostile.actions["catalog.ttl"] = lambda _request: turtle(catalogue(*parts))
    source = f"s{uuid.uuid4().hex[:8]}"
    with_workers.source(f"{hostile.url}/catalog.ttl", source, kind="dcat")
    when, pattern, _ = STEPS[step]
    switch.set(when, pattern, skip=passed)
    scene = Scene(with_workers, Feed(hostile), source, "", "")
    run_id = scene.ask()
    switch.broken()
    run = scene.ended(run_id)
    assert (run["state"], run["error"]) == ("finished", None)
    assert {key: run["counts"][key] for key in ("seen", "created", "failed")} == {
        "seen": 15,
        "created": 12,
        "failed": 3,
    }
    truth.check(run)


@pytest.mark.parametrize("step", ["a dataset is written", "a dataset is committed", "a withdrawal is committed"])
def test_a_worker_sleeps_past_its_lease_when(step: str, scene: Scene, switch: Switch, truth: Truth) -> None:
    """While it holds a transaction the others wait for it; between two they go on without it."""
    when, pattern, passed = STEPS[step]
    switch.set(when, pattern, signal="SIGSTOP", skip=passed)
    scene.here.site.start_worker(2)
    run_id = scene.ask()
    pid = switch.broken()
    try:
        if when == "committed":
            scene.assert_well(scene.ended(run_id), truth)
        else:
            wait_for(lambda: truth.rows(_PAST_ITS_LEASE), "the end of the lease")
            assert scene.ask() == run_id
    finally:
        os.kill(pid, signal.SIGCONT)
    try:
        wait_for(lambda: not _runs(pid), "the end of the job that slept")
        scene.assert_well(scene.ended(run_id), truth)
    finally:
        scene.here.site.stop_worker(2)


def test_redis_is_flushed_in_mid_run(scene: Scene, switch: Switch, truth: Truth) -> None:
    when, pattern, passed = STEPS["a dataset is committed"]
    switch.set(when, pattern, signal="SIGSTOP", skip=passed)
    run_id = scene.ask()
    pid = switch.broken()
    scene.here.site.stack.valkey.flush(scene.here.site.redis_number)
    os.kill(pid, signal.SIGKILL)
    # RQ's worker is listed nowhere any more and goes on all the same.
    scene.assert_well(scene.ended(run_id), truth)


def test_a_disk_is_full_for_a_while(scene: Scene, truth: Truth) -> None:
    """PostgreSQL says so of every dataset: no record is to blame, the run waits."""
    truth.execute(
        """
        CREATE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN RAISE 'could not extend file: No space left on device' USING ERRCODE = 'disk_full'; END $$;
        CREATE TRIGGER full_disk BEFORE INSERT ON package FOR EACH ROW EXECUTE FUNCTION full_disk();
        """
    )
    try:
        run_id = scene.ask()
        said = wait_for(lambda: scene.here.act("regional_run_show", id=run_id)["error"], "a word about PostgreSQL")
    finally:
        truth.execute("DROP TRIGGER full_disk ON package; DROP FUNCTION full_disk")
    assert "PostgreSQL" in said
    scene.assert_well(scene.ended(run_id), truth)


def test_many_ask_for_a_run_at_once(scene: Scene, truth: Truth) -> None:
    with ThreadPoolExecutor(8) as askers:
        asked = set(askers.map(lambda _number: scene.ask(), range(8)))
    assert len(asked) == 1
    scene.assert_well(scene.ended(asked.pop()), truth)
    assert scene.here.act("regional_run_list", source=scene.source)["count"] == 2


def test_two_sources_bring_the_same_at_once(scene: Scene, truth: Truth) -> None:
    here = scene.here
    other = f"{scene.source}-other"
    here.source(scene.feed.server.url, other)
    here.site.start_worker(2)
    try:
        runs = [scene.ask(), here.act("regional_harvest_run", source=other)["id"]]
        ended = [here.ended(run_id) for run_id in runs]
    finally:
        here.site.stop_worker(2)
    assert [run["state"] for run in ended] == ["finished", "finished"]
    assert [run["counts"]["failed"] for run in ended] == [0, 0], here.records(other, state="failed")
    assert ended[0]["counts"]["created"] + ended[1]["counts"]["created"] == EXPECTED["created"]
    for run in ended:
        truth.check(run)


def _forget_wake_ups(site: Neighbour) -> None:
    """Those of the test before, which nobody needs and each of which costs a job."""
    connection = redis.from_url(site.site.stack.valkey.url(site.site.redis_number))
    for key in connection.scan_iter("rq:queue:*"):
        connection.delete(key)
    for key in connection.scan_iter("rq:scheduled:*"):
        connection.delete(key)
    connection.close()


def _runs(pid: int) -> bool:
    with contextlib.suppress(OSError):
        os.kill(pid, 0)
        return True
    return False
