from __future__ import annotations

from typing import Any

import pytest

from ckanext.regional.score import Situation, governance, scores
from tests.score.datasets import LINKS, NOW, PERFECT, SITUATION, changed, lost

COMPLETE = (9, "steward", "complete")
#: What flips a criterion, and what is lost then.
FLIPS: dict[str, tuple[dict[str, Any], set[str]]] = {
    "steward": ({"steward": ""}, {"steward_active", "complete"}),
    "territory": ({"territory": []}, {"complete"}),
    "sector": ({"sector": []}, {"complete"}),
    "publisher_identified": ({"publisher": [{"name": "Ville de Brest", "identifier": "123456789"}]}, set()),
    "personal_data": ({"personal_data_class": ""}, {"legal_basis", "complete"}),
    "legal_basis": ({"personal_data_class": "personal"}, {"complete"}),
    "need_answered": ({"citizen_needs": []}, set()),
    "complete": ({"license_id": "notspecified"}, set()),
}
OF_SITUATION = {
    "steward_active": Situation(steward_active=False, reviewed=True),
    "reviewed": Situation(steward_active=True, reviewed=False),
}


def test_a_perfect_dataset_has_100() -> None:
    found = governance.score(PERFECT, SITUATION)
    assert (found.points, found.max) == (100, 100)


def test_every_criterion_is_flipped_by_a_test() -> None:
    found = {criterion.code for criterion in governance.score(PERFECT, SITUATION).criteria}
    assert {*FLIPS, *OF_SITUATION} == found


@pytest.mark.parametrize("code", FLIPS)
def test_a_criterion_is_lost(code: str) -> None:
    change, besides = FLIPS[code]
    assert set(lost(governance.score(changed(**change), SITUATION).criteria)) == {code} | besides


@pytest.mark.parametrize("code", OF_SITUATION)
def test_a_criterion_of_the_situation_is_lost(code: str) -> None:
    assert set(lost(governance.score(PERFECT, OF_SITUATION[code]).criteria)) == {code}


def test_a_legal_basis_is_enough_where_one_is_needed() -> None:
    dataset = changed(personal_data_class="personal", legal_basis=["RGPD, article 6.1 e)"])
    assert governance.score(dataset, SITUATION).points == 100


def test_what_is_missing_leads_to_the_first_field_that_is() -> None:
    found = lost(governance.score(changed(frequency="", license_id=""), SITUATION).criteria)
    assert found == {"complete": (8, "frequency", "complete")}


def test_an_address_identifies_a_publisher_abroad() -> None:
    publisher = [{"name": "Stad Gent", "uri": "http://data.vlaanderen.be/id/organisatie/OVO001990"}]
    assert governance.score(changed(publisher=publisher), SITUATION).points == 100


@pytest.mark.parametrize("dataset", [{}, {"citizen_needs": "x", "publisher": [3], "steward": ["anne"]}])
def test_any_shape_takes_a_score(dataset: dict[str, Any]) -> None:
    assert governance.score(dataset, Situation()).points == 0


def test_three_scores_stay_three() -> None:
    found = scores(PERFECT, LINKS, SITUATION, NOW).by_name()
    assert {name: (one.points, one.max) for name, one in found.items()} == {
        "mqa": (405, 405), "datagouv": (9, 9), "governance": (100, 100),
    }  # fmt: skip
