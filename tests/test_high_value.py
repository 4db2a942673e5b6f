from __future__ import annotations

from typing import Any

from ckanext.regional.high_value import REGULATION, add_regulation

MOBILITY = "http://data.europa.eu/bna/c_b79e35eb"


def test_dataset_and_resources_name_the_regulation_once() -> None:
    dataset: dict[str, Any] = {
        "hvd_category": [MOBILITY],
        "resources": [{"url": "a"}, {"applicable_legislation": ["x"]}],
    }
    add_regulation(dataset)
    add_regulation(dataset)
    assert dataset["applicable_legislation"] == [REGULATION]
    assert [one["applicable_legislation"] for one in dataset["resources"]] == [[REGULATION], ["x", REGULATION]]


def test_an_update_that_leaves_the_resources_alone_takes_them_in() -> None:
    dataset: dict[str, Any] = {"hvd_category": MOBILITY}
    add_regulation(dataset, [{"id": "1"}])
    assert dataset["resources"] == [{"id": "1", "applicable_legislation": [REGULATION]}]


def test_resources_that_have_it_stay_out() -> None:
    dataset: dict[str, Any] = {"hvd_category": [MOBILITY]}
    add_regulation(dataset, [{"id": "1", "applicable_legislation": [REGULATION]}])
    assert "resources" not in dataset


def test_other_data_are_left_alone() -> None:
    dataset: dict[str, Any] = {"hvd_category": [], "resources": [{}]}
    add_regulation(dataset)
    assert dataset == {"hvd_category": [], "resources": [{}]}
