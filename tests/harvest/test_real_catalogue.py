"""402 real records of a city, untidy as real ones are, through a plain CKAN into a site that reviews.

Which file that is and where it lies: :mod:`tests.harvest.real`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from dev.demo import neighbour
from dev.testing import running_site
from tests.harvest.real import CATALOGUE
from tests.harvest.sites import LOOPBACK, Neighbour, settle

pytestmark = pytest.mark.skipif(not CATALOGUE.exists(), reason=f"no real catalogue: {CATALOGUE.name} is not here")


@dataclass(frozen=True)
class Harvested:
    here: Neighbour
    loaded: neighbour.LoadResult
    first: dict[str, Any]


@pytest.fixture(scope="module")
def harvested(plain: Neighbour) -> Iterator[Harvested]:
    loaded = neighbour.load(CATALOGUE, plain.url, plain.token, log=lambda _line: None)
    plugins = ("regional", "regional_curation", "regional_harvest", "scheming_datasets", "activity")
    with running_site("loire", plugins=plugins, settings=LOOPBACK, workers=2) as site:
        here = settle(site)
        here.source(plain.url, kind="ckan", territory="country-group:world")
        yield Harvested(here, loaded, here.harvest(deadline=600))


def test_no_record_is_lost_on_the_way_into_the_plain_site(harvested: Harvested) -> None:
    assert (harvested.loaded.created, harvested.loaded.refused) == (402, [])


def test_every_record_is_accounted_for(harvested: Harvested) -> None:
    counts = harvested.first["counts"]
    assert counts["seen"] == 402
    assert counts["seen"] == sum(
        counts[key] for key in ("created", "updated", "unchanged", "skipped", "conflict", "failed")
    )


def test_no_record_fails(harvested: Harvested) -> None:
    failed = harvested.here.records(state="failed")
    assert [(one["name"], one["reason"]) for one in failed] == []


def test_what_passes_is_public_and_the_rest_waits(harvested: Harvested) -> None:
    counts = harvested.first["counts"]
    public = harvested.here.act("package_search", anonymous=True, rows=0)["count"]
    waiting = harvested.here.act("regional_curation_queue", rows=0)["count"]
    assert (public, waiting) == (counts["created"] - counts["pending"], counts["pending"])


def test_a_second_run_writes_nothing(harvested: Harvested) -> None:
    def modified() -> dict[str, str]:
        found = harvested.here.act("package_search", rows=1000, include_private=True)["results"]
        return {one["id"]: one["metadata_modified"] for one in found}

    before = modified()
    again = harvested.here.harvest(full=True, deadline=600)
    assert (again["counts"]["seen"], again["counts"]["unchanged"]) == (402, 402)
    assert modified() == before
