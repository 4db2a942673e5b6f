"""A neighbour with a feed that a test writes, and a run of it within the test's own process."""

from __future__ import annotations

import uuid
from typing import Any

from ckan import model

from ckanext.regional.harvest import jobs
from tests.conftest import People, act
from tests.harvest.hostile import HostileServer, result

SITE = str(uuid.uuid4())


class Pretended:
    """A site that runs this extension; ``changes`` is its feed."""

    def __init__(self, server: HostileServer) -> None:
        self.url = server.url
        self.changes: list[dict[str, Any]] = []
        server.actions["regional_federation"] = lambda _request: result(
            {"protocol": 1, "site": SITE, "epoch": "e", "title": "Voisin", "counts": {}, "cursor": len(self.changes)}
        )
        server.actions["regional_changes"] = lambda request: result(self._since(request.parameters))

    def tells(self, dataset_id: str, kind: str, **more: Any) -> None:
        self.changes.append({"seq": len(self.changes) + 1, "id": dataset_id, "kind": kind, "hash": None, **more})

    def _since(self, asked: dict[str, str]) -> dict[str, Any]:
        new = self.changes[int(asked.get("since") or 0) :]
        return {"changes": new, "next": len(self.changes), "more": False, "epoch": "e"}


def harvest(people: People, source: str, **options: Any) -> dict[str, Any]:
    """Run a source to its end."""
    run = act("regional_harvest_run", people.sysadmin, source=source, **options)
    model.Session.commit()
    jobs.work_here(run["id"], print)
    model.Session.rollback()
    return act("regional_run_show", people.sysadmin, id=run["id"])
