"""Where the stack keeps its things: everything it writes is below ``.dev/`` of the clone."""

from __future__ import annotations

import os
from pathlib import Path

from dev.errors import DevError

ROOT = Path(__file__).resolve().parent.parent
SOURCE = ROOT / "dev"
DEV = ROOT / ".dev"
VENV = DEV / "venv"
VENV_PYTHON = VENV / "bin" / "python"
JARS = DEV / "jars"


def require_own(*paths: Path) -> None:
    """Refuse to work in what another user has made: half of it could not be changed.

    :raises DevError: naming the folder and its owner.
    """
    for path in paths:
        if path.exists() and os.geteuid() not in (0, path.stat().st_uid):
            raise DevError(
                f"{path} belongs to {path.owner()}: a run as that user has made it. "
                f"Remove it (sudo rm -rf {DEV}) or run as {path.owner()}"
            )


def stack_dir(name: str) -> Path:
    """Folder of the stack ``name``."""
    return DEV / name


def site_packages() -> Path:
    """The virtual environment's ``site-packages``.

    :raises FileNotFoundError: when the environment is not built.
    """
    for path in sorted((VENV / "lib").glob("python3.*/site-packages")):
        return path
    raise FileNotFoundError(f"{VENV} is not built")
