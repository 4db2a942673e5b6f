"""What a run took: wall time by the clock, CPU time of the workers, peak memory of a process."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from dev.paths import ROOT
from dev.process import Process, session_members
from dev.site import Site

_TICKS = os.sysconf("SC_CLK_TCK")
_POLL = 0.1
_DEADLINE = 7200


@dataclass(frozen=True, slots=True)
class Sample:
    """One run: seconds by the clock, seconds of CPU in its workers, records and what became of them."""

    wall: float
    cpu: float
    records: int
    outcome: str

    @property
    def rate(self) -> float:
        """Records in a second."""
        return self.records / self.wall


def timed(workers: Iterable[Process], begin: Callable[[], object], ended: Callable[[], bool]) -> tuple[float, float]:
    """Begin something and wait for its end; wall and CPU seconds.

    :raises SystemExit: when it does not end.
    """
    watched = list(workers)
    cpu, began = sum(map(_cpu, watched)), time.monotonic()
    begin()
    while not ended():
        if time.monotonic() - began > _DEADLINE:
            raise SystemExit(f"A run has not ended in {_DEADLINE} s")
        time.sleep(_POLL)
    wall = time.monotonic() - began
    return wall, sum(map(_cpu, watched)) - cpu


def peak_mib(site: Site, command: Sequence[str | Path]) -> tuple[float, float]:
    """Run a command of a site's to its end; its peak resident memory in MiB and the seconds that it took.

    :raises SystemExit: when it fails.
    """
    log = site.stack.home / "log" / f"{site.name}-command.log"
    began = time.monotonic()
    with log.open("w") as out:
        process = subprocess.Popen(command, stdout=out, stderr=out, env=site.environment(), cwd=ROOT)
        _pid, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"`{' '.join(map(str, command))}` failed; see {log}")
    return usage.ru_maxrss / 1024, time.monotonic() - began


def _cpu(process: Process) -> float:
    """CPU seconds of a worker, of the children that it has waited for and of those that still run."""
    record = process.record
    if record is None:
        raise SystemExit(f"{process.name} has ended; see {process.log}")
    return sum(_ticks(pid) for pid in session_members(record.pid)) / _TICKS


def _ticks(pid: int) -> int:
    with suppress(OSError):
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        return sum(int(fields[place]) for place in (11, 12, 13, 14))
    return 0
