"""A neighbour with a feed that a test writes, and a run of it within the test's own process."""

from __future__ import annotations

import uuid
from typing import Any

import sqlalchemy as sa
from ckan import model

from ckanext.regional.harvest.model import Record
from ckanext.regional.harvest.running import jobs
from tests.conftest import People, act
from tests.faults.hostile import HostileServer, result
from tests.harvest.sites import dataset as _dataset

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


class Story:
    """One dataset of the neighbour, and what people make of it here."""

    def __init__(self, people: People, neighbour: Pretended, name: str = "voisin-ports") -> None:
        self.people, self.neighbour = people, neighbour
        self.theirs = {"id": str(uuid.uuid4()), **_dataset(name)}
        self.theirs["resources"] = [
            {"id": str(uuid.uuid4()), "url": f"https://example.org/{key}.csv", "name": key, "format": "CSV"}
            for key in ("menus", "stocks")
        ]
        self.there()

    def there(self, **changes: Any) -> dict[str, int]:
        """It changes there, and a run comes by."""
        self.tell(**changes)
        return self.run()

    def tell(self, **changes: Any) -> None:
        """It changes there."""
        self.theirs |= changes
        self.neighbour.tells(self.theirs["id"], "upsert", dataset=self.theirs)

    def run(self) -> dict[str, int]:
        run = harvest(self.people, "voisin")
        assert run["state"] == "finished", run["error"]
        return run["counts"]

    def here(self, **changes: Any) -> None:
        """It is edited here, as what is published is edited: by a proposal that a steward approves."""
        people, id = self.people, self.dataset["id"]
        copy = act("regional_revision_create", people.editor, id=id)
        act("package_patch", people.editor, id=copy["id"], **changes)
        act("regional_curation_submit", people.editor, id=id)
        self.approve()

    def approve(self) -> None:
        seen = act("regional_curation_show", self.people.steward, id=self.dataset["id"])
        act("regional_curation_approve", self.people.steward, id=self.dataset["id"], fingerprint=seen["fingerprint"])

    def resolve(self, decision: str, user: str | None = None, **more: Any) -> dict[str, Any]:
        who = user or self.people.org_admin
        return act("regional_record_resolve", who, id=self.record.id, decision=decision, **more)

    @property
    def dataset(self) -> dict[str, Any]:
        return act("package_show", self.people.sysadmin, id=self.record.dataset_id)

    @property
    def record(self) -> Record:
        model.Session.rollback()
        query = sa.select(Record).where(Record.remote_id == self.theirs["id"])
        return model.Session.scalars(query.execution_options(populate_existing=True)).one()

    @property
    def conflict(self) -> dict[str, Any]:
        return act("regional_record_show", self.people.org_admin, id=self.record.id)["conflict"]
