"""Where a reading goes on within one page of a catalogue."""

from __future__ import annotations

import pytest
from rdflib import BNode, Graph

from ckanext.regional.harvest.clients.dcat import Catalogue

#: In the order of a page: identities, three of them the same, and one dataset without any.
IDENTITIES = ["A", "B", "B", "B", "C", None]
NAMES = ["A", "B", "B (2)", "B (3)", "C", None]


def names_after(after: str | None) -> list[str | None]:
    page = Catalogue(Graph(), None, None, [(identity, BNode()) for identity in IDENTITIES])
    return [item.get("id") for item in page.items(after)]


def test_a_page_is_read_from_its_beginning() -> None:
    assert names_after(None) == NAMES


@pytest.mark.parametrize("place", range(len(NAMES) - 1))
def test_a_page_is_read_from_any_place(place: int) -> None:
    assert names_after(NAMES[place]) == NAMES[place + 1 :]


def test_a_place_that_has_gone_is_found_by_what_stood_beside_it() -> None:
    assert names_after("Bb") == ["C", None]
