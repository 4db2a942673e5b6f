"""The importer beside other plugins, its shares of work, and what it asks for what has not changed."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from typing import Any

import ckan.plugins.toolkit as tk
import pytest
import redis.exceptions
import sqlalchemy as sa
from ckan import model
from ckan import plugins as p
from ckan.tests.helpers import changed_config

from ckanext.regional.harvest.model import Page, Record, Source
from ckanext.regional.harvest.running import jobs, pages, runs, waking
from tests.conftest import BRETAGNE, People, act, complete
from tests.faults.hostile import HostileServer
from tests.harvest.sites import dataset as _dataset
from tests.statements import asked


class Observer(p.SingletonPlugin):
    """Another plugin of the site: it looks at what is written, and refuses one dataset."""

    p.implements(p.IPackageController, inherit=True)
    p.implements(p.IResourceController, inherit=True)
    p.implements(p.ISignal)
    seen: list[tuple[str, str]] = []  # noqa: RUF012  one list for the test

    def after_dataset_create(self, context: Any, pkg_dict: dict[str, Any]) -> None:
        if "refused" in pkg_dict["name"]:
            raise tk.ValidationError({"name": ["not with me"]})
        self.seen.append(("create", pkg_dict["name"]))

    def after_dataset_update(self, context: Any, pkg_dict: dict[str, Any]) -> None:
        self.seen.append(("update", pkg_dict["name"]))

    def before_dataset_index(self, pkg_dict: dict[str, Any]) -> dict[str, Any]:
        self.seen.append(("index", pkg_dict["name"]))
        return {**pkg_dict, "vocab_observer": ["looked"]}

    def after_dataset_show(self, context: Any, pkg_dict: dict[str, Any]) -> None:
        pkg_dict["observed"] = "yes"

    def before_resource_show(self, resource_dict: dict[str, Any]) -> dict[str, Any]:
        self.seen.append(("resource", resource_dict["name"]))
        return resource_dict

    def get_signal_subscriptions(self) -> dict[Any, list[Any]]:
        return {tk.signals.action_succeeded: [self._succeeded]}

    def _succeeded(self, sender: str, **kwargs: Any) -> None:
        if sender in ("package_create", "package_update"):
            self.seen.append((f"{sender} succeeded", kwargs["data_dict"]["name"]))


@pytest.fixture
def observer(monkeypatch: pytest.MonkeyPatch) -> Iterator[Observer]:
    """The other plugin, on."""
    observer = Observer()
    with monkeypatch.context() as patched:
        patched.setattr(p.core, "_get_service", lambda _name: observer)
        p.load("observer")
        Observer.seen.clear()
        yield observer
        p.unload("observer")


@pytest.fixture
def remote() -> list[dict[str, Any]]:
    return [{"id": str(uuid.uuid4()), **_dataset(f"menus-{number}")} for number in range(3)]


@pytest.fixture
def source(people: People, hostile: HostileServer, remote: list[dict[str, Any]]) -> str:
    hostile.be_a_ckan(remote)
    filled = complete(people)
    keys = ("steward", "license_id", "sector", "frequency", "access_rights", "personal_data_class", "publisher")
    act(
        "regional_source_create", people.sysadmin, name="voisin", url=hostile.url, owner_org=people.organization,
        trust="publish", territory=BRETAGNE, defaults={key: filled[key] for key in (*keys, "contact")},
    )  # fmt: skip
    return "voisin"


def harvest(people: People, *, full: bool = False) -> dict[str, int]:
    run = act("regional_harvest_run", people.sysadmin, source="voisin", full=full)
    model.Session.commit()
    jobs.work_here(run["id"], print)
    model.Session.rollback()
    shown = act("regional_run_show", people.sysadmin, id=run["id"])
    assert (shown["state"], shown["error"]) == ("finished", None)
    return {key: number for key, number in shown["counts"].items() if number and key != "seen"}


@pytest.mark.usefixtures("source")
def test_other_plugins_take_part_and_activity_is_written(
    people: People, remote: list[dict[str, Any]], observer: Observer
) -> None:
    remote[2]["name"] = "refused"
    assert harvest(people) == {"created": 2, "failed": 1}
    of_first = [what for what, name in observer.seen if name == "menus-0"]
    assert of_first == ["create", "index", "package_create succeeded"]
    assert ("resource", "Menus") in observer.seen
    records = act("regional_record_list", people.sysadmin, source="voisin", state="failed")["results"]
    assert records[0]["reason"] == "name: not with me"
    assert [one["name"] for one in act("package_search", "", fq="vocab_observer:looked")["results"]] != []

    remote[0]["title"] = "Other menus"
    assert harvest(people, full=True) == {"updated": 1, "unchanged": 1, "failed": 1}
    assert ("package_update succeeded", "menus-0") in observer.seen
    from ckanext.activity.model import Activity  # pyright: ignore[reportMissingImports]

    activities = model.Session.query(Activity).filter(Activity.object_id == act("package_show", "", id="menus-0")["id"])
    told = {one.activity_type: one for one in activities}
    assert set(told) == {"new package", "changed package"}
    user = model.User.get("regional-harvest")
    assert user is not None
    assert {one.user_id for one in told.values()} == {user.id}
    # An activity keeps what `package_show` gives, with what other plugins add to it.
    kept = told["changed package"].data["package"]
    shown = act("package_show", people.sysadmin, id="menus-0")
    assert (kept["title"], kept["observed"]) == ("Other menus", "yes")
    assert kept["resources"] == shown["resources"]
    assert kept["metadata_modified"] == shown["metadata_modified"]


@pytest.mark.usefixtures("source")
def test_the_validators_of_the_site_are_asked(people: People) -> None:
    steward = complete(people)["steward"]
    act("organization_member_delete", people.sysadmin, id=people.organization, username=steward)
    assert harvest(people) == {"failed": 3}
    records = act("regional_record_list", people.sysadmin, source="voisin")["results"]
    assert all(record["reason"].startswith("steward: ") for record in records)


@pytest.mark.usefixtures("source")
def test_what_has_not_changed_costs_no_query_each(people: People, remote: list[dict[str, Any]]) -> None:
    harvest(people)
    with asked() as few:
        assert harvest(people, full=True) == {"unchanged": 3}
    remote += [{"id": str(uuid.uuid4()), **_dataset(f"ports-{number}")} for number in range(6)]
    assert harvest(people) == {"created": 6, "unchanged": 3}
    with asked() as more:
        assert harvest(people, full=True) == {"unchanged": 9}
    assert len(more) == len(few)
    assert not [one for one in more if "INSERT INTO regional_page" in one and "import" in one]


@pytest.mark.usefixtures("source")
def test_what_came_otherwise_is_compared_by_its_content(people: People, remote: list[dict[str, Any]]) -> None:
    harvest(people)
    before = {row.remote_id: row.seen for row in model.Session.scalars(sa.select(Record))}
    remote[0]["metadata_modified"] = "2026-11-25T12:00:00"
    assert harvest(people, full=True) == {"unchanged": 3}
    after = {row.remote_id: row.seen for row in model.Session.scalars(sa.select(Record))}
    assert {key for key in after if after[key] != before[key]} == {remote[0]["id"]}
    # What the source itself adds counts too.
    source = model.Session.scalar(sa.select(Source))
    assert source is not None
    defaults = {**source.defaults, "license_id": "odc-by"}
    for one in remote:
        one.pop("license_id")
    assert harvest(people) == {"updated": 3}
    act("regional_source_patch", people.sysadmin, id="voisin", defaults=defaults)
    assert harvest(people) == {"updated": 3}


@pytest.mark.usefixtures("source")
def test_a_file_is_checked_and_written_where_something_of_it_has_changed(
    people: People, remote: list[dict[str, Any]]
) -> None:
    one = remote[0]
    one["resources"] = [
        {"id": str(uuid.uuid4()), "url": f"https://example.org/{name}.csv", "name": name, "format": "CSV"}
        for name in ("a", "b")
    ]
    harvest(people)

    def shown() -> dict[str, Any]:
        return act("package_show", people.sysadmin, id="menus-0")

    before = shown()["resources"]
    # What this site adds to a file stays, whether it is written or not.
    file = model.Resource.get(before[1]["id"])
    assert file is not None
    file.size = 7
    model.Session.commit()
    one["title"] = "Another title"
    with asked() as few:
        assert harvest(people) == {"updated": 1, "unchanged": 2}
    assert not [statement for statement in few if "UPDATE resource " in statement]
    after = shown()
    assert (after["title"], [file.get("size") for file in after["resources"]]) == ("Another title", [None, 7])
    one["resources"][0]["name"] = "Another file"
    one["resources"][1]["hash"] = "abc"
    assert harvest(people) == {"updated": 1, "unchanged": 2}
    first, second = shown()["resources"]
    assert (first["name"], first["metadata_modified"] > before[0]["metadata_modified"]) == ("Another file", True)
    assert (second["name"], second["hash"], second["size"]) == ("b", "abc", 7)
    one["resources"].reverse()
    assert harvest(people) == {"updated": 1, "unchanged": 2}
    assert [file["name"] for file in shown()["resources"]] == ["b", "Another file"]
    one["resources"].pop()
    assert harvest(people) == {"updated": 1, "unchanged": 2}
    assert [file["name"] for file in shown()["resources"]] == ["b"]


@pytest.mark.usefixtures("source")
def test_one_page_with_a_name_twice_and_a_dataset_twice(people: People, remote: list[dict[str, Any]]) -> None:
    act("package_create", people.editor, **complete(people, name="menus-0"))
    remote[1]["name"] = "menus-2"
    assert harvest(people) == {"created": 3}
    names = sorted(one["name"] for one in act("package_search", "", fq="-vocab_regional_origin:local")["results"])
    assert len(set(names)) == 3
    assert sum(name.startswith("menus-2") for name in names) == 2


@pytest.mark.parametrize("count", [40, 1000])
@pytest.mark.usefixtures("source")
def test_four_workers_all_get_work(count: int) -> None:
    run = _run()
    with changed_config("ckanext.regional.harvest.page_size", 1000):
        pages.spread(run, [{"id": str(number)} for number in range(count)])
    model.Session.commit()
    sizes = [len(claim.payload) for _ in range(4) if (claim := pages.claim(run)) is not None]
    assert len(sizes) == 4
    assert max(sizes) <= count / 4
    left = 0
    while (claim := pages.claim(run)) is not None:
        left += len(claim.payload)
    assert sum(sizes) + left == count


@pytest.fixture
def small_pages() -> Iterator[None]:
    with changed_config("ckanext.regional.harvest.page_size", 20):
        yield


@pytest.mark.usefixtures("source", "small_pages")
def test_few_changes_in_many_answers_share_pages_until_somebody_begins_one() -> None:
    run = _run()
    for number in range(12):
        pages.spread(run, [{"id": str(number)}])
    model.Session.commit()
    sizes = list(model.Session.scalars(sa.select(Page.size).where(Page.run_id == run).order_by(Page.number)))
    assert sizes == [10, 2]
    begun = [pages.claim(run), pages.claim(run)]
    pages.spread(run, [{"id": "late"}])
    model.Session.commit()
    third = pages.claim(run)
    assert third is not None
    assert third.payload == [{"id": "late"}]
    assert [one["id"] for claim in begun if claim for one in claim.payload] == [str(number) for number in range(12)]


def _run() -> str:
    """A run without pages."""
    source = model.Session.scalar(sa.select(Source))
    assert source is not None
    run, _new = runs.begin(source, None, full=True)
    model.Session.execute(sa.delete(Page).where(Page.run_id == run.id))
    model.Session.commit()
    return run.id


def _none() -> None:
    raise AssertionError("nobody is to be woken")


def test_a_run_wakes_as_many_workers_as_it_has_pages_for() -> None:
    woken: list[int] = []
    with waking.sharing(lambda: woken.append(1), most=4):
        waking.stored(0)
        waking.stored(1)
        assert len(woken) == 0
        waking.stored(1)
        assert len(woken) == 1
        waking.stored(40)
        assert len(woken) == 3
    with waking.sharing(_none, most=1):
        waking.stored(40)
    waking.stored(40)


def test_redis_down_leaves_the_work_to_this_worker() -> None:
    def down() -> None:
        raise redis.exceptions.ConnectionError("gone")

    with waking.sharing(down, most=4):
        waking.stored(40)
