"""Feeds that lie, go in circles or never end: the run says so, or takes what there is, and keeps a sound cursor."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest

from tests.faults.catalogue import remote
from tests.faults.conftest import Harvest
from tests.faults.content import REFUSED_BY_SOLR
from tests.faults.feed import Feed
from tests.faults.hostile import HostileServer, Request, result
from tests.faults.inprocess import InProcess
from tests.faults.truth import Truth

SOME = 5


@pytest.fixture
def feed(hostile: HostileServer) -> Feed:
    made = Feed(hostile)
    for number in range(SOME):
        made.tell(remote(number))
    return made


@dataclass(frozen=True)
class Case:
    """How the feed is twisted, how a run over it ends and what it says; after the twist a run must bring all."""

    twist: Callable[[dict[str, Any], Request], Any]
    state: str = "failed"
    says: str = ""
    counts: dict[str, int] = field(default_factory=dict)


_forever = itertools.count(10)


def _more_and_nothing(answer: dict[str, Any], request: Request) -> dict[str, Any]:
    return {**answer, "changes": [], "more": True, "next": next(_forever)}


def _more_and_more(answer: dict[str, Any], _request: Request) -> dict[str, Any]:
    number = next(_forever)
    one = remote(number)
    change = {"seq": number, "id": one["id"], "kind": "upsert", "dataset": one}
    return {**answer, "changes": [change] * 2, "more": True, "next": number}


def _with(**values: Any) -> Callable[[dict[str, Any], Request], dict[str, Any]]:
    return lambda answer, _request: {**answer, **values}


def _and(change: Any) -> Callable[[dict[str, Any], Request], dict[str, Any]]:
    return lambda answer, _request: {**answer, "changes": [change, *answer["changes"]]}


CASES = {
    "more, and nothing comes": Case(_more_and_nothing, says="its cursor does not advance"),
    "more for ever": Case(_more_and_more, says="more than 10"),
    "more, at the same place": Case(
        lambda answer, request: {**answer, "more": True, "next": int(request.parameters.get("since", 0))},
        says="its cursor does not advance",
    ),
    "a number that goes backwards": Case(
        lambda answer, request: {**answer, "more": True, "next": 4 if "since" not in request.parameters else 1},
        says="its cursor does not advance",
    ),
    "a number below nothing": Case(_with(next=-1), says="its cursor does not advance"),
    "a number beyond all": Case(_with(next=10**30), says="its cursor does not advance"),
    "a number that is a text": Case(_with(next="5"), says="its cursor does not advance"),
    "a number that is none": Case(_with(next=None), says="its cursor does not advance"),
    "a number that is yes": Case(_with(next=True), says="its cursor does not advance"),
    "no changes": Case(_with(changes=None), says="no feed came"),
    "an answer that is none": Case(lambda _answer, _request: [], says="no feed came"),
    "a change that is null": Case(_and(None), "finished", counts={"created": SOME, "failed": 1}),
    "a change of no kind": Case(_and({"id": "x", "seq": 1}), "finished", counts={"created": SOME, "failed": 1}),
    "a dataset that is none": Case(
        _and({"id": "x", "kind": "upsert", "dataset": [1]}), "finished", counts={"created": SOME, "failed": 1}
    ),
    "an id that is none": Case(
        _and({"id": "x", "kind": "upsert", "dataset": {"id": ["x"]}}), "finished", counts={"created": SOME, "failed": 1}
    ),
    "a withdrawal of what nobody knows": Case(
        _and({"id": "unknown", "kind": "withdrawn"}), "finished", counts={"created": SOME, "withdrawn": 0}
    ),
    "an erasure of what nobody knows": Case(
        _and({"id": "unknown", "kind": "withdrawn", "erase": True}), "finished", counts={"created": SOME}
    ),
    "a withdrawal of nobody": Case(_and({"id": None, "kind": "withdrawn"}), "finished", counts={"created": SOME}),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_a_feed_with(
    case: str, here: InProcess, feed: Feed, run: Harvest, truth: Truth, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(here.settings, "ckanext.regional.harvest.max_records", 10)
    wanted, sound = CASES[case], feed.twist
    feed.twist = wanted.twist
    first = run()
    assert (first["state"], wanted.says in (first["error"] or "")) == (wanted.state, True), first
    assert {key: first["counts"][key] for key in wanted.counts} == wanted.counts
    assert first["counts"]["withdrawn"] == 0
    feed.twist = sound
    second = run()
    assert (second["state"], second["counts"]["withdrawn"]) in {("finished", 0), ("held", 0)}
    known = run.records()
    assert set(feed.rows) <= {key for key, record in known.items() if record["state"] == "current"}
    truth.check(second)


INTRODUCTIONS = {
    "another protocol": ({"protocol": 2}, "it speaks protocol 2"),
    "no identity": ({"site": None}, "is no UUID"),
    "an identity that is an address": ({"site": "https://example.org"}, "is no UUID"),
}


@pytest.mark.parametrize("case", INTRODUCTIONS)
def test_an_introduction_with(case: str, feed: Feed, run: Harvest) -> None:
    changes, says = INTRODUCTIONS[case]
    introduction = feed.introduction() | changes
    feed.server.actions["regional_federation"] = lambda _request: result(introduction)
    ended = run()
    assert (ended["state"], says in ended["error"]) == ("failed", True)


def test_an_epoch_that_changes_each_time(feed: Feed, run: Harvest, truth: Truth) -> None:
    numbers = itertools.count()
    feed.epoch = lambda: f"epoch {next(numbers)}"
    ended = run()
    assert (ended["state"], "numbers its changes anew" in ended["error"]) == ("failed", True)
    truth.check(ended)


def test_a_restored_neighbour_is_read_anew(feed: Feed, run: Harvest, truth: Truth) -> None:
    run()
    datasets = [row["dataset"] for row in feed.rows.values()]
    feed.epoch, feed.rows, feed.number = lambda: "second", {}, 0
    for one in datasets[1:]:
        feed.tell(one)
    ended = run()
    assert (ended["state"], ended["counts"]["unchanged"], ended["counts"]["withdrawn"]) == ("finished", SOME - 1, 1)
    assert run.dataset(datasets[0]["id"])["private"]
    truth.check(ended)
    assert run()["counts"]["seen"] == 0


def test_a_poisoned_answer_is_asked_for_in_parts(feed: Feed, run: Harvest, truth: Truth) -> None:
    feed.poison = {list(feed.rows)[2]}
    ended = run()
    assert (ended["state"], ended["counts"]["created"]) == ("finished", SOME)
    truth.check(ended)


def test_what_failed_is_tried_again_without_being_told(feed: Feed, run: Harvest, truth: Truth) -> None:
    bad = remote(7, title=REFUSED_BY_SOLR)
    feed.tell(bad)
    first = run()
    assert (first["state"], first["counts"]["created"], first["counts"]["failed"]) == ("finished", SOME, 1)
    truth.check(first)
    again = run()
    assert (again["counts"]["seen"], again["counts"]["failed"]) == (1, 1)
    feed.tell({**bad, "title": "Taken"})
    assert run()["counts"]["created"] == 1
    assert run()["counts"]["seen"] == 0


@pytest.mark.parametrize("erase", [False, True])
def test_a_removal_that_fails_is_tried_again(
    erase: bool, here: InProcess, feed: Feed, run: Harvest, truth: Truth
) -> None:
    """A feed tells a removal once, so this site must not forget one that it could not follow."""
    run()
    gone = next(iter(feed.rows))
    dataset_id = run.records()[gone]["dataset_id"]
    feed.tell({"id": gone}, "withdrawn", **({"erase": True} if erase else {}))
    trigger = f"""
        CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'not now'; END $$;
        CREATE TRIGGER refuse BEFORE UPDATE OR DELETE ON package FOR EACH ROW
        WHEN (OLD.id = '{dataset_id}') EXECUTE FUNCTION refuse();
    """
    truth.execute(trigger)
    try:
        first = run()
        assert (first["state"], first["counts"]["withdrawn"], first["counts"]["failed"]) == ("finished", 0, 1)
        record = run.records()[gone]
        assert (record["state"], "not now" in record["reason"]) == ("failed", True)
    finally:
        truth.execute("DROP TRIGGER refuse ON package; DROP FUNCTION refuse")
    second = run()
    assert (second["state"], second["counts"]["withdrawn"]) == ("finished", 1)
    truth.check(second)
    packages = truth.packages()
    assert dataset_id not in packages if erase else packages[dataset_id]["private"]
    assert run()["counts"]["withdrawn"] == 0


def test_a_removal_and_a_return_within_one_reading(feed: Feed, run: Harvest, truth: Truth) -> None:
    run()
    one = list(feed.rows.values())[1]["dataset"]
    before = run.dataset(one["id"])["id"]
    rows = [
        {"seq": 11, "id": one["id"], "kind": "withdrawn"},
        {"seq": 12, "id": one["id"], "kind": "upsert", "dataset": {**one, "title": "Back"}},
        {"seq": 13, "id": one["id"], "kind": "withdrawn"},
        {"seq": 14, "id": one["id"], "kind": "upsert", "dataset": {**one, "title": "Back again"}},
    ]
    feed.twist = lambda answer, _request: {**answer, "changes": rows, "next": 14, "more": False}
    ended = run()
    assert (ended["state"], ended["counts"]["withdrawn"]) == ("finished", 0)
    after = run.dataset(one["id"])
    assert (after["id"], after["title"], after["private"]) == (before, "Back again", False)
    truth.check(ended)


def test_an_identity_that_another_site_has(here: InProcess, feed: Feed, run: Harvest, truth: Truth) -> None:
    run()
    mine = next(iter(feed.rows.values()))["dataset"]
    title = run.dataset(mine["id"])["title"]
    with HostileServer() as server:
        thief = Feed(server)
        thief.site = feed.site
        thief.tell({**mine, "title": "Stolen"})
        thief.tell({"id": list(feed.rows)[1]}, "withdrawn")
        ended = Harvest(here, server.url)()
        truth.check(ended)
    assert run.dataset(mine["id"])["title"] == title
    assert run.dataset(list(feed.rows)[1])["private"] is False
