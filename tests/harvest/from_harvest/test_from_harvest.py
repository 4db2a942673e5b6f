"""A source of a real ckanext-harvest becomes ours, with its datasets as they are; and one that harvests us."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from dev.errors import DevError
from dev.testing import running_site
from tests.faults.hostile import HostileServer
from tests.harvest.sites import LOOPBACK, Neighbour, dataset, settle
from tests.harvest.theirs import be_a_ckan_that_filters

OURS = ("regional", "regional_harvest", "scheming_datasets", "activity")
THEIRS = ("harvest", "ckan_harvester")
COMMAND = ("regional", "source", "import-from-harvest")
WISHES = ("--steward", "admin", "--trust", "publish", "--territory", "fr:region:53")


@pytest.fixture(scope="module")
def here() -> Iterator[Neighbour]:
    """A site with both harvesters."""
    with running_site("both", plugins=(*OURS, *THEIRS), settings=LOOPBACK) as site:
        yield settle(site)


@dataclass
class Old:
    """A source of ckanext-harvest that has been harvested, and what its neighbour has."""

    here: Neighbour
    name: str
    id: str
    remote: list[dict[str, Any]]

    def shown(self) -> dict[str, dict[str, Any]]:
        """The datasets here by the title that they came with."""
        found = self.here.act("package_search", q=f"name:{self.name}*", rows=100)["results"]
        return {one["name"]: self.here.act("package_show", id=one["id"]) for one in found}

    def move(self, *options: str) -> str:
        return self.here.site.ckan(*COMMAND, self.name, *WISHES, *options).stdout


def ids(datasets: dict[str, dict[str, Any]]) -> dict[str, Any]:
    return {name: (one["id"], [resource["id"] for resource in one["resources"]]) for name, one in datasets.items()}


@pytest.fixture
def old(here: Neighbour, hostile: HostileServer) -> Old:
    name = f"s{uuid.uuid4().hex[:8]}"
    remote = [
        {
            "id": str(uuid.uuid4()),
            **dataset(f"{name}-{number}", extras=[{"key": "nuance", "value": "ocre"}]),
            "organization": {"id": "o", "name": "region"},
        }
        for number in range(3)
    ]
    for one in remote:
        one["resources"][0]["id"] = str(uuid.uuid4())
    be_a_ckan_that_filters(hostile, remote)
    config = {"api_key": "let-me-in", "organizations_filter_include": ["region"], "default_tags": [{"name": "moved"}]}
    made = here.act(
        "harvest_source_create", name=name, url=hostile.url, title="The old way", source_type="ckan",
        owner_org="region", frequency="WEEKLY", config=json.dumps(config),
    )  # fmt: skip
    here.site.ckan("harvester", "run-test", name)
    return Old(here, name, made["id"], remote)


def test_a_source_moves_with_its_datasets_as_they_are(old: Old) -> None:
    here, before = old.here, old.shown()
    assert len(before) == 3

    told = old.move("--dry-run")
    assert "3 datasets would be moved" in told
    assert "default_tags" in told
    assert old.name not in [one["name"] for one in here.act("regional_source_list")]

    told = old.move()
    assert "3 datasets moved, 0 known before" in told
    source = here.act("regional_source_show", id=old.name)
    assert (source["title"], source["has_token"], source["enabled"]) == ("The old way", True, True)
    assert source["filters"] == {"organization": "region"}
    assert len(source["frequency"].split()) == 5

    old.remote[0]["title"] = "Changed there"
    run = here.harvest(old.name)
    assert (run["state"], run["counts"]["updated"], run["counts"]["created"]) == ("finished", 3, 0)
    after = old.shown()
    assert ids(after) == ids(before)
    assert after[f"{old.name}-0"]["title"] == "Changed there"
    assert after[f"{old.name}-1"]["origin"]["dataset_id"] == old.remote[1]["id"]
    assert "harvest_source_id" not in {one["key"] for one in after[f"{old.name}-1"].get("extras", [])}

    assert here.harvest(old.name, full=True)["counts"]["unchanged"] == 3
    assert "0 datasets moved, 3 known before" in old.move()
    # Neither its schedule nor the command that clears it reaches them any more.
    assert here.act("harvest_source_show", id=old.name)["status"]["job_count"] == 1
    here.act("harvest_source_clear", id=old.id)
    assert ids(old.shown()) == ids(before)


def test_what_was_deleted_or_edited_here_stays_so(old: Old) -> None:
    here, before = old.here, old.shown()
    here.act("package_delete", id=f"{old.name}-0")
    here.act("package_patch", id=f"{old.name}-1", private=True)
    here.act("dataset_purge", id=f"{old.name}-2")
    told = old.move()
    assert "2 datasets moved" in told
    counts = here.harvest(old.name)["counts"]
    assert (counts["conflict"], counts["created"]) == (2, 1)
    assert here.act("package_show", id=f"{old.name}-1")["private"]

    # One who decides for what came gets it into the dataset that was here, and the next run knows it.
    record = next(one for one in here.records(old.name) if one["remote_id"] == old.remote[0]["id"])
    here.act("regional_record_resolve", id=record["id"], decision="take_remote")
    back = here.act("package_show", id=before[f"{old.name}-0"]["id"])
    assert (back["state"], ids({"": back})[""]) == ("active", ids(before)[f"{old.name}-0"])
    counts = here.harvest(old.name, full=True)["counts"]
    assert (counts["created"], counts["updated"], counts["conflict"]) == (0, 0, 1)


def test_an_edit_here_of_a_moved_dataset_is_merged_with_a_change_there(old: Old) -> None:
    here = old.here
    old.move()
    here.harvest(old.name)
    moved = old.shown()[f"{old.name}-0"]
    file = moved["resources"][0]
    here.act("resource_patch", id=file["id"], description="Edited here")
    old.remote[0]["title"] = "Changed there"
    old.remote[0]["resources"][0]["name"] = "Renamed there"
    counts = here.harvest(old.name)["counts"]
    assert (counts["updated"], counts["conflict"]) == (1, 0)
    after = here.act("package_show", id=moved["id"])
    assert (after["title"], len(after["resources"])) == ("Changed there", 1)
    assert after["resources"][0]["id"] == file["id"]
    assert (after["resources"][0]["name"], after["resources"][0]["description"]) == ("Renamed there", "Edited here")

    # A file that was removed here does not come back under another id.
    here.act("resource_delete", id=file["id"])
    old.remote[0]["title"] = "Changed again"
    assert here.harvest(old.name)["counts"]["updated"] == 1
    after = here.act("package_show", id=moved["id"])
    assert (after["title"], after["resources"]) == ("Changed again", [])


def test_nothing_moves_while_a_job_is_open(old: Old) -> None:
    here = old.here
    job = here.act("harvest_job_create", source_id=old.id, run=False)
    with pytest.raises(DevError, match=job["id"]):
        old.move()
    assert old.name not in [one["name"] for one in here.act("regional_source_list")]
    here.act("harvest_job_abort", id=job["id"])
    assert "3 datasets moved" in old.move()


def test_its_plugin_need_not_be_on(old: Old) -> None:
    site, before = old.here.site, old.shown()
    site.plugins = OURS
    site.write_ini()
    try:
        told = old.move()
    finally:
        site.plugins = (*OURS, *THEIRS)
        site.write_ini()
    assert "3 datasets moved" in told
    assert old.here.harvest(old.name)["counts"]["updated"] == 3
    assert ids(old.shown()) == ids(before)


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("nowhere", *WISHES), "no source “nowhere”"),
        (("OLD", "--steward", "nobody", "--trust", "publish"), "defaults"),
        (("OLD", *WISHES, "--defaults", "[]"), "no JSON object"),
        (("OLD", *WISHES, "--owner-org", "nowhere"), "owner_org"),
    ],
)
def test_what_is_wrong_is_named_and_nothing_moved(old: Old, arguments: tuple[str, ...], sentence: str) -> None:
    given = [old.name if one == "OLD" else one for one in arguments]
    with pytest.raises(DevError, match=sentence):
        old.here.site.ckan(*COMMAND, *given)
    assert old.name not in [one["name"] for one in old.here.act("regional_source_list")]


@pytest.fixture
def theirs() -> Iterator[Neighbour]:
    """A site that knows nothing of us and has ckanext-harvest."""
    with running_site("theirs", plugins=("activity", *THEIRS), workers=0) as site:
        yield settle(site)


def test_who_harvests_us_by_ckanext_harvest_keeps_the_origin(
    here: Neighbour, theirs: Neighbour, hostile: HostileServer
) -> None:
    remote = [{"id": str(uuid.uuid4()), **dataset("born-elsewhere")}]
    hostile.be_a_ckan(remote)
    here.source(hostile.url, "elsewhere")
    assert here.harvest("elsewhere")["counts"]["created"] == 1
    origin = here.act("package_show", id="born-elsewhere")["origin"]
    own = here.act("package_create", **dataset("born-here"))
    theirs.act(
        "harvest_source_create", name="us", url=here.url, source_type="ckan", owner_org="region", title="Us",
        config=json.dumps({"organizations_filter_include": ["region"]}),
    )  # fmt: skip
    theirs.site.ckan("harvester", "run-test", "us")
    there = theirs.act("package_show", id="born-elsewhere")
    told = {extra["key"]: extra["value"] for extra in there["extras"]}
    assert (told["origin_site"], told["origin_dataset_id"]) == (origin["site"], remote[0]["id"])
    assert told["origin_url"] == origin["url"]
    assert not any(extra["key"].startswith("origin") for extra in theirs.act("package_show", id="born-here")["extras"])

    # What comes back to us from there is told by it: ours and what it had from us make nothing new.
    here.source(theirs.url, "round", kind="ckan")
    counts = here.harvest("round")["counts"]
    records = {record["name"]: record for record in here.records("round")}
    assert counts["failed"] == 0
    assert records["born-elsewhere"]["state"] == "skipped"
    assert records["born-elsewhere"]["origin"]["dataset_id"] == remote[0]["id"]
    # A client that sends back what a search gave it writes no extra of ours.
    found = here.act("package_search", q="name:born-elsewhere")["results"][0]
    assert "origin_site" in {extra["key"] for extra in found["extras"]}
    here.act("package_update", **{**found, "notes": "Sent back."})
    kept = here.act("package_show", id="born-elsewhere", use_default_schema=True)
    assert "origin_site" not in {extra["key"] for extra in kept.get("extras", [])}
    assert own["id"] != found["id"]
