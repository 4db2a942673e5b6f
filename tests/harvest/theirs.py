"""A neighbour as ckanext-harvest reads it."""

from __future__ import annotations

from typing import Any

from tests.faults.hostile import Answer, HostileServer, Request, result


def be_a_ckan_that_filters(hostile: HostileServer, remote: list[dict[str, Any]]) -> None:
    """All datasets are the organisation's that the source asks for."""

    def search(request: Request) -> Answer:
        return result(hostile.search([] if "no-dataset" in request.parameters.get("fq", "") else remote, request))

    hostile.be_a_ckan(remote)
    hostile.actions["organization_show"] = lambda _request: result({"id": "o", "name": "region"})
    hostile.actions["package_search"] = search
