"""Everybody calls every action of ours and opens every page of ours; nobody gets further than the tables say."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlsplit

from ckan import logic, model
from ckan.tests.helpers import CKANTestApp

from tests.access import actions, routes
from tests.access.conftest import Site
from tests.access.world import ROLES
from tests.asking import HERE
from tests.curation.doors.matrix import ways

#: What an address may carry that would lead elsewhere if anybody believed it.
_ELSEWHERE = "https://elsewhere.example/"
_ASTRAY = f"next={_ELSEWHERE}&came_from={_ELSEWHERE}&back={_ELSEWHERE}&url=//elsewhere.example"


def test_every_action_is_in_a_table(our_plugins: None) -> None:
    logic.get_action("status_show")
    ours = {name for name in logic._actions if name.startswith("regional_")}
    of_datasets = {action for kind in ways.WAYS.values() for action, _data in kind.values()}
    assert ours - of_datasets == set(actions.WAYS)


def test_who_may_call_each_action(site: Site) -> None:
    wrong = {}
    for number, (action, each) in enumerate(actions.WAYS.items()):
        for way in each:
            for place, role in enumerate(ROLES):
                by = ("session", "token")[(number + place) % 2]
                status, text = site.asker.ask(role, by, action, way.data(site.world))
                allowed = status in ((0, 200, 400, 409) if way.late else (0, 200))
                if role in way.may.split() and not allowed:
                    wrong[f"{action} as {role} by {by}"] = f"refused: {status} {text[:300]}"
                if role not in way.may.split() and status not in (403, 404, 400 if role == "anonymous" else 403):
                    wrong[f"{action} as {role} by {by}"] = f"let through: {status} {text[:300]}"
    assert not wrong, "\n".join(f"{cell}: {found}" for cell, found in wrong.items())


def test_every_route_is_in_a_table(app: CKANTestApp) -> None:
    assert {rule.endpoint for rule in our_rules(app)} == set(routes.PAGES)
    for rule in our_rules(app):
        forms = [page for page in routes.PAGES[rule.endpoint] if page.data]
        assert bool(forms) == ("POST" in (rule.methods or ())), rule


def test_who_may_open_each_page_and_send_its_forms(site: Site) -> None:
    wrong = {}
    for pages in routes.PAGES.values():
        for page in pages:
            # What is open to everybody, everybody else's rights cannot close.
            for role in ("anonymous", "outsider", "sysadmin") if page.may == actions.ALL else ROLES:
                status, to, text = _request(site, role, page)
                allowed = _let_in(status, to) or (page.late and status in (400, 409))
                if allowed != (role in page.may.split()):
                    wrong[f"{page.path} {'sent' if page.data else 'opened'} as {role}"] = (
                        f"{status} {to} {_sentence(text)}"
                    )
                if urlsplit(to).hostname not in (None, "localhost", "test.ckan.net"):
                    wrong[f"{page.path} as {role} leads"] = to
    assert not wrong, "\n".join(f"{cell}: {found}" for cell, found in wrong.items())


def test_no_form_is_taken_that_stands_on_no_page_of_ours(site: Site) -> None:
    """Also after somebody without a session has come, whereupon CKAN looks no more at the forms of a view."""
    taken = {}
    for pages in routes.PAGES.values():
        for page in (page for page in pages if page.data):
            path = page.path.format(**vars(site.world))
            data = page.data(site.world) if page.data else {}
            site.asker.app.flask_app.test_client().post(path, data=data, base_url=HERE)
            for role, extra in (("sysadmin", {}), ("anonymous", {}), ("sysadmin", {"_csrf_token": "x"})):
                status, to, _text = site.asker.open(role, "POST", path, {**data, **extra}, forged=True)
                to_log_in = role == "anonymous" and "/user/login" in to
                if status != 400 and not to_log_in:
                    taken[f"{path} as {role} {extra}"] = (status, to)
    assert taken == {}


def our_rules(app: CKANTestApp) -> list[Any]:
    """The routes of our blueprints."""
    return [rule for rule in app.flask_app.url_map.iter_rules() if rule.endpoint.startswith("regional")]


def _request(site: Site, role: str, page: routes.Page) -> tuple[int, str, str]:
    path = page.path.format(**vars(site.world))
    path += ("&" if "?" in path else "?") + _ASTRAY
    model.Session.remove()
    return site.asker.open(role, "POST" if page.data else "GET", path, page.data(site.world) if page.data else None)


def _sentence(text: str) -> str:
    """What an error page says."""
    found = re.search(r'id="error-content">(.*?)</div>', text, re.DOTALL)
    return " ".join(re.sub(r"<[^>]*>", " ", found[1]).split()) if found else ""


def _let_in(status: int, to: str) -> bool:
    return status in (0, 200) or (status == 302 and "/user/login" not in to)
