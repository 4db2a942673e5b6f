"""A plain CKAN with history: 500 datasets, a schema and a plugin of its own, a source of ckanext-harvest."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from dev.paths import VENV_PYTHON
from dev.site import Site
from dev.testing import running_site
from tests.faults.hostile import HostileServer
from tests.harvest.conftest import hostile
from tests.harvest.sites import Neighbour, dataset
from tests.harvest.theirs import be_a_ckan_that_filters
from tests.history.picture import Camera
from tests.installing import as_if_installed

__all__ = ["hostile"]

PLUGINS = (
    "house", "scheming_datasets", "activity", "datastore", "dcat", "text_view", "harvest", "ckan_harvester",
)  # fmt: skip
SETTINGS = {
    "scheming.dataset_schemas": "house:house.yaml",
    "scheming.presets": "ckanext.scheming:presets.json",
}
BROUGHT = 20


@dataclass
class Old:
    """The site, who looks at it, and the neighbour that it harvests."""

    site: Site
    camera: Camera
    remote: list[dict[str, Any]]

    def act(self, role: str, action: str, **data: Any) -> Any:
        """Call an action as one of the site's people.

        :raises ActionFailed: it is refused
        """
        return Neighbour(self.site, self.camera.tokens[role]).act(action, **data)


@pytest.fixture
def old(hostile: HostileServer, tmp_path: Path) -> Iterator[Old]:
    """The site as its administrator has it before they hear of us."""
    house = as_if_installed(tmp_path, "house = house:HousePlugin", Path(__file__).parent / "plugin")
    with house, running_site("history", plugins=PLUGINS, settings=SETTINGS, workers=0) as site:
        seeded = site.run([VENV_PYTHON, "-m", "tests.history.seed", site.ini])
        made = Old(site, Camera(site, json.loads(seeded.stdout.splitlines()[-1])), _remote(hostile))
        made.act(
            "sysadmin", "harvest_source_create", name="loire", url=hostile.url, title="Loire", source_type="ckan",
            owner_org="ville", frequency="WEEKLY", config=json.dumps({"organizations_filter_include": ["region"]}),
        )  # fmt: skip
        site.ckan("harvester", "run-test", "loire")
        site.ckan("search-index", "rebuild", "--quiet")
        # CKAN makes folders for its assets with the first page; two first pages at once do not get on.
        made.camera.status("anonymous", "/")
        yield made


def _remote(hostile: HostileServer) -> list[dict[str, Any]]:
    """Datasets of a neighbour that has the house's software, too."""
    remote = []
    for number in range(BROUGHT):
        one = dataset(f"loire-{number:02}", id=str(uuid.uuid4()), audience="everybody")
        one["owner_org"], one["organization"] = "o", {"id": "o", "name": "region"}
        one["resources"][0]["id"] = str(uuid.uuid4())
        remote.append(one)

    be_a_ckan_that_filters(hostile, remote)
    return remote
