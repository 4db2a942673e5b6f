"""Our plugins beside a schema that has none of our fields, or beside none: nothing of CKAN's stops working."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import ckan.plugins.toolkit as tk
import pytest
from ckan.config.middleware import make_app
from ckan.tests import factories
from ckan.tests.helpers import CKANTestApp

from tests.conftest import act, appoint
from tests.diagnosis.conftest import reload  # noqa: F401 - a fixture

WITH_REVIEW = "regional regional_curation regional_harvest activity"
PLAIN = {"title": "Menus", "name": "menus", "resources": [{"url": "https://example.org/a.csv", "format": "CSV"}]}


@pytest.mark.parametrize("plugins", ["regional", WITH_REVIEW])
@pytest.mark.parametrize(
    ("schema", "more"),
    [
        (None, {}),
        ("ckanext.scheming:ckan_dataset.yaml", {}),
        ("ckanext.scheming:camel_photos.yaml", {"type": "camel-photos", "category": "hybrid"}),
        ("ckanext.dcat.schemas:dcat_ap_full.yaml", {"notes": "Les menus", "contact": [{"email": "a@b.example.org"}]}),
    ],
)
def test_datasets_pages_and_search(
    reload: Callable[..., None],  # noqa: F811
    schema: str | None,
    more: dict[str, Any],
    plugins: str,
) -> None:
    scheming = f"{plugins} scheming_datasets dcat" if schema else plugins
    presets = "ckanext.scheming:presets.json ckanext.dcat.schemas:presets.yaml"
    reload(
        ckan__plugins=scheming, scheming__dataset_schemas=schema or "", scheming__presets=presets,
        scheming__organization_schemas="",
    )  # fmt: skip
    clerk = factories.User(name="clerk")["name"]
    factories.Organization(name="ville", users=[{"name": clerk, "capacity": "editor"}])
    kind = more.get("type", "dataset")

    made = act("package_create", clerk, **PLAIN, **more, owner_org="ville")
    assert act("package_show", clerk, id=made["id"])["title"] == "Menus"
    act("package_patch", clerk, id=made["id"], title="Menus de mai")
    found = act("package_search", clerk, q="mai", include_private=True)
    assert [one["title"] for one in found["results"]] == ["Menus de mai"]

    app = CKANTestApp(make_app(tk.config))
    headers = {"Authorization": factories.APIToken(user=clerk)["token"]}
    pages = [f"/{kind}/new", f"/{kind}/edit/menus", f"/{kind}/menus", f"/{kind}/", "/organization/ville", "/"]
    pages += [f"/{kind}/menus/resource/{made['resources'][0]['id']}", f"/{kind}/menus/resource/new"]
    for path in pages:
        answer = app.get(path, headers=headers)
        assert answer.status_code == 200, path


def test_a_review_where_the_schema_has_no_steward(reload: Callable[..., None]) -> None:  # noqa: F811
    """The case says what is missing; it is the doctor who says why."""
    reload(
        ckan__plugins=f"{WITH_REVIEW} scheming_datasets",
        scheming__dataset_schemas="ckanext.scheming:ckan_dataset.yaml",
    )
    clerk, steward = factories.User(name="clerk")["name"], factories.User(name="steward")["name"]
    factories.Organization(name="ville", users=[{"name": clerk, "capacity": "editor"}])
    appoint(steward)
    made = act("package_create", clerk, **PLAIN, author="Jeanne", owner_org="ville")
    lacking = {check["field"] for check in act("regional_curation_check", clerk, id=made["id"])["checks"]}
    assert {"steward", "territory"} <= lacking
    app = CKANTestApp(make_app(tk.config))
    headers = {"Authorization": factories.APIToken(user=clerk)["token"]}
    page = app.get("/regional/case/menus", headers=headers)
    assert page.status_code == 200
    assert "Jeanne" in page.text


def test_a_steward_sees_the_site_s_own_fields_of_a_file(reload: Callable[..., None]) -> None:  # noqa: F811
    reload(
        ckan__plugins=f"{WITH_REVIEW} scheming_datasets",
        scheming__dataset_schemas="ckanext.scheming:camel_photos.yaml",
    )
    clerk = factories.User(name="clerk")["name"]
    factories.Organization(name="ville", users=[{"name": clerk, "capacity": "editor"}])
    photo = {"url": "https://example.org/a.jpg", "others_in_photo": "Deux chameliers"}
    given = {"name": "photos", "title": "Photos", "type": "camel-photos", "category": "hybrid", "resources": [photo]}
    act("package_create", clerk, **given, owner_org="ville")
    app = CKANTestApp(make_app(tk.config))
    headers = {"Authorization": factories.APIToken(user=clerk)["token"]}
    assert "Deux chameliers" in app.get("/regional/case/photos", headers=headers).text
