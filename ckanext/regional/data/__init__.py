"""Data files that the extension ships; ``SOURCES.md`` says where each comes from."""

from __future__ import annotations

import json
from importlib.resources import files
from typing import Any


def load_json(name: str) -> Any:
    """Read one data file.

    :param name: path below this folder, such as ``territory/regions.json``.
    :returns: the parsed JSON.
    """
    return json.loads(files(__name__).joinpath(name).read_text(encoding="utf-8"))
