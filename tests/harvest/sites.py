"""Two real neighbours for the tests, and the few words in which a test speaks to them."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import requests

from dev.site import Site

PLAIN = ("activity",)
LOOPBACK = {"ckanext.regional.harvest.allow_networks": "127.0.0.0/8"}
ENDED = ("finished", "failed", "aborted", "held")
_DEADLINE = 90
#: A source that is trusted to publish, and whose defaults leave nothing to be desired.
SOURCE: dict[str, Any] = {
    "owner_org": "region",
    "trust": "publish",
    "territory": "fr:region:53",
    "defaults": {
        "steward": "admin",
        "license_id": "lov2",
        "sector": ["school"],
        "frequency": "http://publications.europa.eu/resource/authority/frequency/ANNUAL",
        "access_rights": "http://publications.europa.eu/resource/authority/access-right/PUBLIC",
        "personal_data_class": "none",
        "publisher": [{"name": "Ville"}],
        "contact": [{"email": "donnees@example.org"}],
    },
}


class ActionFailed(AssertionError):
    """An action answered an error."""

    def __init__(self, action: str, status: int, error: Any) -> None:
        super().__init__(f"{action}: HTTP {status} {error}")
        self.status = status
        self.error = error


@dataclass
class Neighbour:
    """A running site and its sysadmin's token."""

    site: Site
    token: str

    @property
    def url(self) -> str:
        return self.site.url

    @property
    def database_url(self) -> str:
        return self.site.stack.postgres.url(self.site.database)

    @property
    def solr_url(self) -> str:
        return self.site.stack.solr.url(self.site.database)

    def act(self, action: str, *, anonymous: bool = False, **data: Any) -> Any:
        """Call an action as the sysadmin, or as nobody."""
        headers = {} if anonymous else {"Authorization": self.token}
        answer = _session().post(f"{self.url}/api/action/{action}", json=data, headers=headers, timeout=60)
        body = answer.json()
        if not body["success"]:
            raise ActionFailed(action, answer.status_code, body["error"])
        return body["result"]

    def publish(self, name: str, **changes: Any) -> dict[str, Any]:
        """Make a public dataset. Where datasets are reviewed, a steward other than its maker approves it."""
        made = self.act("package_create", **{**dataset(name), **changes})
        if "regional_curation" in self.site.plugins:
            raise AssertionError("a reviewed site has no short way to the public")
        return made

    def source(self, neighbour: str, name: str = "neighbour", **changes: Any) -> dict[str, Any]:
        """Add a source that is trusted to publish."""
        return self.act("regional_source_create", **{**SOURCE, "name": name, "url": neighbour, **changes})

    def harvest(self, source: str = "neighbour", *, deadline: int = _DEADLINE, **options: Any) -> dict[str, Any]:
        """Run a source by the site's worker, to its end."""
        run = self.act("regional_harvest_run", source=source, **options)
        return self.ended(run["id"], deadline)

    def ended(self, run_id: str, deadline: int = _DEADLINE) -> dict[str, Any]:
        """Wait for the end of a run."""
        return wait_for(lambda: self._if_ended(run_id), f"the end of run {run_id}", deadline)

    def records(self, source: str = "neighbour", **options: Any) -> list[dict[str, Any]]:
        return self.act("regional_record_list", source=source, rows=1000, **options)["results"]

    def names(self) -> list[str]:
        """Names of the public datasets, as the index has them for nobody in particular."""
        found = self.act("package_search", anonymous=True, rows=1000)
        return sorted(one["name"] for one in found["results"])

    def _if_ended(self, run_id: str) -> dict[str, Any] | None:
        run = self.act("regional_run_show", id=run_id)
        return run if run["state"] in ENDED else None


def dataset(name: str, **changes: Any) -> dict[str, Any]:
    """A dataset that any CKAN takes."""
    return {
        "name": name,
        "title": name.replace("-", " ").title(),
        "notes": "What the children eat.",
        "owner_org": "region",
        "license_id": "odc-odbl",
        "tags": [{"name": "canteen"}],
        "resources": [{"url": f"https://example.org/{name}.csv", "name": "Menus", "format": "CSV"}],
        **changes,
    }


def settle(site: Site) -> Neighbour:
    """Give a fresh site a sysadmin and an organisation."""
    token = site.add_administrator(secrets.token_hex(12))
    neighbour = Neighbour(site, token)
    neighbour.act("organization_create", name="region", title="Région")
    return neighbour


def wait_for(look: Callable[[], Any], what: str, seconds: int = _DEADLINE) -> Any:
    """Look until something is there."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        found = look()
        if found:
            return found
        time.sleep(0.2)
    raise AssertionError(f"{what} did not come within {seconds} s")


def _session() -> requests.Session:
    session = requests.Session()
    session.trust_env = False
    return session
