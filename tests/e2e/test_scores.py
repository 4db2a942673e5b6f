"""Scores in a browser: for the public and for an editor, by keyboard and without scripts."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
import requests

from dev.testing import running_site
from tests.e2e.conftest import BRETAGNE

#: No review here: what is created is public at once.
PLUGINS = ("regional", "scheming_datasets", "activity", "text_view")
WIDE, NARROW = 1280, 390


@dataclass(frozen=True)
class Catalogue:
    """A site with a public dataset, and the password of its editor Anne."""

    url: str
    password: str


@pytest.fixture(scope="module")
def catalogue() -> Iterator[Catalogue]:
    password = secrets.token_urlsafe(16)
    settings = {"ckan.locale_default": "en", "ckanext.regional.territory": BRETAGNE}
    with running_site("e2e-scores", plugins=PLUGINS, settings=settings) as site:
        session = requests.Session()
        session.trust_env = False
        session.headers["Authorization"] = site.add_administrator(password)

        def act(action: str, **data: Any) -> None:
            answer = session.post(f"{site.url}/api/action/{action}", json=data, timeout=60)
            assert answer.ok, answer.text

        act("user_create", name="anne", email="anne@example.org", password=password)
        act(
            "organization_create", name="region", title="Région Bretagne",
            users=[{"name": "anne", "capacity": "editor"}],
        )  # fmt: skip
        files = [{"url": "https://example.org/a.csv", "name": "Menus"}, {"url": "https://example.org/b.pdf"}]
        act(
            "package_create", name="menus", title="Menus", owner_org="region", territory=["fr:commune:29019"],
            sector=["school"], steward="anne", resources=files, private=False,
        )  # fmt: skip
        yield Catalogue(site.url, password)


@pytest.fixture
def browse(chromium: Any, catalogue: Catalogue) -> Iterator[Any]:
    """Makes pages of visitors; afterwards no script may have failed and nothing asked of another site but pictures."""
    contexts: list[Any] = []
    troubles: list[str] = []

    def outside(route: Any) -> None:
        if "gravatar" not in route.request.url:
            troubles.append(f"asked {route.request.url}")
        route.abort()

    def visitor(width: int = WIDE, editor: bool = False, **options: Any) -> Any:
        context = chromium.new_context(locale="en-GB", viewport={"width": width, "height": 900}, **options)
        contexts.append(context)
        context.route(lambda url: not url.startswith(catalogue.url), outside)
        page = context.new_page()
        page.on("pageerror", lambda error: troubles.append(str(error)))
        if editor:
            page.goto(f"{catalogue.url}/user/login")
            page.fill("#field-login", "anne")
            page.fill("#field-password", catalogue.password)
            page.press("#field-password", "Enter")
            page.wait_for_selector(".account.authed")
        return page

    yield visitor
    for context in contexts:
        context.close()
    assert troubles == []


def test_an_editor_without_scripts_gets_to_the_field(browse: Any, catalogue: Catalogue) -> None:
    page = browse(editor=True, java_script_enabled=False)
    page.goto(f"{catalogue.url}/dataset/menus")
    assert not page.get_by_text("Add a few tags").is_visible()
    page.get_by_text("European portal (data.europa.eu)").click()
    page.get_by_text("Add a few tags").locator("a").click()
    assert page.url.endswith("/dataset/edit/menus#field-tag_string")
    assert page.locator("#field-tag_string").is_visible()


def test_the_badge_is_opened_by_keyboard_and_says_yes_and_no(browse: Any, catalogue: Catalogue) -> None:
    page = browse()
    page.goto(f"{catalogue.url}/dataset/menus")
    page.locator(".regional-score > summary").focus()
    page.keyboard.press("Enter")
    said = [" ".join(text.split()) for text in page.locator(".regional-score-ticks li").all_inner_texts()]
    assert ("no Description filled in" in said, "yes Territory filled in" in said, len(said)) == (True, True, 9)


def test_an_editor_sorts_the_weakest_first(browse: Any, catalogue: Catalogue) -> None:
    page = browse(editor=True)
    page.goto(f"{catalogue.url}/dataset/")
    page.select_option("#field-order-by", label="Description: weakest first")
    page.wait_for_url("**sort=regional_score_mqa%20asc**")
    page.wait_for_function("document.querySelector('#field-order-by').value.startsWith('regional_score_mqa asc')")
