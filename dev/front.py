"""Run a command in the terminal's foreground and let it end in its own way when the person presses Ctrl-C."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from dev.errors import Interrupted

_PATIENCE = 30


def run_in_front(command: Sequence[str | Path], *, env: Mapping[str, str], cwd: Path) -> int:
    """Run a command that owns the terminal; its exit code.

    :raises KeyboardInterrupt: after the command has ended, when it was interrupted.
    """
    child = subprocess.Popen([str(part) for part in command], env=env, cwd=cwd)
    try:
        return child.wait()
    except BaseException as error:
        # The terminal sends Ctrl-C to both of us; a second one would cut the child's clean-up short.
        if isinstance(error, Interrupted) or not _owns_terminal():
            child.send_signal(signal.SIGINT)
        try:
            child.wait(_PATIENCE)
        finally:
            child.kill()
            child.wait()
        raise


def _owns_terminal() -> bool:
    with suppress(OSError, ValueError):
        return os.tcgetpgrp(sys.stdin.fileno()) == os.getpgrp()
    return False
