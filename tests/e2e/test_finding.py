"""Territory and sector pages and the tree, in a browser: by keyboard, on a telephone, without scripts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
import requests

from dev.testing import running_site
from tests.e2e.conftest import BRETAGNE

FINISTERE = "fr:departement:29"
BREST = "fr:commune:29019"
#: No review here: what is created is public at once.
PLUGINS = ("regional", "scheming_datasets", "activity", "text_view")
PLACES = {"brest": BREST, "quimper": "fr:commune:29232", "rennes": "fr:commune:35238", "laval": "fr:commune:53130"}
WIDE, NARROW = 1280, 390


@dataclass(frozen=True)
class Catalogue:
    """A site with public datasets."""

    url: str


@pytest.fixture(scope="module")
def catalogue() -> Iterator[Catalogue]:
    settings = {"ckan.locale_default": "en", "ckanext.regional.territory": BRETAGNE}
    with running_site("e2e-finding", plugins=PLUGINS, settings=settings) as site:
        session = requests.Session()
        session.trust_env = False
        session.headers["Authorization"] = site.add_administrator("only-for-this-test")

        def act(action: str, **data: Any) -> None:
            answer = session.post(f"{site.url}/api/action/{action}", json=data, timeout=60)
            assert answer.ok, answer.text

        act("organization_create", name="region", title="Région Bretagne")
        for name, place in PLACES.items():
            sectors = ["school"] if name != "quimper" else ["tourist"]
            act(
                "package_create", name=name, title=f"Menus {name}", owner_org="region", territory=[place],
                sector=sectors, private=False,
            )  # fmt: skip
        yield Catalogue(site.url)


@pytest.fixture
def browse(chromium: Any, catalogue: Catalogue) -> Iterator[Any]:
    """Opens pages; afterwards no script may have failed and nothing may have been asked of another site."""
    contexts: list[Any] = []
    troubles: list[str] = []

    def outside(route: Any) -> None:
        troubles.append(f"asked {route.request.url}")
        route.abort()

    def open_page(path: str, width: int = WIDE, **options: Any) -> Any:
        context = chromium.new_context(locale="en-GB", viewport={"width": width, "height": 900}, **options)
        contexts.append(context)
        context.route(lambda url: not url.startswith(catalogue.url), outside)
        page = context.new_page()
        page.on("pageerror", lambda error: troubles.append(str(error)))
        page.goto(catalogue.url + path)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert troubles == []


def focused(page: Any) -> str:
    return page.evaluate("document.activeElement.getAttribute('aria-label') || ''")


def test_the_map_is_walked_by_keyboard(browse: Any) -> None:
    page = browse(f"/territoire/{BRETAGNE}")
    page.focus("#regional-finding-words")
    heard = []
    for _ in range(8):
        page.keyboard.press("Tab")
        heard.append(focused(page))
    areas = [name for name in heard if name.endswith(("dataset", "datasets"))]
    assert areas == [
        "Côtes-d'Armor: 0 datasets", "Finistère: 2 datasets", "Ille-et-Vilaine: 1 dataset", "Morbihan: 0 datasets",
    ]  # fmt: skip


def test_the_focus_is_seen(browse: Any) -> None:
    page = browse(f"/territoire/{BRETAGNE}")
    look = "e => { const s = getComputedStyle(e.querySelector('path')); return [s.fill, s.stroke, s.strokeWidth] }"
    area = page.locator(".regional-map-area").nth(1)
    before = area.evaluate(look)
    page.locator(".regional-map-area").nth(0).focus()
    page.keyboard.press("Tab")
    assert all(was != now for was, now in zip(before, area.evaluate(look), strict=True))


def test_enter_opens_the_area(browse: Any) -> None:
    page = browse(f"/territoire/{BRETAGNE}")
    page.locator(".regional-map-area").nth(1).focus()
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/territoire/{FINISTERE}")
    assert page.locator("h1").last.inner_text() == "Finistère"


def test_an_area_is_clicked(browse: Any) -> None:
    page = browse("/territoire/country:fr")
    page.locator('.regional-map-area[aria-label^="Bretagne"] path').click()
    page.wait_for_url(f"**/territoire/{BRETAGNE}")


def test_the_table_comes_below_the_map_on_a_telephone(browse: Any) -> None:
    page = browse(f"/territoire/{BRETAGNE}", NARROW)
    drawing, table = page.locator(".regional-map-drawing").bounding_box(), page.locator("table").bounding_box()
    assert table["y"] > drawing["y"] + drawing["height"]


def test_everything_works_without_scripts(browse: Any) -> None:
    page = browse("/dataset/", java_script_enabled=False)
    tree = page.locator(".regional-facets").first
    tree.get_by_text("Finistère").click()
    page.wait_for_url("**vocab_regional_territory=fr%3Adepartement%3A29")
    assert page.locator("h1").last.inner_text().startswith("2 datasets")


def test_the_tree_is_walked_down_and_up(browse: Any) -> None:
    page = browse("/dataset/")
    tree = page.locator(".regional-facets").first
    for name, count in (("Finistère", "2 datasets"), ("Brest Métropole", "1 dataset"), ("Bretagne", "3 datasets")):
        tree.get_by_role("link", name=name).first.click()
        page.wait_for_function("text => document.body.innerText.includes(text)", arg=f"{count} found")
    tree.get_by_role("link", name="Bretagne").first.click()
    page.wait_for_function("document.body.innerText.includes('4 datasets found')")


def test_a_branch_is_folded(browse: Any) -> None:
    page = browse(f"/dataset/?vocab_regional_territory={FINISTERE}")
    page.get_by_text("Within Finistère").click()
    assert not page.get_by_role("link", name="Brest Métropole").is_visible()


def test_several_filters_stay_together(browse: Any) -> None:
    page = browse("/dataset/?sort=title_string+desc")
    page.locator(".regional-facets").nth(1).get_by_role("link", name="Education").click()
    page.wait_for_function("document.body.innerText.includes('3 datasets found')")
    page.locator(".regional-facets").first.get_by_role("link", name="Finistère").click()
    page.wait_for_function("document.body.innerText.includes('1 dataset found')")
    pills = [text.strip() for text in page.locator(".filtered.pill").all_inner_texts()]
    assert (sorted(pills), page.locator("#field-order-by").input_value()) == (
        ["Education", "Finistère"], "title_string desc",
    )  # fmt: skip
