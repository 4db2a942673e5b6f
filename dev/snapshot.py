"""A seeded site kept as it was, so that the next demo on the same day and code starts from a copy in seconds."""

from __future__ import annotations

import datetime
import hashlib
import json
import shutil
from pathlib import Path

from dev import python
from dev.paths import ROOT, SOURCE
from dev.site import Site

# Whose content decides what seeding writes.
_SOURCES = (ROOT / "ckanext", SOURCE / "demo")
_SKIPPED = {".pyc", ".mo"}


class Snapshot:
    """Databases, index, files and accounts of a site after seeding."""

    def __init__(self, site: Site, accounts: Path) -> None:
        self.site = site
        self.accounts = accounts
        self.home = site.stack.home / "snapshots" / site.name
        self._databases = {site.database: f"snapshot_{site.database}", site.datastore: f"snapshot_{site.datastore}"}

    @property
    def usable(self) -> bool:
        """Whether there is one, of today and of this code."""
        try:
            fits = (self.home / "key").read_text() == self._key()
        except FileNotFoundError:
            return False
        return fits and all(self.site.stack.postgres.exists(name) for name in self._databases.values())

    def save(self) -> None:
        """Keep the site as it is; none of its processes may run."""
        if self.site.stack.uses_others:
            return
        shutil.rmtree(self.home, ignore_errors=True)
        self.home.mkdir(parents=True)
        for database, name in self._databases.items():
            self.site.stack.postgres.create(name, database)
        self.site.stack.solr.save(self.site.database, self.home / "index")
        shutil.copytree(self.site.storage, self.home / "storage")
        shutil.copyfile(self.accounts, self.home / "accounts.json")
        # Last: without it the rest does not count.
        (self.home / "key").write_text(self._key())

    def restore(self) -> None:
        """Make the site what it was."""
        self.site.stop()
        self.site.write_ini()
        for database, name in self._databases.items():
            self.site.stack.postgres.create(database, name)
        self.site.stack.solr.restore(self.site.database, self.home / "index")
        self.site.stack.valkey.flush(self.site.redis_number)
        shutil.rmtree(self.site.storage, ignore_errors=True)
        shutil.copytree(self.home / "storage", self.site.storage)
        shutil.copyfile(self.home / "accounts.json", self.accounts)

    def _key(self) -> str:
        site = self.site
        digest = hashlib.sha256()
        # The port is in the addresses that the index holds, the secret in the tokens; dates are counted from today.
        today = datetime.datetime.now(datetime.UTC).date().isoformat()
        digest.update(json.dumps([site.port, site.plugins, site.settings, site.secret_key, today]).encode())
        digest.update(python.versions().encode())
        for folder in _SOURCES:
            for path in sorted(folder.rglob("*")):
                if path.is_file() and path.suffix not in _SKIPPED:
                    digest.update(str(path.relative_to(ROOT)).encode() + path.read_bytes())
        return digest.hexdigest()
