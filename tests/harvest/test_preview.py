"""What a source would bring: told before it is saved, true, and nothing written."""

from __future__ import annotations

import uuid
from typing import Any

import ckan.plugins.toolkit as tk
import pytest
import sqlalchemy as sa
from ckan import model

from ckanext.regional.harvest.model import Record, Run, Source
from tests.conftest import People, act
from tests.faults.catalogue import remote
from tests.faults.hostile import Answer, HostileServer, result
from tests.harvest.local import DEFAULTS, Local
from tests.harvest.test_dcat import catalogue, described, turtle


def wanted(people: People, url: str, **changes: Any) -> dict[str, Any]:
    """A source that nobody has saved."""
    return {
        "name": f"s{uuid.uuid4().hex[:8]}",
        "url": url,
        "owner_org": people.organization,
        "trust": "publish",
        "territory": "fr:region:53",
        "defaults": {**DEFAULTS, "steward": people.editor},
        **changes,
    }


def counted() -> list[int | None]:
    tables = (Source, Run, Record, model.Package, model.Group, model.User)
    return [model.Session.scalar(sa.select(sa.func.count()).select_from(table)) for table in tables]


def test_the_first_twenty_are_tried_and_nothing_is_written(people: People, hostile: HostileServer) -> None:
    act("package_create", people.sysadmin, name="ours", title="Twin", owner_org=people.organization)
    hostile.be_a_ckan([remote(number, organization={"id": "o", "name": "mairie"}) for number in range(25)])
    before = counted()
    asked = wanted(people, hostile.url, organizations={"mode": "mirror"})
    found = act("regional_source_preview", people.sysadmin, **asked)
    assert (found["kind"], found["count"], len(found["records"])) == ("ckan", 25, 20)
    assert {one["outcome"] for one in found["records"]} == {"create"}
    assert found["records"][0]["dataset"]["sector"] == ["school"]
    assert found["notes"] == ["Organisations that are made here where they are not yet: “mairie”."]
    assert counted() == before


def test_what_is_here_is_told_from_what_is_new(people: People, hostile: HostileServer) -> None:
    same, changed, gone = (remote(number) for number in range(3))
    hostile.be_a_ckan([same, changed, gone])
    harvest = Local(people, hostile.url)
    harvest()
    act("dataset_purge", people.sysadmin, id=harvest.records()[gone["id"]]["dataset_id"])
    site = act("regional_federation", None)["site"]
    ours = remote(3, origin={"site": site, "dataset_id": "x", "url": "", "path": [site]})
    twin = remote(4, title=same["title"])
    bad = {"title": "No id"}
    datasets = [same, {**changed, "title": "New"}, {**gone, "title": "New"}, ours, twin]

    def search(request: Any) -> Answer:
        found = hostile.search(datasets, request)
        return result({"count": found["count"] + 1, "results": [*found["results"], bad]})

    hostile.actions["package_search"] = search
    found = act("regional_source_preview", people.sysadmin, id=harvest.source)
    outcomes = [one["outcome"] for one in found["records"]]
    assert outcomes == ["unchanged", "update", "conflict", "skip", "create", "fail"]
    reasons = [one["reason"] or "" for one in found["records"]]
    assert "purged" in reasons[2]
    assert "came back" in reasons[3]
    assert f"with this title is here already: {same['name']}" in reasons[4]
    assert reasons[5] == "it has no id"


def test_what_waits_for_a_steward_is_said(people: People, hostile: HostileServer) -> None:
    hostile.be_a_ckan([remote(1)])
    found = act("regional_source_preview", people.org_admin, **wanted(people, hostile.url, trust="review"))
    assert "waits for a review" in found["records"][0]["reason"]


def test_a_catalogue_is_previewed_with_its_filters(people: People, hostile: HostileServer) -> None:
    hostile.actions["catalog.ttl"] = lambda _request: turtle(catalogue(*(described(one) for one in range(3))))
    url = f"{hostile.url}/catalog.ttl"
    found = act("regional_source_preview", people.sysadmin, **wanted(people, url))
    assert (found["kind"], found["count"], len(found["records"])) == ("dcat", 3, 3)
    filters = {"organization": "Région"}
    found = act("regional_source_preview", people.sysadmin, **wanted(people, url, filters=filters))
    assert (found["count"], found["records"]) == (None, [])
    assert found["notes"] == ["None of the first 3 datasets passes the filters."]


def test_an_address_alone_is_enough(people: People, hostile: HostileServer) -> None:
    hostile.be_a_ckan([remote(1)])
    found = act("regional_source_preview", people.org_admin, url=hostile.url)
    assert [one["outcome"] for one in found["records"]] == ["create"]


BAD = {
    "no site": ({"url": "http://127.0.0.1:9"}, "url", "nothing listens there"),
    "private": ({"url": "http://10.1.2.3"}, "url", "is private"),
    "no address": ({"url": "nonsense"}, "url", "nonsense"),
    "nothing of use": ({}, "url", "no catalogue is to be found there"),
    "filter": ({"filters": {"colour": "red"}}, "filters", "colour"),
    "steward": ({"defaults": {"steward": "nobody"}}, "defaults", "nobody"),
}


@pytest.mark.parametrize("case", BAD)
def test_bad_input_names_its_field(case: str, people: People, hostile: HostileServer) -> None:
    changes, field, says = BAD[case]
    with pytest.raises(tk.ValidationError) as refused:
        act("regional_source_preview", people.sysadmin, **(wanted(people, hostile.url) | changes))
    assert says in str(refused.value.error_dict[field])


def test_a_token_goes_to_no_other_address(people: People, hostile: HostileServer) -> None:
    act(
        "regional_source_create",
        people.sysadmin,
        **wanted(people, "https://data.example.org", name="there", token="hush"),
    )
    hostile.be_a_ckan([])
    act("regional_source_preview", people.sysadmin, id="there", url=hostile.url)
    assert not any("hush" in str(one.headers) for one in hostile.requests)
    with pytest.raises(tk.NotAuthorized):
        act("regional_source_preview", people.org_admin, id="there", url=hostile.url)


def test_one_user_asks_so_often_in_a_minute(
    people: People, hostile: HostileServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(tk.config, "ckanext.regional.harvest.preview_per_minute", 1)
    hostile.be_a_ckan([])
    # A minute of this test alone, which does not end within it.
    fixed = 5e9 + uuid.uuid4().int % 10**9
    monkeypatch.setattr("ckanext.regional.limiting.time.time", lambda: fixed)
    act("regional_source_preview", people.sysadmin, **wanted(people, hostile.url))
    with pytest.raises(tk.ValidationError, match="within a minute"):
        act("regional_source_preview", people.sysadmin, **wanted(people, hostile.url))
    act("regional_source_preview", people.org_admin, **wanted(people, hostile.url, trust="review"))
