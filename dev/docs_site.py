"""What MkDocs asks of us (``hooks`` in ``mkdocs.yml``): the pages that stand in the root, as a part of the site.

Code hosts look for them there, and Markdown links lead to them from both places.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files

# MkDocs loads this file by its path: the package `dev` is not on Python's.
_ROOT = Path(__file__).resolve().parents[1]
#: Each with its title in the menu; those that are there are shown.
_IN_ROOT = {
    "SECURITY.md": "Security model",
    "CHANGELOG.md": "Changes",
    "CONTRIBUTING.md": "Contributing",
    "bench/README.md": "Benchmarks",
    "ckanext/regional/data/SOURCES.md": "Sources of data",
}


def on_config(config: MkDocsConfig) -> MkDocsConfig:
    """Add their section to the menu."""
    assert config.nav is not None
    config.nav.append({"The project": [{title: name} for name, title in _present().items()]})
    return config


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add the files themselves."""
    for name in _present():
        files.append(File.generated(config, name, abs_src_path=str(_ROOT / name)))
    return files


def on_page_markdown(markdown: str, page: Any, **_: Any) -> str:
    """Let links between the root and ``docs/`` lead to where the pages stand here."""
    above = "../" * page.file.src_uri.count("/")
    if page.file.src_uri in _IN_ROOT:
        return re.sub(r"\]\((?:\.\./)*docs/", f"]({above}", markdown)
    return re.sub(rf"\]\({above}\.\./", f"]({above}", markdown)


def _present() -> dict[str, str]:
    return {name: title for name, title in _IN_ROOT.items() if (_ROOT / name).exists()}
