from __future__ import annotations

import datetime
from typing import Any

import pytest

from ckanext.regional.score import datagouv
from tests.score.datasets import FREQUENCY, LINKS, NOW, PAGE, PERFECT, changed, lost

FLIPS: dict[str, tuple[dict[str, Any], set[str]]] = {
    "dataset_description_quality": ({"notes": "x" * 100}, set()),
    "resources_documentation": ({"file": {"description": ""}}, set()),
    "license": ({"license_id": "notspecified"}, set()),
    "update_frequency": ({"frequency": FREQUENCY + "UNKNOWN"}, {"update_fulfilled_in_time"}),
    "update_fulfilled_in_time": ({"modified": "2024-05-04", "file": {"modified": "2024-05-04"}}, set()),
    "has_open_format": ({"file": {"format": "PDF"}}, set()),
    "temporal_coverage": ({"temporal_coverage": []}, set()),
    "spatial": ({"territory": []}, set()),
}


def codes(dataset: dict[str, Any], now: datetime.datetime = NOW) -> set[str]:
    return set(lost(datagouv.score(dataset, LINKS, now).criteria))


def test_a_perfect_dataset_has_nine() -> None:
    found = datagouv.score(PERFECT, LINKS, NOW)
    assert (found.points, found.max) == (9, 9)


def test_every_criterion_is_flipped_by_a_test() -> None:
    found = {criterion.code for criterion in datagouv.score(PERFECT, LINKS, NOW).criteria}
    assert {*FLIPS, "all_resources_available"} == found


@pytest.mark.parametrize("code", FLIPS)
def test_a_criterion_is_lost(code: str) -> None:
    change, besides = FLIPS[code]
    assert codes(changed(**change)) == {code} | besides


def test_a_file_that_does_not_answer_is_lost() -> None:
    assert set(lost(datagouv.score(PERFECT, {PAGE: False}, NOW).criteria)) == {"all_resources_available"}


def test_a_file_never_checked_is_taken_to_work() -> None:
    assert datagouv.score(PERFECT, {}, NOW).points == 9


@pytest.mark.parametrize("format_", ["", "xlsx", ".PDF", "Word"])
def test_closed_formats(format_: str) -> None:
    assert codes(changed(file={"format": format_})) == {"has_open_format"}


def test_one_open_file_is_enough() -> None:
    dataset = changed()
    dataset["resources"].append({"id": "r2", "format": "PDF", "url": PAGE})
    assert codes(dataset) == set()


def test_a_file_that_is_documentation_documents() -> None:
    assert codes(changed(file={"description": "", "resource_type": "documentation"})) == set()


def test_without_files_three_are_lost() -> None:
    found = lost(datagouv.score(changed(resources=[]), LINKS, NOW).criteria)
    assert found == dict.fromkeys(
        ("resources_documentation", "has_open_format", "all_resources_available"), (0, "resources", "no_file")
    )


DAY = datetime.timedelta(days=1)


def test_a_day_late_is_in_time() -> None:
    """A week, and the day of grace, after the end of the day of the last change."""
    change = {"frequency": FREQUENCY + "WEEKLY", "modified": "2026-11-01", "file": {"modified": "2026-10-01"}}
    last = datetime.datetime(2026, 11, 1, 23, 59, tzinfo=datetime.UTC)
    assert codes(changed(**change), last + 8 * DAY) == set()
    assert codes(changed(**change), last + 9 * DAY) == {"update_fulfilled_in_time"}


def test_a_new_file_is_an_update() -> None:
    change = {"frequency": FREQUENCY + "WEEKLY", "modified": "2020"}
    assert codes(changed(**change, file={"modified": None, "last_modified": "2026-11-24T08:00:00"})) == set()


@pytest.mark.parametrize("code", ["IRREG", "NEVER", "AS_NEEDED", "NOT_PLANNED", "OTHER", "CONT", "UPDATE_CONT"])
def test_what_promises_no_date_is_never_late(code: str) -> None:
    assert codes(changed(frequency=FREQUENCY + code, modified="1999", file={"modified": "1999"})) == set()


def test_without_a_date_of_the_data_that_of_the_metadata_stands_in() -> None:
    dataset = changed(modified="", metadata_modified="2026-11-01T00:00:00", file={"modified": None})
    assert codes(dataset) == set()


def test_without_any_date_it_is_late() -> None:
    assert codes(changed(modified="", file={"modified": None})) == {"update_fulfilled_in_time"}


@pytest.mark.parametrize("dataset", [{}, {"resources": [{}]}, {"notes": 3, "frequency": [], "modified": {"a": 1}}])
def test_any_shape_takes_a_score(dataset: dict[str, Any]) -> None:
    assert datagouv.score(dataset, {}, NOW).points < 9
