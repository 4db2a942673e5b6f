"""What the three servers have in common."""

from __future__ import annotations

import os
from abc import ABC, abstractmethod
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

from dev import python
from dev.errors import DevError
from dev.ports import find_free, is_free
from dev.process import Process

_ATTEMPTS = 3


def server_environment() -> dict[str, str]:
    """This process's environment without what would reach into a server: settings of other servers and libraries."""
    return {key: value for key, value in os.environ.items() if not key.startswith(("PG", "CKAN_", "LD_", "JAVA_"))}


def _without_password(url: str) -> str:
    parts = urlsplit(url)
    return urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2]))


class Server(ABC):
    """One server of a stack: of our own, or somebody else's that an environment variable names."""

    name: str
    variable: str
    timeout: float = 30

    def __init__(self, home: Path, external: str | None = None) -> None:
        self.home = home
        self.data = home / self.name
        self.external = external
        self.process = Process(home, self.name)

    @property
    def port(self) -> int:
        """The port it listens on.

        :raises DevError: when it was never started.
        """
        port = self.process.last_port
        if port is None:
            raise DevError(f"{self.name} of {self.home} was never started")
        return port

    @property
    def running(self) -> bool:
        """Whether it answers."""
        return self.healthy() if self.external else self.process.running and self.healthy()

    def start(self) -> None:
        """Start it and wait until it answers; one that runs is left alone.

        :raises DevError: when it does not come up.
        """
        self.begin()
        self.finish()

    def begin(self) -> None:
        """Start it without waiting, so that several come up at the same time."""
        if self.external or (self._of_this_environment() and self.running):
            return
        self.stop()
        self.data.mkdir(parents=True, exist_ok=True)
        # The port of before, so that what was told it finds the server again; another one where that is taken.
        last = self.process.last_port
        self.launch(last if last is not None and is_free(last) else find_free())

    def finish(self) -> None:
        """Wait until it answers; a port that was taken in between or what a crash has left gets another attempt.

        :raises DevError: when it does not come up.
        """
        if self.external:
            if not self.healthy():
                raise DevError(f"{self.name} at {_without_password(self.external)} does not answer ({self.variable})")
            return
        for attempt in range(_ATTEMPTS):
            try:
                self.process.wait_until(self.healthy, self.timeout)
                return
            except DevError:
                self.process.stop()
                if attempt == _ATTEMPTS - 1:
                    raise
                self.repair(attempt)
                self.launch(find_free())

    def _of_this_environment(self) -> bool:
        """Whether it was started from the virtual environment that is there now: a new one has taken its files away."""
        built = python.built()
        known = self.process.home / "run" / f"{self.name}.built"
        if known.exists() and known.read_text() == built:
            return True
        known.parent.mkdir(parents=True, exist_ok=True)
        known.write_text(built)
        return False

    def stop(self) -> None:
        """End it; somebody else's is left alone."""
        if not self.external:
            self.process.stop()

    @abstractmethod
    def launch(self, port: int) -> None:
        """Start the process on ``port``."""

    @abstractmethod
    def healthy(self) -> bool:
        """Whether it answers a real question."""

    def repair(self, attempt: int) -> None:  # noqa: B027  most have nothing to repair
        """Between two attempts: put right what a crash may have left."""
