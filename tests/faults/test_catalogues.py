"""Neighbours that answer beside the question, or whose catalogue moves: nothing is lost, doubled or hidden by it."""

from __future__ import annotations

import copy
import datetime
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest

from tests.faults.catalogue import Catalogue, remote
from tests.faults.conftest import Harvest
from tests.faults.content import REFUSED_BY_SOLR
from tests.faults.hostile import HostileServer, result
from tests.faults.inprocess import InProcess
from tests.faults.truth import Truth
from tests.harvest.sites import dataset

SOME = 7
#: Some orders are no order.
_SHUFFLED = (4, 1, 6, 0, 3, 5, 2)


@pytest.fixture
def catalogue(hostile: HostileServer) -> Catalogue:
    """A plain CKAN with some datasets, in an order of its own."""
    return Catalogue(hostile, [remote(number) for number in _SHUFFLED])


@dataclass(frozen=True)
class Case:
    """What the neighbour does; how a first and a second run end, and what they count."""

    does: Callable[[Catalogue], None]
    first: dict[str, Any] = field(default_factory=lambda: {"created": SOME})
    second: dict[str, Any] = field(default_factory=lambda: {"unchanged": SOME, "withdrawn": 0})
    state: str = "finished"
    says: str = ""


def _ignore(*parameters: str, rows: int = 1000) -> Callable[[Catalogue], None]:
    def ignore(catalogue: Catalogue) -> None:
        catalogue.ignores, catalogue.own_rows = set(parameters), rows

    return ignore


def _count(number: Any) -> Callable[[Catalogue], None]:
    return lambda catalogue: setattr(catalogue, "count", number if callable(number) else lambda _true: number)


def _failed(says: str) -> dict[str, Any]:
    return {"first": {"withdrawn": 0}, "second": {"withdrawn": 0}, "state": "failed", "says": says}


CASES = {
    "does as it is asked": Case(lambda _catalogue: None),
    "ignores rows, gives all": Case(_ignore("rows")),
    "ignores rows, gives few": Case(_ignore("rows", rows=1)),
    "ignores sort": Case(_ignore("sort")),
    "ignores fq": Case(_ignore("fq")),
    "ignores sort and fq": Case(_ignore("sort", "fq")),
    "ignores rows, sort and fq": Case(_ignore("rows", "sort", "fq", rows=3)),
    "ignores everything": Case(_ignore("rows", "sort", "fq", "start", rows=3), **_failed("the same page again")),
    "counts more than it has": Case(_count(lambda true: true + 5)),
    "counts none": Case(_count(0)),
    "counts less than none": Case(_count(-3)),
    "counts one": Case(_count(1)),
    "counts to no end": Case(_count(10**30)),
    "counts in words": Case(_count("seven"), **_failed("no search result came")),
    "counts nothing": Case(_count(None), **_failed("no search result came")),
    "counts yes": Case(_count(True), **_failed("no search result came")),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_a_neighbour_that(case: str, catalogue: Catalogue, run: Harvest, truth: Truth) -> None:
    wanted = CASES[case]
    wanted.does(catalogue)
    first = run()
    assert first["state"] == wanted.state, first
    assert wanted.says in (first["error"] or "")
    assert {key: first["counts"][key] for key in wanted.first} == wanted.first
    second = run()
    assert {key: second["counts"][key] for key in wanted.second} == wanted.second
    truth.check(second)


def test_a_catalogue_without_end(
    here: InProcess, hostile: HostileServer, run: Harvest, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(here.settings, "ckanext.regional.harvest.max_records", 7)

    def without_end(number: int = 0) -> Iterator[list[dict[str, Any]]]:
        while True:
            yield [remote(number), remote(number + 1)]
            number += 2

    pages = without_end()
    hostile.be_a_ckan([])
    hostile.actions["package_search"] = lambda _request: result({"count": 10**9, "results": next(pages)})
    ended = run()
    assert (ended["state"], "more than 7" in ended["error"]) == ("failed", True)


@pytest.mark.usefixtures("catalogue")
def test_answers_that_end_workers(here: InProcess, hostile: HostileServer, run: Harvest, truth: Truth) -> None:
    """As an answer does that takes all memory: who reads it leaves no word, but the page knows how many tried."""
    here.source(hostile.url, run.source)
    asked = here.act("regional_harvest_run", source=run.source)
    truth.execute(f"UPDATE regional_page SET attempts = 3 WHERE run_id = '{asked['id']}'")
    ended = here.ended(asked["id"])
    assert (ended["state"], "3 workers ended" in ended["error"]) == ("failed", True)


def test_records_that_end_workers(here: InProcess, catalogue: Catalogue, run: Harvest, truth: Truth) -> None:
    run()
    gone = catalogue.datasets.pop()["id"]
    catalogue.datasets.append(remote(9))
    asked = here.act("regional_harvest_run", source=run.source)
    # The pages come into being with the tries that they would have after as many deaths.
    truth.execute(
        """
        CREATE FUNCTION tried() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN IF NEW.kind <> 'plan' AND NEW.size = 1 THEN NEW.attempts = 3; END IF; RETURN NEW; END $$;
        CREATE TRIGGER tried BEFORE INSERT ON regional_page FOR EACH ROW EXECUTE FUNCTION tried();
        """
    )
    try:
        ended = here.ended(asked["id"])
    finally:
        truth.execute("DROP TRIGGER tried ON regional_page; DROP FUNCTION tried")
    assert (ended["state"], ended["counts"]["withdrawn"]) == ("finished", 0)
    assert run.records()[gone]["state"] == "failed"
    assert "3 workers ended" in run.records()[gone]["reason"]
    truth.check(ended)
    again = run()
    assert (again["counts"]["withdrawn"], run.dataset(gone)["private"]) == (1, True)


def test_it_moves_while_it_is_read(catalogue: Catalogue, run: Harvest, truth: Truth) -> None:
    by_number = {int(one["id"][:8]): one for one in catalogue.datasets}

    def move(number: int) -> None:
        if number == 2:
            # Before what was read, and after it; gone from both; renamed.
            catalogue.datasets += [remote(0, title="inserted before"), remote(8, title="inserted after")]
            catalogue.datasets.remove(by_number[1])
            catalogue.datasets.remove(by_number[4])
            by_number[0]["name"] = by_number[5]["name"] = "renamed"

    catalogue.before = move
    first = run()
    assert (first["state"], first["counts"]["failed"]) == ("finished", 0)
    # What was there all the time came in; what came before the place where we read comes the next time.
    assert {by_number[number]["id"] for number in (0, 2, 3, 5, 6)} <= run.records().keys()
    truth.check(first)
    catalogue.before = lambda _number: None
    second = run()
    assert second["state"] == "finished"
    here_now = {key for key, record in run.records().items() if record["state"] == "current"}
    assert here_now == {one["id"] for one in catalogue.datasets}
    truth.check(second)


def test_the_same_dataset_on_two_pages(catalogue: Catalogue, run: Harvest, truth: Truth) -> None:
    catalogue.ignores = {"sort"}
    catalogue.datasets.append(catalogue.datasets[0])
    first = run()
    assert (first["state"], first["counts"]["created"], first["counts"]["seen"]) == ("finished", SOME, SOME)
    truth.check(first)


_NOW = datetime.datetime(2026, 6, 1, tzinfo=datetime.UTC).replace(tzinfo=None)
CLOCKS = {
    "the same time for all": lambda _dataset: _NOW,
    "back-dated": lambda _dataset: _NOW - datetime.timedelta(days=3650),
    "a clock a day ahead": lambda _dataset: datetime.datetime.now(datetime.UTC) + datetime.timedelta(days=1),
    "a clock a day behind": lambda _dataset: datetime.datetime.now(datetime.UTC) - datetime.timedelta(days=1),
    "no time at all": lambda _dataset: None,
}


@pytest.mark.parametrize("clock", CLOCKS)
def test_no_clock_is_believed(clock: str, catalogue: Catalogue, run: Harvest, truth: Truth) -> None:
    def stamp() -> None:
        for one in catalogue.datasets:
            moment = CLOCKS[clock](one)
            one["metadata_modified"] = moment.isoformat() if moment else None

    stamp()
    assert run()["counts"]["created"] == SOME
    changed = catalogue.datasets[3]
    changed["title"] = "Changed"
    stamp()
    second = run()
    assert (second["counts"]["updated"], second["counts"]["unchanged"]) == (1, SOME - 1)
    assert run.dataset(changed["id"])["title"] == "Changed"
    truth.check(second)


def test_a_neighbour_that_was_indexed_anew(catalogue: Catalogue, run: Harvest) -> None:
    run()
    for one in catalogue.datasets:
        one |= {"metadata_modified": "2030-01-01T00:00:00", "revision_timestamp": "x", "tracking_summary": {"total": 9}}
    catalogue.datasets.reverse()
    assert run()["counts"]["unchanged"] == SOME


def test_a_neighbour_that_was_restored(catalogue: Catalogue, run: Harvest, truth: Truth) -> None:
    backup = copy.deepcopy(catalogue.datasets)
    run()
    catalogue.datasets[0]["title"] = "After the backup"
    catalogue.datasets.append(remote(9, title="Made after the backup"))
    assert run()["counts"]["created"] == 1
    catalogue.datasets = backup
    third = run()
    assert (third["state"], third["counts"]["updated"], third["counts"]["withdrawn"]) == ("finished", 1, 1)
    truth.check(third)


def test_half_of_it_gone_waits_for_a_person(here: InProcess, catalogue: Catalogue, run: Harvest, truth: Truth) -> None:
    run()
    gone = {one["id"] for one in catalogue.datasets[:4]}
    catalogue.datasets = [*catalogue.datasets[4:], remote(9)]
    held = run()
    assert (held["state"], held["counts"]["withdrawn"], held["counts"]["created"]) == ("held", 0, 1)
    truth.check(held)
    here.act("regional_run_confirm", id=held["id"])
    ended = here.ended(held["id"])
    assert (ended["state"], ended["counts"]["withdrawn"]) == ("finished", 4)
    assert {key for key, record in run.records().items() if record["state"] == "withdrawn"} == gone
    truth.check(ended)


def test_an_empty_one_waits_for_a_person(catalogue: Catalogue, run: Harvest, truth: Truth) -> None:
    run()
    catalogue.datasets = []
    held = run()
    assert (held["state"], held["counts"]["withdrawn"]) == ("held", 0)
    truth.check(held)


def test_public_private_public(catalogue: Catalogue, run: Harvest, truth: Truth) -> None:
    run()
    one = catalogue.datasets.pop()
    before = run.dataset(one["id"])
    hidden = run()
    assert (hidden["counts"]["withdrawn"], run.dataset(one["id"])["private"]) == (1, True)
    truth.check(hidden)
    # It comes back, and this site cannot take it at first: that is no reason to keep it away for ever.
    catalogue.datasets.append({**one, "title": REFUSED_BY_SOLR})
    failed = run()
    assert (failed["counts"]["failed"], run.dataset(one["id"])["private"]) == (1, True)
    truth.check(failed)
    catalogue.datasets[-1] = one
    back = run()
    assert (back["counts"]["updated"], back["counts"]["conflict"]) == (1, 0), run.records()[one["id"]]
    after = run.dataset(one["id"])
    assert (after["id"], after["private"]) == (before["id"], False)
    assert [each["id"] for each in after["resources"]] == [each["id"] for each in before["resources"]]
    truth.check(back)


def test_what_failed_is_not_gone(catalogue: Catalogue, run: Harvest, truth: Truth) -> None:
    run()
    one = catalogue.datasets[2]
    title = run.dataset(one["id"])["title"]
    one["title"] = REFUSED_BY_SOLR
    failed = run()
    assert (failed["state"], failed["counts"]["failed"], failed["counts"]["withdrawn"]) == ("finished", 1, 0)
    kept = run.dataset(one["id"])
    assert (kept["title"], kept["private"]) == (title, False)
    truth.check(failed)
    one["title"] = "Taken"
    assert run()["counts"]["updated"] == 1


@pytest.mark.parametrize("nonsense", [None, {"title": "no id"}, "text"], ids=["null", "no id", "text"])
def test_what_lost_its_id_is_not_gone(nonsense: Any, catalogue: Catalogue, run: Harvest, truth: Truth) -> None:
    run()
    lost = catalogue.datasets[0]
    every = sorted(catalogue.datasets, key=lambda one: one["id"])
    answer = [nonsense if one is lost else one for one in every]
    catalogue.server.actions["package_search"] = lambda request: result(
        {"count": SOME, "results": answer[int(request.parameters.get("start", 0)) :]}
    )
    ended = run()
    assert (ended["state"], ended["counts"]["withdrawn"], ended["counts"]["failed"]) == ("finished", 0, 1)
    assert run.dataset(lost["id"])["private"] is False
    truth.check(ended)


def test_poisoned_records_cost_themselves(catalogue: Catalogue, run: Harvest, truth: Truth) -> None:
    poison = {one["id"] for one in catalogue.datasets if one["id"].startswith(("00000001", "00000004"))}
    catalogue.broken = poison
    first = run()
    assert (first["state"], first["counts"]["created"]) == ("finished", SOME - 2)
    catalogue.broken = set()
    assert run()["counts"]["created"] == 2
    catalogue.broken = poison
    third = run()
    assert (third["counts"]["unchanged"], third["counts"]["withdrawn"]) == (SOME - 2, 0)
    truth.check(third)


def test_a_remote_id_that_is_one_of_ours(here: InProcess, catalogue: Catalogue, run: Harvest, truth: Truth) -> None:
    ours = here.act("package_create", **dataset("ours-and-private", private=True, title="Ours"))
    catalogue.datasets = [remote(1, id=ours["id"], name="ours-and-private", title="Theirs")]
    assert run()["counts"]["created"] == 1
    kept = here.act("package_show", id=ours["id"])
    assert (kept["title"], kept["private"]) == ("Ours", True)
    theirs = run.dataset(ours["id"])
    assert (theirs["title"], theirs["name"] != "ours-and-private") == ("Theirs", True)
    catalogue.datasets = []
    ended = run()
    assert (ended["counts"]["withdrawn"], here.act("package_show", id=ours["id"])["state"]) == (1, "active")
    truth.check(ended)


def test_two_regions_with_one_name(here: InProcess, catalogue: Catalogue, run: Harvest, truth: Truth) -> None:
    catalogue.datasets = [remote(1, name="cantines", title="One")]
    run()
    with HostileServer() as other:
        Catalogue(other, [remote(2, name="cantines", title="Other"), remote(3, name="cantines", title="Third")])
        second = Harvest(here, other.url)
        ended = second()
        assert ended["counts"]["created"] == 2
        found = here.act("package_search", q="name:cantines*")["results"]
        assert sorted(one["title"] for one in found) == ["One", "Other", "Third"]
        assert len({one["name"] for one in found}) == 3
        truth.check(ended)


def test_a_forged_origin_is_not_believed(here: InProcess, catalogue: Catalogue, run: Harvest, truth: Truth) -> None:
    own = here.act("regional_federation")["site"]
    ours = here.act("package_create", **dataset("forged", title="Ours"))
    claim = {"site": own, "dataset_id": ours["id"], "url": "", "path": [own]}
    catalogue.datasets = [
        remote(1, title="Theirs", origin=claim),
        remote(2, origin={"site": ["x"], "dataset_id": {}}),
        remote(3, origin={"site": "s" * 5000, "dataset_id": "d" * 5000, "url": "javascript:alert(1)", "path": "x"}),
        remote(4, origin="nonsense"),
    ]
    ended = run()
    assert (ended["counts"]["skipped"], ended["counts"]["created"]) == (1, 3)
    assert here.act("package_show", id="forged")["title"] == "Ours"
    truth.check(ended)


def test_a_site_that_claims_to_be_us(here: InProcess, hostile: HostileServer, run: Harvest) -> None:
    introduction = here.act("regional_federation")
    hostile.actions["regional_federation"] = lambda _request: result(introduction)
    assert "it is this very site" in run()["error"]
