"""Datasets that were here before we harvested them, by another harvester: what of them stays. Pure, no CKAN."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

#: By these ckanext-harvest and ckanext-dcat tell their datasets.
_OTHERS_EXTRAS = ("guid", "harvest_object_id", "harvest_source_id", "harvest_source_title")

Resource = dict[str, Any]


def resources(arrived: Sequence[Resource], theirs: Mapping[str, str], here: Sequence[Resource]) -> list[Resource]:
    """Resources, each with the id that it has here already, so that its views and its table in the datastore stay.

    :param arrived: as they would be written
    :param theirs: the neighbour's ids by the ids of ``arrived``; another harvester may have kept them
    :param here: as the dataset has them; the neighbour's id counts first, then the address
    """
    ids = {resource["id"] for resource in here}
    by_url = {resource["url"]: resource["id"] for resource in reversed(here)}
    used: set[str] = set()
    kept: list[Resource] = []
    for resource in arrived:
        wanted = (resource["id"], theirs.get(resource["id"]), by_url.get(resource["url"]))
        found = next((one for one in wanted if one is not None and one in ids and one not in used), resource["id"])
        used.add(found)
        kept.append({**resource, "id": found})
    return kept


def extras(known: Sequence[Mapping[str, str]]) -> list[Mapping[str, str]]:
    """Extras without those by which the other harvester told the dataset as its own."""
    return [extra for extra in known if extra["key"] not in _OTHERS_EXTRAS]
