"""What is known of addresses, and how often the database is asked for it."""

from __future__ import annotations

import pytest
from ckan import model

from ckanext.regional import links
from ckanext.regional.links.model import Link
from tests.statements import asked

pytestmark = pytest.mark.usefixtures("clean_regional")

GOOD, BAD, NEW = (f"https://example.org/{name}.csv" for name in ("good", "bad", "new"))


@pytest.fixture(autouse=True)
def known(clean_regional: None) -> None:
    here = {"host": "example.org", "next_host": "example.org"}
    model.Session.add(Link(url=GOOD, next_url=GOOD, outcome="ok", status=200, **here))
    model.Session.add(Link(url=BAD, next_url=BAD, outcome="broken", status=404, reason="status", **here))
    model.Session.commit()


def test_what_leads_here_and_what_nobody_knows() -> None:
    found = links.results([f"{GOOD} ", BAD, NEW, "ports.csv"])
    assert [one.ok for one in found.values()] == [True, False, None, True]
    assert found[BAD].status == 404
    assert "404" in found[BAD].reason


def test_many_are_asked_for_together_and_others_by_themselves() -> None:
    with links.asked_together([GOOD, NEW]):
        with asked() as statements:
            assert links.results([GOOD])[GOOD].ok is True
            assert links.results([NEW, GOOD])[NEW].ok is None
        assert statements == []
        with asked() as statements:
            found = links.results([GOOD, BAD])
        assert [found[url].ok for url in (GOOD, BAD)] == [True, False]
        assert len(statements) == 1
    with asked() as statements:
        links.results([GOOD])
    assert len(statements) == 1
