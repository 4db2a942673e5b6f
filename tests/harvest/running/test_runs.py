"""A run's life after its beginning: stopped and resumed, held and looked at, and what is kept of it."""

from __future__ import annotations

import csv
import io
import threading
from typing import Any

import ckan.plugins.toolkit as tk
import pytest
import sqlalchemy as sa
from ckan import model
from ckan.tests.helpers import CKANTestApp
from click.testing import CliRunner

from ckanext.regional.harvest import sources
from ckanext.regional.harvest.cli import harvest as commands
from ckanext.regional.harvest.model import Page, Record, Run
from ckanext.regional.harvest.running import pages, runs
from ckanext.regional.harvest.running import work as working
from ckanext.regional.harvest.running.planner import plan
from ckanext.regional.harvest.writing import acting
from ckanext.regional.harvest.writing.importer import import_page
from tests.conftest import People, act
from tests.faults.feed import Feed
from tests.faults.hostile import Answer, HostileServer, Request, result
from tests.harvest.neighbour import add_source, harvest, remote, run_of, run_states, work


@pytest.fixture
def small_pages(ckan_config: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(ckan_config, "ckanext.regional.harvest.page_size", 2)
    monkeypatch.setitem(ckan_config, "ckanext.regional.harvest.fetch_rows", 2)


def step(run_id: str) -> None:
    """What a worker does in one page."""
    claim = pages.claim(run_id)
    assert claim is not None
    work_ = working.load(claim)
    plan(work_) if claim.kind == "plan" else import_page(work_)


def feeding(hostile: HostileServer, number: int) -> Feed:
    """A neighbour of ours with so many datasets."""
    feed = Feed(hostile)
    for one in range(number):
        feed.tell(remote(one))
    return feed


def test_an_aborted_run_goes_on_where_it_stopped(people: People, hostile: HostileServer, small_pages: None) -> None:
    hostile.be_a_ckan([remote(number) for number in range(6)])
    add_source(people, hostile)
    run = act("regional_harvest_run", people.sysadmin, source="neighbour")
    runs.start(run["id"])
    acting.ensure_user()
    step(run["id"])
    step(run["id"])
    late = pages.claim(run["id"])
    assert late is not None
    act("regional_run_abort", people.org_admin, id=run["id"])
    # Whoever had a page in hand has lost it, and nobody gets another one.
    with pytest.raises(pages.LeaseLost):
        pages.hold(late)
    assert pages.claim(run["id"]) is None
    asked = len(hostile.requests)
    shown = act("regional_run_show", people.org_admin, id=run["id"])
    assert (shown["state"], shown["resumable"], shown["counts"]["created"]) == ("aborted", True, 2)
    assert act("regional_run_resume", people.org_admin, id=run["id"])["state"] == "running"
    ended = work(people, run["id"])
    assert (ended["state"], ended["counts"]["created"], ended["resumable"]) == ("finished", 6, False)
    assert len(hostile.requests) == asked
    with pytest.raises(tk.ValidationError) as refused:
        act("regional_run_resume", people.org_admin, id=run["id"])
    assert "finished" in str(refused.value.error_dict["state"])


def test_a_failed_run_does_not_read_again_what_it_has(
    people: People, hostile: HostileServer, small_pages: None
) -> None:
    datasets = [remote(number) for number in range(6)]
    hostile.be_a_ckan(datasets)
    whole = hostile.actions["package_search"]

    def breaks_off(request: Request) -> Answer:
        return whole(request) if len(hostile.requests) < 5 else Answer(b"Gone fishing", status=404)

    hostile.actions["package_search"] = breaks_off
    add_source(people, hostile)
    failed = harvest(people)
    assert failed["state"] == "failed"
    assert 0 < failed["counts"]["created"] < 6
    hostile.requests.clear()
    hostile.actions["package_search"] = lambda request: result(hostile.search(datasets, request))
    told = CliRunner().invoke(commands, ["run", "neighbour", "--resume", "--wait"])
    assert told.exit_code == 0, told.output
    assert "created=6" in told.output
    assert len([one for one in hostile.requests if one.action == "package_search"]) < 4
    assert run_states() == ["finished"]


def test_a_later_run_or_another_catalogue_ends_what_could_be_resumed(people: People, hostile: HostileServer) -> None:
    hostile.be_a_ckan([remote(1)])
    add_source(people, hostile)
    first = act("regional_harvest_run", people.sysadmin, source="neighbour")
    act("regional_run_abort", people.sysadmin, id=first["id"])
    harvest(people)
    with pytest.raises(tk.ValidationError):
        act("regional_run_resume", people.sysadmin, id=first["id"])
    second = act("regional_harvest_run", people.sysadmin, source="neighbour")
    act("regional_run_abort", people.sysadmin, id=second["id"])
    assert act("regional_run_show", people.sysadmin, id=second["id"])["resumable"]
    act("regional_source_patch", people.sysadmin, id="neighbour", filters={"organization": "ville"})
    assert not act("regional_run_show", people.sysadmin, id=second["id"])["resumable"]
    with pytest.raises(tk.ValidationError):
        act("regional_run_resume", people.sysadmin, id=second["id"])


def test_a_run_ends_where_its_source_becomes_another_catalogue(
    people: People, hostile: HostileServer, small_pages: None
) -> None:
    """It would keep its place in a catalogue that is no longer asked for, and take what that lacks for gone."""
    feed = feeding(hostile, 6)
    add_source(people, hostile, kind="regional")
    harvest(people)
    assert sources.get("neighbour").cursor == feed.number
    for row in list(feed.rows.values()):
        feed.tell({**row["dataset"], "title": "Changed"})
    run = act("regional_harvest_run", people.sysadmin, source="neighbour", full=True)
    runs.start(run["id"])
    acting.ensure_user()
    step(run["id"])
    in_hand = pages.claim(run["id"])
    assert in_hand is not None
    # What changes nothing of what comes ends no run.
    act("regional_source_patch", people.sysadmin, id="neighbour", title="Autre", frequency="0 3 * * *")
    assert run_of(run["id"]).state == "running"
    act("regional_source_patch", people.sysadmin, id="neighbour", territory="fr:region:53")
    ended = act("regional_run_show", people.sysadmin, id=run["id"])
    assert (ended["state"], ended["resumable"]) == ("aborted", False)
    assert "a new run reads the source as it is now" in ended["error"]
    with pytest.raises(pages.LeaseLost):
        pages.hold(in_hand)
    # A worker that comes late finds nothing to do and changes nothing.
    assert work(people, run["id"])["state"] == "aborted"
    model.Session.expire_all()
    assert sources.get("neighbour").cursor is None
    assert {row.state for row in model.Session.scalars(sa.select(Record))} == {"current"}


def test_a_run_that_waits_ends_where_its_source_becomes_another_catalogue(
    people: People, hostile: HostileServer
) -> None:
    datasets = [remote(number) for number in range(6)]
    hostile.be_a_ckan(datasets)
    add_source(people, hostile)
    harvest(people)
    hostile.be_a_ckan(datasets[:2])
    held = act("regional_harvest_run", people.sysadmin, source="neighbour", full=True)
    assert work(people, held["id"])["state"] == "held"
    act("regional_source_patch", people.sysadmin, id="neighbour", url=f"{hostile.url}/elsewhere")
    assert run_of(held["id"]).state == "aborted"
    with pytest.raises(tk.ValidationError):
        act("regional_run_confirm", people.sysadmin, id=held["id"])
    assert {row.state for row in model.Session.scalars(sa.select(Record))} == {"current"}


def test_a_change_of_the_source_and_the_end_of_its_run_wait_for_one_another(
    people: People, hostile: HostileServer, small_pages: None
) -> None:
    """The run that ends keeps its place; the change that waited for it forgets that place again."""
    feeding(hostile, 3)
    add_source(people, hostile, kind="regional")
    run = act("regional_harvest_run", people.sysadmin, source="neighbour")
    source = sources.get("neighbour")
    assert source.cursor is None
    runs.start(run["id"])
    acting.ensure_user()
    while pages.open_pages(run["id"]):
        step(run["id"])

    kept: list[int | None] = []

    def ends_meanwhile() -> None:
        assert runs.finish_if_done(run["id"])
        kept.append(sources.get("neighbour").cursor)
        model.Session.remove()

    other = threading.Thread(target=ends_meanwhile)
    asked = runs.lock_unended

    def locks(source_id: str) -> Run | None:
        other.start()
        other.join()
        return asked(source_id)

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(runs, "lock_unended", locks)
        sources.patch(source, {"territory": "fr:region:53"})
    assert run_of(run["id"]).state == "finished"
    assert kept == [3]
    model.Session.expire_all()
    assert sources.get("neighbour").cursor is None


def test_a_held_run_shows_what_would_vanish_before_it_does(
    people: People, hostile: HostileServer, app: CKANTestApp
) -> None:
    datasets = [remote(number) for number in range(25)]
    hostile.be_a_ckan(datasets)
    add_source(people, hostile)
    harvest(people)
    gone = datasets[:23]
    del datasets[:23]
    held = harvest(people)
    assert held["state"] == "held"
    listed = act("regional_record_list", people.org_admin, source="neighbour", run=held["id"], vanishing=True)
    assert [one["name"] for one in listed["results"]] == [one["name"] for one in gone]
    headers = _login(people.org_admin)
    page = app.get(f"/regional/runs/{held['id']}", headers=headers).text
    assert "23 datasets would be hidden" in page
    assert "Hide these 23 datasets" in page
    assert "menus-0<" in page
    following = app.get(f"/regional/runs/{held['id']}?vanishing_after={gone[19]['id']}", headers=headers).text
    assert "menus-22<" in following
    assert "menus-1<" not in following
    lines = _csv(app, f"/regional/runs/{held['id']}/records.csv?vanishing=1", headers)
    assert len(lines) == 23
    # Whoever answers for the source sees it and does not decide.
    page = app.get(f"/regional/runs/{held['id']}", headers=_login(people.editor)).text
    assert "An administrator of the organisation decides" in page
    assert "Hide these" not in page
    app.get(f"/regional/runs/{held['id']}", headers=_login(people.member), status=403)
    # Aborted and resumed, it waits again.
    act("regional_run_abort", people.org_admin, id=held["id"])
    assert act("regional_run_resume", people.org_admin, id=held["id"])["state"] == "held"
    told = CliRunner().invoke(commands, ["confirm", "neighbour"], input="n\n")
    assert told.exit_code == 1
    assert "menus-22" in told.output
    assert CliRunner().invoke(commands, ["confirm", "neighbour", "--yes"]).exit_code == 0
    assert work(people, held["id"])["counts"]["withdrawn"] == 23


def test_reasons_are_gathered_and_lead_to_their_records(
    people: People, hostile: HostileServer, app: CKANTestApp
) -> None:
    datasets = [remote(number) for number in range(5)]
    for one in datasets[:3]:
        one["resources"][0]["url"] = "=cmd|' /C calc'!A0"
        one["title"] = f"@SUM({one['title']})"
    datasets[0]["name"] = "=evil"
    hostile.be_a_ckan(datasets)
    add_source(people, hostile)
    harvest(people)
    run_id = run_of(act("regional_run_list", people.sysadmin, source="neighbour")["results"][0]["id"]).id
    # What the importer finds wrong with a dataset is its own matter; here it is what is made of the sentences.
    for number, one in enumerate(datasets[:3]):
        _put(one["id"], run_id, f"license: “licence-{number}” is not known, see https://example.org/{number}", "failed")
    _put(datasets[3]["id"], run_id, "it was edited here since it was harvested", "conflict")
    model.Session.execute(sa.update(Run).values(reasons=None))
    model.Session.commit()
    kind = "license: … is not known, see …"
    shown = act("regional_run_show", people.org_admin, id=run_id)
    assert shown["reasons"] == [
        {"outcome": "failed", "reason": kind, "count": 3},
        {"outcome": "conflict", "reason": "it was edited here since it was harvested", "count": 1},
    ]
    listed = act("regional_record_list", people.org_admin, source="neighbour", run=run_id, reason=kind)
    assert listed["count"] == 3
    headers = _login(people.org_admin)
    page = app.get(f"/fr/regional/runs/{run_id}", headers=headers).text
    assert f"3 × {kind}" in page
    lines = _csv(app, f"/regional/runs/{run_id}/records.csv?outcome=failed", headers)
    assert [line["outcome"] for line in lines] == ["failed"] * 3
    lines = _csv(app, "/regional/sources/neighbour/records.csv?q=evil", headers)
    assert [line["name"] for line in lines] == ["'=evil"]


def _put(remote_id: str, run_id: str, reason: str, outcome: str) -> None:
    values = {"run_id": run_id, "reason": reason, "outcome": outcome, "state": outcome}
    if remote_id.startswith("00000000"):
        values["name"] = "=evil"
    model.Session.execute(sa.update(Record).where(Record.remote_id == remote_id).values(**values))
    model.Session.commit()


def test_pages_of_records_follow_each_other(people: People, hostile: HostileServer, app: CKANTestApp) -> None:
    datasets = [remote(number) for number in range(45)]
    hostile.be_a_ckan(datasets)
    add_source(people, hostile)
    run = harvest(people)
    names: list[str] = []
    after = ""
    while after is not None:
        found = act("regional_record_list", people.org_admin, source="neighbour", after=after, rows=20)
        assert found["count"] == 45
        names += [one["name"] for one in found["results"]]
        after = found["next"]
    assert names == [one["name"] for one in datasets]
    headers = _login(people.org_admin)
    page = app.get(f"/regional/runs/{run['id']}", headers=headers).text
    assert "after=" in page
    assert len(_csv(app, f"/regional/runs/{run['id']}/records.csv", headers)) == 45
    # A poll of a run that has ended replaces all of the page.
    polled = app.get(f"/regional/runs/{run['id']}", headers={**headers, "HX-Request": "true"})
    assert polled.headers["HX-Reselect"] == "#regional-run"


def test_history_has_a_limit_and_identity_has_none(
    people: People, hostile: HostileServer, ckan_config: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(ckan_config, "ckanext.regional.harvest.keep_runs", 3)
    datasets = [remote(1), remote(2)]
    hostile.be_a_ckan(datasets)
    add_source(people, hostile)
    add_source(people, hostile, "other", filters={"group": "none"})
    for _ in range(5):
        harvest(people)
    harvest(people, "other")
    assert act("regional_run_list", people.sysadmin, source="neighbour")["count"] == 3
    assert act("regional_run_list", people.sysadmin, source="other")["count"] == 1
    assert act("regional_record_list", people.sysadmin, source="neighbour")["count"] == 2
    model.Session.rollback()
    left = set(model.Session.scalars(sa.select(Page.run_id)))
    assert len(left) <= 2


def test_the_exit_code_tells_how_a_run_ended(people: People, hostile: HostileServer) -> None:
    hostile.default = lambda _request: Answer(b"", status=404)
    add_source(people, hostile)
    failed = CliRunner().invoke(commands, ["run", "neighbour", "--wait"])
    assert failed.exit_code == 1
    assert "neighbour\tfailed" in failed.output
    datasets = [remote(number) for number in range(4)]
    hostile.be_a_ckan(datasets)
    assert CliRunner().invoke(commands, ["run", "neighbour", "--wait"]).exit_code == 0
    del datasets[1:]
    assert CliRunner().invoke(commands, ["run", "neighbour", "--wait"]).exit_code == 3
    assert "--full" in CliRunner().invoke(commands, ["run", "neighbour", "--resume", "--full"]).output
    told = CliRunner().invoke(commands, ["abort", "neighbour"])
    assert "neighbour\taborted" in told.output
    assert "only" in CliRunner().invoke(commands, ["abort", "neighbour"]).output.lower()
    assert "waits for nobody" in CliRunner().invoke(commands, ["confirm", "neighbour"]).output


def _login(user: str) -> dict[str, str]:
    from ckan.tests import factories

    return {"Authorization": factories.APIToken(user=user)["token"]}


def _csv(app: CKANTestApp, address: str, headers: dict[str, str]) -> list[dict[str, str]]:
    answer = app.get(address, headers=headers)
    assert answer.headers["Content-Type"].startswith("text/csv")
    return list(csv.DictReader(io.StringIO(answer.text.lstrip("\ufeff"))))
