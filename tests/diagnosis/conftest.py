"""Asking single checks, and a CKAN whose plugins and settings a test changes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from ckan import plugins as p

from ckanext.regional import diagnosis
from ckanext.regional.types import Finding


def found(check: str) -> dict[str, Finding]:
    """What one check says, by code."""
    return {finding.code: finding for finding in diagnosis.examine({check: diagnosis.checks()[check]})}


def level(check: str, code: str | None = None) -> str:
    """How much one finding of a check matters."""
    return found(check)[code or check].level


@pytest.fixture
def reload(ckan_config: dict[str, Any], clean_regional: None) -> Iterator[Callable[..., None]]:
    """Load the plugins again with other settings; afterwards the next test loads its own."""

    def again(**settings: str) -> None:
        ckan_config.update({key.replace("__", "."): value for key, value in settings.items()})
        p.unload_all()
        p.load_all()

    yield again
    p.unload_all()
