"""A real site with its people, and a browser to visit it."""

from __future__ import annotations

import os
import secrets
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
import requests

from dev.site import Site
from dev.testing import running_site
from tests.smtp import MailServer

playwright = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed")

PLUGINS = ("regional", "regional_curation", "scheming_datasets", "activity", "datastore", "text_view")
BRETAGNE = "fr:region:53"
ORGANIZATION = "ville-de-brest"
# What Chromium needs as root and without a screen, and what keeps it from calling home.
ARGUMENTS = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
    # Pictures of people come from elsewhere, and a test asks nothing of the world. Catching requests costs the cache.
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
)  # fmt: skip


@dataclass(frozen=True)
class Place:
    """The site and the one password of all its people."""

    site: Site
    password: str

    @property
    def url(self) -> str:
        return self.site.url


@pytest.fixture(scope="module")
def place() -> Iterator[Place]:
    """A site with an editor of an organisation and a steward for the region."""
    password = secrets.token_urlsafe(16)
    with running_site("e2e", plugins=PLUGINS, settings={"ckan.locale_default": "en"}) as site:
        token = site.add_administrator(password)

        session = requests.Session()
        session.trust_env = False  # a proxy of the machine has no business with loopback
        session.headers["Authorization"] = token

        def act(action: str, **data: Any) -> Any:
            answer = session.post(f"{site.url}/api/action/{action}", json=data, timeout=60)
            assert answer.ok, answer.text
            return answer.json()["result"]

        for name, fullname in (("anne", "Anne Le Gall"), ("mai", "Maï Riou")):
            act("user_create", name=name, fullname=fullname, email=f"{name}@example.org", password=password)
        editors = [{"name": "anne", "capacity": "editor"}]
        act("organization_create", name=ORGANIZATION, title="Ville de Brest", users=editors)
        act("regional_steward_create", user="mai", territory=BRETAGNE)
        yield Place(site, password)


@pytest.fixture(scope="module")
def mails() -> Iterator[MailServer]:
    """A mail server for a site of its own; what it took is looked at by the tests of a file together."""
    server = MailServer()
    server.start()
    yield server
    server.stop()


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    """Debian's Chromium; Playwright downloads none."""
    executable = os.environ.get("REGIONAL_CHROMIUM") or shutil.which("chromium")
    if not executable:
        pytest.skip("No Chromium: set REGIONAL_CHROMIUM, or put chromium on the path")
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=executable, args=list(ARGUMENTS))
        yield browser
        browser.close()


class Visitor:
    """One person at a browser of their own."""

    def __init__(self, chromium: Any, place: Place) -> None:
        self.place = place
        self.context = chromium.new_context(locale="en-GB", viewport={"width": 1280, "height": 900})
        self.page = self.context.new_page()
        self.errors: list[str] = []
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))

    def visit(self, path: str) -> int:
        """Open a page; its HTTP status."""
        return self.page.goto(self.place.url + path).status

    def log_in(self, name: str) -> None:
        """Log in by the form."""
        self.visit("/user/login")
        self.page.fill("#field-login", name)
        self.page.fill("#field-password", self.place.password)
        self.page.press("#field-password", "Enter")
        self.page.wait_for_selector(".account.authed")


@pytest.fixture
def visitors(chromium: Any, place: Place) -> Iterator[Any]:
    """Makes visitors; their browsers close with the test, and no script of a page may have failed."""
    made: list[Visitor] = []

    def visitor(name: str | None = None) -> Visitor:
        made.append(Visitor(chromium, place))
        if name:
            made[-1].log_in(name)
        return made[-1]

    yield visitor
    for one in made:
        one.context.close()
    assert [error for one in made for error in one.errors] == []
