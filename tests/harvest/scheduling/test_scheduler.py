"""What is due begins once: after a night without a worker, with two schedulers at once, with Redis emptied."""

from __future__ import annotations

import datetime
import threading
from collections.abc import Iterator
from typing import Any

import ckan.plugins.toolkit as tk
import pytest
import redis
import redis.exceptions
import sqlalchemy as sa
from ckan import model
from ckan.lib.redis import connect_to_redis
from click.testing import CliRunner

from ckanext.regional.database import now
from ckanext.regional.harvest import config, diagnosis
from ckanext.regional.harvest.cli import harvest
from ckanext.regional.harvest.model import Run, Source
from ckanext.regional.harvest.running import pages
from ckanext.regional.harvest.scheduling import scheduler
from tests.conftest import People, act
from tests.harvest.test_actions import source


@pytest.fixture(autouse=True)
def empty_queue(people: People) -> Iterator[None]:
    def clear() -> None:
        connect_to_redis().delete(scheduler._key(), scheduler._key("seen"))
        queue = tk.get_job_queue(config.queue())
        for job_id in queue.scheduled_job_registry.get_job_ids():
            queue.scheduled_job_registry.remove(job_id, delete_job=True)
        queue.empty()

    clear()
    yield
    clear()


def nightly(people: People, name: str = "neighbour", **changes: Any) -> Source:
    """A source that was due yesterday."""
    act("regional_source_create", people.sysadmin, **source(people, name=name, frequency="0 3 * * *", **changes))
    due(name, now() - datetime.timedelta(days=1))
    return row(name)


def due(name: str, when: datetime.datetime | None) -> None:
    model.Session.execute(sa.update(Source).where(Source.name == name).values(next_run=when))
    model.Session.commit()


def row(name: str = "neighbour") -> Source:
    model.Session.rollback()
    return model.Session.scalars(sa.select(Source).where(Source.name == name)).one()


def begun() -> list[str | None]:
    model.Session.rollback()
    return list(model.Session.scalars(sa.select(Run.asked_by)))


def wake_ups() -> list[datetime.datetime]:
    registry = tk.get_job_queue(config.queue()).scheduled_job_registry
    ids = [one for one in registry.get_job_ids() if "regional-harvest" in one]
    return [registry.get_scheduled_time(one) for one in ids]


def test_a_source_that_is_made_or_changed_gets_its_time(people: People) -> None:
    act("regional_source_create", people.sysadmin, **source(people))
    assert row().next_run is None
    assert wake_ups() == []
    shown = act("regional_source_patch", people.sysadmin, id="neighbour", frequency=" 0  3 * * * ")
    assert shown["frequency"] == "0 3 * * *"
    first = row().next_run
    assert first is not None
    assert shown["next_run"] == first.isoformat()
    assert now() < first < now() + datetime.timedelta(days=1, hours=1)
    assert len(wake_ups()) == 1
    # Another title is no other time.
    act("regional_source_patch", people.sysadmin, id="neighbour", title="Voisine")
    assert row().next_run == first
    act("regional_source_patch", people.sysadmin, id="neighbour", enabled=False)
    assert row().next_run is None


def test_what_was_missed_is_made_up_for_once(people: People) -> None:
    before = nightly(people).modified
    assert len(scheduler.begin_due()) == 1
    assert scheduler.begin_due() == []
    assert begun() == [":schedule"]
    following = row().next_run
    assert following is not None
    assert following > now()
    assert row().modified == before


def test_manual_and_switched_off_sources_are_left_alone(people: People) -> None:
    nightly(people, "off")
    nightly(people, "by-hand")
    model.Session.execute(sa.update(Source).where(Source.name == "off").values(enabled=False))
    model.Session.execute(sa.update(Source).where(Source.name == "by-hand").values(frequency="manual"))
    model.Session.commit()
    assert scheduler.begin_due() == []


def test_a_run_that_is_under_way_is_no_second_one(people: People) -> None:
    nightly(people)
    run = act("regional_harvest_run", people.sysadmin, source="neighbour")
    assert scheduler.begin_due() == [run["id"]]
    assert scheduler.begin_due() == []
    assert len(begun()) == 1


def test_a_source_from_before_the_schedule_gets_a_time_and_no_run(people: People) -> None:
    nightly(people)
    due("neighbour", None)
    assert scheduler.begin_due() == []
    assert row().next_run is not None


def test_of_two_schedulers_at_once_one_begins_the_run(people: People) -> None:
    for number in range(6):
        nightly(people, f"neighbour-{number}")
    start, found = threading.Barrier(2), []

    def look() -> None:
        start.wait()
        try:
            found.append(scheduler.begin_due())
        finally:
            model.Session.remove()

    threads = [threading.Thread(target=look) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 2
    assert len(found[0]) + len(found[1]) == 6
    assert len(begun()) == 6


def test_the_wake_up_begins_what_is_due_and_comes_again(people: People) -> None:
    nightly(people)
    scheduler.tick()
    assert begun() == [":schedule"]
    queue = tk.get_job_queue(config.queue())
    assert "ckanext.regional.harvest.running.jobs.work_on" in [job.func_name for job in queue.jobs]
    (following,) = wake_ups()
    # Ten minutes, not a night: it looks after what stands still, too.
    assert now() < following.astimezone(datetime.UTC) <= now() + datetime.timedelta(minutes=10)


def test_an_earlier_time_brings_the_wake_up_forward(people: People) -> None:
    nightly(people)
    due("neighbour", now() + datetime.timedelta(hours=2))
    scheduler.tick()
    due("neighbour", now() + datetime.timedelta(minutes=1))
    scheduler.arm()
    assert min(at.astimezone(datetime.UTC) for at in wake_ups()) < now() + datetime.timedelta(minutes=2)


def test_the_web_process_puts_a_lost_wake_up_back(people: People, monkeypatch: pytest.MonkeyPatch) -> None:
    nightly(people)
    monkeypatch.setattr(scheduler, "_looked", float("-inf"))
    connect_to_redis().delete(scheduler._key())
    registry = tk.get_job_queue(config.queue()).scheduled_job_registry
    for job_id in registry.get_job_ids():
        registry.remove(job_id, delete_job=True)
    scheduler.watch()
    assert len(wake_ups()) == 1
    # Looking again costs nothing within the minute.
    connect_to_redis().delete(scheduler._key())
    scheduler.watch()
    assert not connect_to_redis().exists(scheduler._key())


def test_a_redis_that_is_away_stops_no_run_from_being_begun(people: People, monkeypatch: pytest.MonkeyPatch) -> None:
    nightly(people)
    away = redis.Redis(port=1)
    monkeypatch.setattr("ckanext.regional.harvest.scheduling.scheduler.connect_to_redis", lambda: away)
    monkeypatch.setattr("ckanext.regional.harvest.running.jobs.tk.enqueue_job", _refuse)
    assert len(scheduler.look()) == 1
    scheduler.arm()
    scheduler.watch()


def _refuse(*_args: Any, **_options: Any) -> None:
    raise redis.exceptions.ConnectionError("away")


def test_a_run_that_nobody_works_on_is_woken(people: People) -> None:
    act("regional_source_create", people.sysadmin, **source(people))
    run = act("regional_harvest_run", people.sysadmin, source="neighbour")
    tk.get_job_queue(config.queue()).empty()
    assert scheduler.standing_still() == []
    long_ago = now() - datetime.timedelta(minutes=5)
    model.Session.execute(sa.update(Run).values(created=long_ago))
    model.Session.commit()
    assert scheduler.standing_still() == [run["id"]]
    scheduler.look()
    assert run["id"] in [job.args[0] for job in tk.get_job_queue(config.queue()).jobs]
    assert pages.claim(run["id"]) is not None
    assert scheduler.standing_still() == []


def test_the_command_for_cron_says_what_it_did(people: People) -> None:
    nightly(people)
    told = CliRunner().invoke(harvest, ["due"])
    assert told.exit_code == 0, told.output
    assert "neighbour\tqueued" in told.output
    assert "No source is due." in CliRunner().invoke(harvest, ["due"]).output


def test_the_doctor_misses_a_scheduler(people: People) -> None:
    (found,) = diagnosis.schedule()
    assert (found.level, found.message) == ("ok", "No source has a schedule.")
    nightly(people)
    (found,) = diagnosis.schedule()
    assert found.level == "error"
    assert "1 sources were due" in found.message
    assert found.repair is not None
    assert found.repair() == "Runs were begun: 1."
    (found,) = diagnosis.schedule()
    assert found.level == "ok"
    connect_to_redis().delete(scheduler._key("seen"))
    (found,) = diagnosis.schedule()
    assert found.level == "warning"
    assert "ckan regional harvest due" in (found.remedy or "")
