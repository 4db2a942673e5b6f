from __future__ import annotations

from typing import Any

import pytest

from ckanext.regional.score.compliance import Violation, violations
from tests.score.datasets import PERFECT, changed


def test_a_perfect_dataset_violates_nothing() -> None:
    assert violations(PERFECT) == []


@pytest.mark.parametrize(
    ("change", "code", "field"),
    [
        ({"title": " "}, "dcat_ap_missing", "title"),
        ({"notes": ""}, "dcat_ap_missing", "notes"),
        ({"theme": ["education"]}, "dcat_ap_uri", "theme"),
        ({"applicable_legislation": ["the law"]}, "dcat_ap_uri", "applicable_legislation"),
        ({"frequency": "often"}, "dcat_ap_frequency", "frequency"),
        ({"issued": "yesterday"}, "dcat_ap_date", "issued"),
        ({"modified": "2026-02-30"}, "dcat_ap_date", "modified"),
        ({"temporal_coverage": [{"start": "long ago"}]}, "dcat_ap_date", "temporal_coverage"),
        ({"publisher": [{"name": "A"}, {"name": "B"}]}, "dcat_ap_publishers", "publisher"),
        ({"creator": [{"email": "a@example.org"}]}, "dcat_ap_name", "creator"),
        ({"custodian": [{"url": "https://example.org"}]}, "dcat_ap_name", "custodian"),
    ],
)
def test_what_a_dataset_gets_wrong(change: dict[str, Any], code: str, field: str) -> None:
    assert violations(changed(**change)) == [Violation(code, field)]


@pytest.mark.parametrize(
    ("change", "code", "field"),
    [
        ({"url": "menus.csv"}, "dcat_ap_address", "url"),
        ({"issued": "soon"}, "dcat_ap_date", "issued"),
        ({"applicable_legislation": ["x y"]}, "dcat_ap_uri", "applicable_legislation"),
        ({"size": "-1"}, "dcat_ap_size", "size"),
        ({"hash": "not hexadecimal"}, "dcat_ap_hash", "hash"),
        ({"hash": "d41d8cd98f00b204e9800998ecf8427e"}, "dcat_ap_hash_algorithm", "hash_algorithm"),
    ],
)
def test_what_a_file_gets_wrong(change: dict[str, Any], code: str, field: str) -> None:
    assert violations(changed(file=change)) == [Violation(code, field, "r1")]


@pytest.mark.parametrize("date", ["2026", "2026-05", "2026-05-04", "2026-05-04T10:00:00", "", None])
def test_dates_of_any_precision_are_right(date: str | None) -> None:
    assert violations(changed(issued=date)) == []
