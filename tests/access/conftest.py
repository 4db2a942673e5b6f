"""One world for all the tests of this folder: what they ask of it is not kept."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest
from ckan.tests.helpers import CKANTestApp

from tests.access.world import World, build
from tests.asking import Asker, be_busy
from tests.faults.hostile import HostileServer
from tests.harvest.pretending import Pretended


@dataclass(frozen=True)
class Site:
    """The world, and who asks about it."""

    world: World
    asker: Asker


@pytest.fixture(scope="module")
def _kept() -> dict[str, Any]:
    return {}


@pytest.fixture(scope="module")
def neighbour_server() -> Any:
    with HostileServer() as server:
        yield server


@pytest.fixture
def site(
    _kept: dict[str, Any], neighbour_server: HostileServer, app: CKANTestApp, ckan_config: dict[str, Any],
    monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest,
) -> Site:  # fmt: skip
    """The same for the whole module."""
    # Somebody without an account takes part where the site can send them a link.
    monkeypatch.setitem(ckan_config, "smtp.mail_from", "ckan@example.org")
    for rate in ("needs.rate_address", "needs.rate_email", "needs.rate_user", "harvest.preview_per_minute"):
        monkeypatch.setitem(ckan_config, f"ckanext.regional.{rate}", 10_000)
    if not _kept:
        world = build(request.getfixturevalue("people"), Pretended(neighbour_server))
        be_busy()
        _kept["it"] = Site(world, Asker(app, world.users()))
    return _kept["it"]
