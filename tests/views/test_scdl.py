"""The « catalogue simplifié » by address: what is public, and nothing else."""

from __future__ import annotations

import csv
import io
from typing import Any

import pytest
from ckan.tests import factories
from ckan.tests.helpers import CKANTestApp

from ckanext.regional import scdl
from ckanext.regional.views import scdl as view
from tests.catalogue import BREST, BRETAGNE, publish_all
from tests.conftest import People, act, complete

PATH = "/catalogue-scdl.csv"


def read(app: CKANTestApp, query: str = "", **arguments: Any) -> list[dict[str, str]]:
    answer = app.get(PATH + query, status=200, **arguments)
    assert answer.content_type == "text/csv; charset=utf-8"
    rows = list(csv.reader(io.StringIO(answer.data.decode())))
    assert tuple(rows[0]) == scdl.COLUMNS
    return [dict(zip(rows[0], row, strict=True)) for row in rows[1:]]


def test_without_datasets_there_is_a_header(app: CKANTestApp, clean_regional: None) -> None:
    assert read(app) == []


def test_only_what_everybody_may_see(app: CKANTestApp, people: People, published: dict[str, Any]) -> None:
    act("package_create", people.editor, **complete(people, name="hidden", title="Caché"))
    (only,) = read(app)
    assert (only["ID"], only["COLL_NOM"], only["PRODUCTEUR_SIRET"]) == ("menus", "Région Bretagne", "212900195")
    assert only["URL"] == "http://test.ckan.net/dataset/menus"
    headers = {"Authorization": factories.APIToken(user=people.sysadmin)["token"]}
    assert [row["ID"] for row in read(app, headers=headers)] == ["menus"]


def test_every_dataset_page_after_page(app: CKANTestApp, people: People, monkeypatch: pytest.MonkeyPatch) -> None:
    publish_all(people)
    names = {dataset["name"] for dataset in act("package_search", None, rows=100)["results"]}
    monkeypatch.setattr(view, "_PAGE", 3)
    assert len(names) == 4
    assert sorted(row["ID"] for row in read(app)) == sorted(names)


def test_filters(app: CKANTestApp, people: People, published: dict[str, Any]) -> None:
    act("organization_create", people.sysadmin, name="ailleurs", title="Ailleurs")
    for query, count in {
        f"?territory={BREST}": 1,
        f"?territory={BRETAGNE}": 1,
        "?territory=fr:region:52": 0,
        f"?territory=fr:region:52&territory={BREST}": 1,
        f"?organization={people.organization}": 1,
        f"?organization={published['owner_org']}&territory={BREST}": 1,
        "?organization=ailleurs": 0,
        "?sector=school": 1,
        "?sector=tourist": 0,
        "?other=1": 1,
    }.items():
        assert len(read(app, query)) == count, query


def test_unknown_filters_are_named(app: CKANTestApp, clean_regional: None) -> None:
    for query in (
        "?territory=fr:commune:99999",
        "?territory=",
        '?territory=x" OR *:*',
        "?organization=nobody",
        "?organization=%00",
        "?sector=colours",
    ):
        answer = app.get(PATH + query, status=404)
        assert answer.content_type.startswith("text/plain")
        assert answer.data.decode().startswith(query[1:].partition("=")[0] + ":")


def test_methods(app: CKANTestApp, clean_regional: None) -> None:
    client = app.flask_app.test_client()
    head = client.head(PATH)
    assert (head.status_code, head.data) == (200, b"")
    assert app.post(PATH).status_code in (400, 405)
    assert client.delete(PATH).status_code in (400, 405)


def test_the_territory_page_leads_to_it(app: CKANTestApp, published: dict[str, Any]) -> None:
    page = app.get(f"/territoire/{BREST}").text
    assert "/catalogue-scdl.csv?territory=fr" in page
