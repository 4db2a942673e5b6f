"""Neighbours that are no CKAN, are down, lie, stall or attack: one sentence, and nothing changed here."""

from __future__ import annotations

import gzip
import json
import socket
import uuid
from collections.abc import Iterator
from typing import Any

import pytest

from dev.testing import running_site
from tests.faults.hostile import Answer, HostileServer, Request, result
from tests.harvest.sites import LOOPBACK, Neighbour, dataset, settle

HASTE = {
    "ckanext.regional.harvest.read_timeout": "2",
    "ckanext.regional.harvest.total_timeout": "4",
    "ckanext.regional.harvest.retries": "1",
    "ckanext.regional.harvest.max_wait": "3",
    "ckanext.regional.harvest.max_bytes": "2000000",
    "ckanext.regional.harvest.fetch_rows": "10",
}


@pytest.fixture(scope="module")
def here() -> Iterator[Neighbour]:
    """The site that harvests, with little patience."""
    plugins = ("regional", "regional_harvest", "scheming_datasets", "activity")
    with running_site("patience", plugins=plugins, settings={**LOOPBACK, **HASTE}) as site:
        yield settle(site)


class Harvest:
    """Harvests the hostile server under a source of its own, which the first call makes."""

    def __init__(self, here: Neighbour, url: str) -> None:
        self.here = here
        self.url = url
        self.source = f"s{uuid.uuid4().hex[:8]}"
        self.made = False

    def __call__(self, **changes: Any) -> dict[str, Any]:
        if not self.made:
            self.here.source(self.url, self.source, **changes)
            self.made = True
        return self.here.harvest(self.source)


@pytest.fixture
def run(here: Neighbour, hostile: HostileServer) -> Harvest:
    """Harvest the hostile server; what it answers is in ``hostile``."""
    return Harvest(here, hostile.url)


def remote(number: int, **changes: Any) -> dict[str, Any]:
    """A dataset as a plain CKAN shows it, with an id that sorts by number."""
    return {"id": f"{number:08d}-0000-4000-8000-{uuid.uuid4().hex[:12]}", **dataset(f"d{uuid.uuid4().hex}"), **changes}


NONSENSE = {
    "html with 200": (
        Answer(b"<!doctype html><title>Maintenance</title>", headers={"Content-Type": "text/html"}),
        "200",
    ),
    "success false": (Answer(b'{"success": false, "error": {"message": "no"}}'), "success"),
    "truncated": (Answer(b'{"success": true, "result": {"ckan_ver', promised=4000), "broke off"),
    "cut json": (Answer(b'{"success": true, "result": {"ckan_ver'), "no answer of a CKAN"),
    "a number": (Answer(b"42"), "no answer of a CKAN"),
    "404": (Answer(b"not here", status=404), "404"),
    "401": (Answer(b"who are you", status=401), "401"),
    "500": (Answer(b"oops", status=500), "500"),
    "429": (Answer(b"later", status=429), "429"),
    "a bomb": (
        Answer(gzip.compress(b"0" * 50_000_000), headers={"Content-Encoding": "gzip"}),
        "more than 2000000 bytes",
    ),
    "a drip": (Answer(b"x" * 60, drip=0.2), "not complete within 4 s"),
    "elsewhere": (Answer(status=302, headers={"Location": "http://10.1.2.3/"}), "10.1.2.3 is private"),
    "in circles": (Answer(status=302, headers={"Location": "/api/action/status_show"}), "redirects again and again"),
    "nothing": (Answer(b""), "no answer of a CKAN"),
}


@pytest.mark.parametrize("case", NONSENSE)
def test_nonsense_fails_in_a_sentence(case: str, here: Neighbour, hostile: HostileServer, run: Harvest) -> None:
    answer, says = NONSENSE[case]
    hostile.default = lambda _request: answer
    before = here.names()
    ended = run()
    assert ended["state"] == "failed"
    assert hostile.url in ended["error"]
    assert says in ended["error"]
    assert here.names() == before


def test_nobody_listens(here: Neighbour) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{free.getsockname()[1]}"
    here.source(url, "nobody")
    ended = here.harvest("nobody")
    assert (ended["state"], url in ended["error"], "refused" in ended["error"]) == ("failed", True, True)


def test_a_private_address_is_refused(here: Neighbour) -> None:
    here.source("http://10.255.255.1", "private")
    ended = here.harvest("private")
    assert ended["state"] == "failed"
    assert "10.255.255.1 is private" in ended["error"]


def test_patience_is_obeyed(hostile: HostileServer, run: Harvest) -> None:
    hostile.be_a_ckan([remote(1)])
    answers = iter([Answer(status=429, headers={"Retry-After": "1"})])
    search = hostile.actions["package_search"]
    hostile.actions["package_search"] = lambda request: next(answers, None) or search(request)
    assert run()["counts"]["created"] == 1


def test_a_token_does_not_leave_for_another_host(hostile: HostileServer, run: Harvest) -> None:
    with HostileServer() as thief:
        elsewhere = thief.url.replace("127.0.0.1", "localhost")
        hostile.default = lambda _request: Answer(status=302, headers={"Location": elsewhere})
        ended = run(token="very-secret")
        assert "the token must not reach" in ended["error"]
        assert thief.requests == []
    assert "very-secret" not in json.dumps(ended)


def test_one_poisoned_record_costs_one_record(hostile: HostileServer, run: Harvest) -> None:
    datasets = [remote(number) for number in range(25)]
    poison = datasets[13]["id"]
    hostile.be_a_ckan(datasets)

    def search(request: Request) -> Answer:
        found = hostile.search(datasets, request)
        if any(one["id"] == poison for one in found["results"]):
            return Answer(b"oops", status=500)
        return result(found)

    hostile.actions["package_search"] = search
    ended = run()
    assert (ended["state"], ended["counts"]["created"]) == ("finished", 24)


def test_what_a_poisoned_reading_missed_is_not_gone(hostile: HostileServer, run: Harvest) -> None:
    datasets = [remote(number) for number in range(5)]
    hostile.be_a_ckan(datasets)
    run()

    def search(request: Request) -> Answer:
        found = hostile.search(datasets, request)
        if any(one["id"] == datasets[2]["id"] for one in found["results"]):
            return Answer(b"oops", status=500)
        return result(found)

    hostile.actions["package_search"] = search
    ended = run()
    assert (ended["state"], ended["counts"]["unchanged"], ended["counts"]["withdrawn"]) == ("finished", 4, 0)


def test_a_neighbour_that_ignores_order_and_filter(hostile: HostileServer, run: Harvest) -> None:
    datasets = [remote(number) for number in (7, 3, 9, 1, 5, 8, 2, 6, 4, 0, 11, 10)]
    hostile.be_a_ckan(datasets)

    def search(request: Request) -> Answer:
        start, rows = int(request.parameters.get("start", 0)), int(request.parameters["rows"])
        return result({"count": len(datasets), "results": datasets[start : start + rows]})

    hostile.actions["package_search"] = search
    assert run()["counts"]["created"] == 12
    assert run()["counts"]["unchanged"] == 12


def test_a_neighbour_that_ignores_rows(hostile: HostileServer, run: Harvest) -> None:
    datasets = [remote(number) for number in range(12)]
    hostile.be_a_ckan(datasets)
    hostile.actions["package_search"] = lambda request: result(
        hostile.search(datasets, Request("", {**request.parameters, "rows": "3"}, {}))
    )
    assert run()["counts"]["created"] == 12


def test_a_neighbour_that_always_gives_the_same_page(hostile: HostileServer, run: Harvest) -> None:
    datasets = [remote(number) for number in (2, 1, 3)]
    hostile.be_a_ckan(datasets)
    hostile.actions["package_search"] = lambda _request: result({"count": 100, "results": datasets})
    ended = run()
    assert ended["state"] == "failed"
    assert "the same page again" in ended["error"]


def test_untidy_records_are_all_accounted_for(here: Neighbour, hostile: HostileServer, run: Harvest) -> None:
    untidy = [
        remote(1, title="NUL \x00 and \ud800 surrogate", notes="<script>alert(1)</script>"),
        remote(2, tags=[{"name": "ok"}, {"name": "x"}, {"name": "a/b;c\"d"}, {"name": "t" * 300}, None, 7]),
        remote(3, license_id="my-own", resources=[{"url": "javascript:alert(1)"}, {"url": None}, "nonsense"]),
        remote(4, name="Été à Nantes / 2026 " * 20, title=None),
        remote(5, extras=[{"key": "a", "value": "1"}, {"key": "a", "value": "2"}], groups=[{"name": "none"}]),
        remote(6, territory=["fr:region:99"], sector="nonsense", frequency=12),
        remote(7, resources=[{"id": "not-a-uuid", "url": "https://example.org/1"}] * 2),
        remote(8, title=["a", "list"], notes={"a": "dict"}, tags="nonsense", resources=None),
        {"title": "without an id"},
        "no dataset at all",
        None,
    ]  # fmt: skip
    hostile.be_a_ckan([])
    hostile.actions["package_search"] = lambda request: result(
        {"count": len(untidy), "results": untidy if "start" not in request.parameters else []}
    )
    ended = run()
    assert ended["state"] == "finished"
    assert (ended["counts"]["seen"], ended["counts"]["created"], ended["counts"]["failed"]) == (11, 8, 3)
    reasons = [one["reason"] for one in here.records(run.source, state="failed")]
    assert reasons == ["it has no id"] * 3


def test_a_catalogue_that_is_suddenly_empty_waits(hostile: HostileServer, run: Harvest) -> None:
    hostile.be_a_ckan([remote(number) for number in range(4)])
    run()
    hostile.be_a_ckan([])
    ended = run()
    assert (ended["state"], ended["counts"]["withdrawn"]) == ("held", 0)


def test_a_forged_origin_is_not_believed(here: Neighbour, hostile: HostileServer, run: Harvest) -> None:
    own = here.act("regional_federation")["site"]
    ours = here.act("package_create", **dataset("forged", title="Ours"))
    claim = {"site": own, "dataset_id": ours["id"], "url": "", "path": [own]}
    hostile.be_a_ckan([remote(1, title="Theirs", origin=claim)])
    ended = run()
    assert (ended["counts"]["skipped"], ended["counts"]["created"]) == (1, 0)
    assert here.act("package_show", id="forged")["title"] == "Ours"


def test_a_site_that_claims_to_be_us(here: Neighbour, hostile: HostileServer, run: Harvest) -> None:
    introduction = here.act("regional_federation")
    hostile.actions["regional_federation"] = lambda _request: result(introduction)
    ended = run()
    assert "it is this very site" in ended["error"]
