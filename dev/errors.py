"""One error for all that a person can put right: its text says what is wrong and what to do."""

from __future__ import annotations

from pathlib import Path


class DevError(Exception):
    """Something the person at the terminal can put right; shown without a traceback."""


class Interrupted(BaseException):
    """SIGTERM or SIGHUP came; like ``KeyboardInterrupt`` it must not be swallowed by ``except Exception``."""


def tail(path: Path, lines: int = 15) -> str:
    """The last lines of a log, indented, for an error message."""
    try:
        text = path.read_text(errors="replace").rstrip().splitlines()[-lines:]
    except OSError:
        return "  (no log)"
    return "\n".join(f"  {line}" for line in text) or "  (empty log)"
