"""A run in this process: a test's own neighbour, a source for it, and somebody to work it."""

from __future__ import annotations

import uuid
from typing import Any

import sqlalchemy as sa
from ckan import model

from ckanext.regional.harvest.model import Run
from ckanext.regional.harvest.running import jobs, runs
from tests.conftest import ANNUAL, PUBLIC, People, act
from tests.faults.hostile import HostileServer

DEFAULTS = {
    "license_id": "lov2",
    "sector": ["school"],
    "frequency": ANNUAL,
    "access_rights": PUBLIC,
    "personal_data_class": "none",
    "publisher": [{"name": "Ville"}],
    "contact": [{"email": "donnees@example.org"}],
}


def remote(number: int, **changes: Any) -> dict[str, Any]:
    """A dataset as a plain CKAN shows it, with an id that sorts by number."""
    return {
        "id": f"{number:08d}-0000-4000-8000-{uuid.uuid4().hex[:12]}",
        "name": f"menus-{number}",
        "title": f"Menus {number}",
        "notes": "What the children eat.",
        "license_id": "odc-odbl",
        "tags": [{"name": "canteen"}],
        "resources": [{"url": f"https://example.org/{number}.csv", "name": "Menus", "format": "CSV"}],
        **changes,
    }


def add_source(people: People, server: HostileServer, name: str = "neighbour", **changes: Any) -> dict[str, Any]:
    """A source that is trusted to publish; its steward is the editor."""
    data = {
        "name": name,
        "url": server.url,
        "kind": "ckan",
        "title": "Voisine",
        "owner_org": people.organization,
        "trust": "publish",
        "territory": "fr:region:52",
        "defaults": {"steward": people.editor, **DEFAULTS},
        **changes,
    }
    return act("regional_source_create", people.sysadmin, **data)


def harvest(people: People, name: str = "neighbour") -> dict[str, Any]:
    """Begin a run of a source and work it to its end."""
    run = act("regional_harvest_run", people.sysadmin, source=name)
    return work(people, run["id"])


def work(people: People, run_id: str) -> dict[str, Any]:
    """Work a run to its end, and show it."""
    jobs.work_here(run_id, print)
    return act("regional_run_show", people.sysadmin, id=run_id)


def run_states() -> list[str]:
    """The states of all runs, the newest first."""
    model.Session.rollback()
    return list(model.Session.scalars(sa.select(Run.state).order_by(Run.created.desc())))


def run_of(run_id: str) -> Run:
    """A run as it is in the database now."""
    model.Session.rollback()
    return runs.get(run_id)
