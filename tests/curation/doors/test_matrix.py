"""Everybody by every way to a dataset in every state, by id and by name, with a session and with a token.

The table is in ``matrix/ways.py``. Who may gets as far as the commit, which is kept from happening, so that nothing has
to be put back; who may not is refused and changes nothing; and of whom the dataset is hidden gets, word for word, the
answer that there is for one that does not exist.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pytest
from ckan.tests.helpers import CKANTestApp

from ckanext.regional.curation.applying import publishing
from tests.asking import Asker
from tests.curation.conftest import path_of, rows_of
from tests.curation.doors.matrix.site import ROLES, STATES, Site, Subject, build
from tests.curation.doors.matrix.ways import MAY, WAYS, asked

#: How CKAN's API refuses: wrong data, no right, not there.
REFUSED = (400, 403, 404, 409)


@dataclass
class Matrix:
    """Everybody, what they ask about, and what was answered for what does not exist."""

    asker: Asker
    site: Site
    answers: dict[Any, str] = field(default_factory=dict)


@pytest.fixture(scope="module")
def _kept() -> dict[str, Matrix]:
    return {}


@pytest.fixture
def matrix(
    _kept: dict[str, Matrix], app: CKANTestApp, ckan_config: dict[str, Any], monkeypatch: pytest.MonkeyPatch,
    request: pytest.FixtureRequest,
) -> Matrix:  # fmt: skip
    """The same site for the whole module: its cells change nothing."""
    monkeypatch.setitem(ckan_config, "ckan.auth.allow_dataset_collaborators", True)
    if not _kept:
        site = build(request.getfixturevalue("people"))
        _kept["it"] = Matrix(Asker(app, site.people), site)
    return _kept["it"]


@pytest.mark.parametrize("kind", MAY)
@pytest.mark.parametrize("state", STATES)
def test_each_may_what_the_table_says_and_nothing_else(matrix: Matrix, state: str, kind: str) -> None:
    subject = matrix.site.subjects[state]
    may, blind = set(MAY[kind].get(state, "").split()), set(ROLES) - set(MAY["read"][state].split())
    before = kept(subject)
    wrong = {}
    for number, (way, (action, data)) in enumerate(WAYS[kind].items()):
        for place, role in enumerate(ROLES):
            if way not in asked(kind, state, role):
                continue
            named, by = _cell(number + place, way)
            it = subject.by_name() if named else subject
            status, text = matrix.asker.ask(role, by, action, data(it))
            found = _judged(matrix, it, status, text, role, by, way, kind, expected=role in may, blind=role in blind)
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
    matrix: Matrix, it: Subject, status: int, text: str, role: str, by: str, way: str, kind: str, *, expected: bool,
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
    if key not in matrix.answers:
        nothing = it.nowhere(with_peer=role not in MAY["read"]["hidden"].split())
        action, data = WAYS[kind][way]
        code, said = matrix.asker.ask(role, by, action, data(nothing))
        matrix.answers[key] = f"{code} {nothing.plain(said)}"
    told = f"{status} {it.plain(text)}"
    return "" if told == matrix.answers[key] else f"told: {told[-200:]} NOT {matrix.answers[key][-200:]}"


def kept(subject: Subject) -> dict[str, Any]:
    """All that there is of a dataset."""
    found: dict[str, Any] = rows_of(subject.id)
    found["bytes"] = path_of(subject.uploaded).read_bytes()
    return found


def test_the_table_is_whole() -> None:
    assert set(MAY) == set(WAYS)
    assert {state for by_state in MAY.values() for state in by_state} <= set(STATES)
    assert {role for by_state in MAY.values() for roles in by_state.values() for role in roles.split()} == set(ROLES)
