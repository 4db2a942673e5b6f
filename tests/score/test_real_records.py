"""402 real records of a city, untidy as real ones are: each takes its scores, without one of our fields.

As for :mod:`tests.harvest.test_real_catalogue`, ``REGIONAL_REAL_CATALOGUE`` names the file, or it lies beside the
checkout as ``shared/data/neighbour-catalogue-402.json``.
"""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest

from ckanext.regional.score import NAMES, Situation, addresses, indexed, rating, scores
from dev.demo import neighbour
from tests.harvest.test_real_catalogue import CATALOGUE
from tests.score.datasets import NOW

pytestmark = pytest.mark.skipif(not CATALOGUE.exists(), reason=f"no real catalogue: {CATALOGUE.name} is not here")


@pytest.fixture(scope="module")
def datasets() -> list[dict[str, Any]]:
    return [
        neighbour.to_dataset(record, f"record-{number}", Counter())
        for number, record in enumerate(neighbour.read(CATALOGUE))
    ]


def test_every_record_takes_scores(datasets: list[dict[str, Any]]) -> None:
    assert len(datasets) == 402
    ratings: Counter[str] = Counter()
    for dataset in datasets:
        links = dict.fromkeys(addresses(dataset), True)
        found = scores(dataset, links, Situation(), NOW)
        assert set(indexed(found)) == {*(f"regional_score_{name}" for name in NAMES), "regional_rating"}
        assert all(0 <= one.points <= one.max for one in found.by_name().values())
        assert found.governance.points <= 20
        ratings[rating(found.mqa.points)] += 1
    # They are described, and not by our fields: neither all the same, nor any perfect.
    assert (ratings["excellent"], len(ratings) > 1) == (0, True)


def test_every_lost_point_says_what_to_do(datasets: list[dict[str, Any]]) -> None:
    for dataset in datasets:
        for one in scores(dataset, {}, Situation(), NOW).by_name().values():
            assert all((criterion.remedy is None) == criterion.ok for criterion in one.criteria)
