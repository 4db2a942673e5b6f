"""``ckan regional doctor`` as an administrator runs it, also where a server is down."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from ckan.tests.helpers import CKANCliRunner
from click.testing import Result

from ckanext.regional import diagnosis
from ckanext.regional.cli import regional
from ckanext.regional.types import Finding
from dev.site import Site
from dev.testing import current_stack, running_site

Doctor = Callable[..., Result]


@pytest.fixture
def doctor(clean_regional: None, cli: CKANCliRunner) -> Doctor:
    """Run the command in this process."""
    return lambda *arguments: cli.invoke(regional, ["doctor", *arguments])


@pytest.fixture
def findings(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Let the checks find what a test says: here the words around them are tested."""

    def say(*wanted: Finding) -> None:
        monkeypatch.setattr(diagnosis, "checks", lambda: {"mine": lambda: iter(wanted)})

    return say


def test_it_looks_at_everything_and_counts(doctor: Doctor) -> None:
    done = doctor()
    assert done.exit_code == 0, done.output
    assert "OK       PostgreSQL answers." in done.stdout
    assert "OK       CKAN asks the review who may read a dataset." in done.stdout
    assert "0 errors" in done.stdout.splitlines()[-1]


def test_json_for_programs(doctor: Doctor) -> None:
    told = json.loads(doctor("--json").stdout)
    assert told["errors"] == 0
    assert told["warnings"] == sum(finding["level"] == "warning" for finding in told["findings"])
    assert set(told["findings"][0]) == {"level", "code", "message", "remedy", "repairable"}


def test_an_error_is_the_exit_code(doctor: Doctor, findings: Callable[..., None]) -> None:
    findings(Finding("warning", "a", "Thin."), Finding("error", "b", "Broken.", "Mend it."))
    done = doctor()
    assert done.exit_code == 1
    assert done.stdout.splitlines()[:3] == ["WARNING  Thin.", "ERROR    Broken.", "         Mend it."]


def test_a_repair_is_offered_and_made(doctor: Doctor, findings: Callable[..., None]) -> None:
    made: list[str] = []

    def mend() -> str:
        made.append("x")
        return "Mended."

    findings(Finding("error", "a", "Broken.", "Mend it.", mend))
    assert "ckan regional doctor --repair" in doctor().stdout
    assert made == []
    done = doctor("--repair")
    assert made == ["x"]
    assert done.exit_code == 0
    assert done.stdout.splitlines()[0] == "OK       Mended."


@contextmanager
def stopped(server: Any) -> Iterator[None]:
    if server.external:
        pytest.skip("the environment names a server that is not ours to stop")
    server.stop()
    try:
        yield
    finally:
        server.start()


@pytest.mark.parametrize(
    ("name", "code", "silent"),
    [
        ("solr", "solr", ["index"]),
        ("valkey", "redis", ["exchange.worker"]),
        ("postgres", "postgresql", ["migrations", "datasets", "review.stewards", "exchange.runs"]),
    ],
)
def test_a_server_that_is_down_is_a_finding(doctor: Doctor, name: str, code: str, silent: list[str]) -> None:
    with stopped(getattr(current_stack(), name)):
        done = doctor("--json")
    told = {finding["code"]: finding for finding in json.loads(done.stdout)["findings"]}
    assert done.exit_code == 1
    assert told[code]["level"] == "error"
    assert "does not answer" in told[code]["message"]
    for check in silent:
        assert told[check]["level"] == "warning"
        assert "does not answer" in told[check]["message"]
    # It is back, and nothing of the outage is left behind.
    again = {finding["code"]: finding["level"] for finding in json.loads(doctor("--json").stdout)["findings"]}
    assert again[code] == "ok"
    assert all(again.get(check, "ok") != "warning" for check in ["index", "migrations", "datasets"])


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    with running_site("doctor", workers=1) as made:
        yield made


def test_as_a_command_of_a_site(site: Site) -> None:
    """The command prints nothing else on stdout, and the worker that runs is seen."""
    done = site.ckan("regional", "doctor", "--json", check=False)
    told = {finding["code"]: finding for finding in json.loads(done.stdout)["findings"]}
    assert done.returncode == 0, done.stdout
    assert told["redis.worker"]["level"] == "ok"
    assert told["exchange.worker"]["level"] == "ok"


def test_as_a_command_while_solr_is_down(site: Site) -> None:
    with stopped(site.stack.solr):
        done = site.ckan("regional", "doctor", check=False)
    assert done.returncode == 1
    assert "ERROR    Solr at" in done.stdout
    assert "Traceback" not in done.stdout
