"""A steward's day: twenty cases decided with the keyboard alone, and pages in which nothing stands in anybody's way."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

import pytest
import requests

from tests.e2e.conftest import ORGANIZATION, Place, Visitor

Visitors = Callable[..., Visitor]

NAMES = [f"chiffres-{number:02d}" for number in range(20)]
#: What is decided about each, in the order of the queue: twelve approved, five sent back, three rejected.
DECISIONS = ["approve"] * 4 + ["request_changes"] * 3 + ["approve"] * 4 + ["reject"] * 3 + ["request_changes"] * 2
DECISIONS += ["approve"] * 4
_EU = "http://publications.europa.eu/resource/authority"
COMPLETE: dict[str, Any] = {
    "notes": "Ce que la ville compte, mois par mois.", "owner_org": ORGANIZATION, "steward": "anne",
    "territory": ["fr:commune:29019"], "sector": ["tourist"], "frequency": f"{_EU}/frequency/ANNUAL",
    "access_rights": f"{_EU}/access-right/PUBLIC", "license_id": "lov2", "personal_data_class": "none",
    "publisher": [{"name": "Ville de Brest"}], "contact": [{"name": "Mairie", "email": "mairie@example.org"}],
    "resources": [{"url": "https://example.org/a.csv", "name": "Chiffres", "format": "CSV"}],
}  # fmt: skip


@dataclass
class Api:
    """The site's API as one of its people."""

    place: Place
    session: requests.Session

    def act(self, action: str, **data: Any) -> Any:
        answer = self.session.post(f"{self.place.url}/api/action/{action}", json=data, timeout=60)
        assert answer.ok, answer.text
        return answer.json()["result"]


@pytest.fixture(scope="module")
def api(place: Place) -> Callable[[str], Api]:
    admin = place.site.ckan("user", "token", "add", "admin", "day").stdout.split()[-1]

    @cache
    def of(name: str) -> Api:
        made = Api(place, requests.Session())
        made.session.trust_env = False
        made.session.headers["Authorization"] = admin
        if name != "admin":
            made.session.headers["Authorization"] = made.act("api_token_create", user=name, name="day")["token"]
        return made

    return of


@pytest.fixture(scope="module")
def cases(api: Callable[[str], Api]) -> list[str]:
    """Names of twenty datasets that wait for the steward, in the order in which they are due."""
    anne = api("anne")
    for name in NAMES:
        made = anne.act("package_create", name=name, title=name.title(), **COMPLETE)
        anne.act("regional_curation_submit", id=made["id"])
    return NAMES


class Keys:
    """Presses keys and counts them."""

    def __init__(self, page: Any) -> None:
        self.page = page
        self.pressed = 0

    def press(self, key: str) -> None:
        self.page.keyboard.press(key)
        self.pressed += 1

    def write(self, text: str) -> None:
        self.page.keyboard.type(text)


def decide(keys: Keys, decision: str) -> None:
    """Take one decision on the open case by its key."""
    if decision == "approve":
        keys.press("a")
        keys.press("Enter")
        return
    keys.press("c" if decision == "request_changes" else "r")
    keys.write("Il manque le mois de mars.")
    keys.press("Control+Enter")


def test_twenty_cases_with_the_keyboard_only(visitors: Visitors, api: Callable[[str], Api], cases: list[str]) -> None:
    steward = visitors("mai")
    page = steward.page
    steward.visit("/regional/queue")
    page.wait_for_selector(".regional-keys-on")
    keys = Keys(page)
    keys.press("j")
    keys.press("Enter")
    used: list[int] = []
    for number, (name, decision) in enumerate(zip(cases, DECISIONS, strict=True)):
        page.wait_for_selector(".regional-case.regional-keys-on")
        assert page.url.endswith(f"/regional/case/{name}")
        # The way into the first case is its own.
        before = 0 if number == 0 else keys.pressed
        with page.expect_navigation():
            decide(keys, decision)
        used.append(keys.pressed - before)
    # After the last one, the empty queue.
    assert page.url.endswith("/regional/queue")
    assert max(count for count, decision in zip(used, DECISIONS, strict=True) if decision == "approve") <= 6
    mai = api("mai")
    states = [mai.act("regional_curation_show", id=name)["case"]["state"] for name in cases]
    expected = {"approve": "approved", "request_changes": "changes_requested", "reject": "rejected"}
    assert states == [expected[decision] for decision in DECISIONS]
    assert [states.count(state) for state in expected.values()] == [12, 5, 3]


@pytest.fixture(scope="module")
def waiting(api: Callable[[str], Api]) -> None:
    """A change of a published dataset and two first publications wait for the steward."""
    anne, mai = api("anne"), api("mai")
    live = anne.act("package_create", name="marees", title="Marées", **COMPLETE)
    seen = anne.act("regional_curation_submit", id=live["id"])["fingerprint"]
    mai.act("regional_curation_approve", id=live["id"], fingerprint=seen)
    copy = anne.act("regional_revision_create", id=live["id"])
    notes = "Ce que le port compte, mois par mois."
    anne.act("package_patch", id=copy["id"], notes=notes, tags=[{"name": "mer"}])
    anne.act("regional_curation_submit", id=copy["id"])
    for name in ("phares", "balises"):
        made = anne.act("package_create", name=name, title=name.title(), **COMPLETE)
        anne.act("regional_curation_submit", id=made["id"], comment="Merci !")


def test_a_filter_replaces_the_list_and_keeps_the_address(visitors: Visitors, waiting: None) -> None:
    steward = visitors("mai")
    page = steward.page
    steward.visit("/regional/queue")
    page.evaluate("window.stayed = true")
    page.click(".regional-facet a[href*='kind=revision']")
    page.wait_for_selector(".filtered.pill")
    assert page.evaluate("window.stayed") is True
    assert "kind=revision" in page.url
    assert page.locator(".regional-row h2").all_inner_texts() == ["Marées"]
    assert page.inner_text("[data-queue-status]") == "1 request."
    page.click(".filtered.pill .remove")
    page.wait_for_selector(".regional-row >> nth=2")
    # Keys go on working in what HTMX has put there.
    page.keyboard.press("j")
    page.keyboard.press("x")
    assert page.inner_text("[data-queue-chosen]") == "1 chosen"
    page.keyboard.press("?")
    assert page.locator("dialog[open] kbd").count() == 6
    page.keyboard.press("Escape")
    page.go_back()
    page.wait_for_selector(".filtered.pill")
    assert page.locator(".regional-row h2").all_inner_texts() == ["Marées"]


def test_what_changes_is_marked(visitors: Visitors, waiting: None) -> None:
    steward = visitors("mai")
    steward.visit("/regional/case/marees")
    changed = steward.page.locator(".regional-changes tr", has_text="Description")
    assert changed.locator("del").all_text_contents() == ["removed: la ville"]
    assert changed.locator("ins").all_text_contents() == ["added: le port"]
