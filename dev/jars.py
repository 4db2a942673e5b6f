"""Solr's jars: named in ``solr-jars.lock`` with their SHA-256, fetched by jgo, kept in ``.dev/jars``."""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from dev import certificates
from dev.errors import DevError
from dev.paths import JARS, SOURCE

_LOCK = SOURCE / "solr-jars.lock"
_THREADS = 8
_TIMEOUT = 60


@dataclass(frozen=True)
class Jar:
    """One line of the lock file."""

    group: str
    artifact: str
    version: str
    classifier: str
    sha256: str

    @property
    def path(self) -> Path:
        """Where it is kept once its content is known to be right."""
        middle = f"-{self.classifier}" if self.classifier else ""
        return JARS / f"{self.artifact}-{self.version}{middle}.jar"


def parse(text: str) -> Iterator[Jar]:
    """Read ``group:artifact:version[:classifier] sha256:HEX`` lines."""
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip() or line.startswith("#"):
            continue
        coordinates, _, digest = line.partition(" sha256:")
        parts = coordinates.split(":")
        if len(parts) not in (3, 4) or len(digest) != 64:
            raise DevError(f"{_LOCK.name}, line {number}: not group:artifact:version[:classifier] sha256:HEX: {line}")
        yield Jar(parts[0], parts[1], parts[2], parts[3] if len(parts) == 4 else "", digest)


def class_path() -> str:
    """Java's class path: all jars of the folder, which holds the locked ones and no others."""
    return str(JARS / "*")


def ensure() -> int:
    """Fetch what is missing; how many that were.

    :raises DevError: when a jar cannot be fetched or is not the one that was locked.
    """
    jars = list(parse(_LOCK.read_text()))
    JARS.mkdir(parents=True, exist_ok=True)
    with ThreadPoolExecutor(_THREADS) as pool:
        good = list(pool.map(lambda jar: _digest(jar.path) == jar.sha256, jars))
        missing = [jar for jar, is_good in zip(jars, good, strict=True) if not is_good]
        if missing:
            print(f"Fetching {len(missing)} jars of Apache Solr", flush=True)
            os.environ.update(certificates.for_requests(os.environ))
            try:
                list(pool.map(_fetch, missing))
            except BaseException:
                pool.shutdown(cancel_futures=True)
                raise
    wanted = {jar.path for jar in jars}
    for path in JARS.iterdir():
        if path.suffix == ".jar" and path not in wanted:
            path.unlink()
    shutil.rmtree(JARS / "fetching", ignore_errors=True)
    return len(missing)


def _fetch(jar: Jar) -> None:
    from jgo.maven import MavenContext

    try:
        component = MavenContext(repo_cache=JARS / "fetching", timeout=_TIMEOUT).project(jar.group, jar.artifact)
        artifact = component.at_version(jar.version).artifact(classifier=jar.classifier, packaging="jar")
        fetched = Path(artifact.resolve())
    except Exception as error:  # jgo raises whatever its HTTP client raises
        raise DevError(
            f"the jar {jar.group}:{jar.artifact}:{jar.version} could not be fetched: {error}. "
            "Check the network, the proxy variables and SSL_CERT_FILE/REQUESTS_CA_BUNDLE, then run again"
        ) from error
    digest = _digest(fetched)
    if digest != jar.sha256:
        fetched.unlink()
        raise DevError(f"the jar {jar.path.name} is not the locked one: SHA-256 {digest}, wanted {jar.sha256}")
    fetched.replace(jar.path)


def _digest(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except FileNotFoundError:
        return ""
