"""Sites with the plugin ``breaking_point``, and the switch that makes it break a worker."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.harvest.sites import wait_for
from tests.installing import as_if_installed

_FOLDER = Path(__file__).parent / "plugin"
_PLUGIN = "breaking_point = breaking_point:BreakingPointPlugin"


@contextmanager
def plugin_at_hand(folder: Path) -> Iterator[Switch]:
    """Let sites that start meanwhile know the plugin, as if it were installed.

    :param folder: an empty one
    """
    switch = Switch(folder / "point.json")
    before = os.environ.get("BREAKING_POINT")
    os.environ["BREAKING_POINT"] = str(switch.file)
    try:
        with as_if_installed(folder, _PLUGIN, _FOLDER):
            yield switch
    finally:
        os.environ.pop("BREAKING_POINT") if before is None else os.environ.update(BREAKING_POINT=before)


class Switch:
    """Where a worker's life ends, or pauses."""

    def __init__(self, file: Path) -> None:
        self.file = file

    def set(self, when: str, pattern: str, *, signal: str = "SIGKILL", skip: int = 0) -> None:
        """Break the first worker that comes to the point.

        :param when: ``before`` or ``after`` a statement; at the ``commit`` of a transaction with one, or ``committed``
        :param skip: so many times the point is passed first
        """
        new = self.file.with_suffix(".new")
        new.write_text(json.dumps({"when": when, "pattern": pattern, "signal": signal, "skip": skip}))
        new.replace(self.file)

    def broken(self) -> int:
        """Wait until a worker has met the point; its process id."""
        return wait_for(self._pid, "the breaking point")

    def is_broken(self) -> bool:
        return self._pid() is not None

    def clear(self) -> None:
        self.file.unlink(missing_ok=True)

    def _pid(self) -> int | None:
        try:
            return json.loads(self.file.read_text()).get("pid")
        except (OSError, ValueError):
            return None
