"""Where nobody reviews: ``ckanext.regional.strict``. Run in a site of its own, since the review must be off."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import requests

from dev.site import Site
from dev.testing import running_site

PLUGINS = ("regional", "scheming_datasets", "activity")


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    with running_site("strict", plugins=PLUGINS, settings={"ckanext.regional.strict": "true"}, workers=0) as started:
        yield started


def test_an_incomplete_dataset_is_refused_at_its_fields_and_a_draft_is_not(site: Site) -> None:
    token = site.add_administrator("boss-boss")

    def call(action: str, **data: object) -> requests.Response:
        return requests.post(
            f"{site.url}/api/3/action/{action}", json=data, headers={"Authorization": token}, timeout=60
        )

    organization = call("organization_create", name="ville").json()["result"]["id"]
    refused = call("package_create", name="one", title="A", owner_org=organization)
    assert refused.status_code == 409
    assert {"publisher", "contact", "frequency"} <= set(refused.json()["error"])
    assert call("package_show", id="one").status_code == 404
    assert call("package_create", name="one", title="A", owner_org=organization, state="draft").status_code == 200
