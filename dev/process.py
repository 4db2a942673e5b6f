"""Long-running processes, told apart from strangers by their start time and by a mark in their environment."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from dev.errors import DevError, tail
from dev.lock import held_descriptors

# In the environment of all that a stack starts, children of children included: what no record knows is found by it.
MARK = "REGIONAL_DEV_DIR"
_LOG_LIMIT = 20_000_000
# Those that this very process started; kept so that their end is noticed by ``poll``.
_children: list[subprocess.Popen[bytes]] = []


@dataclass(frozen=True)
class Record:
    """A started process: a pid alone is not enough, since pids come round again."""

    pid: int
    started: str
    port: int | None
    command: str
    stop_signal: int = signal.SIGTERM

    @property
    def alive(self) -> bool:
        """Whether this very process still runs."""
        return start_time(self.pid) == self.started


def start_time(pid: int) -> str | None:
    """When ``pid`` started, as a text that differs between two holders of a pid; nothing if it runs no more."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
        boot = Path("/proc/sys/kernel/random/boot_id").read_text().strip()
    except OSError:
        return None
    fields = stat.rpartition(")")[2].split()
    return None if fields[0] in "ZX" else f"{boot}:{fields[19]}"


class Process:
    """One long-running program of a stack: started, recorded, found again by a later command, ended."""

    def __init__(self, home: Path, name: str) -> None:
        self.home = home
        self.name = name
        self.log = home / "log" / f"{name}.log"
        self._file = home / "run" / f"{name}.json"
        self._port_file = home / "run" / f"{name}.port"

    @property
    def record(self) -> Record | None:
        """What is known of the running process; nothing if none runs."""
        record = self.last_record
        return record if record is not None and record.alive else None

    @property
    def last_record(self) -> Record | None:
        """What is known of the last one that ran."""
        try:
            return Record(**json.loads(self._file.read_text()))
        except (OSError, ValueError, TypeError):
            return None

    @property
    def last_port(self) -> int | None:
        """The port it listened on the last time, kept after its end."""
        try:
            return int(self._port_file.read_text())
        except (OSError, ValueError):
            return None

    @property
    def running(self) -> bool:
        """Whether it runs."""
        return self.record is not None

    def start(
        self,
        command: Sequence[str | Path],
        *,
        env: Mapping[str, str],
        cwd: Path,
        port: int | None = None,
        stop_signal: signal.Signals = signal.SIGTERM,
    ) -> None:
        """Start it in a session of its own, so that Ctrl-C reaches only the command in front.

        :param stop_signal: the one on which it ends without waiting for its clients.
        """
        self.log.parent.mkdir(parents=True, exist_ok=True)
        self._file.parent.mkdir(parents=True, exist_ok=True)
        if self.log.exists() and self.log.stat().st_size > _LOG_LIMIT:
            self.log.replace(self.log.with_suffix(".log.1"))
        argv = [str(part) for part in command]
        with self.log.open("ab") as out:
            child = subprocess.Popen(
                argv,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.STDOUT,
                cwd=cwd,
                env={**env, MARK: str(self.home)},
                start_new_session=True,
            )
        _children.append(child)
        started = start_time(child.pid) or ""
        record = Record(child.pid, started, port, " ".join(argv)[:300], int(stop_signal))
        self._file.write_text(json.dumps(asdict(record)))
        if port is not None:
            self._port_file.write_text(str(port))

    def wait_until(self, ready: Callable[[], bool], timeout: float) -> None:
        """Wait for the process to be of use.

        :raises DevError: with the end of its log when it died or never answered.
        """
        deadline = time.monotonic() + timeout
        while True:
            alive = self.running
            if ready():
                return
            if not alive:
                raise DevError(f"{self.name} ended while starting; the end of {self.log}:\n{tail(self.log)}")
            if time.monotonic() > deadline:
                raise DevError(
                    f"{self.name} did not answer in {timeout:.0f} s; the end of {self.log}:\n{tail(self.log)}"
                )
            time.sleep(0.05)

    def wait_for_end(self) -> None:
        """Wait until it has done its work."""
        while self.running:
            time.sleep(0.05)
        self._file.unlink(missing_ok=True)

    def kill(self) -> None:
        """End it and its children at once, as a crash of the machine would."""
        record = self.record
        if record is not None:
            pids = session_members(record.pid)
            for pid in pids:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
            wait_gone(pids, 5)
            _reap()
        self._file.unlink(missing_ok=True)

    def stop(self, *, timeout: float = 15) -> None:
        """End it and all of its session: politely, then not."""
        record = self.record
        if record is not None:
            with contextlib.suppress(ProcessLookupError):
                os.kill(record.pid, record.stop_signal)
            wait_gone([record.pid], timeout)
            end_all(session_members(record.pid), grace=2)
            _reap()
        self._file.unlink(missing_ok=True)


def call(command: Sequence[str | Path], *, env: Mapping[str, str], cwd: Path) -> subprocess.CompletedProcess[str]:
    """Run a command to its end: its code and all that it printed; an interruption ends all that it has started."""
    argv = [str(part) for part in command]
    child = subprocess.Popen(
        argv,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=cwd,
        env=env,
        text=True,
        errors="replace",
        # Ctrl-C reaches us alone, and we end the whole family at once.
        start_new_session=True,
        pass_fds=held_descriptors(),
    )
    try:
        stdout, stderr = child.communicate()
    except BaseException:
        end_all(session_members(child.pid), grace=2)
        child.wait()
        raise
    return subprocess.CompletedProcess(argv, child.returncode, stdout, stderr)


def _reap() -> None:
    """Collect ended children, so that they do not stay as zombies of a long test run."""
    _children[:] = [child for child in _children if child.poll() is None]


def session_members(session: int) -> list[int]:
    """Pids of the processes of a session."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            fields = stat.read_text().rpartition(")")[2].split()
            if fields[3] == str(session) and fields[0] not in "ZX":
                found.append(int(stat.parts[2]))
    return found


def marked(home: Path) -> list[int]:
    """Pids of all processes that carry the mark of the stack in ``home``, but for this one and its parents."""
    mark = f"{MARK}={home}".encode()
    own = _ancestors()
    found = []
    for environ in Path("/proc").glob("[0-9]*/environ"):
        with contextlib.suppress(OSError):
            pid = int(environ.parts[2])
            if pid not in own and mark in environ.read_bytes().split(b"\0"):
                found.append(pid)
    return found


def _ancestors() -> set[int]:
    own, pid = {0}, os.getpid()
    while pid not in own:
        own.add(pid)
        try:
            pid = int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
        except OSError:
            break
    return own


def wait_gone(pids: Iterable[int], timeout: float) -> list[int]:
    """Wait for processes to end; those that have not."""
    left = [(pid, start_time(pid)) for pid in pids]
    deadline = time.monotonic() + timeout
    while True:
        left = [(pid, began) for pid, began in left if began is not None and start_time(pid) == began]
        if not left or time.monotonic() > deadline:
            return [pid for pid, _ in left]
        time.sleep(0.05)


def end_all(pids: Iterable[int], grace: float) -> None:
    """End processes: politely, then not."""
    left = list(pids)
    for sig, patience in ((signal.SIGTERM, grace), (signal.SIGKILL, 5.0)):
        for pid in left:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.kill(pid, sig)
        left = wait_gone(left, patience)
