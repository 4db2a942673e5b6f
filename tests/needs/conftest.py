"""Needs and those who say them; a mail server; a Redis in which nobody has spent anything yet."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from ckan import model

from ckanext.regional.needs.notices import outbox
from tests.conftest import BREST, People, act, forget_counts
from tests.smtp import MailServer

TITLE = "Savoir où sont les défibrillateurs"
TEXT = "En cas d'urgence, je voudrais trouver le plus proche de chez moi."


@pytest.fixture(autouse=True)
def nothing_spent(our_plugins: None) -> None:
    """Rates and counts are of the site, not of a test."""
    forget_counts()


def a_need(user: str | None, **changes: Any) -> dict[str, Any]:
    """Say a need about Brest."""
    data = {"title": TITLE, "text": TEXT, "territory": [BREST], "sector": ["medical"], **changes}
    return act("regional_need_create", user, **data)


@pytest.fixture
def need(people: People) -> dict[str, Any]:
    """What the outsider needs in Brest; nobody has looked at it."""
    return a_need(people.outsider)


@pytest.fixture
def public(people: People, need: dict[str, Any]) -> dict[str, Any]:
    """The need, after the steward's look."""
    return act("regional_need_update", people.steward, id=need["id"], state="new")


@pytest.fixture
def token(mails: MailServer) -> Callable[[], str]:
    """Sends what waits, and reads the confirming link of the last e-mail."""

    def last() -> str:
        outbox.work()
        texts = (mails.text(number) for number in range(len(mails.mails)))
        return [link for text in texts for link in re.findall(r"/besoin/confirmer/([\w-]+)", text)][-1]

    return last


def give_addresses(people: People) -> None:
    """Give everybody an address by which a test knows them."""
    for name in vars(people).values():
        user = model.User.get(name)
        if user is not None:
            user.email = f"{name}@example.org"
    model.Session.commit()
