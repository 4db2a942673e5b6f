"""Ways to write on a published dataset, one module for each module of doors: the action, and the data it is given."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.curation.conftest import Catalogue

Way = Callable[[Catalogue], dict[str, Any]]
