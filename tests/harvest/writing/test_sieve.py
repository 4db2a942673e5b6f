"""What of an answer needs no work, and what must not be taken for that."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest
import sqlalchemy as sa
from ckan import model

from ckanext.regional.database import now
from ckanext.regional.harvest.clients.errors import UNREADABLE
from ckanext.regional.harvest.model import Record, Source
from ckanext.regional.harvest.running import pages, runs
from ckanext.regional.harvest.running import work as working
from ckanext.regional.harvest.running.work import Work
from ckanext.regional.harvest.writing import sieve
from tests.conftest import People
from tests.faults.catalogue import remote
from tests.faults.hostile import HostileServer
from tests.harvest.local import Local

Read = tuple[Work, dict[str, Any]]


@pytest.fixture
def read(people: People, hostile: HostileServer) -> Read:
    """A source that was read and is read again, and what its neighbour has."""
    there = remote(0)
    hostile.be_a_ckan([there])
    assert Local(people, hostile.url)()["counts"]["created"] == 1
    source = model.Session.scalar(sa.select(Source))
    assert source is not None
    run, _new = runs.begin(source, None, full=True)
    claim = pages.claim(run.id)
    assert claim is not None
    return dataclasses.replace(working.load(claim), kind="ckan"), there


def test_what_came_as_it_was_needs_no_work(read: Read) -> None:
    work, there = read
    other, broken = remote(1), {"id": there["id"], "name": there["name"], UNREADABLE: "the neighbour breaks down"}
    assert sieve.changed(work, [there, other, None, {"name": "no-id"}]) == [other, None, {"name": "no-id"}]
    assert sieve.changed(work, [broken]) == [broken]


@pytest.mark.parametrize(
    "changes",
    [
        {"owner_org": "another"},
        {"organizations": {"mode": "table", "table": {"mairie": "another"}}},
        {"defaults": {"license_id": "odc-by"}},
        {"territory": "fr:region:52"},
        {"trust": "review"},
        {"filters": {"sector": "school"}},
        {"site": "another"},
        {"kind": "regional"},
    ],
)
def test_what_a_source_would_make_otherwise_is_looked_at(read: Read, changes: dict[str, Any]) -> None:
    work, there = read
    assert sieve.changed(dataclasses.replace(work, **changes), [there]) == [there]


@pytest.mark.parametrize(
    "changes",
    [
        *({"state": state} for state in ("skipped", "conflict", "failed", "withdrawn")),
        {"detached": now()},
        {"hash": "of something that a person decided"},
    ],
)
def test_what_is_not_here_as_it_came_is_looked_at(read: Read, changes: dict[str, Any]) -> None:
    work, there = read
    model.Session.execute(sa.update(Record).values(**changes))
    assert sieve.changed(work, [there]) == [there]
