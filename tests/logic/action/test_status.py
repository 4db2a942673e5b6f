"""``regional_status``: what a monitor without an account is told, also while a server is down."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import rq
import sqlalchemy as sa
from ckan import model
from ckan.lib.jobs import add_queue_name_prefix
from ckan.lib.redis import connect_to_redis
from ckan.tests.helpers import CKANTestApp

from ckanext.regional.diagnosis import health
from dev.paths import ROOT
from dev.ports import find_free
from dev.testing import current_stack
from tests.conftest import People, act

URL = "/api/action/regional_status"
CHECKS = {"database", "redis", "solr", "workers", "migrations"}


@pytest.fixture(autouse=True)
def anew() -> Iterator[None]:
    health.forget()
    yield
    health.forget()


@pytest.fixture
def worker() -> Iterator[None]:
    """A worker of this site's queue, as far as Redis knows."""
    queue = rq.Queue(add_queue_name_prefix("default"), connection=connect_to_redis())
    one = rq.Worker([queue], connection=connect_to_redis())
    one.register_birth()
    yield
    one.register_death()


def asked(app: CKANTestApp) -> dict[str, Any]:
    """What the address answers."""
    answer = app.get(URL).json
    assert answer is not None
    return answer["result"]


def check_regional(folder: Path, answer: str | None) -> int:
    """The exit code of the check in docs/operations.md, with a curl that gives an answer, or fails."""
    page = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
    (script,) = (block for block in re.findall(r"```sh\n(.*?)```", page, re.DOTALL) if "check_regional URL" in block)
    (folder / "answer").write_text(answer or "")
    curl = folder / "curl"
    curl.write_text(f"#!/bin/sh\ncat {folder}/answer\nexit {0 if answer else 22}\n")
    curl.chmod(0o755)
    environment = {**os.environ, "PATH": f"{folder}{os.pathsep}{os.environ['PATH']}"}
    return subprocess.run(["sh", "-c", script, "check", "https://x"], env=environment, check=False).returncode


def degraded(told: dict[str, Any]) -> set[str]:
    return {name for name, word in told["checks"].items() if word != "ok"}


def test_a_monitor_asks(app: CKANTestApp, clean_regional: None, worker: None, tmp_path: Path) -> None:
    told = asked(app)
    assert (told["status"], set(told["checks"]), degraded(told)) == ("ok", CHECKS, set())
    assert told["version"]
    assert set(told["migrations"]) == {"regional", "regional_curation", "regional_harvest", "regional_needs"}
    assert set(told) == {"status", "checks", "version", "migrations", "checked"}
    # Nothing of where the servers are.
    assert "127.0.0.1" not in str(told)
    # An answer holds: asked at once, nobody looks again.
    connect_to_redis().flushdb()
    assert asked(app) == told
    health.forget()
    assert degraded(asked(app)) == {"workers"}
    # The documented check reads what really comes.
    waits = app.get(URL).text
    well = waits.replace("degraded", "ok")
    down = waits.replace('"solr": "ok"', '"solr": "degraded"')
    assert [check_regional(tmp_path, answer) for answer in (well, waits, down, None)] == [0, 1, 2, 2]


def test_a_version_that_is_hidden(people: People, ckan_config: dict[str, Any]) -> None:
    ckan_config["ckan.hide_version"] = True
    assert not {"version", "migrations"} & act("regional_status", None).keys()
    assert {"version", "migrations"} <= act("regional_status", people.sysadmin).keys()


def test_a_queue_that_nobody_looks_at(clean_regional: None, ckan_config: dict[str, Any], worker: None) -> None:
    ckan_config["ckanext.regional.harvest.queue"] = "harvest"
    told = act("regional_status", None)
    assert degraded(told) == {"workers"}
    assert "harvest" not in str(told["checks"])


def test_tables_of_another_version(clean_regional: None, worker: None) -> None:
    assert model.meta.engine is not None
    table = "regional_needs_alembic_version"
    with model.meta.engine.begin() as connection:
        connection.execute(sa.text(f"ALTER TABLE {table} RENAME TO aside"))
    try:
        told = act("regional_status", None)
    finally:
        with model.meta.engine.begin() as connection:
            connection.execute(sa.text(f"ALTER TABLE aside RENAME TO {table}"))
    assert (told["status"], degraded(told)) == ("degraded", {"migrations"})
    assert told["migrations"]["regional_needs"] == ""


@contextmanager
def stopped(name: str) -> Iterator[None]:
    server = getattr(current_stack(), name)
    if server.external:
        pytest.skip("the environment names a server that is not ours to stop")
    server.stop()
    try:
        yield
    finally:
        server.start()


def test_redis_is_down(app: CKANTestApp, clean_regional: None) -> None:
    with stopped("valkey"):
        told = asked(app)
    assert (told["status"], degraded(told)) == ("degraded", {"redis", "workers"})


def test_solr_is_not_where_it_should_be(
    app: CKANTestApp, clean_regional: None, ckan_config: dict[str, Any], worker: None
) -> None:
    ckan_config["solr_url"] = f"http://127.0.0.1:{find_free()}/solr/ckan"
    told = asked(app)
    assert (told["status"], degraded(told)) == ("degraded", {"solr"})


def test_the_database_is_down(app: CKANTestApp, clean_regional: None) -> None:
    """CKAN asks it before any action is called: over HTTP this is an error 500, which a monitor sees as well."""
    with stopped("postgres"):
        told = act("regional_status", None)
    assert {"database", "migrations"} <= degraded(told)
    assert told["migrations"] == {}
    health.forget()
    assert not {"database", "migrations"} & degraded(asked(app))
