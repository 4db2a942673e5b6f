"""The virtual environment's requirements."""

from __future__ import annotations

import re
from importlib.metadata import distributions

import pytest
from packaging.specifiers import SpecifierSet

from dev import python
from dev.paths import SOURCE

FILES = ("requirements-site.txt", "requirements-test.txt", "constraints.txt")


def test_ckans_pins_come_from_its_extra_with_the_ready_built_psycopg2():
    lines = [
        "setuptools>=44.1.0",
        'alembic==1.18.5; extra == "requirements"',
        'psycopg2==2.9.12; extra == "requirements"',
        'werkzeug[watchdog]==3.1.8; extra == "requirements"',
        'pytest==9.1.1; extra == "dev"',
    ]
    assert python.pins_of(lines) == ["alembic==1.18.5", "psycopg2-binary==2.9.12", "werkzeug[watchdog]==3.1.8"]


@pytest.mark.parametrize("name", FILES)
def test_every_requirement_is_pinned(name: str):
    lines = [line for line in (SOURCE / name).read_text().splitlines() if line and not line.startswith("#")]
    assert lines
    assert [line for line in lines if not re.match(r"[\w.-]+==[\w.]+(\s+# |$)", line)] == []


@pytest.mark.parametrize("name", FILES[:2])
def test_every_requirement_says_why(name: str):
    lines = [line for line in (SOURCE / name).read_text().splitlines() if line and not line.startswith("#")]
    assert [line for line in lines if " # " not in line] == []


@pytest.mark.parametrize("debian", ["3.11.2", "3.13.5"])
def test_every_package_runs_on_a_python_of_debians(debian: str):
    """Debian 12 stays at 3.11.2: what wants a later 3.11 cannot be installed there, though it can elsewhere."""
    wanted = {one.name: str(one.metadata.json.get("requires_python") or "") for one in distributions()}
    assert {name: what for name, what in wanted.items() if not SpecifierSet(what).contains(debian)} == {}


@pytest.mark.parametrize(
    ("log", "remedy"),
    [
        ("OSError: [Errno 28] No space left on device", "disk is full"),
        ("NewConnectionError: Temporary failure in name resolution", "registry did not answer"),
        ("ModuleNotFoundError: No module named 'ensurepip'", "python3-venv"),
        ("something else", "what the log says"),
    ],
)
def test_a_failure_names_what_to_do(log: str, remedy: str):
    assert remedy in python._remedy(log)
