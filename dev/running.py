"""What runs of a stack, and its end; on a bare Python, so that it also works where the virtual environment is gone."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from dev.process import Process, end_all, marked, session_members

SERVERS = ("postgres", "solr", "valkey")
_PATIENCE = 10


def stop(home: Path) -> None:
    """End all that the stack in ``home`` has started, sites first."""
    stop_sites(home)
    _stop([Process(home, record.stem) for record in (home / "run").glob("*.json")])
    end_all(marked(home), grace=5)


def stop_sites(home: Path) -> None:
    """End all but the servers: sites, and whatever a command that was killed has left at work on them."""
    processes = [Process(home, path.stem) for path in (home / "run").glob("*.json")]
    _stop([process for process in processes if process.name not in SERVERS])
    records = [process.record for process in processes if process.name in SERVERS]
    servers = {pid for record in records if record is not None for pid in session_members(record.pid)}
    end_all([pid for pid in marked(home) if pid not in servers], grace=2)


def describe(home: Path) -> list[str]:
    """What was started and whether it runs, one line each."""
    records = sorted((home / "run").glob("*.json"), key=lambda path: (path.stem not in SERVERS, path.name))
    return [_line(Process(home, path.stem)) for path in records] or ["Nothing runs."]


def _stop(processes: list[Process]) -> None:
    if processes:
        with ThreadPoolExecutor(len(processes)) as pool:
            list(pool.map(lambda process: process.stop(timeout=_PATIENCE), processes))


def _line(process: Process) -> str:
    record = process.record
    if record is None:
        return f"{process.name:32} ended by itself; its log is {process.log}"
    port = f", port {record.port}" if record.port else ""
    return f"{process.name:32} running, process {record.pid}{port}"
