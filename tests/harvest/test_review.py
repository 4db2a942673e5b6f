"""Where datasets are reviewed: what a source brings waits, unless it is trusted and passes."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from typing import Any

import pytest

from dev.testing import running_site
from tests.faults.hostile import HostileServer
from tests.harvest.sites import LOOPBACK, ActionFailed, Neighbour, dataset, settle


@pytest.fixture(scope="module")
def here() -> Iterator[Neighbour]:
    """A site with a review."""
    plugins = ("regional", "regional_curation", "regional_harvest", "scheming_datasets", "activity")
    with running_site("reviewed", plugins=plugins, settings=LOOPBACK) as site:
        yield settle(site)


@pytest.fixture
def remote(hostile: HostileServer) -> list[dict[str, Any]]:
    """What the neighbour has; a test may change it."""
    datasets = [{"id": str(uuid.uuid4()), **dataset(f"d{uuid.uuid4().hex[:8]}")} for _ in range(2)]
    hostile.be_a_ckan(datasets)
    return datasets


def test_what_is_not_trusted_waits(here: Neighbour, hostile: HostileServer, remote: list[dict[str, Any]]) -> None:
    here.source(hostile.url, "untrusted", trust="review")
    run = here.harvest("untrusted")
    assert (run["counts"]["created"], run["counts"]["pending"]) == (2, 2)
    assert not {one["name"] for one in remote} & set(here.names())
    with pytest.raises(ActionFailed):
        here.act("package_show", id=remote[0]["name"], anonymous=True)
    queue = here.act("regional_curation_queue")
    waiting = {one["dataset_id"] for one in here.records("untrusted")}
    assert waiting <= {one["dataset_id"] for one in queue["results"]}


def test_what_waits_is_not_in_the_feed(here: Neighbour, hostile: HostileServer, remote: list[dict[str, Any]]) -> None:
    here.source(hostile.url, "unfed", trust="review")
    here.harvest("unfed")
    ids = {one["dataset_id"] for one in here.records("unfed")}
    assert not ids & {change["id"] for change in here.act("regional_changes", limit=500)["changes"]}


def test_what_is_trusted_is_public(here: Neighbour, hostile: HostileServer, remote: list[dict[str, Any]]) -> None:
    here.source(hostile.url, "trusted")
    run = here.harvest("trusted")
    assert (run["counts"]["created"], run["counts"]["pending"]) == (2, 0)
    assert {one["name"] for one in remote} <= set(here.names())


def test_what_is_trusted_can_change(here: Neighbour, hostile: HostileServer, remote: list[dict[str, Any]]) -> None:
    here.source(hostile.url, "changing")
    here.harvest("changing")
    remote[0]["title"] = "Another title"
    assert here.harvest("changing")["counts"]["updated"] == 1
    assert here.act("package_show", id=remote[0]["name"], anonymous=True)["title"] == "Another title"


def test_what_is_withdrawn_is_hidden(here: Neighbour, hostile: HostileServer, remote: list[dict[str, Any]]) -> None:
    here.source(hostile.url, "withdrawing")
    here.harvest("withdrawing")
    gone = remote.pop()
    run = here.harvest("withdrawing")
    assert (run["state"], run["counts"]["withdrawn"]) == ("finished", 1)
    assert gone["name"] not in here.names()


def test_trust_does_not_pass_by_the_guards(here: Neighbour, hostile: HostileServer) -> None:
    lacking = {"id": str(uuid.uuid4()), **dataset(f"d{uuid.uuid4().hex[:8]}", notes="")}
    hostile.be_a_ckan([lacking])
    here.source(hostile.url, "lacking")
    run = here.harvest("lacking")
    assert (run["counts"]["created"], run["counts"]["pending"]) == (1, 1)
    assert lacking["name"] not in here.names()


def test_an_untrusted_change_of_what_is_published_waits_in_a_proposal(
    here: Neighbour, hostile: HostileServer, remote: list[dict[str, Any]]
) -> None:
    here.source(hostile.url, "proposing", trust="review")
    here.harvest("proposing")
    ids = {one["remote_id"]: one["dataset_id"] for one in here.records("proposing")}
    for dataset_id in ids.values():
        _approve(here, dataset_id)
    published = ids[remote[0]["id"]]
    for title in ("Proposed once", "Proposed twice"):
        remote[0]["title"] = title
        counts = here.harvest("proposing")["counts"]
        told = [one["reason"] for one in here.records("proposing")]
        assert (counts["updated"], counts["pending"], counts["conflict"]) == (1, 1, 0), told
    shown = here.act("regional_curation_show", id=published)
    assert (shown["status"], shown["case"]["kind"], shown["case"]["state"]) == ("published", "revision", "submitted")
    assert here.act("package_show", id=remote[0]["name"], anonymous=True)["title"] not in ("Proposed once", title)
    before = here.act("package_show", id=published)["resources"]
    _approve(here, published)
    approved = here.act("package_show", id=remote[0]["name"], anonymous=True)
    assert (approved["title"], approved["name"]) == (title, remote[0]["name"])
    assert [one["id"] for one in approved["resources"]] == [one["id"] for one in before]
    # What was approved is no local edit: the next change is proposed as well.
    remote[0]["title"] = "Proposed a third time"
    counts = here.harvest("proposing")["counts"]
    assert (counts["updated"], counts["pending"], counts["conflict"]) == (1, 1, 0)


def _approve(here: Neighbour, dataset_id: str) -> None:
    seen = here.act("regional_curation_show", id=dataset_id)["fingerprint"]
    # The sysadmin stands in for a steward, and says why.
    here.act("regional_curation_approve", id=dataset_id, fingerprint=seen, comment="Relu.")
