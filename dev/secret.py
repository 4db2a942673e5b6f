"""One random password per stack, so that other users of the machine do not get into its servers."""

from __future__ import annotations

import secrets
from pathlib import Path


def secret(home: Path) -> str:
    """The stack's password, made at first need and kept."""
    path = home / "secret"
    try:
        return path.read_text().strip() or _make(path)
    except FileNotFoundError:
        return _make(path)


def _make(path: Path) -> str:
    path.parent.mkdir(parents=True, exist_ok=True)
    value = secrets.token_hex(24)
    path.touch(mode=0o600)
    path.write_text(value)
    return value
