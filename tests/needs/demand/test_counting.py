"""Searches, views and downloads are counted, and nothing of who they were is."""

from __future__ import annotations

import datetime
import json
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import redis.exceptions
import sqlalchemy as sa
from ckan import model
from ckan.lib.redis import connect_to_redis
from ckan.tests.helpers import CKANTestApp

from ckanext.regional import facets
from ckanext.regional.needs.config import today
from ckanext.regional.needs.demand import counting, storing
from ckanext.regional.needs.model import Searched, Visited
from tests.conftest import BREST, People
from tests.needs.demand.test_terms import FIREFOX

PERSON = {"User-Agent": FIREFOX}


def visit(app: CKANTestApp, address: str, **headers: str) -> Any:
    answer = app.get(address, headers={**PERSON, **headers}, follow_redirects=False)
    answer.close()
    return answer


def searched() -> list[tuple[str, str, str, int, int]]:
    counting.drain()
    rows = model.Session.execute(
        sa.select(Searched.term, Searched.territory, Searched.sector, Searched.searches, Searched.empty).order_by(
            Searched.term, Searched.territory
        )
    )
    return [tuple(row) for row in rows]  # pyright: ignore[reportReturnType]


def visited() -> list[tuple[str, int, int]]:
    counting.drain()
    rows = model.Session.execute(sa.select(Visited.dataset_id, Visited.views, Visited.downloads))
    return [tuple(row) for row in rows]  # pyright: ignore[reportReturnType]


def test_searches_are_counted_by_day(app: CKANTestApp, people: People, published: dict[str, Any]) -> None:
    place = f"{facets.TERRITORY}={BREST}&{facets.SECTOR}=school"
    for address in (
        "/dataset/?q=Cantines", "/fr/dataset/?q=cantines", "/dataset/?q=hérissons", f"/dataset/?q=menus&{place}",
        f"/dataset/?{place}",
        # None of these is a search.
        "/dataset/", "/dataset/?q=cantines&page=2", "/dataset/?q=cantines&sort=name+asc",
        "/dataset/?q=anne@example.org", "/api/action/package_search?q=cantines",
    ):  # fmt: skip
        assert visit(app, address).status_code == 200
    assert searched() == [
        ("", BREST, "school", 1, 0), ("cantines", "", "", 2, 0), ("herissons", "", "", 1, 1),
        ("menus", BREST, "school", 1, 0),
    ]  # fmt: skip
    visit(app, "/dataset/?q=cantines")
    assert ("cantines", "", "", 3, 0) in searched()


def test_views_and_downloads_are_counted(
    app: CKANTestApp, people: People, published: dict[str, Any], dataset: dict[str, Any]
) -> None:
    resource = published["resources"][0]["id"]
    visit(app, "/dataset/menus")
    visit(app, "/fr/dataset/menus")
    visit(app, f"/dataset/menus/resource/{resource}")
    assert visit(app, f"/dataset/{published['id']}/resource/{resource}/download/menus.csv").status_code == 302
    assert visit(app, "/dataset/nowhere").status_code == 404
    visit(app, "/api/action/package_show?id=menus")
    assert visited() == [(published["id"], 2, 1)]


def test_a_batch_that_a_killed_job_left_counts_once(
    app: CKANTestApp, people: People, published: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    class Killed(BaseException):
        """Nothing catches it, as nothing catches a kill."""

    def killed(*_given: Any) -> None:
        raise Killed

    visit(app, "/dataset/menus")
    with monkeypatch.context() as patched:
        # Between the commit and the deletion in Redis.
        patched.setattr(type(connect_to_redis()), "delete", killed)
        with pytest.raises(Killed):
            counting.drain()
    visit(app, "/dataset/menus")
    assert visited() == [(published["id"], 2, 0)]
    assert visited() == [(published["id"], 2, 0)]


def test_robots_and_those_who_ask_are_not(app: CKANTestApp, people: People, published: dict[str, Any]) -> None:
    visit(app, "/dataset/menus", **{"User-Agent": "Googlebot/2.1 (+http://www.google.com/bot.html)"})
    visit(app, "/dataset/menus", DNT="1")
    assert visited() == []


def test_what_is_kept_names_nobody(app: CKANTestApp, people: People, published: dict[str, Any]) -> None:
    answer = visit(app, "/dataset/menus", **{"X-Forwarded-For": "192.0.2.7", "Cookie": "who=anne"})
    # The session in which CKAN keeps a form's token; counting adds none.
    assert [cookie.partition("=")[0] for cookie in answer.headers.getlist("Set-Cookie")] == ["ckan"]
    connection: Any = connect_to_redis()
    kept = [json.loads(key) for key in connection.hgetall("ckan:test.regional:regional:demand")]
    assert kept == [["view", today().isoformat(), published["id"]]]


def test_a_site_can_count_nothing(
    app: CKANTestApp, people: People, published: dict[str, Any], ckan_config: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(ckan_config, "ckanext.regional.needs.demand", False)
    visit(app, "/dataset/menus")
    assert visited() == []


def test_no_page_fails_by_redis(
    app: CKANTestApp, people: People, published: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    def down() -> Any:
        raise redis.exceptions.ConnectionError("down")

    monkeypatch.setattr(counting, "connect_to_redis", down)
    assert visit(app, "/dataset/menus").status_code == 200


def test_two_jobs_that_have_read_the_same_write_it_once(people: People, monkeypatch: pytest.MonkeyPatch) -> None:
    counting.count(("view", today().isoformat(), "a"))
    connect_to_redis().rename(counting._hash(), f"{counting._hash()}:taken:left")
    both_have_read = threading.Barrier(2, timeout=30)
    parsed = counting._parsed

    def wait_for_the_other(rows: dict[str, int]) -> list[storing.Counted]:
        both_have_read.wait()
        return parsed(rows)

    def drain() -> int:
        try:
            return counting.drain()
        finally:
            model.Session.remove()

    monkeypatch.setattr(counting, "_parsed", wait_for_the_other)
    with ThreadPoolExecutor(2) as jobs:
        written = [job.result() for job in [jobs.submit(drain) for _ in range(2)]]
    assert sorted(written) == [0, 1]
    assert visited() == [("a", 1, 0)]


def test_what_one_job_wrote_the_next_does_not(people: People) -> None:
    day = today().isoformat()
    counting.count(("view", day, "a"), ("view", day, "b"))
    counting.count(("view", day, "a"), ("download", day, "a"))
    assert sorted(visited()) == [("a", 2, 1), ("b", 1, 0)]
    assert counting.drain() == 0
    assert sorted(visited()) == [("a", 2, 1), ("b", 1, 0)]


def test_rare_words_are_dropped_and_numbers_kept(people: People) -> None:
    now = today()

    def ago(days: int, term: str, times: int = 1, results: str = "0") -> storing.Counted:
        return storing.Counted("search", now - datetime.timedelta(days=days), (term, BREST, "", results), times)

    storing.write([ago(40, "rare", 4), ago(41, "rare"), ago(40, "often", 3), ago(41, "often"), ago(5, "often")], "one")
    storing.write([ago(30, "young"), ago(40, "", 2, "7")], "two")
    assert storing.drop_rare(now) == 2
    rows = searched()
    assert {term for term, *_rest in rows} == {"", "often", "young"}
    assert sorted(row[3:] for row in rows if row[0] == "") == [(1, 1), (6, 4)]
    assert set(model.Session.scalars(storing.frequent_terms())) == {"often"}
