"""Sites with a schema of their own and our fields: form, API, page and search, on real servers."""

from __future__ import annotations

import re
from typing import Any

import ckan.plugins.toolkit as tk
import pytest
from ckan.tests import factories

from ckanext.regional.logic import incoming
from tests.conftest import BREST, BRETAGNE, People, act, complete
from tests.schemas.conftest import Start
from tests.schemas.schemas import LOADABLE

#: With the review and the exchange, whose code sees every dataset too.
PLUGINS = "regional regional_curation regional_harvest scheming_datasets scheming_organizations activity dcat"

#: What the schemas require beyond ours, and some values of their own fields.
THEIRS: dict[str, dict[str, Any]] = {
    "camel_photos": {"humps": "2", "category": "hybrid", "personality": ["spits"]},
    "subfields": {
        "citation": [
            {"originator": ["Ville"], "publication_date": "2026-05-04", "online_linkage": ["https://a.example"]}
        ],
        "contact_address": [{"address": "2 quai", "city": "Brest"}],
    },
    "dcat_ap_full": {
        "dcat_type": "http://example.org/type",
        "has_version": ["https://example.org/1", "https://example.org/2"],
        "spatial_coverage": [{"text": "Brest", "uri": "http://id.insee.fr/geo/commune/29019"}],
        "qualified_attribution": [{"role": "http://example.org/role"}],
    },
    "health_dcat_ap": {"health_theme": ["http://example.org/theme"], "min_typical_age": "3"},
    "dcat_us_full": {"bbox": [{"west": "-5", "south": "48", "east": "-4", "north": "49"}]},
    "croissant": {"issued": "2026-01-02", "license": "https://example.org/licence", "creator": [{"name": "Ville"}]},
}
OURS = ("territory", "sector", "theme", "governance_level", "steward", "personal_data_class", "frequency")


def people() -> People:
    editor = factories.User(name="editor")["name"]
    sysadmin = factories.Sysadmin(name="sysadmin")["name"]
    organization = factories.Organization(name="ville", users=[{"name": editor, "capacity": "editor"}])["name"]
    return People(
        organization=organization, sysadmin=sysadmin, editor=editor, editor2="", member="", org_admin="", steward="",
        steward_elsewhere="", outsider="",
    )  # fmt: skip


def short(name: str) -> str:
    return name.partition(":")[2].partition(".")[0]


@pytest.mark.parametrize("name", LOADABLE, ids=short)
def test_a_dataset_of_theirs_and_ours(name: str, with_schema: Start) -> None:
    app = with_schema(name, PLUGINS)
    town = people()
    (kind,) = act("scheming_dataset_schema_list", town.editor)
    theirs = THEIRS.get(short(name), {})
    given = complete(town, type=kind, **theirs)

    made = act("package_create", town.editor, **given)
    shown = act("package_show", town.editor, id=made["id"])

    assert shown["territory"] == [BREST]
    assert shown["governance_level"] == "local"
    assert shown["sector"] == ["school"]
    assert shown["publisher"][0]["identifier"] == "212900195"
    assert shown["contact"][0]["email"] == "menus@brest.example.org"
    assert all(field in shown for field in OURS if field != "theme")
    for field, value in theirs.items():
        assert shown[field] == value, field

    again = act("package_patch", town.editor, id=made["id"], notes="Autre description")
    assert {field: again[field] for field in theirs} == theirs
    assert again["territory"] == [BREST]

    found = act(
        "package_search",
        town.sysadmin,
        fq=f'vocab_regional_territory:"{BRETAGNE}" +dataset_type:{kind}',
        **{"include_private": True, "facet.field": ["vocab_regional_territory", "vocab_regional_sector"]},
    )
    assert [one["id"] for one in found["results"]] == [made["id"]]
    assert found["search_facets"]["vocab_regional_sector"]["items"][0]["name"] == "school"

    headers = {"Authorization": factories.APIToken(user=town.editor)["token"]}
    for path in (f"/{kind}/new", f"/{kind}/edit/{made['name']}", f"/{kind}/{made['name']}", f"/{kind}/"):
        page = app.get(path, headers=headers)
        assert page.status_code == 200, path
        assert "Internal Server Error" not in page.text


@pytest.mark.parametrize("name", [LOADABLE[2], LOADABLE[5]], ids=short)
def test_the_form_has_every_field_once(name: str, with_schema: Start) -> None:
    app = with_schema(name, "regional scheming_datasets dcat")
    town = people()
    (kind,) = tk.get_action("scheming_dataset_schema_list")({}, {})
    headers = {"Authorization": factories.APIToken(user=town.editor)["token"]}
    page = app.get(f"/{kind}/new", headers=headers).text
    schema = tk.get_action("scheming_dataset_schema_show")({}, {"type": kind})
    asked = set(re.findall(r'name="([a-z_]+)', page))
    wanted = {
        field["field_name"]
        for field in schema["dataset_fields"]
        # These have a control for each of their objects or languages, made when somebody asks for it.
        if field.get("form_snippet", "") is not None and "repeating_subfields" not in field
    }
    assert wanted - asked == set()


@pytest.mark.parametrize("name", [LOADABLE[0], LOADABLE[2]], ids=short)
def test_the_form_asks_for_our_fields_and_saves_them(name: str, with_schema: Start) -> None:
    app = with_schema(name, "regional scheming_datasets")
    town = people()
    (kind,) = tk.get_action("scheming_dataset_schema_list")({}, {})
    headers = {"Authorization": factories.APIToken(user=town.editor)["token"]}
    page = app.get(f"/{kind}/new", headers=headers)
    for field in ("territory", "sector", "personal_data_class", "publisher-0-name"):
        assert f'name="{field}"' in page.text, field
    form = {
        "title": "Menus", "name": "menus", "owner_org": town.organization, "territory": BREST, "sector": "school",
        "publisher-0-name": "Ville de Brest", "category": "hybrid", "_ckan_phase": "dataset_new_1", "save": "",
    }  # fmt: skip
    answer = app.post(f"/{kind}/new", headers=headers, data=form, follow_redirects=False)
    assert answer.status_code == 302, answer.text
    saved = act("package_show", town.editor, id="menus")
    assert saved["territory"] == [BREST]
    assert saved["publisher"] == [{"name": "Ville de Brest"}]


def test_a_form_of_pages_goes_through_them_all(with_schema: Start) -> None:
    app = with_schema("ckanext.scheming:ckan_formpages.yaml", "regional scheming_datasets")
    town = people()
    headers = {"Authorization": factories.APIToken(user=town.editor)["token"]}
    first = {"title": "Menus", "name": "menus", "owner_org": town.organization, "save": ""}
    answer = app.post("/formpages/new", headers=headers, data=first, follow_redirects=False)
    assert answer.status_code == 302, answer.text
    for number in (2, 3):
        page = app.get(f"/formpages/new/menus/{number}", headers=headers)
        assert page.status_code == 200
        app.post(f"/formpages/new/menus/{number}", headers=headers, data={"save": ""}, follow_redirects=False)
    page = app.get("/formpages/new/menus/4", headers=headers)
    assert 'name="territory"' in page.text
    ours = {"territory": BREST, "sector": "school", "contact-0-email": "a@b.example.org", "save": ""}
    answer = app.post("/formpages/new/menus/4", headers=headers, data=ours, follow_redirects=False)
    assert answer.status_code == 302, answer.text
    saved = act("package_show", town.editor, id="menus")
    assert saved["title"] == "Menus"
    assert saved["territory"] == [BREST]
    assert saved["contact"] == [{"email": "a@b.example.org"}]


def test_objects_with_subfields_of_both(with_schema: Start) -> None:
    with_schema("ckanext.dcat.schemas:dcat_ap_recommended.yaml", "regional scheming_datasets dcat")
    town = people()
    made = act("package_create", town.editor, **complete(town, contact=[{"email": "a@b.example.org", "uri": ""}]))
    assert made["contact"] == [{"email": "a@b.example.org"}]
    with pytest.raises(tk.ValidationError, match="There is no such key here"):
        act("package_patch", town.editor, id=made["id"], contact=[{"email": "a@b.example.org", "phone": "02"}])


def test_a_subfield_of_theirs_may_be_no_text() -> None:
    """As ckanext-dcat's ``name_translated`` of its multilingual schemas, beside subfields of ours."""
    subfields = [{"field_name": "name_translated"}, {"field_name": "name", "value_kind": "text"}]
    data: dict[str, Any] = {"publisher": [{"name": "Ville", "name_translated": {"fr": "Ville"}}]}
    schema = {"dataset_fields": [{"field_name": "publisher", "repeating_subfields": subfields}]}
    assert incoming.prepare(data, schema) == {}
    assert data["publisher"] == [{"name": "Ville", "name_translated": {"fr": "Ville"}}]
