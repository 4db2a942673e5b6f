"""This very process as the site that harvests: many runs in little time, since no job has to be forked for each."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
from ckan import model
from ckan.lib import search
from ckan.tests import factories, helpers

from ckanext.regional.harvest.running import jobs
from tests.conftest import act, application, empty_our_tables
from tests.harvest.sites import SOURCE


class InProcess:
    """What :class:`tests.harvest.sites.Neighbour` does, without a web server and workers. It begins empty."""

    def __init__(self, settings: dict[str, Any]) -> None:
        #: In force while it works. CKAN's fixtures put the configuration back before each test.
        self.settings = settings
        self.app = application()
        helpers.reset_db()
        search.clear_all()
        empty_our_tables()
        factories.Sysadmin(name="admin")
        factories.Organization(name="region", title="Région")
        self.database_url: str = tk.config["sqlalchemy.url"]
        self.solr_url: str = tk.config["solr_url"]

    def act(self, action: str, *, anonymous: bool = False, **data: Any) -> Any:
        """Call an action as the sysadmin, or as nobody."""
        model.Session.rollback()
        tk.config.update(self.settings)
        try:
            return act(action, None if anonymous else "admin", **data)
        finally:
            model.Session.rollback()

    def source(self, neighbour: str, name: str = "neighbour", **changes: Any) -> dict[str, Any]:
        """Add a source that is trusted to publish."""
        return self.act("regional_source_create", **{**SOURCE, "name": name, "url": neighbour, **changes})

    def harvest(self, source: str = "neighbour", **options: Any) -> dict[str, Any]:
        """Run a source to its end."""
        return self.ended(self.act("regional_harvest_run", source=source, **options)["id"])

    def ended(self, run_id: str) -> dict[str, Any]:
        """Work a run to its end."""
        tk.config.update(self.settings)
        jobs.work_here(run_id, _unexpected)
        return self.act("regional_run_show", id=run_id)

    def records(self, source: str = "neighbour", **options: Any) -> list[dict[str, Any]]:
        return self.act("regional_record_list", source=source, rows=1000, **options)["results"]


def _unexpected(problem: str) -> None:
    raise AssertionError(problem)
