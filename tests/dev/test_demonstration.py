"""The demo's command line."""

from __future__ import annotations

import pytest

from dev import demonstration
from dev.errors import DevError


@pytest.mark.parametrize(
    ("given", "ports"), [(None, [5001, 5002]), ("5101,5102", [5101, 5102]), ("5101, 5102, 5103", [5101, 5102, 5103])]
)
def test_ports_are_read(given: str | None, ports: list[int]):
    assert demonstration.ports(given) == ports


@pytest.mark.parametrize("given", ["5101", "a,b", "5101,5101", "1,2,3,4", "5101,70000"])
def test_wrong_ports_are_refused_with_an_example(given: str):
    with pytest.raises(DevError, match="DEMO_PORTS=5101,5102"):
        demonstration.ports(given)
