"""Real sites that harvest each other. They are started once; each test makes sources and datasets of its own."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from dev.testing import running_site
from tests.conftest import BRETAGNE, People, act, complete
from tests.faults.hostile import HostileServer
from tests.harvest.pretending import Pretended, Story
from tests.harvest.sites import LOOPBACK, PLAIN, Neighbour, settle


@pytest.fixture(scope="module")
def bretagne() -> Iterator[Neighbour]:
    """A neighbour with our feed, whose datasets are public at once (no review)."""
    plugins = ("regional", "regional_harvest", "scheming_datasets", "activity")
    with running_site("bretagne", plugins=plugins, settings=LOOPBACK) as site:
        yield settle(site)


@pytest.fixture(scope="module")
def loire() -> Iterator[Neighbour]:
    """The site that harvests, likewise without a review."""
    plugins = ("regional", "regional_harvest", "scheming_datasets", "activity")
    settings = {**LOOPBACK, "ckanext.regional.territory": "fr:region:52"}
    with running_site("loire", plugins=plugins, settings=settings) as site:
        yield settle(site)


@pytest.fixture(scope="module")
def plain() -> Iterator[Neighbour]:
    """A CKAN that knows nothing of us."""
    with running_site("voisin", plugins=PLAIN) as site:
        yield settle(site)


@pytest.fixture
def hostile() -> Iterator[HostileServer]:
    """A server that answers as a test tells it to."""
    with HostileServer() as server:
        yield server


@pytest.fixture
def neighbour(hostile: HostileServer) -> Pretended:
    return Pretended(hostile)


@pytest.fixture
def source(people: People, neighbour: Pretended) -> str:
    filled = complete(people)
    keys = ("steward", "license_id", "sector", "frequency", "access_rights", "personal_data_class", "publisher")
    act(
        "regional_source_create", people.sysadmin, name="voisin", url=neighbour.url, owner_org=people.organization,
        trust="publish", territory=BRETAGNE, defaults={key: filled[key] for key in (*keys, "contact")},
    )  # fmt: skip
    return "voisin"


@pytest.fixture
def story(people: People, neighbour: Pretended, source: str) -> Story:
    """A dataset that came from the neighbour, and is public."""
    return Story(people, neighbour)
