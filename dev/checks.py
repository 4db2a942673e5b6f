"""What ``./test`` looks at before the tests: style, types, layers, templates, translations."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path

from dev import translations
from dev.errors import last_lines
from dev.paths import ROOT, VENV
from dev.process import call

_PYTHON = ("ckanext", "dev", "tests", "bench", "setup.py")
_TEMPLATES = "ckanext/regional/templates"


def run() -> list[str]:
    """Run all; the names of those that found something."""
    existing = [path for path in _PYTHON if (ROOT / path).exists()]
    checks: list[tuple[str, Callable[[], str | None]]] = [
        ("ruff check", lambda: _tool("ruff", "check", *existing)),
        ("ruff format", lambda: _tool("ruff", "format", "--check", *existing)),
        ("pyright", lambda: _tool("basedpyright")),
        ("import-linter", lambda: _tool("lint-imports")),
        ("djlint", lambda: _tool("djlint", "--lint", "--quiet", _TEMPLATES)),
        ("translations", _translations),
    ]
    failed = []
    for name, check in checks:
        began = time.monotonic()
        found = check()
        print(f"{name:16} {'ok' if found is None else 'FAILED'}  {time.monotonic() - began:.1f} s", flush=True)
        if found is not None:
            print(found, flush=True)
            failed.append(name)
    return failed


def _tool(name: str, *arguments: str) -> str | None:
    command: list[str | Path] = [VENV / "bin" / name, *arguments]
    env = {**os.environ, "PATH": f"{VENV / 'bin'}{os.pathsep}{os.environ.get('PATH', '')}", "NO_COLOR": "1"}
    done = call(command, env=env, cwd=ROOT)
    return None if done.returncode == 0 else last_lines(done.stdout + done.stderr, 200)


def _translations() -> str | None:
    problems = translations.problems()
    return "\n".join(f"  {problem}" for problem in problems) or None
