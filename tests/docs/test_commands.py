"""What the documentation tells to type is typed here, on a real site that has what the pages take for granted."""

from __future__ import annotations

import os
import secrets
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

from dev.paths import VENV
from dev.site import Site
from dev.testing import running_site
from tests.conftest import BRETAGNE
from tests.docs.blocks import Block, blocks, pages
from tests.faults.hostile import HostileServer
from tests.harvest.neighbour import remote

#: The addresses that the pages use for a site of one's own, and for that of a neighbour.
EXAMPLE, NEIGHBOUR = "https://data.example.org", "https://neighbour.example.org"
ORGANIZATIONS = ("ville-de-brest", "region-bretagne")
#: In this order: what one page makes, the next one finds.
ORDER = ("install.md", "api-examples.md", "needs.md", "harvest.md", "audit.md")


class Reader:
    """Somebody who has the documentation open and types what it says."""

    def __init__(self, site: Site, neighbour: str, folder: Path) -> None:
        self.site = site
        self.neighbour = neighbour
        self.folder = folder
        self.tokens: dict[str, str] = {}
        (folder / "ckan.ini").symlink_to(site.ini)

    def act(self, action: str, token: str | None = None, **data: Any) -> Any:
        """Call an action, as the administrator unless another token is given."""
        session = requests.Session()
        session.trust_env = False
        session.headers["Authorization"] = self.tokens["TOKEN"] if token is None else token
        answer = session.post(f"{self.site.url}/api/action/{action}", json=data, timeout=60)
        assert answer.ok, answer.text
        return answer.json()["result"]

    def run(self, page: str) -> str:
        """Run the blocks of a page in one shell, which ends at the first command that fails; what they printed."""
        script = "".join(self._typed(block, f"{page}-{number}") for number, block in enumerate(blocks(page)))
        script = script.replace(EXAMPLE, self.site.url).replace(NEIGHBOUR, self.neighbour)
        done = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", script],
            cwd=self.folder, env=self._environment(), capture_output=True, text=True, timeout=300, check=False,
        )  # fmt: skip
        assert done.returncode == 0, f"{page} ended with {done.returncode}:\n{done.stdout}\n{done.stderr}"
        return done.stdout

    def _typed(self, block: Block, name: str) -> str:
        if block.language == "sh":
            return block.code
        (self.folder / name).write_text(block.code, encoding="utf-8")
        return f"python3 {name}\n"

    def _environment(self) -> dict[str, str]:
        path = f"{VENV / 'bin'}{os.pathsep}{os.environ['PATH']}"
        return {**self.site.environment(), **self.tokens, "SITE": self.site.url, "PATH": path, "NO_PROXY": "127.0.0.1"}


@pytest.fixture(scope="module")
def reader(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Reader]:
    """A site with two organisations, an editor and two people who will review."""
    if not shutil.which("curl"):
        pytest.skip("the examples are typed with curl, which is not here")
    settings = {"ckanext.regional.territory": BRETAGNE, "ckanext.regional.harvest.allow_networks": "127.0.0.0/8"}
    with HostileServer() as neighbour, running_site("docs", settings=settings) as site:
        neighbour.be_a_ckan([remote(1)])
        someone = Reader(site, neighbour.url, tmp_path_factory.mktemp("docs"))
        password = secrets.token_urlsafe(16)
        someone.tokens["TOKEN"] = site.add_administrator(password)
        for name in ("anne", "mai", "marie"):
            someone.act("user_create", name=name, email=f"{name}@example.org", password=password)
        editors = [{"name": "anne", "capacity": "editor"}]
        for name in ORGANIZATIONS:
            someone.act("organization_create", name=name, title=name.replace("-", " ").title(), users=editors)
        for name in ("anne", "mai"):
            someone.tokens[name.upper()] = someone.act("api_token_create", user=name, name="docs")["token"]
        yield someone


def test_all_that_can_be_run_is_run() -> None:
    assert sorted(ORDER) == pages()


@pytest.mark.parametrize("page", ORDER)
def test_the_commands_of(page: str, reader: Reader) -> None:
    printed = reader.run(page)
    looked_at = LOOKS.get(page)
    assert printed
    if looked_at:
        looked_at(reader, printed)


def _installed(reader: Reader, printed: str) -> None:
    assert "0 errors" in printed
    appointed = {one["user"] for one in reader.act("regional_steward_list", territory=BRETAGNE)}
    assert appointed == {"marie", "mai"}


def _approved(reader: Reader, printed: str) -> None:
    shown = reader.act("package_show", id="places-de-port")
    assert shown["notes"] == "Places par port, au 1er juillet. Source : capitainerie."
    assert shown["regional_status"] == "published"
    assert "fr:departement:29" in printed
    assert reader.act("regional_need_list")["count"] == 1
    assert "Ports de plaisance" not in printed
    assert "places-de-port" in (reader.folder / "catalogue.csv").read_text()


def _harvested(reader: Reader, printed: str) -> None:
    (source,) = reader.act("regional_source_list")
    assert (source["last_run"]["state"], source["datasets"]) == ("finished", 1)


#: What is to be seen after a page, besides that nothing failed.
LOOKS = {"install.md": _installed, "api-examples.md": _approved, "harvest.md": _harvested}
