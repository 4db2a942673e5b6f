"""Every bad record of the table in one run: it costs itself at most, and the same run again changes nothing."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from tests.faults.content import CONTENT, UNREADABLE, remote
from tests.faults.hostile import Answer, HostileServer, Request
from tests.faults.inprocess import InProcess
from tests.faults.truth import Truth

#: Of a kind that nobody minds, at the beginning, in the middle and at the end of the table.
GOOD = 3


@dataclass
class Told:
    """Two runs of the same catalogue, and the records after each."""

    first: dict[str, Any]
    second: dict[str, Any]
    records: dict[str, dict[str, Any]]
    modified: tuple[dict[str, str], dict[str, str]]


def _catalogue(records: list[str]) -> Any:
    """All in one page, in the neighbour's own order: many have no id to sort by."""

    def search(request: Request) -> Answer:
        first = "start" not in request.parameters and "fq" not in request.parameters
        listed = ", ".join(records) if first else ""
        body = f'{{"success": true, "result": {{"count": {len(records)}, "results": [{listed}]}}}}'
        return Answer(body.encode("utf-8", "surrogatepass"), headers={"Content-Type": "application/json"})

    return search


@pytest.fixture(scope="module")
def told(here: InProcess) -> Iterator[Told]:
    """The whole table, harvested twice."""
    texts = [case.record for case in CONTENT.values()]
    for place in range(GOOD):
        texts.insert(place * len(texts) // (GOOD - 1), json.dumps(remote(title="good")))
    with HostileServer() as server:
        server.be_a_ckan([])
        server.actions["package_search"] = _catalogue(texts)
        here.source(server.url, "table")
        first = here.harvest("table")
        before = _modified(here)
        second = here.harvest("table")
        records = {record["remote_id"]: record for record in here.records("table")}
        yield Told(first, second, records, (before, _modified(here)))


def _modified(here: InProcess) -> dict[str, str]:
    rows = Truth(here).rows("SELECT id, metadata_modified FROM package")
    return {row["id"]: str(row["metadata_modified"]) for row in rows}


def _record_of(case: str, told: Told) -> dict[str, Any]:
    from ckanext.regional.harvest.clients.clean import clean

    given = clean(json.loads(CONTENT[case].record))
    remote_id = given.get("id") if isinstance(given, dict) else None
    if isinstance(remote_id, str) and remote_id in told.records:
        return told.records[remote_id]
    (nameless,) = [one for one in told.records.values() if one["remote_id"] == _nonsense(given)]
    return nameless


def _nonsense(given: Any) -> str:
    from ckanext.regional.harvest.writing.arrival import id_of_nonsense

    return id_of_nonsense(given)


@pytest.mark.parametrize("case", CONTENT)
def test_a_bad_record(case: str, here: InProcess, told: Told) -> None:
    wanted, record = CONTENT[case], _record_of(case, told)
    if wanted.outcome == "failed":
        assert (record["state"], record["reason"] != "") == ("failed", True)
        assert record["dataset_id"] is None
    else:
        assert record["state"] == "current", record["reason"]
        assert wanted.holds(here.act("package_show", id=record["dataset_id"]))
    assert wanted.says in (record["reason"] or "")


def test_every_record_is_accounted_for(told: Told) -> None:
    failed = sum(case.outcome == "failed" for case in CONTENT.values())
    counts = told.first["counts"]
    assert (told.first["state"], counts["seen"], counts["failed"]) == ("finished", len(CONTENT) + GOOD, failed)
    assert counts["created"] == len(CONTENT) + GOOD - failed


def test_the_same_again_changes_nothing(told: Told) -> None:
    counts = told.second["counts"]
    assert (told.second["state"], counts["created"], counts["updated"], counts["withdrawn"]) == ("finished", 0, 0, 0)
    assert told.modified[0] == told.modified[1]


def test_the_truth_afterwards(told: Told, truth: Truth) -> None:
    truth.check(told.second)


def test_no_page_here_runs_what_came(here: InProcess, told: Told) -> None:
    record = _record_of("script in notes", told)
    page = here.app.get(f"/dataset/{record['dataset_id']}").text
    assert "<script>alert(1)" not in page
    assert "<img src=x" not in page


@pytest.mark.parametrize("case", UNREADABLE)
def test_a_record_that_makes_its_page_unreadable(case: str, here: InProcess, truth: Truth) -> None:
    good = sorted((remote() for _ in range(11)), key=lambda one: one["id"])
    bad = {**remote(notes="RAW"), "id": good[4]["id"][:-1] + "~"}
    everything = [*good[:5], bad, *good[5:]]
    with HostileServer() as server:
        server.be_a_ckan(everything)

        def search(request: Request) -> Answer:
            body = json.dumps({"success": True, "result": server.search(everything, request)}).encode()
            return Answer(body.replace(b'"RAW"', UNREADABLE[case]), headers={"Content-Type": "application/json"})

        server.actions["package_search"] = search
        name = f"s{uuid.uuid4().hex[:8]}"
        here.source(server.url, name)
        run = here.harvest(name)
        assert (run["state"], run["counts"]["created"], run["counts"]["withdrawn"]) == ("finished", len(good), 0)
        truth.check(run)


def test_letters_of_another_alphabet_stay(here: InProcess) -> None:
    """A web server may leave out what its JSON is written in, or say something else: JSON is UTF-8."""
    body = json.dumps({"success": True, "result": {"count": 1, "results": [remote(title="Été à Nantes – Ελλάδα")]}})
    for kind in ("application/json", "text/html", "application/json; charset=ISO-8859-1", ""):
        with HostileServer() as server:
            server.be_a_ckan([])
            written = json.dumps(json.loads(body), ensure_ascii=False).encode()
            headers = {"Content-Type": kind} if kind else {}
            server.actions["package_search"] = lambda _request, it=written, head=headers: Answer(it, headers=head)
            name = f"s{uuid.uuid4().hex[:8]}"
            here.source(server.url, name)
            here.harvest(name)
            (record,) = here.records(name)
            assert here.act("package_show", id=record["dataset_id"])["title"] == "Été à Nantes – Ελλάδα", kind


def test_five_thousand_resources(here: InProcess, truth: Truth) -> None:
    """Slower than any lease, and still one record: the others come in and the same again changes nothing."""
    resources = [{"url": f"https://a.example/{number}.csv", "format": "CSV"} for number in range(5_000)]
    with HostileServer() as server:
        server.be_a_ckan([remote(), remote(resources=resources), remote()])
        here.source(server.url, "many")
        assert here.harvest("many")["counts"]["created"] == 3
        again = here.harvest("many")
        assert again["counts"]["unchanged"] == 3
        truth.check(again)
