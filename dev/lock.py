"""A lock between commands of one clone; the kernel drops it when its holders end, however they end."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from dev.errors import DevError
from dev.paths import DEV

_held: list[int] = []


def held_descriptors() -> tuple[int, ...]:
    """The locks of this process, for the commands that it calls to hold as well.

    Where this process is killed and pip works on, the next build then waits for pip instead of working against it.
    """
    return tuple(_held)


@contextmanager
def held(path: Path, what: str, *, wait: bool) -> Iterator[None]:
    """Hold the lock ``path``.

    :param what: what it guards, for the message.
    :param wait: wait for another command, else refuse; what a killed one has left at work is always waited for.
    :raises DevError: when another command holds it and ``wait`` is off.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a+") as file:
        _take(file, what, wait=wait)
        _held.append(file.fileno())
        file.truncate(0)
        file.write(str(os.getpid()))
        file.flush()
        try:
            yield
        finally:
            _held.remove(file.fileno())
            file.truncate(0)


@contextmanager
def locked(stack: str) -> Iterator[None]:
    """One command at a time on a stack."""
    with held(DEV / f"{stack}.lock", f"the stack {stack}", wait=False):
        yield


def _take(file: IO[str], what: str, *, wait: bool) -> None:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        file.seek(0)
        holder = file.read().strip()
        alive = holder.isdigit() and Path(f"/proc/{holder}").exists()
        who = f"process {holder}" if alive else "what a killed command has started"
        if alive and not wait:
            raise DevError(f"{what}: {who} is at work; wait for it or end it") from None
        print(f"Waiting: {what}: {who} is at work", flush=True)
        fcntl.flock(file, fcntl.LOCK_EX)
