"""Where the stack keeps its things: everything it writes is below ``.dev/`` of the clone."""

from __future__ import annotations

from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SOURCE = ROOT / "dev"
DEV = ROOT / ".dev"
VENV = DEV / "venv"
VENV_PYTHON = VENV / "bin" / "python"
JARS = DEV / "jars"


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
