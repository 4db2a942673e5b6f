from __future__ import annotations

from typing import Any

import pytest

from ckanext.regional.completeness import MANDATORY, missing_fields

FULL: dict[str, Any] = dict.fromkeys(MANDATORY, "x") | {"territory": ["fr:region:53"], "sector": ["school"]}


def test_a_full_dataset_lacks_nothing() -> None:
    assert missing_fields(FULL) == []


@pytest.mark.parametrize("field", MANDATORY)
def test_each_mandatory_field_is_missed(field: str) -> None:
    assert missing_fields({key: value for key, value in FULL.items() if key != field}) == [field]


@pytest.mark.parametrize("empty", ["", "   ", None, []])
def test_an_empty_value_is_missed(empty: object) -> None:
    assert missing_fields(FULL | {"territory": empty}) == ["territory"]


def test_no_licence_is_not_a_licence() -> None:
    assert missing_fields(FULL | {"license_id": "notspecified"}) == ["license_id"]


def test_fields_come_in_the_order_of_the_form() -> None:
    assert missing_fields({}) == list(MANDATORY)
