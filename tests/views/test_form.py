"""The dataset's form and page as they leave the server, and what the form asks for while somebody fills it in."""

from __future__ import annotations

import html
import json
import re
from typing import Any

import pytest
from bs4 import BeautifulSoup
from ckan.tests import factories
from ckan.tests.helpers import CKANTestApp, call_action

from ckanext.regional import details, form
from tests.conftest import BREST, BRETAGNE, People, act, complete
from tests.logic.test_hostile_fields import signed_in

EVERY_GROUP = ["what", "where_when", "who", "rights", "quality"]


def soup(app: CKANTestApp, address: str, user: str | None, **options: Any) -> Any:
    headers = signed_in(user) if user else {}
    return BeautifulSoup(app.get(address, headers=headers, **options).text, "html.parser")


def said(page: Any) -> dict[str, str]:
    """What the page says of each field."""
    return {
        term.get_text(" ", strip=True): re.sub(r"\s+", " ", term.find_next_sibling("dd").get_text(" ", strip=True))
        for term in page.select(".regional-details dt")
    }


# The form ------------------------------------------------------------------------------------------------------------


def test_fields_stand_in_groups(app: CKANTestApp, people: People) -> None:
    page = soup(app, "/dataset/new", people.editor)
    assert [group["data-group"] for group in page.select("fieldset.regional-group")] == EVERY_GROUP
    assert all(group.find("legend").get_text(strip=True) for group in page.select("fieldset.regional-group"))


def test_every_field_of_the_schema_is_in_the_form_once(app: CKANTestApp, people: People) -> None:
    import ckan.plugins.toolkit as tk

    fields = tk.h.scheming_get_dataset_schema("dataset")["dataset_fields"]
    asked = [field["field_name"] for field in fields if field.get("form_snippet", "") is not None]
    page = soup(app, "/dataset/new", people.editor)
    assert sorted(field["data-field"] for field in page.select("[data-field]")) == sorted(asked)


def test_every_field_has_its_anchor(app: CKANTestApp, people: People) -> None:
    page = soup(app, "/dataset/new", people.editor)
    for field in page.select("[data-field]"):
        assert len(page.select(f'[id="field-{field["data-field"]}"]')) == 1, field["data-field"]


def test_every_id_is_there_once(app: CKANTestApp, people: People) -> None:
    page = soup(app, "/dataset/new", people.editor)
    for part in page.select("template, noscript"):
        part.decompose()
    ids = [element["id"] for element in page.select("[id]")]
    assert sorted(ids) == sorted(set(ids))


def test_what_is_needed_is_said_in_words(app: CKANTestApp, people: People) -> None:
    page = soup(app, "/dataset/new", people.editor)
    needed = {field["data-field"] for field in page.select("[data-field]") if field.select(".regional-needed")}
    assert needed == {
        "title", "notes", "sector", "territory", "frequency", "owner_org", "steward", "publisher", "contact",
        "access_rights", "license_id", "personal_data_class", "access_rights_reason", "legal_basis",
    }  # fmt: skip
    assert "needed for the review" in page.select_one("[data-field=title] label").get_text()


def test_rare_fields_are_closed_until_they_hold_something(app: CKANTestApp, people: People) -> None:
    assert not soup(app, "/dataset/new", people.editor).select("details.regional-rare[open]")
    act("package_create", people.editor, **complete(people, version="2"))
    page = soup(app, "/dataset/edit/menus", people.editor)
    opened = page.select(".regional-group > details.regional-rare[open]")
    assert [part.find_parent("fieldset")["data-group"] for part in opened] == ["what"]


def test_the_list_of_groups_counts_what_is_missing(app: CKANTestApp, people: People) -> None:
    act("package_create", people.editor, **complete(people, frequency=None, license_id="notspecified"))
    page = soup(app, "/dataset/edit/menus", people.editor)
    counts = {place["data-toc"]: place.get_text(strip=True) for place in page.select("[data-toc]")}
    assert counts == {
        "what": "complete", "where_when": "1 to fill in", "who": "complete", "rights": "1 to fill in", "quality": "",
    }  # fmt: skip
    links = [link["href"] for link in page.select(".regional-toc-fields a")]
    assert links == ["#field-frequency", "#field-license_id"]


def test_a_new_form_holds_the_organisations_defaults(app: CKANTestApp, people: People) -> None:
    act("organization_patch", people.sysadmin, id=people.organization, regional_publisher_name="Région Bretagne",
        regional_contact_email="donnees@bretagne.example", regional_territory=[BRETAGNE], regional_license_id="lov2",
    )  # fmt: skip
    page = soup(app, "/dataset/new", people.editor)
    assert page.select_one("#field-publisher-0-name")["value"] == "Région Bretagne"
    assert page.select_one("#field-contact-0-email")["value"] == "donnees@bretagne.example"
    assert page.select_one("#field-territory")["value"] == BRETAGNE
    assert page.select_one("#field-license_id option[selected]")["value"] == "lov2"
    assert "Publisher" in page.select_one("[data-derived=owner_org]").get_text()


def test_the_form_of_a_dataset_holds_its_own(app: CKANTestApp, people: People, dataset: dict[str, Any]) -> None:
    act("organization_patch", people.sysadmin, id=people.organization, regional_publisher_name="Région Bretagne")
    page = soup(app, f"/dataset/edit/{dataset['name']}", people.editor)
    assert page.select_one("#field-publisher-0-name")["value"] == "Ville de Brest"


def test_a_box_that_was_unticked_stays_so_when_something_else_is_wrong(
    app: CKANTestApp, people: People, dataset: dict[str, Any]
) -> None:
    answer = app.post(
        f"/dataset/edit/{dataset['name']}", headers=signed_in(people.editor),
        data={"save": "", "_ckan_phase": "dataset_new_1", "title": "Menus", "name": "menus", "owner_org":
              dataset["owner_org"], "issued": "bientôt", "pkg_name": dataset["id"]},
    )  # fmt: skip
    page: Any = BeautifulSoup(answer.text, "html.parser")
    assert page.select_one("#field-issued")["value"] == "bientôt"
    assert not page.select("#field-sector input[checked]")
    assert page.select_one("#field-title")["value"] == "Menus"


def test_what_is_wrong_leads_to_its_field(app: CKANTestApp, people: People) -> None:
    answer = app.post(
        "/dataset/new", headers=signed_in(people.editor),
        data={"save": "", "_ckan_phase": "dataset_new_1", "title": "Menus", "name": "menus", "owner_org":
              people.organization, "contact-0-name": "A", "contact-1-email": "nobody"},
    )  # fmt: skip
    page: Any = BeautifulSoup(answer.text, "html.parser")
    links = page.select(".regional-problems a")
    assert [link["href"] for link in links] == ["#field-contact-1-email"]
    assert page.select_one("#field-contact-1-email")["value"] == "nobody"
    assert page.select_one("#field-contact-0-name")["value"] == "A"


def test_script_in_what_was_typed_stays_text(app: CKANTestApp, people: People) -> None:
    hostile = "</script><script>alert(1)</script>\"'"
    data = {
        "save": "", "_ckan_phase": "dataset_new_1", "title": hostile, "name": "menus",
        "owner_org": people.organization, "territory": hostile, "steward": hostile, "publisher-0-name": hostile,
        "publisher-0-identifier": hostile, "legal_basis": hostile, "title_translated-fr": hostile, "theme": hostile,
        "hvd_category": hostile, "issued": hostile, "governance_level": hostile,
    }  # fmt: skip
    answer = app.post("/dataset/new", headers=signed_in(people.editor), data=data)
    assert "<script>alert(1)" not in answer.text
    page: Any = BeautifulSoup(answer.text, "html.parser")
    assert page.select_one("#field-title")["value"] == hostile
    assert page.select_one("#field-publisher-0-identifier")["value"] == hostile


@pytest.mark.parametrize(
    "data",
    [
        {"territory": ["a", "b"], "sector": "x", "publisher": "text", "contact-0": "y", "contact-x-name": "z"},
        {"access_rights": ["a", "b"], "personal_data_class": ["a", "b"], "title": ["a", "b"]},
        {
            "temporal_coverage-0-start": ["2025", "2026"],
            "hvd_category": "{",
            "legal_basis": "[",
            "notes_translated": "[",
        },
        {
            "publisher-0-name": "A",
            "publisher-1-name": "B",
            "provenance_activity-0-wasAssociatedWith-0-name": ["a", "b"],
        },
    ],
)
def test_a_form_of_any_shape_is_shown_again(app: CKANTestApp, people: People, data: dict[str, Any]) -> None:
    sent = {"save": "", "_ckan_phase": "dataset_new_1", "name": "!", "owner_org": people.organization} | data
    answer = app.post("/dataset/new", headers=signed_in(people.editor), data=sent)
    assert answer.status_code == 200
    assert "regional-problems" in answer.text


def test_a_files_form_asks_first_what_every_file_needs(
    app: CKANTestApp, people: People, dataset: dict[str, Any]
) -> None:
    page = soup(app, f"/dataset/{dataset['name']}/resource/new", people.editor)
    first = [field["data-field"] for field in page.select(".regional-group > [data-field]")]
    assert first == ["url", "name", "description", "format"]
    assert not page.select("details.regional-rare[open]")
    assert page.select("details.regional-rare [data-field=license]")


# While somebody fills it in -------------------------------------------------------------------------------------------


def stewards(app: CKANTestApp, user: str | None, **question: str) -> tuple[int, list[dict[str, str]]]:
    headers = signed_in(user) if user else {}
    answer = app.get("/regional/form/steward", query_string=question, headers=headers, expect_errors=True)
    return answer.status_code, json.loads(answer.text)["results"]


def test_members_are_found_by_a_few_letters(app: CKANTestApp, people: People) -> None:
    factories.User(name="zoe", fullname="Zoé Kerbrat-Éon")
    call_action("organization_member_create", id=people.organization, username="zoe", role="member")
    for typed in ("zoe", "ZOÉ", "kerb", "eon zo"):
        assert stewards(app, people.editor, organisation=people.organization, q=typed) == (
            200,
            [{"id": "zoe", "text": "Zoé Kerbrat-Éon"}],
        )


def test_only_members_of_the_organisation_are_found(app: CKANTestApp, people: People) -> None:
    _status, found = stewards(app, people.editor, organisation=people.organization, q="")
    names = {person["id"] for person in found}
    assert people.member in names
    assert people.outsider not in names


def test_a_member_who_has_left_is_not_found(app: CKANTestApp, people: People) -> None:
    act("organization_member_delete", people.sysadmin, id=people.organization, username=people.member)
    act("user_delete", people.sysadmin, id=people.editor2)
    _status, found = stewards(app, people.editor, organisation=people.organization, q="")
    assert {people.member, people.editor2}.isdisjoint(person["id"] for person in found)


@pytest.mark.parametrize("role", ["member", "outsider", None])
@pytest.mark.parametrize("path", ["steward", "defaults"])
def test_members_are_told_to_nobody_who_creates_no_datasets(
    app: CKANTestApp, people: People, role: str | None, path: str
) -> None:
    user = getattr(people, role) if role else None
    answer = app.get(
        f"/regional/form/{path}", query_string={"organisation": people.organization, "q": "e"},
        headers=signed_in(user) if user else {}, expect_errors=True,
    )  # fmt: skip
    assert answer.status_code == 403
    assert people.editor not in answer.text


def test_an_editor_elsewhere_learns_nothing_of_this_organisation(app: CKANTestApp, people: People) -> None:
    factories.Organization(name="elsewhere", users=[{"name": people.outsider, "capacity": "editor"}])
    assert stewards(app, people.outsider, organisation=people.organization) == (403, [])
    assert stewards(app, people.outsider, organisation="elsewhere")[0] == 200


def test_an_unknown_organisation_tells_nothing(app: CKANTestApp, people: People) -> None:
    assert stewards(app, people.editor, organisation="nowhere") == (403, [])


def test_a_dataset_of_another_organisation_opens_no_door(
    app: CKANTestApp, people: People, dataset: dict[str, Any]
) -> None:
    factories.Organization(name="elsewhere")
    assert stewards(app, people.editor, organisation="elsewhere", dataset=dataset["id"]) == (403, [])


def test_defaults_of_an_organisation_are_given_with_names(app: CKANTestApp, people: People) -> None:
    act("organization_patch", people.sysadmin, id=people.organization, regional_publisher_name="Région Bretagne",
        regional_territory=[BREST], regional_steward=people.editor2,
    )  # fmt: skip
    answer = app.get(
        "/regional/form/defaults", query_string={"organisation": people.organization}, headers=signed_in(people.editor)
    )
    found = json.loads(answer.text)
    assert found["publisher"] == [{"name": "Région Bretagne"}]
    assert found["territory"][0]["name"] == "Brest"
    assert found["steward"]["id"] == people.editor2
    assert found["steward"]["text"]


def test_places_are_offered_with_level_and_notice(app: CKANTestApp, people: People) -> None:
    offered = first_place(app, "50173")
    assert offered["id"] == "fr:commune:50129"
    assert offered["level"] == "local"
    assert "50129" in offered["notice"]
    assert first_place(app, "Brest")["notice"] == ""


def first_place(app: CKANTestApp, typed: str) -> dict[str, str]:
    answer = app.get("/regional/territory/autocomplete", query_string={"q": typed})
    return json.loads(answer.text)["results"][0]


# The dataset's page ---------------------------------------------------------------------------------------------------

EVERYTHING: dict[str, Any] = {
    "notes_translated": {"fr": "Ce que mangent les enfants.", "en": "What children eat."},
    "title_translated": {"en": "School menus"},
    "temporal_coverage": [{"start": "2025", "end": "2026-06"}, {"start": "2026-09-01"}],
    "creator": [{"name": "Atelier", "email": "a@b.example", "url": "https://atelier.example"}],
    "contact": [{"name": "Service", "email": "menus@brest.example", "url": "https://brest.example"}],
    "legal_basis": ["RGPD, article 6", "https://law.example/1"],
    "personal_data_class": "personal",
    "hvd_category": ["http://data.europa.eu/bna/c_b79e35eb"],
    "conforms_to": ["https://schema.example"],
    "issued": "2025-01-01",
    "provenance_activity": [{"label": "Saisie", "wasAssociatedWith": [{"name": "Bureau"}]}],
    "qualified_relation": [{"relation": "https://example.org/autre", "role": "related"}],
    "citizen_needs": [{"label": "Savoir"}],
}


@pytest.fixture
def full(people: People) -> dict[str, Any]:
    return act("package_create", people.editor, **complete(people, **EVERYTHING))


def test_the_page_says_the_fields_in_the_readers_words(app: CKANTestApp, people: People, full: dict[str, Any]) -> None:
    found = said(soup(app, "/fr/dataset/menus", people.editor))
    assert found["Secteur"] == "Éducation"
    assert found["Territoire"] == "Brest Bretagne › Finistère"
    assert found["Accès"] == "public"
    assert found["Période couverte"].startswith("2025 – juin 2026 1er septembre 2026 –")
    assert found["Première publication"] == "1er janvier 2025"
    assert found["Éditeur"] == "Ville de Brest SIRET ou SIREN 212 900 195"
    assert found["Base légale"] == "RGPD, article 6 https://law.example/1"
    english = said(soup(app, "/en/dataset/menus", people.editor))
    assert english["Sector"] == "Education"
    assert english["First published"] == "January 1, 2025"


def test_the_page_shows_no_value_as_a_program_writes_it(app: CKANTestApp, people: People, full: dict[str, Any]) -> None:
    text = soup(app, "/dataset/menus", people.editor).select_one("[role=main]").get_text(" ")
    assert not re.search(r"[\[{]['\"]|['\"][\]}]", text)
    assert "data.europa.eu/bna" not in text
    assert "publications.europa.eu" not in text


def test_each_field_is_shown_once_and_no_empty_one(app: CKANTestApp, people: People, full: dict[str, Any]) -> None:
    page = soup(app, "/dataset/menus", people.editor)
    labels = [term.get_text(strip=True) for term in page.select(".regional-details dt, .regional-details th")]
    assert sorted(labels) == sorted(set(labels))
    assert all(text for text in said(page).values())
    assert "Custodian" not in labels
    assert "Spatial coverage" not in labels


def test_only_the_contact_is_there_to_be_written_to(app: CKANTestApp, people: People, full: dict[str, Any]) -> None:
    page = soup(app, "/dataset/menus", people.editor)
    assert [link["href"] for link in page.select(".regional-details a[href^=mailto]")] == ["mailto:menus@brest.example"]
    assert "a@b.example" in said(page)["Producer"]


def test_a_place_leads_to_its_page(app: CKANTestApp, people: People, full: dict[str, Any]) -> None:
    page = soup(app, "/dataset/menus", people.editor)
    assert page.select(f'.regional-details a[href="/territoire/{BREST}"]')


def test_title_and_description_are_in_the_readers_language(
    app: CKANTestApp, people: People, full: dict[str, Any]
) -> None:
    english = soup(app, "/en/dataset/menus", people.editor)
    assert english.select_one("h1").get_text(strip=True) == "School menus"
    assert "What children eat." in english.select_one(".notes").get_text()
    french = soup(app, "/fr/dataset/menus", people.editor)
    assert french.select_one("h1").get_text(strip=True) == "Menus des cantines"
    assert "Ce que mangent les enfants." in french.select_one(".notes").get_text()


def test_the_steward_is_told_to_those_whom_it_concerns(
    app: CKANTestApp, people: People, published: dict[str, Any]
) -> None:
    assert "Data steward" in said(soup(app, "/dataset/menus", people.editor))
    assert "Data steward" not in said(soup(app, "/dataset/menus", None))
    assert people.editor not in html.unescape(app.get("/dataset/menus").text)


def test_script_in_a_value_stays_text_on_the_page(app: CKANTestApp, people: People) -> None:
    hostile = "<script>alert(1)</script>"
    changes = {"provenance": hostile, "legal_basis": [hostile], "publisher": [{"name": hostile}], "version": hostile}
    act("package_create", people.editor, **complete(people, personal_data_class="personal", **changes))
    assert hostile not in app.get("/dataset/menus", headers=signed_in(people.editor)).text


def test_a_files_page_shows_fields_as_people_read_them(app: CKANTestApp, people: People) -> None:
    resource = {
        "url": "https://example.org/a.csv", "name": "A", "format": "CSV", "size": 2048, "conforms_to": ["https://s.example"],
        "issued": "2026-11-01", "language": ["fr", "br"], "documentation": ["https://d.example"],
    }  # fmt: skip
    dataset = act("package_create", people.editor, **complete(people, resources=[resource]))
    page = soup(app, f"/dataset/menus/resource/{dataset['resources'][0]['id']}", people.editor)
    rows = {row.th.get_text(strip=True): row.td.get_text(" ", strip=True) for row in page.select("table tr") if row.td}
    assert rows["Language"] == "fr br"
    assert rows["Schema or standard"] == "https://s.example"
    assert rows["First published"] == "November 1, 2026"
    assert not any("[" in value for value in rows.values())
    assert len(rows) == len([row for row in page.select("table tr") if row.td])


# Rules of the layout --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("condition", "data", "expected"),
    [
        ({"field": "a", "in": ["x"]}, {"a": "x"}, True),
        ({"field": "a", "in": ["x"]}, {"a": "y"}, False),
        ({"field": "a", "in": ["x"]}, {}, False),
        ({"field": "a", "in": ["x"]}, {"a": ["y", "x"]}, True),
        ({"field": "a", "not": ["x"]}, {"a": "y"}, True),
        ({"field": "a", "not": ["x"]}, {"a": "x"}, False),
        ({"field": "a", "not": ["x"]}, {"a": " "}, False),
        ({"field": "a", "filled": True}, {"a": ["y"]}, True),
        ({"field": "a", "filled": True}, {"a": []}, False),
        (None, {}, True),
        ({}, {}, True),
    ],
)
def test_conditions(condition: dict[str, Any] | None, data: dict[str, Any], expected: bool) -> None:
    assert form.holds(condition, data) is expected


def test_a_schema_without_groups_is_left_alone() -> None:
    assert not form.is_grouped([{"field_name": "title"}, {"field_name": "colour"}])


def test_fields_of_others_go_last(app: CKANTestApp) -> None:
    fields = [
        {"field_name": "colour"},
        {"field_name": "title"},
        {"field_name": "territory", "form_group": "where_when"},
    ]
    with app.flask_app.test_request_context():
        found = form.groups(fields, {}, {}, "dataset")
    assert [(group.name, [field["field_name"] for field in group.fields]) for group in found] == [
        ("what", ["title"]), ("where_when", ["territory"]), ("other", ["colour"]),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("errors", "expected"),
    [
        ({"title": ["Missing"]}, [("field-title", "Missing")]),
        ({"tags": ["Too short"]}, [("field-tag_string", "Too short")]),
        ({"parts": [{}, {"size": ["Wrong"]}]}, [("field-parts-1-size", "Wrong")]),
        ({"parts": [{"inner": [{"depth": ["Wrong"]}]}]}, [("field-parts-0-inner-0-depth", "Wrong")]),
        ({"parts": ["Only one"]}, [("field-parts", "Only one")]),
        ({"parts": [{"unknown": ["No such key"]}]}, [("field-parts", "No such key")]),
        ({"elsewhere": {"deep": [["Wrong"]]}}, [("", "Wrong")]),
    ],
)
def test_problems(app: CKANTestApp, errors: dict[str, Any], expected: list[tuple[str, str]]) -> None:
    fields = [
        {"field_name": "title", "label": "Title"},
        {"field_name": "tag_string", "label": "Tags"},
        {"field_name": "parts", "label": "Parts", "repeating_subfields": [
            {"field_name": "size", "label": "Size"},
            {"field_name": "inner", "label": "Inner", "repeating_subfields": [{"field_name": "depth", "label": "D"}]},
        ]},
    ]  # fmt: skip
    with app.flask_app.test_request_context():
        assert [(one.anchor, one.message) for one in form.problems(errors, fields)] == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("2026", "2026"), ("2026-12", "December 2026"), ("2026-12-31", "December 31, 2026"),
        ("2026-12-31T23:59:00", "December 31, 2026"), ("soon", "soon"), (None, ""), (2026, "2026"),
    ],
)  # fmt: skip
def test_dates(app: CKANTestApp, value: Any, expected: str) -> None:
    with app.flask_app.test_request_context():
        assert details.date_label(value) == expected


@pytest.mark.parametrize(
    ("period", "expected"),
    [
        ({"start": "2025", "end": "2026"}, "2025 – 2026"), ({"start": "2025", "end": "2025"}, "2025"),
        ({"start": "2025"}, "2025 – ongoing"), ({"end": "2026"}, "until: 2026"), ({}, ""),
    ],
)  # fmt: skip
def test_periods(app: CKANTestApp, period: dict[str, str], expected: str) -> None:
    with app.flask_app.test_request_context():
        assert details.period_label(period) == expected


def test_numbers_are_read_in_threes() -> None:
    assert details.number_label("21290019500014") == "212 900 195 00014"
    assert details.number_label("212900195") == "212 900 195"
    assert details.number_label("abc") == "abc"
