"""A source of this very test process, harvested by it: no site, no worker."""

from __future__ import annotations

import uuid
from typing import Any

from ckanext.regional.harvest.running import jobs
from tests.conftest import ANNUAL, PUBLIC, People, act

DEFAULTS: dict[str, Any] = {
    "license_id": "lov2",
    "sector": ["school"],
    "frequency": ANNUAL,
    "access_rights": PUBLIC,
    "personal_data_class": "none",
    "notes": "What the children eat.",
    "publisher": [{"name": "Ville"}],
    "contact": [{"email": "donnees@example.org"}],
}


class Local:
    """Harvests one address under a source of its own, as the sysadmin."""

    def __init__(self, people: People, url: str, **changes: Any) -> None:
        self.people = people
        data = {
            "name": f"s{uuid.uuid4().hex[:8]}",
            "url": url,
            "owner_org": people.organization,
            "trust": "publish",
            "territory": "fr:region:53",
            **changes,
        }
        data["defaults"] = {**DEFAULTS, "steward": people.editor, **changes.get("defaults", {})}
        self.source = self.act("regional_source_create", **data)["name"]

    def act(self, action: str, **data: Any) -> Any:
        """Call an action as the sysadmin."""
        return act(action, self.people.sysadmin, **data)

    def __call__(self, **options: Any) -> dict[str, Any]:
        """Run the source to its end."""
        run = self.act("regional_harvest_run", source=self.source, **options)
        jobs.work_here(run["id"], lambda _sentence: None)
        return self.act("regional_run_show", id=run["id"])

    def confirmed(self, run: dict[str, Any]) -> dict[str, Any]:
        """Let a held run go on, to its end."""
        self.act("regional_run_confirm", id=run["id"])
        jobs.work_here(run["id"], lambda _sentence: None)
        return self.act("regional_run_show", id=run["id"])

    def records(self, **options: Any) -> dict[str, dict[str, Any]]:
        """The source's records by the neighbour's id."""
        found = self.act("regional_record_list", source=self.source, rows=1000, **options)["results"]
        return {one["remote_id"]: one for one in found}

    def dataset(self, remote_id: str) -> dict[str, Any]:
        """The dataset that a record became."""
        return self.act("package_show", id=self.records()[remote_id]["dataset_id"])
