"""``ckan regional retention``: what is kept long enough goes, and nothing else."""

from __future__ import annotations

import datetime
from typing import Any

import pytest
import sqlalchemy as sa
from ckan import model
from ckan.tests.helpers import CKANCliRunner

from ckanext.regional import retention
from ckanext.regional.cli import regional
from ckanext.regional.curation.model import CaseScope, Check, Event, Notice
from ckanext.regional.database import Base, now
from ckanext.regional.harvest.model import HandedOver, Run, Source
from ckanext.regional.needs.model import Searched, Visited
from tests.conftest import People

YEAR = datetime.timedelta(days=365)


def count(table: type[Base]) -> int:
    model.Session.rollback()
    return model.Session.scalar(sa.select(sa.func.count()).select_from(table)) or 0


def told(output: str) -> dict[str, int]:
    return {name: int(number) for number, name, _what in (line.split("\t") for line in output.splitlines()[:-1])}


def fill(people: People, dataset_id: str) -> None:
    """Old and new rows of each kind; of those about datasets, one of a dataset that is there and one that is not."""
    session, today = model.Session, now().date()
    session.execute(sa.delete(Notice))
    for state, age in (("sent", YEAR), ("failed", YEAR), ("waiting", YEAR), ("sent", YEAR / 365)):
        session.add(Notice(kind="submit", state=state, created=now() - age, user_id="u"))
    for one in (dataset_id, "gone"):
        session.add(Check(dataset_id=one, fingerprint="f", level="info", code="x", message="x"))
        session.add(HandedOver(dataset_id=one, content=b""))
    session.add(CaseScope(dataset_id="gone", territories=[], sectors=[], words=""))
    source = Source(
        name="voisin", url="https://example.org", kind="ckan", title="V", owner_org=people.organization,
        trust="review", frequency="manual",
    )  # fmt: skip
    session.add(source)
    session.flush()
    for number, state in enumerate(("finished", "failed", "finished", "held", "finished")):
        created = now() - datetime.timedelta(hours=number)
        session.add(Run(source_id=source.id, kind="ckan", state=state, created=created))
    for age in (YEAR, 4 * YEAR):
        session.add(Visited(day=today - age, dataset_id="d", views=1, downloads=0))
        session.add(Searched(day=today - age, term="", territory="", sector="", searches=1, empty=0, results=1))
    session.commit()


def test_what_is_kept_long_enough_goes(
    people: People,
    submitted: dict[str, Any],
    cli: CKANCliRunner,
    ckan_config: dict[str, Any],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(retention, "_BATCH", 1)
    ckan_config["ckanext.regional.harvest.keep_runs"] = 2
    model.Session.execute(sa.delete(Check))
    fill(people, submitted["id"])
    expected = {
        "review.notices": 2, "review.checks": 1, "review.waivers": 0, "review.queue": 1, "exchange.runs": 2,
        "exchange.contents": 1, "needs.searches": 1, "needs.visits": 1,
    }  # fmt: skip
    tables = (Notice, Check, CaseScope, HandedOver, Run, Searched, Visited)
    before, events = {table: count(table) for table in tables}, count(Event)

    only_counted = cli.invoke(regional, ["retention", "--dry-run"])
    assert only_counted.exit_code == 0, only_counted.output
    assert told(only_counted.stdout) == expected
    assert only_counted.stdout.endswith("9 rows would go; nothing was changed\n")
    assert {table: count(table) for table in tables} == before

    done = cli.invoke(regional, ["retention"])
    assert done.exit_code == 0, done.output
    assert told(done.stdout) == expected
    gone = {table: before[table] - count(table) for table in tables}
    assert gone == {Notice: 2, Check: 1, CaseScope: 1, HandedOver: 1, Run: 2, Searched: 1, Visited: 1}
    # What waits for somebody is no ended run, and the history is nobody's to shorten.
    assert set(model.Session.scalars(sa.select(Run.state))) == {"finished", "failed", "held"}
    assert count(Event) == events
    assert set(told(cli.invoke(regional, ["retention"]).stdout).values()) == {0}


def test_counts_are_kept_for_ever_where_the_setting_says_so(
    people: People, dataset: dict[str, Any], cli: CKANCliRunner, ckan_config: dict[str, Any]
) -> None:
    ckan_config["ckanext.regional.needs.keep_demand_days"] = 0
    fill(people, dataset["id"])
    assert told(cli.invoke(regional, ["retention"]).stdout)["needs.visits"] == 0
    assert count(Visited) == 2
