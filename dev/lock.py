"""A lock between commands of one clone; the kernel drops it when its holder ends, however that ends."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from dev.errors import DevError
from dev.paths import DEV


@contextmanager
def held(path: Path, what: str, *, wait: bool) -> Iterator[None]:
    """Hold the lock ``path``.

    :param what: what it guards, for the message.
    :param wait: wait for another holder, else refuse.
    :raises DevError: when another command holds it and ``wait`` is off.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a+") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.seek(0)
            holder = file.read().strip() or "another command"
            if not wait:
                raise DevError(f"{what}: {holder} is at work; wait for it or end it, then run again") from None
            print(f"Waiting: {what}: {holder} is at work", flush=True)
            fcntl.flock(file, fcntl.LOCK_EX)
        file.truncate(0)
        file.write(f"process {os.getpid()}")
        file.flush()
        try:
            yield
        finally:
            file.truncate(0)


@contextmanager
def locked(stack: str) -> Iterator[None]:
    """One command at a time on a stack."""
    with held(DEV / f"{stack}.lock", f"the stack {stack}", wait=False):
        yield
