"""The site that all broken neighbours are harvested by, and what looks at it afterwards."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from typing import Any

import ckan.plugins.toolkit as tk
import pytest
from ckan import plugins as p

from dev.testing import running_site
from tests.faults.breaking import Switch, plugin_at_hand
from tests.faults.hostile import HostileServer
from tests.faults.inprocess import InProcess
from tests.faults.transport import HASTE
from tests.faults.truth import Truth
from tests.harvest.conftest import hostile
from tests.harvest.sites import LOOPBACK, Neighbour, settle

__all__ = ["hostile"]

SETTINGS: dict[str, Any] = {
    **HASTE,
    "ckanext.regional.harvest.max_records": 100,
    "ckanext.regional.harvest.lease_seconds": 3,
    # Small, so that few datasets make many answers and many pages.
    "ckanext.regional.harvest.fetch_rows": 2,
    "ckanext.regional.harvest.page_size": 2,
    "ckanext.regional.links.enabled": False,
}


@pytest.fixture(scope="package")
def here(tmp_path_factory: pytest.TempPathFactory) -> Iterator[InProcess]:
    """The site that harvests, with little patience. It begins empty and is not emptied between tests."""
    if not p.plugin_loaded("regional_curation"):
        p.load_all()
    site = InProcess(dict(SETTINGS))
    with plugin_at_hand(tmp_path_factory.mktemp("plugin")):
        p.load("breaking_point")
        before = {key: tk.config[key] for key in SETTINGS}
        yield site
        tk.config.update(before)
        p.unload("breaking_point")


@pytest.fixture(scope="package")
def truth(here: InProcess) -> Truth:
    return Truth(here)


@pytest.fixture(scope="package")
def switch(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Switch]:
    """What ends or stops a worker at a named point."""
    with plugin_at_hand(tmp_path_factory.mktemp("switch")) as made:
        yield made


@pytest.fixture(scope="package")
def with_workers(switch: Switch) -> Iterator[Neighbour]:
    """A real site with a worker, and with short leases."""
    plugins = ("regional", "regional_harvest", "scheming_datasets", "activity", "breaking_point")
    settings = {
        **LOOPBACK,
        "ckanext.regional.harvest.lease_seconds": "3",
        "ckanext.regional.harvest.page_size": "5",
        "ckanext.regional.harvest.jobs": "1",
    }
    with running_site("faults", plugins=plugins, settings=settings) as site:
        yield settle(site)


class Harvest:
    """Harvests the hostile server under a source of its own, which the first call makes."""

    def __init__(self, here: InProcess, url: str) -> None:
        self.here = here
        self.url = url
        self.source = f"s{uuid.uuid4().hex[:8]}"
        self.made = False

    def __call__(self, **changes: Any) -> dict[str, Any]:
        if not self.made:
            self.here.source(self.url, self.source, **changes)
            self.made = True
        return self.here.harvest(self.source)

    def records(self, **options: Any) -> dict[str, dict[str, Any]]:
        """The source's records by the neighbour's ids."""
        return {record["remote_id"]: record for record in self.here.records(self.source, **options)}

    def dataset(self, remote_id: str) -> dict[str, Any]:
        """What is here of a dataset of the neighbour."""
        return self.here.act("package_show", id=self.records()[remote_id]["dataset_id"])


@pytest.fixture
def run(here: InProcess, hostile: HostileServer) -> Harvest:
    """Harvest the hostile server; what it answers is in ``hostile``."""
    return Harvest(here, hostile.url)
