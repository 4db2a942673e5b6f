"""The virtual environment ``.dev/venv``; all here runs on a bare Python with its standard library."""

from __future__ import annotations

import hashlib
import importlib.util
import json
import os
import shutil
import sys
import time
from email.parser import HeaderParser
from pathlib import Path

from dev import certificates
from dev.errors import DevError, last_lines
from dev.lock import held
from dev.paths import DEV, JARS, ROOT, SOURCE, VENV, VENV_PYTHON, require_own, site_packages
from dev.process import call

CKAN = "ckan==2.12.0"
# Raised where this module installs something in another way.
_BUILD = "2"
OLDEST, BEYOND = (3, 11), (3, 14)
_STAMP = VENV / "stamp.json"
_BUILT = VENV / "built"
_LOG = DEV / "log" / "pip.log"
_FREE_BYTES = 1_500_000_000

# Run by every interpreter of the environment before anything else: python-magic finds its C library only after
# pylibmagic was imported; and whatever way pip chose for the editable install, ours is a part of the namespace package
# that the other extensions' .pth files make.
_PTH = """import pylibmagic
import sys; p = {path!r}; m = sys.modules.get("ckanext"); m is None or p in m.__path__ or m.__path__.append(p)
"""


def check_version() -> None:
    """Refuse a Python that CKAN or we do not run on.

    :raises DevError: naming this one and what is wanted.
    """
    if not OLDEST <= sys.version_info[:2] < BEYOND:
        raise DevError(
            f"no Python >= 3.11 and < 3.14 found: {sys.executable} is {sys.version.split()[0]}. "
            "Install one (Debian: apt install python3 python3-venv) or name it: PYTHON=/path/to/python3.12 ./demo"
        )
    if sys.platform != "linux":
        raise DevError("the stack runs on Linux only: it reads /proc")


def ensure(*, tests: bool) -> bool:
    """Build the environment, or what is missing of it; a half-built one is built anew.

    :param tests: with what ``./test`` needs.
    :raises DevError: when it cannot be built.
    :returns: whether anything was built.
    """
    require_own(DEV, VENV, DEV / "log", JARS)
    wanted = _wanted(tests=tests)
    if _is_built(wanted):
        return False
    with held(DEV / "venv.lock", "building the virtual environment", wait=True):
        stamp = _read_stamp()
        if _is_built(wanted):
            return True
        began = time.monotonic()
        _LOG.unlink(missing_ok=True)
        if stamp.get("python") != wanted["python"] or stamp.get("site") != wanted["site"]:
            shutil.rmtree(VENV, ignore_errors=True)
            stamp = {}
        _STAMP.unlink(missing_ok=True)
        if not stamp:
            print(f"Building {VENV.relative_to(ROOT)} (first run: some minutes)", flush=True)
            _make_venv()
            _install_site()
        if tests and stamp.get("test") != wanted["test"]:
            print("Installing what the tests need", flush=True)
            _pip("install", "--no-compile", "-r", SOURCE / "requirements-test.txt", "-c", SOURCE / "constraints.txt")
            stamp["test"] = wanted["test"]
        if stamp.get("project") != wanted["project"]:
            _install_project()
        temporary = _STAMP.with_suffix(".new")
        temporary.write_text(json.dumps({**stamp, **wanted}, indent=1, sort_keys=True))
        temporary.replace(_STAMP)
        print(f"Built in {time.monotonic() - began:.0f} s", flush=True)
    return True


def built() -> str:
    """What tells the environment that is there now from one that was there before."""
    return _BUILT.read_text()


def versions() -> str:
    """What tells which versions of CKAN and the other packages of a site are installed."""
    return _read_stamp().get("site", "")


def _wanted(*, tests: bool) -> dict[str, str]:
    wanted = {
        # An environment cannot be moved, nor handed from one Python to another.
        "python": f"{sys.version} {_base_python().resolve()} {ROOT}",
        "site": _hash(SOURCE / "requirements-site.txt", SOURCE / "constraints.txt"),
        "project": _hash(ROOT / "pyproject.toml", ROOT / "setup.py"),
    }
    if tests:
        wanted["test"] = _hash(SOURCE / "requirements-test.txt")
    return wanted


def _base_python() -> Path:
    """The Python below any virtual environment: ours may be the active one, and cannot make itself anew."""
    return Path(getattr(sys, "_base_executable", None) or sys.executable)


def _read_stamp() -> dict[str, str]:
    try:
        stamp: dict[str, str] = json.loads(_STAMP.read_text())
    except (OSError, ValueError):
        return {}
    return stamp


def _is_built(wanted: dict[str, str]) -> bool:
    stamp = _read_stamp()
    return all(stamp.get(key) == value for key, value in wanted.items())


def _hash(*paths: Path) -> str:
    digest = hashlib.sha256(f"{CKAN} {_BUILD}".encode())
    for path in paths:
        digest.update(path.read_bytes())
    return digest.hexdigest()


def _make_venv() -> None:
    if importlib.util.find_spec("ensurepip") is None or importlib.util.find_spec("venv") is None:
        raise DevError(
            f"{sys.executable} cannot make virtual environments: its module ensurepip is missing "
            "(Debian and Ubuntu: apt install python3-venv)"
        )
    free = shutil.disk_usage(DEV).free
    if free < _FREE_BYTES:
        raise DevError(f"{DEV} has {free // 1_000_000} MB free, {_FREE_BYTES // 1_000_000} MB are needed")
    _run([str(_base_python()), "-m", "venv", "--clear", str(VENV)], "the virtual environment could not be made")
    _BUILT.write_text(f"{time.time_ns()}")


def _install_site() -> None:
    _pip("install", "--no-compile", "--no-deps", CKAN)
    pinned = VENV / "ckan-requirements.txt"
    pinned.write_text("\n".join(ckan_requirements()) + "\n")
    files = ("-r", pinned, "-r", SOURCE / "requirements-site.txt", "-c", SOURCE / "constraints.txt")
    _pip("install", "--no-compile", *files)


def ckan_requirements() -> list[str]:
    """What CKAN's wheel says it runs on, with the ready-built psycopg2 for the one that needs a compiler."""
    (metadata,) = site_packages().glob("ckan-*.dist-info/METADATA")
    lines = HeaderParser().parsestr(metadata.read_text()).get_all("Requires-Dist") or []
    return pins_of(lines)


def pins_of(lines: list[str]) -> list[str]:
    """The requirements of the extra ``requirements`` among a wheel's ``Requires-Dist`` lines."""
    found = []
    for line in lines:
        requirement, _, marker = line.partition(";")
        if "requirements" in marker:
            name, equals, version = requirement.strip().partition("==")
            found.append(f"{'psycopg2-binary' if name == 'psycopg2' else name}{equals}{version}")
    return found


def _install_project() -> None:
    _pip("install", "--no-deps", "--no-build-isolation", "--editable", ROOT)
    (site_packages() / "zz_regional_dev.pth").write_text(_PTH.format(path=str(ROOT / "ckanext")))
    _run(
        [str(VENV_PYTHON), "-c", "import ckanext.regional, ckanext.scheming, ckanext.activity, magic"],
        "the extension cannot be imported beside CKAN's own",
    )


def _pip(*arguments: str | Path) -> None:
    command = [str(VENV_PYTHON), "-m", "pip", "--disable-pip-version-check", "--no-input", *map(str, arguments)]
    _run(command, f"`pip {' '.join(command[3:7])} …` failed")


def _run(command: list[str], failure: str) -> None:
    _LOG.parent.mkdir(parents=True, exist_ok=True)
    # A virtual environment that happens to be active must not leak into ours.
    env = {key: value for key, value in os.environ.items() if key not in ("PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV")}
    done = call(command, env={**env, **certificates.for_pip(env)}, cwd=ROOT)
    log = done.stdout + done.stderr
    with _LOG.open("a") as file:
        file.write(f"$ {' '.join(command)}\n{log}\n")
    if done.returncode != 0:
        raise DevError(f"{failure}. {_remedy(log)}\nThe end of {_LOG}:\n{last_lines(log)}")


def _remedy(log: str) -> str:
    if "No space left on device" in log:
        return "The disk is full: make room and run again."
    signs = (
        "NewConnectionError",
        "ConnectTimeout",
        "Max retries",
        "Name or service",
        "CERTIFICATE",
        "Could not fetch URL",
    )
    if any(sign in log for sign in signs):
        return (
            "The package registry did not answer, or has no such package: check the network; pip's own settings apply "
            "(PIP_INDEX_URL, PIP_CERT, HTTPS_PROXY, pip.conf)."
        )
    if "ensurepip" in log:
        return "Its module ensurepip does not work (Debian and Ubuntu: apt install python3-venv)."
    return "Run again after putting right what the log says."
