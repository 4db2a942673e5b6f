"""A limit for a whole exchange: time-outs of sockets count anew with each byte, which a slow sender never lets pass."""

from __future__ import annotations

import socket
import threading
import weakref
from contextlib import suppress
from types import TracebackType


class Watch:
    """Cuts the lines of a session when what is done within takes too long. One exchange at a time.

    :param seconds: until then
    """

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        #: Whether the lines were cut.
        self.late = False
        self._lines: weakref.WeakSet[socket.socket] = weakref.WeakSet()
        self._lock = threading.Lock()
        self._timer: threading.Timer | None = None

    def over(self, line: socket.socket) -> None:
        """Watch over a line, too."""
        with self._lock:
            self._lines.add(line)
            if self.late:
                _cut(line)

    def __enter__(self) -> Watch:
        self.late = False
        self._timer = threading.Timer(self.seconds, self._cut_all)
        self._timer.daemon = True
        self._timer.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._timer is not None:
            self._timer.cancel()

    def _cut_all(self) -> None:
        with self._lock:
            self.late = True
            for line in self._lines:
                _cut(line)


def _cut(line: socket.socket) -> None:
    # Whoever reads from it gets its end at once; it may have been closed meanwhile.
    with suppress(OSError):
        line.shutdown(socket.SHUT_RDWR)
