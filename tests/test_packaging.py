"""Wheel and sdist carry everything: an extension easily loses templates, data, translations or migrations."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import sysconfig
import tarfile
import tomllib
import zipfile
from collections.abc import Iterator
from email.parser import HeaderParser
from pathlib import Path

import pytest

from dev.settings_page import DECLARATIONS, keys
from dev.site import PLAIN_PLUGINS, Site
from dev.testing import current_stack

ROOT = Path(__file__).parent.parent
#: Folders of the repository that belong to the sdist: from it the tests can be run and the package be built.
CARRIED = ("ckanext", "dev", "docs", "tests", "bench")
#: Asked of the site that runs the wheel: a page or answer of each plugin, with what it must have.
ASKED = {
    "/": "Données",
    "/dataset/": "/webassets/regional/",
    "/api/action/regional_status": '"version": "0.1.0"',
    "/api/action/regional_federation": '"protocol": 1',
    "/api/action/regional_territory_show?code=fr:region:53": "Bretagne",
    "/api/action/regional_need_list": '"count": 0',
    "/observatoire": "Observatoire",
    "/interconnexion": "regional",
}
#: Run in the other environment: one request for each of ASKED, and what the site says of itself.
ASKING = """
import json, sys
from ckan.cli import CKANConfigLoader
from ckan.config.middleware import make_app
from click.testing import CliRunner
app = make_app(CKANConfigLoader(sys.argv[1]).get_config())
import ckanext.regional
from ckan.common import config_declaration
from ckanext.regional.cli import regional
client = app.test_client()
answers = {path: client.get(path, follow_redirects=True) for path in json.loads(sys.argv[2])}
with app.test_request_context():
    doctor = CliRunner().invoke(regional, ["doctor", "--json"])
said = {
    "file": ckanext.regional.__file__,
    "answers": {path: [answer.status_code, answer.get_data(as_text=True)] for path, answer in answers.items()},
    "declared": [str(key) for key in config_declaration.iter_options()],
    "doctor": json.loads(doctor.stdout),
}
json.dump(said, open(sys.argv[3], "w"))
"""


def tree(archive: Path) -> set[str]:
    """The files of a wheel or sdist, without the folder that an sdist has around them."""
    if archive.suffix == ".whl":
        with zipfile.ZipFile(archive) as opened:
            return set(opened.namelist())
    with tarfile.open(archive) as opened:
        return {name.partition("/")[2] for name in opened.getnames()}


def ours(*folders: str) -> set[str]:
    return {
        str(path.relative_to(ROOT))
        for folder in folders
        for path in (ROOT / folder).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder with the sdist, and the wheel that was built from it alone: what one loses, the other cannot have."""
    source = tmp_path_factory.mktemp("source") / "tree"
    # A copy, since building leaves files beside the sources.
    shutil.copytree(ROOT, source, ignore=shutil.ignore_patterns(".dev*", ".git", "*.egg-info", "__pycache__"))
    target = tmp_path_factory.mktemp("built")
    command = [sys.executable, "-m", "build", "--no-isolation", "--outdir", str(target), str(source)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return target


@pytest.fixture(scope="module")
def wheel(built: Path) -> Path:
    return next(built.glob("*.whl"))


def test_neither_loses_a_file(built: Path, wheel: Path) -> None:
    assert ours("ckanext") - tree(wheel) == set()
    (sdist,) = built.glob("*.tar.gz")
    assert ours(*CARRIED) - tree(sdist) == set()
    # The wheel has nothing that would land beside other packages.
    assert {name.partition("/")[0] for name in tree(wheel)} == {
        "ckanext",
        f"{sdist.name.removesuffix('.tar.gz')}.dist-info",
    }


def test_what_it_says_that_it_needs(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        (name,) = (name for name in archive.namelist() if name.endswith(".dist-info/METADATA"))
        metadata = HeaderParser().parsestr(archive.read(name).decode())
    assert set(metadata.get_all("Provides-Extra") or ()) == {"dcat", "harvest-import", "dev"}
    needed = metadata.get_all("Requires-Dist") or []
    tools = {line for line in needed if 'extra == "dev"' in line}
    assert any(line.startswith("pytest==") for line in tools)
    lines = (ROOT / "dev" / "requirements-test.txt").read_text().splitlines()
    assert len(tools) == sum(bool(line.partition("#")[0].strip()) for line in lines)
    assert not any('extra == "harvest-import"' in line for line in needed)
    assert {line.split(";")[0] for line in needed if 'extra == "dcat"' in line} == {"ckanext-dcat<3,>=2.4"}


def test_the_versions_are_those_that_the_docs_list(wheel: Path) -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    page = (ROOT / "docs" / "versions.md").read_text()
    said = [line.rpartition(" ")[2] for line in project["classifiers"] if "Python :: 3." in line]
    assert [version for version in said if f"| {version} |" not in page] == []
    assert "ckan>=2.12,<2.13" in project["dependencies"]
    assert "CKAN 2.12" in page


@pytest.fixture(scope="module")
def python(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A virtual environment of its own: the packages of this one, but ours from the wheel, as pip installs it."""
    home = tmp_path_factory.mktemp("installed")
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(home / "venv")], check=True)
    interpreter = home / "venv" / "bin" / "python"
    site = Path(_said(interpreter, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"))
    for entry in Path(sysconfig.get_path("purelib")).iterdir():
        if "regional" not in entry.name and not (site / entry.name).exists():
            (site / entry.name).symlink_to(entry)
    # The namespace is shared: a folder of its own, or our files would land in the other environment.
    (site / "ckanext").unlink()
    (site / "ckanext").mkdir()
    for entry in (Path(sysconfig.get_path("purelib")) / "ckanext").iterdir():
        (site / "ckanext" / entry.name).symlink_to(entry)
    _said(interpreter, "-m", "pip", "install", "--no-deps", "--no-index", "--quiet", str(wheel))
    return interpreter


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    """The databases, core and configuration of a CKAN that had none of our plugins until now; no process."""
    plain = Site(current_stack(), "wheel", plugins=PLAIN_PLUGINS)
    try:
        plain.reset()
        made = Site(current_stack(), "wheel", port=plain.port, settings={"ckan.site_title": "Données"})
        made.write_ini()
        yield made
    finally:
        plain.drop()


def test_a_site_runs_from_the_wheel(python: Path, site: Site, tmp_path: Path) -> None:
    """What an administrator does: make the tables, ask the doctor, look at pages of all four plugins."""
    environment = site.environment()
    program = "from ckan.cli.cli import ckan; ckan()"
    _said(python, "-c", program, "-c", str(site.ini), "db", "upgrade", environment=environment)
    answers = tmp_path / "answers.json"
    _said(python, "-c", ASKING, str(site.ini), json.dumps(list(ASKED)), str(answers), environment=environment)
    told = json.loads(answers.read_text())
    assert str(python.parents[2]) in told["file"]
    assert set(keys()) <= set(told["declared"])
    assert told["doctor"]["errors"] == 0, told["doctor"]
    well = {finding["code"] for finding in told["doctor"]["findings"] if finding["level"] == "ok"}
    assert {f"migrations.{plugin}" for plugin in DECLARATIONS} <= well
    for path, words in ASKED.items():
        status, text = told["answers"][path]
        assert (path, status) == (path, 200)
        assert words in text, path


def _said(python: Path, *arguments: str, environment: dict[str, str] | None = None) -> str:
    known = {key: value for key, value in (environment or os.environ).items() if key != "PYTHONPATH"}
    done = subprocess.run(
        [python, *arguments], capture_output=True, text=True, check=False, env=known, cwd=python.parent
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout.strip()
