"""Territories by the API."""

from __future__ import annotations

import ckan.plugins.toolkit as tk
import pytest

from tests.conftest import act

pytestmark = pytest.mark.usefixtures("our_plugins")


@pytest.mark.parametrize("asked", ["brest", "BREST", "29019", "29200"])
def test_a_town_is_found(asked: str) -> None:
    assert "fr:commune:29019" in [place["code"] for place in act("regional_territory_search", None, q=asked)]


def test_a_limit_from_a_get_request_is_a_text() -> None:
    assert len(act("regional_territory_search", None, q="saint", limit="3")) == 3


def test_a_type_narrows() -> None:
    found = act("regional_territory_search", None, q="finistere", type="departement")
    assert [place["code"] for place in found] == ["fr:departement:29"]


@pytest.mark.parametrize(
    ("data", "field"),
    [({}, "q"), ({"q": ""}, "q"), ({"q": "x", "type": "planet"}, "type"), ({"q": "x", "limit": "-1"}, "limit")],
)
def test_a_wrong_question_is_refused_at_its_field(data: dict[str, str], field: str) -> None:
    with pytest.raises(tk.ValidationError) as refused:
        act("regional_territory_search", None, **data)
    assert list(refused.value.error_dict) == [field]


def test_a_town_lies_in_its_region() -> None:
    assert "fr:region:53" in act("regional_territory_show", None, code="fr:commune:29019")["ancestors"]


def test_a_region_has_its_departments() -> None:
    assert "fr:departement:29" in act("regional_territory_show", None, code="fr:region:53")["children"]


def test_an_unknown_territory_is_not_found() -> None:
    with pytest.raises(tk.ObjectNotFound, match="fr:commune:00000"):
        act("regional_territory_show", None, code="fr:commune:00000")
