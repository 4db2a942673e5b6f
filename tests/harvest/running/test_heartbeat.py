"""A page stays with a worker that waits for longer than a lease, and with nobody else's claim."""

from __future__ import annotations

import dataclasses
import datetime

import ckan.plugins.toolkit as tk
import pytest
import sqlalchemy as sa
from ckan import model

from ckanext.regional.harvest.model import Page
from ckanext.regional.harvest.running import heartbeat, pages
from ckanext.regional.harvest.running.pages import Claim
from tests.conftest import People, act
from tests.harvest.sites import wait_for
from tests.harvest.test_actions import source


@pytest.fixture
def claim(people: People, monkeypatch: pytest.MonkeyPatch) -> Claim:
    """The first page of a run, claimed for a second."""
    monkeypatch.setitem(tk.config, "ckanext.regional.harvest.lease_seconds", 1)
    act("regional_source_create", people.sysadmin, **source(people))
    run = act("regional_harvest_run", people.sysadmin, source="neighbour")
    claimed = pages.claim(run["id"])
    assert claimed is not None
    return claimed


def lease(claim: Claim) -> datetime.datetime:
    found = model.Session.scalar(sa.select(Page.lease_until).where(Page.id == claim.page_id))
    model.Session.rollback()
    assert found is not None
    return found


def test_a_lease_is_lengthened_beside_the_reading(claim: Claim) -> None:
    first = lease(claim)
    with heartbeat.kept(claim):
        wait_for(lambda: lease(claim) > first, "a longer lease", 30)


def test_a_claim_that_was_lost_lengthens_nothing(claim: Claim) -> None:
    first = lease(claim)
    lost = dataclasses.replace(claim, token=claim.token - 1)
    with model.meta.engine.begin() as connection:  # pyright: ignore[reportOptionalMemberAccess]
        assert connection.execute(pages.lengthen(lost)).rowcount == 0
    assert lease(claim) == first
