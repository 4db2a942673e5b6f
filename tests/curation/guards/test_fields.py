"""Licence, territory, contact, freshness and texts: by the dataset dict alone."""

from __future__ import annotations

import datetime
from typing import Any

import pytest

from ckanext.regional.curation.guards.contact import contact
from ckanext.regional.curation.guards.freshness import freshness
from ckanext.regional.curation.guards.licence import licence
from ckanext.regional.curation.guards.personal.guard import personal_data
from ckanext.regional.curation.guards.personal.texts import texts
from ckanext.regional.curation.guards.territory import territory
from tests.conftest import ANNUAL, PUBLIC
from tests.test_personal_data import MADE

pytestmark = pytest.mark.usefixtures("our_plugins")

DAILY = ANNUAL.replace("ANNUAL", "DAILY")


def said(guard: Any, **dataset: Any) -> list[tuple[str, str]]:
    return [(result.level, result.code) for result in guard(dataset, {})]


@pytest.mark.parametrize(
    ("dataset", "results"),
    [
        ({"license_id": "lov2", "access_rights": PUBLIC}, []),
        ({"license_id": ""}, [("block", "licence.missing")]),
        ({"license_id": "notspecified"}, [("block", "licence.missing")]),
        ({"license_id": "mine"}, [("block", "licence.unknown")]),
        ({"license_id": "cc-nc", "access_rights": PUBLIC}, [("warn", "licence.not_open")]),
        ({"license_id": "cc-nc"}, []),
    ],
)
def test_licence(dataset: dict[str, Any], results: list[tuple[str, str]]) -> None:
    assert said(licence, **dataset) == results


@pytest.mark.parametrize(
    ("codes", "results"),
    [
        (["fr:region:53"], []),
        ([], [("block", "territory.missing")]),
        (["fr:commune:00000"], [("block", "territory.unknown")]),
        (["fr:region:53", "nowhere"], [("block", "territory.unknown")]),
        (["fr:commune:75101"], [("warn", "territory.former")]),
    ],
)
def test_territory(codes: list[str], results: list[tuple[str, str]]) -> None:
    assert said(territory, territory=codes) == results


def test_contact() -> None:
    assert said(contact, contact=[{"name": "Mairie"}]) == [("block", "contact.missing")]
    assert said(contact, contact=[{"url": "https://example.org"}]) == []


def days_ago(days: int) -> str:
    moment = datetime.datetime.now(datetime.UTC) - datetime.timedelta(days=days)
    return moment.replace(tzinfo=None).isoformat()


@pytest.mark.parametrize(
    ("frequency", "days", "late"),
    [
        (DAILY, 1, False),
        (DAILY, 3, False),
        (DAILY, 10, True),
        (ANNUAL, 400, False),
        (ANNUAL, 700, True),
        ("", 9, False),
    ],
)
def test_freshness(frequency: str, days: int, late: bool) -> None:
    resources = [{"created": days_ago(900), "last_modified": days_ago(days)}]
    found = said(freshness, frequency=frequency, resources=resources)
    assert found == ([("info", "freshness.late")] if late else [])


def test_freshness_without_dates() -> None:
    assert said(freshness, frequency=DAILY, resources=[{"last_modified": "soon"}]) == []


def test_personal_data_in_texts() -> None:
    dataset = {
        "title": "Assurés",
        "notes": f"Par exemple {MADE}, ou anne@example.org et yann@example.org.",
        "title_translated": {"en": "06 12 34 56 78"},
        "contact": [{"email": "anne@example.org"}],
        "publisher": [{"name": "Anne", "email": "anne@example.org"}],
        "maintainer_email": "anne@example.org",
        "resources": [
            {"id": "r", "name": "FR7630006000011234567890189", "url": "https://example.org/anne@example.org"}
        ],
    }
    found = {(one.level, one.code, one.field, one.details["count"]) for one in personal_data(dataset, {})}
    assert found == {
        ("block", "personal_data.nir.text", "notes", 1),
        ("warn", "personal_data.email.text", "notes", 2),
        ("warn", "personal_data.phone.text", "title_translated", 1),
        ("block", "personal_data.iban.text", "resources/r", 1),
    }
    assert MADE not in " ".join(one.message for one in personal_data(dataset, {}))


@pytest.mark.parametrize(
    ("kind", "access", "blocks"),
    [("none", PUBLIC, False), ("anonymised", PUBLIC, False), ("personal", PUBLIC, True), ("sensitive", PUBLIC, True),
     ("pseudonymised", PUBLIC, True), ("personal", PUBLIC.replace("PUBLIC", "RESTRICTED"), False)],
)  # fmt: skip
def test_what_is_declared_personal_and_public(kind: str, access: str, blocks: bool) -> None:
    found = said(personal_data, personal_data_class=kind, access_rights=access)
    assert found == ([("block", "personal_data.public")] if blocks else [])


def test_texts_that_are_looked_at() -> None:
    dataset = {
        "id": "x", "notes": "a", "tags": [{"name": "b"}], "extras": [{"key": "k", "value": "v"}], "size": 3,
        "contact": [{"name": "no"}], "resources": [{"id": "r", "description": "c", "url": "no", "hash": "no"}],
    }  # fmt: skip
    assert list(texts(dataset)) == [
        ("notes", "a"), ("tags", "b"), ("extras", "k"), ("extras", "v"), ("resources/r", "c"),
    ]  # fmt: skip
