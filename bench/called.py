"""A site whose actions a benchmark calls: the other end of :mod:`bench.one_site`."""

from __future__ import annotations

import json
import subprocess
from typing import Any

from dev.paths import ROOT, VENV
from dev.site import Site


class Called:
    """A process that calls a site's actions, one at a time, and says what each took."""

    def __init__(self, site: Site) -> None:
        self._log = site.stack.home / "log" / f"{site.name}.log"
        with self._log.open("w") as log:
            self._process = subprocess.Popen(
                [VENV / "bin" / "python", "-m", "bench.one_site", site.ini],
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log, text=True,
                env=site.environment(), cwd=ROOT,
            )  # fmt: skip
        self._answer()

    def call(self, action: str, data: dict[str, Any], **more: Any) -> dict[str, Any]:
        """Call an action; ``{"wall", "cpu", "result"}``."""
        assert self._process.stdin
        self._process.stdin.write(json.dumps({"action": action, "data": data, **more}) + "\n")
        self._process.stdin.flush()
        return self._answer()

    def _answer(self) -> dict[str, Any]:
        assert self._process.stdout
        # CKAN prints a word or two when it starts.
        for line in self._process.stdout:
            if line.startswith("{"):
                return json.loads(line)
        raise SystemExit(f"A site ended; see {self._log}")

    def end(self) -> None:
        """End the process."""
        self._process.terminate()
        self._process.wait()
