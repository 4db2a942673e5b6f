"""A server that the tests may ask, and an empty list of links."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import sqlalchemy as sa
from ckan import model
from ckan.lib.redis import connect_to_redis

from ckanext.regional.links.model import Link, LinkHost
from tests.faults.hostile import Answer, HostileServer

#: Between two requests to one host, in these tests.
INTERVAL = 0.15


@pytest.fixture
def server() -> Iterator[HostileServer]:
    """Answers 200 until a test says something else."""
    with HostileServer() as server:
        server.default = lambda _request: Answer(b"data")
        yield server


@pytest.fixture
def settings(our_plugins: None, ckan_config: dict[str, Any]) -> dict[str, Any]:
    """Loopback may be asked, quickly, and the second look counts whenever it comes."""
    ckan_config["ckanext.regional.links.allow_networks"] = ["127.0.0.0/8"]
    ckan_config["ckanext.regional.links.host_interval"] = str(INTERVAL)
    ckan_config["ckanext.regional.links.retry_hours"] = 0
    ckan_config["ckanext.regional.links.timeout"] = 1
    return ckan_config


@pytest.fixture
def no_links(settings: dict[str, Any]) -> Iterator[None]:
    """No link is known, and no wake-up is on its way."""
    model.Session.rollback()
    for table in (Link, LinkHost):
        model.Session.execute(sa.delete(table))
    model.Session.commit()
    connection = connect_to_redis()
    for key in connection.scan_iter("*regional:links:*"):
        connection.delete(key)
    yield
    model.Session.rollback()
