"""The documentation is built as a site without a warning: every page is in the menu, every link leads somewhere."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from dev.paths import ROOT
from dev.process import call


def test_the_site_is_built(tmp_path: Path):
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--site-dir", tmp_path]
    done = call(command, env={**os.environ, "NO_MKDOCS_2_WARNING": "1"}, cwd=ROOT)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "mermaid" in (tmp_path / "concepts.html").read_text(encoding="utf-8")
    # Pages of the root are part of it, and what leads to them from `docs/` does so here.
    assert 'href="CHANGELOG.html"' in (tmp_path / "index.html").read_text(encoding="utf-8")
