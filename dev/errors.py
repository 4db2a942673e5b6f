"""One error for all that a person can put right: its text says what is wrong and what to do."""

from __future__ import annotations

from pathlib import Path


class DevError(Exception):
    """Something the person at the terminal can put right; shown without a traceback."""


class Interrupted(BaseException):
    """SIGTERM or SIGHUP came; like ``KeyboardInterrupt`` it must not be swallowed by ``except Exception``."""


def tail(path: Path) -> str:
    """The last lines of a log, indented, for an error message."""
    try:
        return last_lines(path.read_text(errors="replace"))
    except OSError:
        return "  (no log)"


def last_lines(text: str, lines: int = 20) -> str:
    """The last lines of what a command printed, indented, for an error message."""
    return "\n".join(f"  {line}" for line in text.rstrip().splitlines()[-lines:]) or "  (nothing)"
