"""What stays of a dataset that another harvester brought before."""

from __future__ import annotations

from typing import Any

from ckanext.regional.harvest.writing import keeping, mapping
from ckanext.regional.harvest.writing.mapping import Origin

ORIGIN = Origin("there", "d", "https://there.example.org/d", ("there",))


def _arrived(remote: dict[str, Any]) -> tuple[list[dict[str, Any]], dict[str, str]]:
    mapped = mapping.to_local(remote, ORIGIN, owner_org="o", defaults={})
    return mapped.dataset["resources"], mapping.remote_resources(remote, ORIGIN)


def test_a_resource_keeps_the_id_of_the_neighbour_that_it_has_here() -> None:
    arrived, theirs = _arrived({"id": "d", "resources": [{"id": "r", "url": "https://there.example.org/new.csv"}]})
    kept = keeping.resources(arrived, theirs, [{"id": "r", "url": "https://there.example.org/old.csv"}])
    assert [(one["id"], one["url"]) for one in kept] == [("r", "https://there.example.org/new.csv")]


def test_else_it_is_told_by_its_address_once() -> None:
    url = "https://there.example.org/a.csv"
    arrived, theirs = _arrived({"id": "d", "resources": [{"id": "r", "url": url}, {"id": "s", "url": url}]})
    kept = keeping.resources(arrived, theirs, [{"id": "random", "url": url}])
    assert [one["id"] for one in kept] == ["random", arrived[1]["id"]]


def test_a_new_one_gets_an_id_of_ours() -> None:
    arrived, theirs = _arrived({"id": "d", "resources": [{"id": "r", "url": "https://there.example.org/b.csv"}]})
    assert keeping.resources(arrived, theirs, []) == arrived


def test_what_told_the_dataset_as_the_others_goes() -> None:
    extras = [{"key": key, "value": "x"} for key in ("guid", "harvest_source_id", "nuance")]
    assert keeping.extras(extras) == [{"key": "nuance", "value": "x"}]
