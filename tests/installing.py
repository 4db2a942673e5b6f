"""Plugins of tests, known to this process and to the sites that it starts as if they were installed."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def as_if_installed(folder: Path, plugin: str, code: Path) -> Iterator[None]:
    """Let CKAN find a plugin while the block runs.

    :param folder: an empty one
    :param plugin: ``name = module:Class``, as in the entry points of a package
    :param code: the folder of the module
    """
    name = plugin.partition(" ")[0]
    about = folder / f"{name}-1.dist-info"
    about.mkdir()
    (about / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1\n")
    (about / "entry_points.txt").write_text(f"[ckan.plugins]\n{plugin}\n")
    before = os.environ.get("PYTHONPATH")
    paths = [str(folder), str(code)]
    sys.path[:0] = paths
    os.environ["PYTHONPATH"] = os.pathsep.join([*paths, *filter(None, [before])])
    try:
        yield
    finally:
        for path in paths:
            sys.path.remove(path)
        os.environ.pop("PYTHONPATH") if before is None else os.environ.update(PYTHONPATH=before)
