"""A CKAN without our feed, read by what its index got since the last time: what is asked, and what is found out."""

from __future__ import annotations

import datetime
import re
import uuid
from email.utils import format_datetime
from typing import Any

import ckan.plugins.toolkit as tk
import pytest

from ckanext.regional import admission
from ckanext.regional.types import Admission
from tests.conftest import People
from tests.faults.hostile import Answer, HostileServer, Request, result
from tests.harvest.local import Local
from tests.harvest.sites import dataset

SOME = 6
NOON = datetime.datetime(2026, 11, 25, 12, tzinfo=datetime.UTC)


class Indexed:
    """A CKAN in a server's hands: its index, its clock, and what it ignores."""

    def __init__(self, server: HostileServer) -> None:
        self.server = server
        self.index: dict[str, tuple[datetime.datetime, dict[str, Any]]] = {}
        self.clock = NOON
        self.deaf = False
        self.poison: set[str] = set()
        server.actions["status_show"] = lambda _request: result({"ckan_version": "2.12.0"})
        server.actions["package_search"] = self.answer

    def put(self, number: int, **changes: Any) -> str:
        """Index a dataset at this moment."""
        name = f"d{number}"
        remote_id = str(uuid.uuid5(uuid.NAMESPACE_URL, name))
        self.index[remote_id] = (self.clock, {"id": remote_id, **dataset(name), **changes})
        return remote_id

    def pass_time(self, **time: float) -> None:
        self.clock += datetime.timedelta(**time)

    def answer(self, request: Request) -> Answer:
        asked = request.parameters
        found = self.find("" if self.deaf else asked.get("fq", ""))
        if asked.get("sort") == "indexed_ts desc":
            found.sort(key=lambda pair: pair[0], reverse=True)
        start, rows = int(asked.get("start", 0)), int(asked["rows"])
        page = found[start : start + rows]
        if "fl" not in asked and any(one["id"] in self.poison for _time, one in page):
            return Answer(b"oops", status=500)
        shown = [self.short(time, one, asked["fl"]) if "fl" in asked else one for time, one in page]
        answer = result({"count": len(found), "results": shown})
        answer.headers["Date"] = format_datetime(self.clock, usegmt=True)
        return answer

    def find(self, fq: str) -> list[tuple[datetime.datetime, dict[str, Any]]]:
        after = re.search(r'id:\{"([^"]+)" TO', fq)
        since = re.search(r"indexed_ts:\{(\S+) TO", fq)
        only = re.search(r"id:\(([^)]*)\)", fq)
        owner = re.search(r'organization:"([^"]+)"', fq)
        found = []
        for remote_id, (time, one) in sorted(self.index.items()):
            if 'id:"no-dataset-has-this-id"' in fq or (after and remote_id <= after[1]):
                continue
            if since and time <= datetime.datetime.fromisoformat(since[1]):
                continue
            if (only and remote_id not in only[1]) or (owner and one.get("organization", {}).get("name") != owner[1]):
                continue
            found.append((time, one))
        return found

    def short(self, time: datetime.datetime, one: dict[str, Any], fields: str) -> dict[str, Any]:
        """What ``fl`` gives."""
        known = {"id": one["id"], "name": one["name"], "indexed_ts": time.isoformat().replace("+00:00", "Z")}
        return {field: known[field] for field in fields.split(",")}

    def asked(self) -> list[str]:
        """The searches since the last look."""
        found = [one.parameters.get("fq", "") for one in self.server.requests if one.action == "package_search"]
        self.server.requests.clear()
        return found


@pytest.fixture
def there(hostile: HostileServer) -> Indexed:
    """A neighbour whose six datasets were indexed long ago."""
    neighbour = Indexed(hostile)
    for number in range(SOME):
        neighbour.put(number)
    neighbour.pass_time(days=1)
    return neighbour


@pytest.fixture
def harvest(people: People, hostile: HostileServer, there: Indexed, monkeypatch: pytest.MonkeyPatch) -> Local:
    """A source that has harvested them, four with one question."""
    monkeypatch.setitem(tk.config, "ckanext.regional.harvest.fetch_rows", 4)
    local = Local(people, hostile.url)
    run = local()
    assert (run["kind"], run["state"], run["counts"]["created"]) == ("ckan", "finished", SOME)
    there.asked()
    return local


def test_a_run_costs_what_has_changed(harvest: Local, there: Indexed) -> None:
    run = harvest()
    assert (run["state"], run["counts"]["seen"]) == ("finished", 0)
    # The newest, what came since, and the number.
    assert len(there.asked()) == 3
    changed = there.put(3, title="Changed")
    new = there.put(20)
    run = harvest()
    assert (run["counts"]["seen"], run["counts"]["updated"], run["counts"]["created"]) == (2, 1, 1)
    assert len(there.asked()) == 3
    assert harvest.dataset(changed)["title"] == "Changed"
    assert new in harvest.records()
    run = harvest(full=True)
    assert (run["counts"]["seen"], run["counts"]["unchanged"]) == (SOME + 1, SOME + 1)


def test_what_is_gone_is_found_by_a_sweep_of_ids(harvest: Local, there: Indexed) -> None:
    gone = next(iter(there.index))
    del there.index[gone]
    there.pass_time(hours=1)
    run = harvest()
    assert (run["counts"]["withdrawn"], run["counts"]["seen"]) == (1, 0)
    assert harvest.records()[gone]["state"] == "withdrawn"
    there.asked()
    assert harvest()["counts"]["withdrawn"] == 0
    assert len(there.asked()) == 3


def test_much_gone_at_once_waits(harvest: Local, there: Indexed) -> None:
    for gone in list(there.index)[:3]:
        del there.index[gone]
    run = harvest()
    assert (run["state"], run["counts"]["withdrawn"]) == ("held", 0)
    assert harvest.confirmed(run)["counts"]["withdrawn"] == 3


def test_a_commit_that_came_late_is_in_the_overlap(harvest: Local, there: Indexed) -> None:
    there.pass_time(hours=1)
    there.put(1, title="First")
    harvest()
    there.pass_time(seconds=-100)
    late = there.put(2, title="Late")
    there.pass_time(seconds=200)
    harvest()
    assert harvest.dataset(late)["title"] == "Late"


def test_what_the_times_do_not_show_is_found_by_its_id(harvest: Local, there: Indexed) -> None:
    there.pass_time(hours=1)
    there.put(1, title="First")
    harvest()
    there.pass_time(hours=-3)
    backdated = there.put(30)
    there.pass_time(hours=3)
    harvest()
    assert harvest.records()[backdated]["state"] == "current"


def test_a_clock_that_was_a_day_ahead_hides_nothing(harvest: Local, there: Indexed) -> None:
    there.pass_time(days=1)
    there.put(1, title="From tomorrow")
    harvest()
    there.pass_time(days=-1, minutes=10)
    changed = there.put(2, title="From today")
    run = harvest()
    assert run["state"] == "finished"
    assert harvest.dataset(changed)["title"] == "From today"
    there.pass_time(minutes=10)
    changed = there.put(3, title="From today too")
    harvest()
    assert harvest.dataset(changed)["title"] == "From today too"


def test_a_restored_neighbour_is_read_whole(harvest: Local, there: Indexed) -> None:
    before = dict(there.index)
    there.pass_time(hours=1)
    changed = there.put(1, title="After the backup")
    harvest()
    assert harvest.dataset(changed)["title"] == "After the backup"
    there.index = before
    there.pass_time(hours=1)
    run = harvest()
    assert (run["counts"]["seen"], run["counts"]["updated"]) == (SOME, 1)


def test_many_with_one_time_are_read_by_their_ids(harvest: Local, there: Indexed) -> None:
    there.pass_time(hours=1)
    for number in range(SOME - 1):
        there.put(number, title=f"Again {number}")
    run = harvest()
    assert (run["counts"]["seen"], run["counts"]["updated"]) == (SOME - 1, SOME - 1)


def test_a_poisoned_record_is_named_and_is_not_gone(harvest: Local, there: Indexed) -> None:
    there.pass_time(hours=1)
    poisoned = there.put(4, title="Poison")
    there.put(5, title="Beside it")
    there.poison = {poisoned}
    run = harvest()
    assert (run["state"], run["counts"]["failed"], run["counts"]["updated"]) == ("finished", 1, 1)
    record = harvest.records()[poisoned]
    assert (record["state"], record["name"]) == ("failed", "d4")
    assert "breaks down" in record["reason"]
    there.pass_time(hours=1)
    assert harvest(full=True)["counts"] == run["counts"] | {"seen": SOME, "updated": 0, "unchanged": SOME - 1}
    # It is tried again although the index says nothing of it.
    there.poison = set()
    there.pass_time(hours=1)
    assert harvest()["counts"]["updated"] == 1
    assert harvest.dataset(poisoned)["title"] == "Poison"


def edit(dataset_id: str, title: str) -> None:
    """Change a published dataset as an approved proposal would."""
    context = {"user": "sysadmin", "ignore_auth": True, admission.CONTEXT_KEY: Admission("publish")}
    tk.get_action("package_patch")(context, {"id": dataset_id, "title": title})  # pyright: ignore


def test_what_waits_is_tried_again_without_being_sent_anew(harvest: Local, there: Indexed) -> None:
    there.pass_time(hours=1)
    changed = there.put(3, title="Theirs")
    here = harvest.records()[changed]["dataset_id"]
    title = harvest.dataset(changed)["title"]
    edit(here, "Ours")
    assert harvest()["counts"]["conflict"] == 1
    there.pass_time(hours=1)
    edit(here, title)
    assert harvest()["counts"]["updated"] == 1
    assert harvest.dataset(changed)["title"] == "Theirs"


def test_a_neighbour_without_times_is_read_whole(harvest: Local, there: Indexed) -> None:
    there.short = lambda _time, one, _fields: one  # pyright: ignore[reportAttributeAccessIssue]
    run = harvest()
    assert (run["state"], run["counts"]["unchanged"]) == ("finished", SOME)


def test_a_changed_source_is_read_whole(harvest: Local, there: Indexed) -> None:
    harvest.act("regional_source_patch", id=harvest.source, title="Another title")
    assert harvest()["counts"]["seen"] == 0
    defaults = harvest.act("regional_source_show", id=harvest.source)["defaults"]
    harvest.act("regional_source_patch", id=harvest.source, defaults={**defaults, "sector": ["medical"]})
    assert harvest()["counts"]["updated"] == SOME


class TestFilters:
    def test_an_organisation_is_taken_alone(self, people: People, hostile: HostileServer, there: Indexed) -> None:
        wanted = there.put(40, organization={"id": "o1", "name": "mairie", "title": "Mairie"})
        hostile.actions["organization_show"] = lambda _request: result({"id": "o1", "name": "mairie"})
        harvest = Local(people, hostile.url, filters={"organization": "o1"})
        assert harvest()["counts"]["created"] == 1
        assert set(harvest.records()) == {wanted}

    def test_one_that_is_not_there_is_said(self, people: People, hostile: HostileServer, there: Indexed) -> None:
        hostile.actions["organization_show"] = lambda _request: Answer(
            b'{"success": false, "error": {"__type": "Not Found Error", "message": "Not found"}}', status=404
        )
        run = Local(people, hostile.url, filters={"organization": "mairei"})()
        assert run["state"] == "failed"
        assert "there is no organisation “mairei”" in run["error"]

    def test_a_neighbour_that_ignores_filters_is_not_read(
        self, people: People, hostile: HostileServer, there: Indexed
    ) -> None:
        there.deaf = True
        run = Local(people, hostile.url, kind="ckan", filters={"fq": "tags:canteen"})()
        assert (run["state"], run["counts"]["seen"]) == ("failed", 0)
        assert "ignores filters" in run["error"]

    def test_territory_and_sector_are_looked_at_here(
        self, people: People, hostile: HostileServer, there: Indexed
    ) -> None:
        brest = there.put(41, territory=["fr:commune:29019"], sector=["school"])
        there.put(42, territory=["fr:commune:29019"], sector=["medical"])
        nantes = there.put(43, territory=["fr:commune:44109"], sector=["school"])
        harvest = Local(people, hostile.url, filters={"territory": "fr:departement:29", "sector": ["school"]})
        assert harvest()["counts"]["created"] == 1
        there.pass_time(hours=1)
        there.put(41, territory=["fr:commune:44109"], sector=["school"])
        there.put(43, territory=["fr:commune:29019"], sector=["school"])
        run = harvest()
        assert (run["counts"]["created"], run["counts"]["withdrawn"]) == (1, 1)
        assert {key: one["state"] for key, one in harvest.records().items()} == {brest: "withdrawn", nantes: "current"}
