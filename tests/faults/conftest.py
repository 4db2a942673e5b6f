"""What the tests of faults share with those of the harvester."""

from __future__ import annotations

from tests.harvest.conftest import hostile

__all__ = ["hostile"]
