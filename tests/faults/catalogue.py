"""A neighbour's catalogue that can move while it is read, and the ways to answer ``package_search`` wrongly."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable
from typing import Any

from tests.faults.hostile import Answer, HostileServer, Request, result
from tests.harvest.sites import dataset


def remote(number: int, **changes: Any) -> dict[str, Any]:
    """A dataset as a plain CKAN shows it, with an id that sorts by number."""
    return {"id": f"{number:08d}-0000-4000-8000-{uuid.uuid4().hex[:12]}", **dataset(f"d{uuid.uuid4().hex}"), **changes}


class Catalogue:
    """Datasets behind a plain CKAN; ``ignores`` names parameters that it does not understand."""

    def __init__(self, server: HostileServer, datasets: Iterable[dict[str, Any]]) -> None:
        self.server = server
        self.datasets = list(datasets)
        self.ignores: set[str] = set()
        #: How many rows come where ``rows`` is ignored, and the number of datasets that it says to have.
        self.own_rows = 1000
        self.count: Callable[[int], Any] = lambda true: true
        #: Called before the answer to the nth question (from 1) of a reading.
        self.before: Callable[[int], None] = lambda _number: None
        self.broken: set[str] = set()
        self.asked = 0
        server.be_a_ckan([])
        server.actions["package_search"] = self._search

    def _search(self, request: Request) -> Answer:
        self.asked += 1
        self.before(self.asked)
        parameters = {key: value for key, value in request.parameters.items() if key not in self.ignores}
        after = parameters["fq"].split('{"')[1].split('"')[0] if '{"' in parameters.get("fq", "") else ""
        found = [one for one in self.datasets if one["id"] > after]
        if "sort" in parameters:
            found.sort(key=lambda one: one["id"])
        start, rows = int(parameters.get("start", 0)), int(parameters.get("rows", self.own_rows))
        results = found[start : start + rows]
        if self.broken & {one["id"] for one in results}:
            return Answer(b"oops", status=500)
        return result({"count": self.count(len(found)), "results": results})
