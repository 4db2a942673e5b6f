"""Links are looked at: on a real server, one request at a time to a host, by whoever comes."""

from __future__ import annotations

import itertools
import multiprocessing
import os
import signal
import socket
import threading
import time
from typing import Any

import ckan.plugins.toolkit as tk
import pytest
import sqlalchemy as sa
import sqlalchemy.event
from ckan import model
from rq.registry import ScheduledJobRegistry

from ckanext.regional.links import LinkResult, entries, jobs, results, turns
from ckanext.regional.links.model import Link, LinkHost
from ckanext.regional.links.verdict import Look, Verdict
from tests.faults.hostile import Answer, HostileServer, Request
from tests.links.conftest import INTERVAL
from tests.statements import asked

pytestmark = pytest.mark.usefixtures("no_links")


def enter(*urls: str) -> None:
    entries.enter(urls)
    model.Session.commit()


def row(url: str) -> Link:
    model.Session.rollback()
    found = model.Session.get(Link, url)
    assert found is not None
    return found


def known(url: str) -> LinkResult:
    model.Session.rollback()
    return results([url])[url]


def look_again(url: str) -> None:
    entries.make_due([url])
    jobs.run()


def paths(server: HostileServer) -> list[tuple[str, str]]:
    return [(request.method, request.action) for request in server.requests]


def test_a_link_that_leads_somewhere(server: HostileServer) -> None:
    url = f"{server.url}/a.csv"
    enter(url)
    assert known(url) == LinkResult(None, reason="Nobody has looked yet.")
    assert jobs.run()
    assert (known(url).ok, known(url).status, known(url).reason) == (True, 200, "")
    assert known(url).checked is not None
    assert paths(server) == [("HEAD", "a.csv")]


def test_a_link_is_broken_at_the_second_failure(server: HostileServer, settings: dict[str, Any]) -> None:
    settings["ckanext.regional.links.retry_hours"] = 6
    server.default = lambda _request: Answer(status=404)
    url = f"{server.url}/a.csv"
    enter(url)
    jobs.run()
    assert (known(url).ok, known(url).status) == (None, 404)
    assert "HTTP 404" in known(url).reason
    # A look that comes too soon tells nothing new.
    look_again(url)
    assert known(url).ok is None
    model.Session.execute(sa.update(Link).values(failed_since=sa.func.now() - sa.text("interval '6 hours'")))
    model.Session.commit()
    look_again(url)
    assert known(url).ok is False
    server.default = lambda _request: Answer(b"data")
    look_again(url)
    assert (known(url).ok, row(url).failures) == (True, 0)


def test_what_was_fine_stays_so_until_the_second_failure(server: HostileServer, settings: dict[str, Any]) -> None:
    settings["ckanext.regional.links.retry_hours"] = 6
    url = f"{server.url}/a.csv"
    enter(url)
    jobs.run()
    server.default = lambda _request: Answer(status=500)
    look_again(url)
    assert (known(url).ok, known(url).status, known(url).reason) == (True, 200, "")
    hours = (row(url).due - row(url).failed_since).total_seconds() / 3600  # pyright: ignore[reportOperatorIssue]
    assert hours == pytest.approx(6, abs=0.1)


def test_get_where_head_is_refused(server: HostileServer) -> None:
    server.default = lambda request: Answer(b"data", status=405 if request.method == "HEAD" else 200)
    enter(f"{server.url}/a.csv")
    jobs.run()
    assert known(f"{server.url}/a.csv").ok
    assert paths(server) == [("HEAD", "a.csv"), ("GET", "a.csv")]


def test_redirects_wait_for_the_turn_of_each_host(server: HostileServer) -> None:
    """The same server by two names: each request is a turn of the host that it goes to."""
    other = server.url.replace("127.0.0.1", "localhost")
    server.actions["a.csv"] = lambda _request: Answer(status=301, headers={"Location": f"{other}/b.csv"})
    url = f"{server.url}/a.csv"
    enter(url)
    turn = turns.take() or turns.greet_hosts() or turns.take()
    assert turn is not None
    turns.hand_on(turn, Look(f"{other}/b.csv", hops=1))
    assert row(url).next_host == "localhost"
    turns.greet_hosts()
    taken = turns.take()
    assert taken is not None
    assert (taken.host, taken.look.url) == ("localhost", f"{other}/b.csv")
    turns.hand_on(taken, Verdict("ok", 200))
    look_again(url)
    assert (known(url).ok, row(url).next_host) == (True, "127.0.0.1")


def test_a_redirect_into_a_private_network(server: HostileServer) -> None:
    server.default = lambda _request: Answer(status=302, headers={"Location": "http://10.1.2.3/"})
    url = f"{server.url}/a.csv"
    enter(url)
    jobs.run()
    assert (known(url).ok, row(url).outcome) == (None, "refused")
    assert "private network" in known(url).reason


def test_redirects_without_end(server: HostileServer) -> None:
    server.default = lambda _request: Answer(status=302, headers={"Location": "/again"})
    url = f"{server.url}/a.csv"
    enter(url)
    jobs.run()
    assert known(url).ok is False
    assert len(server.requests) == 12  # two looks of one request and five redirects


def test_silence(server: HostileServer) -> None:
    server.default = lambda _request: time.sleep(2) or Answer()
    url = f"{server.url}/a.csv"
    enter(url)
    jobs.run(until=time.monotonic() + 1)
    jobs.run(until=time.monotonic() + 1)
    assert known(url).reason == "The site does not answer in time."


def test_where_nobody_listens_one_look_is_enough(server: HostileServer) -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    gone = [f"http://127.0.0.1:{port}/{number}" for number in range(20)]
    enter(*gone, f"{server.url}/a.csv")
    looked: list[str] = []
    jobs.run(report=lambda url, _verdict: looked.append(url))
    assert {result.ok for result in results(gone).values()} == {False}
    assert known(f"{server.url}/a.csv").ok
    assert len(looked) == 3  # twice nobody, once the other port


def test_a_busy_site_is_left_in_peace(server: HostileServer) -> None:
    server.default = lambda _request: Answer(status=429, headers={"Retry-After": "50"})
    enter(f"{server.url}/a.csv", f"{server.url}/b.csv")
    assert jobs.run()
    assert len(server.requests) == 1
    assert 45 < (turns.ready_in() or 0) <= 50
    assert known(f"{server.url}/a.csv").ok is None


def test_two_workers_keep_the_distance(server: HostileServer) -> None:
    """Eight links of one host, two workers: one request at a time, and never sooner than the pause."""
    at_once: list[int] = []
    inside = itertools.count()
    lock = threading.Lock()

    def answer(_request: Request) -> Answer:
        at_once.append(lock.acquire(blocking=False))
        next(inside)
        time.sleep(0.02)
        lock.release()
        return Answer(b"data")

    server.default = answer
    enter(*(f"{server.url}/{number}" for number in range(8)))
    workers = [threading.Thread(target=jobs.run) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert sorted(request.action for request in server.requests) == [str(number) for number in range(8)]
    assert at_once == [True] * 8
    began = [request.at for request in server.requests]
    # The pause is counted from the end of the request before, which cannot be before its beginning.
    assert min(b - a for a, b in itertools.pairwise(began)) >= INTERVAL


def test_a_killed_worker_loses_nothing(server: HostileServer) -> None:
    arrived = threading.Event()
    held = threading.Event()

    def answer(request: Request) -> Answer:
        if request.method == "HEAD":
            return Answer(status=405)
        arrived.set()
        held.wait(30)
        return Answer(b"data")

    server.default = answer
    url = f"{server.url}/a.csv"
    enter(url)
    worker = multiprocessing.get_context("fork").Process(target=_work_in_a_process)
    worker.start()
    assert arrived.wait(30)
    assert worker.pid is not None
    os.kill(worker.pid, signal.SIGKILL)
    worker.join()
    held.set()
    # Its host stays taken until it counts as dead; nobody else comes near.
    assert turns.take() is None
    assert (row(url).method, row(url).outcome) == ("GET", "unknown")
    _let_the_lease_end()
    server.requests.clear()
    jobs.run()
    assert known(url).ok
    assert paths(server) == [("GET", "a.csv")]


def _work_in_a_process() -> None:
    assert model.meta.engine is not None
    model.meta.engine.dispose(close=False)
    jobs.run()


def _let_the_lease_end() -> None:
    model.Session.execute(sa.update(LinkHost).values(free_at=sa.func.now()))
    model.Session.commit()


def test_who_slept_past_the_lease_writes_nothing(server: HostileServer) -> None:
    url = f"{server.url}/a.csv"
    enter(url)
    turns.greet_hosts()
    sleeper = turns.take()
    assert sleeper is not None
    _let_the_lease_end()
    jobs.run()
    assert not turns.hand_on(sleeper, Verdict("failed", 404, "gone"))
    assert known(url).ok


def test_only_the_links_asked_for(server: HostileServer) -> None:
    enter(f"{server.url}/a.csv", f"{server.url}/b.csv")
    jobs.run(only=[f"{server.url}/b.csv"])
    assert paths(server) == [("HEAD", "b.csv")]


class TestJob:
    """What the wake-ups do with CKAN's queue."""

    @pytest.fixture(autouse=True)
    def _empty_queue(self) -> None:
        queue = tk.get_job_queue("default")
        queue.empty()
        for job in self.scheduled():
            ScheduledJobRegistry(queue=queue).remove(job)

    def scheduled(self) -> list[str]:
        return ScheduledJobRegistry(queue=tk.get_job_queue("default")).get_job_ids()

    def arguments(self) -> list[Any]:
        queue = tk.get_job_queue("default")
        return [job.args[0] for name in self.scheduled() if (job := queue.fetch_job(name))]

    def test_one_wake_up_is_enough(self) -> None:
        for _ in range(3):
            jobs.wake()
        assert self.arguments() == ["woken"]

    def test_a_job_asks_for_the_next_one(self, server: HostileServer) -> None:
        enter(f"{server.url}/a.csv")
        jobs.work("woken", "")
        assert known(f"{server.url}/a.csv").ok
        assert self.arguments() == ["later"]
        jobs.work("woken", "")
        assert self.arguments() == ["later"]

    def test_other_jobs_come_first(self, server: HostileServer) -> None:
        enter(f"{server.url}/a.csv", f"{server.url}/b.csv")
        queue = tk.get_job_queue("default")
        tk.enqueue_job(len, [[]])
        jobs.work("woken", "")
        assert len(server.requests) == 1
        assert [job.args[0] for job in queue.jobs] == [[], "on"]

    def test_after_a_fault_it_is_tried_again(self, monkeypatch: pytest.MonkeyPatch) -> None:
        def fail(*_arguments: Any, **_options: Any) -> bool:
            raise RuntimeError("away")

        monkeypatch.setattr(jobs, "run", fail)
        with pytest.raises(RuntimeError):
            jobs.work("later", "")
        assert self.arguments() == ["later"]

    def test_switched_off(self, server: HostileServer, settings: dict[str, Any]) -> None:
        settings["ckanext.regional.links.enabled"] = False
        enter(f"{server.url}/a.csv")
        jobs.wake()
        jobs.work("woken", "")
        assert (server.requests, self.scheduled()) == ([], [])


def test_what_is_known_costs_one_query() -> None:
    urls = [f"https://example.org/{number}" for number in range(50)]
    enter(*urls)
    with asked() as statements:
        found = results([*urls, "http://test.ckan.net/dataset/x/resource/y/download/z.csv", "z.csv", "ftp://a/b"])
    assert len(statements) == 1
    assert [
        found[url].ok for url in (*urls[:1], "http://test.ckan.net/dataset/x/resource/y/download/z.csv", "z.csv")
    ] == [
        None,
        True,
        True,
    ]
    assert found["ftp://a/b"] == LinkResult(None, reason="Addresses of this kind are not checked.")


def test_entering_again_changes_nothing(server: HostileServer) -> None:
    url = f"{server.url}/a.csv"
    assert entries.enter([url, f" {url} ", "menus.csv", "ftp://example.org/"]) == 1
    model.Session.commit()
    jobs.run()
    assert entries.enter([url]) == 0
    assert known(url).ok
