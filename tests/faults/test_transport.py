"""Every way to break a request, at the door and in mid-reading: the run fails in a sentence, and nothing is lost."""

from __future__ import annotations

import re
import socket
import subprocess
import uuid
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.faults.hostile import Answer, HostileServer, Request
from tests.faults.inprocess import InProcess
from tests.faults.transport import TRANSPORT
from tests.faults.truth import Truth
from tests.harvest.sites import dataset

#: More than one page of the reading, so that there is a middle.
SOME = 3
#: Kinds of sources for which every case must hold at the door.
KINDS = ("ckan",)


@dataclass
class Story:
    """What became of the runs of one neighbour: while it was broken, and after."""

    server: HostileServer
    runs: dict[str, dict[str, Any]]


def _add_source(here: InProcess, server: HostileServer, kind: str = "ckan") -> str:
    name = f"s{uuid.uuid4().hex[:8]}"
    here.source(server.url, name, kind=kind)
    return name


@pytest.fixture(scope="module", params=KINDS)
def at_the_door(here: InProcess, request: pytest.FixtureRequest) -> Iterator[dict[str, Story]]:
    """Neighbours that were broken from the first question on."""
    with ExitStack() as servers:
        stories = {}
        for case, broken in TRANSPORT.items():
            server = servers.enter_context(HostileServer())
            server.default = lambda _request, broken=broken: broken.does()
            source = _add_source(here, server, request.param)
            stories[case] = Story(server, {"broken": here.harvest(source)})
        yield stories


@pytest.fixture(scope="module")
def in_the_middle(here: InProcess) -> Iterator[dict[str, Story]]:
    """A neighbour that was harvested, breaks when its second page is read, and is mended, once for each case."""
    with HostileServer() as server:
        server.be_a_ckan([{"id": str(uuid.uuid4()), **dataset(f"d{uuid.uuid4().hex}")} for _ in range(SOME)])
        source, sound = _add_source(here, server), server.actions["package_search"]
        before = here.harvest(source)
        assert (before["state"], before["counts"]["created"]) == ("finished", SOME)
        stories = {}
        for case in TRANSPORT:
            server.actions["package_search"] = lambda request, case=case: _from_page_two(sound, case, request)
            broken = here.harvest(source)
            server.actions["package_search"] = sound
            stories[case] = Story(server, {"broken": broken, "after": here.harvest(source)})
        yield stories


def _from_page_two(sound: Any, case: str, request: Request) -> Answer:
    return TRANSPORT[case].does() if "fq" in request.parameters else sound(request)


@pytest.mark.parametrize("case", TRANSPORT)
def test_at_the_door(case: str, at_the_door: dict[str, Story]) -> None:
    run = at_the_door[case].runs["broken"]
    assert (run["state"], set(run["counts"].values())) == ("failed", {0})
    # Who was sent elsewhere names the place where that ended.
    assert at_the_door[case].server.url in run["error"] or case.startswith("to ")
    assert TRANSPORT[case].says in run["error"]
    assert len(run["error"]) < 1000


@pytest.mark.parametrize("case", TRANSPORT)
def test_in_mid_reading(case: str, in_the_middle: dict[str, Story]) -> None:
    story = in_the_middle[case]
    broken = story.runs["broken"]
    assert (broken["state"], broken["counts"]["withdrawn"]) == ("failed", 0)
    assert TRANSPORT[case].says in broken["error"]
    after = story.runs["after"]
    assert (after["state"], after["error"], after["counts"]["unchanged"]) == ("finished", None, SOME)


def test_the_truth_afterwards(truth: Truth, at_the_door: dict[str, Story], in_the_middle: dict[str, Story]) -> None:
    *_others, last = in_the_middle.values()
    truth.check(last.runs["after"])
    # Other files of tests have left theirs in the same database.
    source = last.runs["after"]["source_id"]
    brought = truth.rows(f"SELECT dataset_id FROM regional_record WHERE source_id = '{source}'")
    assert len({row["dataset_id"] for row in brought} & truth.packages().keys()) == SOME
    runs = f"SELECT id FROM regional_run WHERE source_id = '{source}'"
    assert truth.rows(f"SELECT id FROM regional_page WHERE state = 'open' AND run_id IN ({runs})") == []


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


UNREACHABLE = {
    "nobody listens": (lambda: f"http://127.0.0.1:{_free_port()}", "refused"),
    "no such name": (lambda: "http://nowhere.invalid", "the name of the host is not known"),
    "a private address": (lambda: "http://10.255.255.1", "10.255.255.1 is private"),
    "a private address as a number": (lambda: "http://0x0a000001", "10.0.0.1 is private"),
    "the machine's own secrets": (lambda: "http://169.254.169.254", "169.254.169.254 is private"),
}


@pytest.mark.parametrize("case", UNREACHABLE)
def test_a_neighbour_that_is_not_there(case: str, here: InProcess) -> None:
    url, says = UNREACHABLE[case][0](), UNREACHABLE[case][1]
    source = f"s{uuid.uuid4().hex[:8]}"
    here.source(url, source)
    run = here.harvest(source)
    assert (run["state"], url in run["error"]) == ("failed", True)
    assert re.search(says, run["error"])


def test_a_certificate_that_proves_nothing(here: InProcess, tmp_path: Path) -> None:
    both = tmp_path / "both.pem"
    made = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=127.0.0.1"]
    subprocess.run([*made, "-keyout", both, "-out", tmp_path / "c.pem"], check=True, capture_output=True)
    both.write_bytes(both.read_bytes() + (tmp_path / "c.pem").read_bytes())
    with HostileServer(str(both)) as server, HostileServer() as plain:
        for url in (server.url, plain.url.replace("http:", "https:")):
            source = f"s{uuid.uuid4().hex[:8]}"
            here.source(url, source, token="very-secret")
            run = here.harvest(source)
            assert (run["state"], "SSL" in run["error"], url in run["error"]) == ("failed", True, True)
        assert server.requests == []


def test_patience_is_obeyed(here: InProcess) -> None:
    with HostileServer() as server:
        server.be_a_ckan([{"id": str(uuid.uuid4()), **dataset(f"d{uuid.uuid4().hex}")}])
        search, answers = server.actions["package_search"], iter([Answer(status=429, headers={"Retry-After": "1"})])
        server.actions["package_search"] = lambda request: next(answers, None) or search(request)
        here.source(server.url, "patient")
        assert here.harvest("patient")["counts"]["created"] == 1
        first, second = [request.at for request in server.requests if request.action == "package_search"][:2]
        assert second - first >= 1


def test_a_token_does_not_leave_for_another_host(here: InProcess) -> None:
    with HostileServer() as server, HostileServer() as thief:
        elsewhere = thief.url.replace("127.0.0.1", "localhost")
        server.default = lambda _request: Answer(status=302, headers={"Location": elsewhere})
        here.source(server.url, "stolen", token="very-secret")
        run = here.harvest("stolen")
        assert "the token must not reach" in run["error"]
        assert "very-secret" not in str(run)
        assert thief.requests == []
