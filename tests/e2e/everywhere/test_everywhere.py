"""Every page of ours in a browser: for everybody, in both languages, on every width, and whatever is written on it."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest
from ckan.tests.helpers import CKANTestApp

from dev.site import PLUGINS
from dev.testing import running_site
from tests.e2e import pictures
from tests.e2e.axe import violations
from tests.e2e.conftest import BRETAGNE, Place, Visitor
from tests.e2e.everywhere import looking
from tests.e2e.everywhere.attack import attack
from tests.e2e.everywhere.pages import DATA, PAGES, WITHIN_CKAN, Page
from tests.e2e.everywhere.site import Everything, fill
from tests.faults.hostile import HostileServer
from tests.hostile_strings import COMPUTED
from tests.smtp import MailServer

WIDE, ZOOMED, TELEPHONE, NARROW = 1280, 640, 390, 320
_PRESS = """selector => {
  // As without scripts and checks of the browser's own.
  const button = document.querySelector(selector), sent = document.createElement('input')
  Object.assign(sent, {type: 'hidden', name: button.name, value: button.value})
  button.form.append(sent)
  HTMLFormElement.prototype.submit.call(button.form)
}"""


@pytest.fixture(scope="module")
def servers() -> Iterator[Callable[[], HostileServer]]:
    """Starts servers that can be a neighbour."""
    with ExitStack() as stack:
        yield lambda: stack.enter_context(HostileServer())


@pytest.fixture(scope="module")
def everything(mails: MailServer, servers: Callable[[], HostileServer]) -> Iterator[Everything]:
    settings = {
        "ckan.locale_default": "fr", "ckan.locales_offered": "fr en", "ckan.site_title": "Données de Bretagne",
        "smtp.server": f"127.0.0.1:{mails.port}", "smtp.mail_from": "ckan@example.org",
        "ckanext.regional.territory": BRETAGNE, "ckanext.regional.harvest.allow_networks": "127.0.0.0/8",
        "ckanext.regional.needs.rate_user": "1000", "ckanext.regional.needs.rate_address": "1000",
    }  # fmt: skip
    with running_site("everywhere", plugins=PLUGINS, settings=settings) as site:
        made = Everything(site, secrets.token_urlsafe(16), mails)
        fill(made, servers)
        yield made


@pytest.fixture(scope="module")
def place(everything: Everything) -> Place:
    return Place(everything.site, everything.password)


@pytest.fixture
def reader(visitors: Callable[..., Visitor]) -> Callable[[str], Visitor]:
    """Everybody at a browser of their own that asks for less motion."""
    known: dict[str, Visitor] = {}

    def of(name: str) -> Visitor:
        if name not in known:
            known[name] = visitors(name or None)
            known[name].page.emulate_media(reduced_motion="reduce")
        return known[name]

    return of


def every_page() -> list[Page]:
    return [page for pages in PAGES.values() for page in pages] + list(WITHIN_CKAN)


def one_of_each() -> list[Page]:
    return [page for pages in PAGES.values() for page in pages if page is pages[0] or page.press] + list(WITHIN_CKAN)


def test_every_page_is_in_the_table(app: CKANTestApp) -> None:
    rules = [rule for rule in app.flask_app.url_map.iter_rules() if rule.endpoint.startswith("regional")]
    shown = {rule.endpoint for rule in rules if "GET" in (rule.methods or ())}
    assert shown == {*PAGES, *DATA}


def test_nothing_stands_in_anybodys_way(everything: Everything, reader: Callable[[str], Visitor]) -> None:
    """axe, widths down to 320 pixels, a page enlarged twice, less motion asked for; the keyboard.

    All pages in French and wide; of each endpoint one by keyboard, on the narrowest window, and in English on a
    telephone: what differs there are words and widths.
    """
    found: dict[str, list[str]] = {}
    some = one_of_each()
    for language, pages in (("", every_page()), ("/en", some)):
        for page in pages:
            visitor = reader(page.who)
            status = opened(visitor, everything, page, language)
            pictures.take(visitor.page, page.pictures, language[1:] or "fr")
            unfold(visitor)
            wrong = [] if status == page.status else [f"answered {status}"]
            wrong += looking.moving(visitor.page) + looking.wordless(visitor.page)
            if not language:
                wrong += violations(visitor.page, inside=page.inside or None)
            if not page.inside:
                # Of what CKAN draws, the widths and the rest of the page are CKAN's.
                wrong += looking.by_keyboard(visitor.page) if page in some and not language else []
                axe_at = (TELEPHONE if language else NARROW) if page in some else None
                wrong += narrower(visitor.page, axe_at)
            if wrong:
                found[f"{language}{page.path} {page.press} as {page.who or 'a visitor'}"] = list(dict.fromkeys(wrong))
    assert not found, told(found)


def told(found: dict[str, list[str]]) -> str:
    return "\n".join(f"{page}: {line}" for page, lines in found.items() for line in lines)


def narrower(page: Any, axe_at: int | None) -> list[str]:
    """What is wrong with the open page on narrower windows, and by axe on one of them."""
    wrong: list[str] = []
    for width in (ZOOMED, TELEPHONE, NARROW):
        wrong += looking.too_wide(page, width)
        wrong += violations(page) if width == axe_at else []
    return wrong


def test_no_text_is_taken_for_code(
    everything: Everything, reader: Callable[[str], Visitor], servers: Callable[[], HostileServer]
) -> None:
    """The same pages after the attack: no script has run, no dialog opened, no template computed, nothing overflows."""
    attack(everything, servers())
    more = [
        Page("/regional/sources/hostile", "admin"), Page("/regional/runs/{hostile run}", "admin"),
        Page("/dataset/?q=hostile"), Page("/regional/sources/hostile/edit", "admin", press="button[value=preview]"),
        Page("/regional/case/quais", "mai"), Page("/dataset/balises", "anne"),
        Page("/user/zoe", inside=".module-content"),
    ]  # fmt: skip
    found: dict[str, list[str]] = {}
    dialogs: list[str] = []
    listening: set[str] = set()
    for page in [*every_page(), *more]:
        visitor = reader(page.who)
        if page.who not in listening:
            listening.add(page.who)
            visitor.page.on("dialog", lambda dialog: (dialogs.append(dialog.page.url), dialog.dismiss()))
        status = opened(visitor, everything, page)
        unfold(visitor)
        wrong = [f"answered {status}"] if status >= 500 else []
        if visitor.page.evaluate("window.hacked"):
            wrong.append("a script ran")
        if COMPUTED in visitor.page.content():
            wrong.append("a template was computed")
        if not page.inside:
            # A word that nothing breaks is part of the attack.
            wrong += looking.too_wide(visitor.page, TELEPHONE)
        if wrong:
            found[f"{page.path} {page.press} as {page.who or 'a visitor'}"] = wrong
    assert not found, told(found)
    assert dialogs == []


def opened(visitor: Visitor, everything: Everything, page: Page, language: str = "") -> int:
    """Open a page, pressing the button that it wants; its HTTP status."""
    visitor.page.set_viewport_size({"width": WIDE, "height": 900})
    status = visitor.visit(language + page.path.format(**everything.refs))
    if page.press:
        with visitor.page.expect_navigation() as answer:
            visitor.page.evaluate(_PRESS, page.press)
        status = answer.value.status
    return status


def unfold(visitor: Visitor) -> None:
    """Open what is folded, so that it is looked at, too."""
    visitor.page.evaluate("document.querySelectorAll('[role=main] details').forEach(part => { part.open = true })")
