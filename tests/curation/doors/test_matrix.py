"""Everybody by every way to a dataset in every state, by id and by name, with a session and with a token.

The table is in ``matrix/ways.py``. Who may gets as far as the commit, which is kept from happening, so that nothing has
to be put back; who may not is refused and changes nothing; and of whom the dataset is hidden gets, word for word, the
answer that there is for one that does not exist.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
from ckan import model
from ckan.tests import factories
from ckan.tests.helpers import CKANTestApp
from sqlalchemy import event

from ckanext.regional.curation.applying import publishing
from tests.curation.conftest import path_of, rows_of
from tests.curation.doors.matrix.site import ROLES, STATES, Site, Subject, build
from tests.curation.doors.matrix.ways import MAY, WAYS

#: How CKAN's API refuses: wrong data, no right, not there.
REFUSED = (400, 403, 404, 409)
#: The test client's session is for this host.
_HERE = "http://localhost"


class Reached(BaseException):
    """A way got as far as the commit. No code catches it."""


@dataclass
class Asker:
    """Asks the API as everybody, each with a session of their own and with a token."""

    app: CKANTestApp
    site: Site
    clients: dict[str, tuple[Any, dict[str, str]]] = field(default_factory=dict)
    answers: dict[Any, str] = field(default_factory=dict)

    def ask(self, role: str, by: str, action: str, data: dict[str, Any]) -> tuple[int, str]:
        """Status and text of the answer; status 0 where the way got to the commit."""
        client, headers = self._client(role, by)
        given: dict[str, Any] = (
            {"data": data} if any(isinstance(one, tuple) for one in data.values()) else {"json": data}
        )
        try:
            with nothing_kept():
                answer = client.post(f"/api/action/{action}", base_url=_HERE, headers=headers, **given)
        except Reached:
            return 0, ""
        finally:
            model.Session.rollback()
            model.Session.remove()
        return answer.status_code, answer.get_data(as_text=True)

    def _client(self, role: str, by: str) -> tuple[Any, dict[str, str]]:
        key = f"{role} by {by}"
        if key not in self.clients:
            self.clients[key] = self._made(self.site.people[role], by)
        return self.clients[key]

    def _made(self, name: str | None, by: str) -> tuple[Any, dict[str, str]]:
        if by == "token" and name:
            return self.app.test_client(), {"Authorization": factories.APIToken(user=name)["token"]}
        client = self.app.test_client(user=model.User.get(name) if name else None)
        page = client.get("/about", base_url=_HERE).get_data(as_text=True)
        token = re.search(r'name="_csrf_token" content="([^"]+)"', page)
        assert token is not None
        return client, {"X-CSRFToken": token[1]}


@contextmanager
def nothing_kept() -> Iterator[None]:
    """Stop an action at its first commit, before Solr and the database have heard of it."""
    from ckanext.datastore.backend.postgres import get_write_engine  # pyright: ignore[reportMissingImports]

    tables = get_write_engine()
    event.listen(model.Session, "before_commit", _stop, insert=True)
    event.listen(tables, "commit", _stop_tables)
    try:
        yield
    finally:
        event.remove(model.Session, "before_commit", _stop)
        event.remove(tables, "commit", _stop_tables)


def _stop(session: Any) -> None:
    # CKAN commits before it comes to the action, too: that a token was used.
    if hasattr(session, "_context"):
        raise Reached


def _stop_tables(connection: Any) -> None:
    # SQLAlchemy takes the transaction for ended.
    connection.connection.dbapi_connection.rollback()
    raise Reached


@pytest.fixture(scope="module")
def _kept() -> dict[str, Asker]:
    return {}


@pytest.fixture
def asker(
    _kept: dict[str, Asker], app: CKANTestApp, ckan_config: dict[str, Any], monkeypatch: pytest.MonkeyPatch,
    request: pytest.FixtureRequest,
) -> Asker:  # fmt: skip
    """The same site for the whole module: its cells change nothing."""
    monkeypatch.setitem(ckan_config, "ckan.auth.allow_dataset_collaborators", True)
    if not _kept:
        _kept["it"] = Asker(app, build(request.getfixturevalue("people")))
    return _kept["it"]


@pytest.mark.parametrize("kind", MAY)
@pytest.mark.parametrize("state", STATES)
def test_each_may_what_the_table_says_and_nothing_else(asker: Asker, state: str, kind: str) -> None:
    subject = asker.site.subjects[state]
    may, blind = set(MAY[kind].get(state, "").split()), set(ROLES) - set(MAY["read"][state].split())
    before = kept(subject)
    wrong = {}
    for number, (way, (action, data)) in enumerate(WAYS[kind].items()):
        for place, role in enumerate(ROLES):
            named, by = _cell(number + place, way)
            it = subject.by_name() if named else subject
            status, text = asker.ask(role, by, action, data(it))
            found = _judged(asker, it, status, text, role, by, way, kind, expected=role in may, blind=role in blind)
            if found:
                wrong[f"{way} ({action}) as {role}, {'name' if named else 'id'}, {by}"] = found
    publishing.sweep()
    assert not wrong, "\n".join(f"{cell}: {found}" for cell, found in wrong.items())
    assert kept(subject) == before


def _cell(number: int, way: str) -> tuple[bool, str]:
    """Whether by name, and by which login: over the roles each way in all four manners, and over the ways each role."""
    named, by = _HOW[number % len(_HOW)]
    return named and not way.endswith("…"), by


_HOW = ((False, "session"), (True, "token"), (False, "token"), (True, "session"))


def _judged(
    asker: Asker, it: Subject, status: int, text: str, role: str, by: str, way: str, kind: str, *, expected: bool,
    blind: bool,
) -> str:  # fmt: skip
    """What is wrong with an answer; empty where nothing is."""
    if (status in (0, 200)) != expected:
        return f"{'not ' if expected else ''}let through: {status} {text[-300:]}"
    if not expected and status not in REFUSED:
        return f"no refusal: {status} {text[-300:]}"
    if not blind or expected:
        return ""
    key = (role, by, way, kind, it.ref == it.name)
    if key not in asker.answers:
        nothing = it.nowhere(with_peer=role not in MAY["read"]["hidden"].split())
        action, data = WAYS[kind][way]
        code, said = asker.ask(role, by, action, data(nothing))
        asker.answers[key] = f"{code} {nothing.plain(said)}"
    told = f"{status} {it.plain(text)}"
    return "" if told == asker.answers[key] else f"told: {told[-200:]} NOT {asker.answers[key][-200:]}"


def kept(subject: Subject) -> dict[str, Any]:
    """All that there is of a dataset."""
    found: dict[str, Any] = rows_of(subject.id)
    found["bytes"] = path_of(subject.uploaded).read_bytes()
    return found


def test_the_table_is_whole() -> None:
    assert set(MAY) == set(WAYS)
    assert {state for by_state in MAY.values() for state in by_state} <= set(STATES)
    assert {role for by_state in MAY.values() for roles in by_state.values() for role in roles.split()} == set(ROLES)
