"""The wheel carries everything: an extension easily loses templates, data, translations or migrations."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import sysconfig
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built from a copy: building leaves files beside the sources."""
    source = tmp_path_factory.mktemp("source") / "tree"
    shutil.copytree(ROOT, source, ignore=shutil.ignore_patterns(".dev*", ".git", "*.egg-info", "__pycache__", "tests"))
    target = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(target), str(source)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return next(target.glob("*.whl"))


def test_the_wheel_loses_no_file(wheel: Path) -> None:
    ours = {
        str(path.relative_to(ROOT))
        for path in (ROOT / "ckanext").rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    with zipfile.ZipFile(wheel) as archive:
        assert ours - set(archive.namelist()) == set()


def test_the_plugin_loads_from_the_wheel(wheel: Path, tmp_path: Path) -> None:
    """In a virtual environment of its own: the packages of this one, but ours from the wheel, as pip installs it."""
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(tmp_path / "venv")], check=True)
    python = tmp_path / "venv" / "bin" / "python"
    site = Path(_said(python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"))
    for entry in Path(sysconfig.get_path("purelib")).iterdir():
        if "regional" not in entry.name and not (site / entry.name).exists():
            (site / entry.name).symlink_to(entry)
    # The namespace is shared: a folder of its own, or our files would land in the other environment.
    (site / "ckanext").unlink()
    (site / "ckanext").mkdir()
    for entry in (Path(sysconfig.get_path("purelib")) / "ckanext").iterdir():
        (site / "ckanext" / entry.name).symlink_to(entry)
    _said(python, "-m", "pip", "install", "--no-deps", "--no-index", "--quiet", str(wheel))
    assert str(tmp_path) in _said(python, "-c", "import ckanext.regional; print(ckanext.regional.__file__)")
    ini = tmp_path / "ckan.ini"
    ini.write_text((ROOT / "test.ini").read_text())
    program = "from ckan.cli.cli import ckan; ckan()"
    declared = _said(python, "-c", program, "-c", str(ini), "config", "declaration", "regional")
    assert "ckanext.regional.territory" in declared


def _said(python: Path, *arguments: str) -> str:
    environment = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}
    done = subprocess.run(
        [python, *arguments], capture_output=True, text=True, check=False, env=environment, cwd=python.parent
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout.strip()
