"""The three servers that sites run on."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable
from pathlib import Path

from dev import jars, python, running
from dev.paths import ROOT, require_own, stack_dir
from dev.postgres import Postgres
from dev.server import Server
from dev.solr import Solr
from dev.valkey import Valkey

# Set where CKAN_* variables were made by a stack: they then name no server of somebody else.
STACK_VARIABLE = "REGIONAL_DEV_STACK"
TEMPLATE_PREFIX = "regional_template_"
# The first Redis database, counted from the one that CKAN_REDIS_URL names, of stacks other than the demo's.
_TEST_REDIS = 4


class Stack:
    """PostgreSQL, Valkey and Solr under ``.dev/NAME/``, and what the sites on them share."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.home = stack_dir(name)
        known = self._external()
        self.postgres = Postgres(self.home, known.get(Postgres.variable))
        self.valkey = Valkey(self.home, known.get(Valkey.variable))
        self.solr = Solr(self.home, known.get(Solr.variable))

    @property
    def servers(self) -> tuple[Server, ...]:
        """All three, the slowest to start first."""
        return (self.solr, self.postgres, self.valkey)

    @property
    def uses_others(self) -> bool:
        """Whether a server is somebody else's."""
        return any(server.external for server in self.servers)

    @property
    def running(self) -> bool:
        """Whether all three answer."""
        return all(server.running for server in self.servers)

    def start(self) -> None:
        """Start what does not run and wait until all answer.

        :raises DevError: when one does not come up; the others are ended.
        """
        require_own(self.home, self.home / "run", self.home / "log")
        self._choose_external()
        if not self.solr.external:
            jars.ensure()
        for server in self.servers:
            server.begin()
        for server in self.servers:
            server.finish()

    def stop(self) -> None:
        """End everything that this stack started, the sites included."""
        running.stop(self.home)

    @property
    def _external_file(self) -> Path:
        return self.home / "external.json"

    def _external(self) -> dict[str, str]:
        try:
            known: dict[str, str] = json.loads(self._external_file.read_text())
        except (OSError, ValueError):
            return {}
        return known

    def _choose_external(self) -> None:
        """Take somebody else's servers from the environment, unless the variables there are a stack's own."""
        if STACK_VARIABLE in os.environ:
            return
        chosen = {}
        for server in self.servers:
            url = os.environ.get(server.variable)
            if url and not server.external:
                server.stop()
            server.external = url or None
            if url:
                chosen[server.variable] = url
        if chosen != self._external():
            self._redis_file.unlink(missing_ok=True)
        self.home.mkdir(parents=True, exist_ok=True)
        self._external_file.touch(mode=0o600)
        self._external_file.write_text(json.dumps(chosen))

    def redis_number(self, site: str) -> int:
        """The number of a site's Redis database, the same until the site is dropped."""
        numbers = self._redis_numbers()
        if site not in numbers:
            # Somebody else's server is one for all stacks, and has sixteen databases.
            first = _TEST_REDIS if self.valkey.external and self.name != "demo" else 0
            numbers[site] = next(n for n in range(first, 64) if n not in numbers.values())
            self._redis_file.parent.mkdir(parents=True, exist_ok=True)
            self._redis_file.write_text(json.dumps(numbers))
        return numbers[site]

    def forget_redis_number(self, site: str) -> None:
        """Let another site have a site's number."""
        numbers = self._redis_numbers()
        numbers.pop(site, None)
        self._redis_file.write_text(json.dumps(numbers))

    @property
    def _redis_file(self) -> Path:
        return self.home / "redis-numbers.json"

    def _redis_numbers(self) -> dict[str, int]:
        try:
            numbers: dict[str, int] = json.loads(self._redis_file.read_text())
        except (OSError, ValueError):
            return {}
        return numbers

    def template(self, plugins: Iterable[str]) -> str:
        """Name of the migrated, empty database for a set of plugins."""
        return f"{TEMPLATE_PREFIX}{migrations_hash(plugins)}"


def migrations_hash(plugins: Iterable[str]) -> str:
    """A hash of all that decides the tables: plugins, installed versions, our migrations."""
    digest = hashlib.sha256(" ".join(sorted(plugins)).encode())
    digest.update(python.versions().encode())
    for path in sorted((ROOT / "ckanext").glob("*/migration/**/*")):
        if path.suffix in (".py", ".ini", ".mako"):
            digest.update(str(path.relative_to(ROOT)).encode() + path.read_bytes())
    return digest.hexdigest()[:12]
