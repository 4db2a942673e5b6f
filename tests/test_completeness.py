from __future__ import annotations

from typing import Any

import pytest

from ckanext.regional.completeness import CONDITIONAL, MANDATORY, missing_fields, needed_fields

FULL: dict[str, Any] = dict.fromkeys(MANDATORY, "x") | {
    "territory": ["fr:region:53"],
    "sector": ["school"],
    "publisher": [{"name": "Ville de Brest"}],
    "contact": [{"email": "donnees@brest.example"}],
    "access_rights": "PUBLIC",
    "personal_data_class": "none",
}
RIGHTS = "http://publications.europa.eu/resource/authority/access-right/"


def test_a_full_dataset_lacks_nothing() -> None:
    assert missing_fields(FULL) == []


@pytest.mark.parametrize("field", MANDATORY)
def test_each_mandatory_field_is_missed(field: str) -> None:
    assert missing_fields({key: value for key, value in FULL.items() if key != field}) == [field]


@pytest.mark.parametrize("empty", ["", "   ", "\u200b\u00ad", None, []])
def test_an_empty_value_is_missed(empty: object) -> None:
    assert missing_fields(FULL | {"territory": empty}) == ["territory"]


def test_no_licence_is_not_a_licence() -> None:
    assert missing_fields(FULL | {"license_id": "notspecified"}) == ["license_id"]


def test_fields_come_in_the_order_of_the_form() -> None:
    assert missing_fields({}) == list(MANDATORY)


@pytest.mark.parametrize("publisher", ["Ville de Brest", [], [{}], [{"email": "a@b.fr"}], ["Ville de Brest"]])
def test_a_publisher_has_a_name(publisher: object) -> None:
    assert missing_fields(FULL | {"publisher": publisher}) == ["publisher"]


def test_a_contact_who_cannot_be_reached_is_none() -> None:
    assert missing_fields(FULL | {"contact": [{"name": "Service"}]}) == ["contact"]


def test_a_page_is_a_contact() -> None:
    assert missing_fields(FULL | {"contact": [{"url": "https://example.org/contact"}]}) == []


@pytest.mark.parametrize("access", ["RESTRICTED", "NON_PUBLIC", "SENSITIVE"])
def test_limited_access_needs_a_reason(access: str) -> None:
    assert missing_fields(FULL | {"access_rights": RIGHTS + access}) == ["access_rights_reason"]


@pytest.mark.parametrize(("code", "needed"), [("anonymised", False), ("pseudonymised", True), ("sensitive", True)])
def test_data_about_people_need_a_legal_basis(code: str, needed: bool) -> None:
    assert ("legal_basis" in missing_fields(FULL | {"personal_data_class": code})) == needed


def test_high_value_data_need_their_legislation() -> None:
    assert missing_fields(FULL | {"hvd_category": ["http://data.europa.eu/bna/c_ac64a52d"]}) == [
        "applicable_legislation"
    ]


def test_a_condition_met_and_answered_lacks_nothing() -> None:
    assert missing_fields(FULL | {"personal_data_class": "personal", "legal_basis": ["RGPD, 6.1 e)"]}) == []


def test_what_is_needed_of_all_and_of_some() -> None:
    everything = FULL | {
        "access_rights": RIGHTS + "RESTRICTED",
        "personal_data_class": "personal",
        "hvd_category": ["x"],
    }
    assert needed_fields(everything) == [*MANDATORY, *CONDITIONAL]
