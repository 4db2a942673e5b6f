"""The governance fields through CKAN's own actions: what is kept, what is made, what is answered where."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
import pytest
from ckan.tests.helpers import CKANTestApp, call_action

from ckanext.regional import territory
from ckanext.regional.high_value import REGULATION
from tests.conftest import BREST, People, act, complete, fingerprint
from tests.logic.test_hostile_fields import signed_in

MOBILITY = "http://data.europa.eu/bna/c_b79e35eb"
EDUCATION = "http://publications.europa.eu/resource/authority/data-theme/EDUC"
EVERYTHING: dict[str, Any] = {
    "title_translated": {"fr": "Menus", "en": "Menus"},
    "notes_translated": {"en": "What children eat."},
    "theme": [EDUCATION],
    "url": "https://example.org/menus",
    "version": "2",
    "version_notes": "Décembre corrigé.",
    "identifier": "menus-brest",
    "alternate_identifier": ["doi:10.1/a", "b, c"],
    "language": ["fr", "br"],
    "citizen_needs": [{"need_id": "1", "label": "Savoir", "url": "https://example.org/besoin"}],
    "temporal_coverage": [{"start": "2025", "end": "2026-06"}, {"start": "2026-09-01"}],
    "temporal_coverage_not_applicable": True,
    "issued": "2025-01-01",
    "modified": "2026-01-02T03:04:05",
    "publisher": [{"name": "Ville de Brest", "identifier": "212900195", "email": "a@b.fr", "url": "https://brest.fr"}],
    "creator": [{"name": "A"}, {"name": "B", "uri": "https://example.org/b"}],
    "custodian": [{"name": "C"}],
    "contact": [{"name": "Service", "email": "a@b.fr"}, {"url": "https://example.org/contact"}],
    "legal_basis": ["RGPD, article 6.1 e)"],
    "personal_data": ["nom, adresse"],
    "hvd_category": [MOBILITY],
    "applicable_legislation": ["https://example.org/loi", REGULATION],
    "provenance": "Saisi par le service.",
    "provenance_activity": [
        {"label": "Saisie", "wasAssociatedWith": [{"name": "Service", "actedOnBehalfOf": [{"name": "Ville"}]}]}
    ],
    "conforms_to": ["https://schema.data.gouv.fr/scdl/menus-collectifs/"],
    "documentation": ["https://example.org/doc"],
    "is_referenced_by": ["Rapport 2025"],
    "qualified_relation": [{"relation": "https://example.org/autre", "role": "related"}],
}
RESOURCE: dict[str, Any] = {
    "url": "https://example.org/menus.csv",
    "name": "Menus",
    "description": "Un par jour",
    "format": "CSV",
    "mimetype": "text/csv",
    "size": 1234,
    "hash": "abc",
    "hash_algorithm": "SHA-256",
    "rights": "Citer la Ville",
    "availability": "http://publications.europa.eu/resource/authority/planned-availability/STABLE",
    "license": "https://example.org/licence",
    "access_url": "https://example.org/page",
    "download_url": "https://example.org/menus.csv",
    "applicable_legislation": [REGULATION],
    "conforms_to": ["https://schema.data.gouv.fr/scdl/menus-collectifs/"],
    "language": ["fr"],
    "documentation": ["https://example.org/doc"],
    "status": "http://purl.org/adms/status/Completed",
    "issued": "2025",
    "modified": "2026-01",
}


@pytest.fixture
def full(people: People) -> dict[str, Any]:
    """A dataset with every field."""
    return act("package_create", people.editor, **complete(people, **EVERYTHING, resources=[RESOURCE]))


def shown(dataset: dict[str, Any]) -> dict[str, Any]:
    return call_action("package_show", {"ignore_auth": True, "use_cache": False}, id=dataset["id"])


@pytest.mark.parametrize("field", EVERYTHING)
def test_what_was_sent_is_shown(full: dict[str, Any], field: str) -> None:
    assert shown(full)[field] == EVERYTHING[field]


@pytest.mark.parametrize("field", RESOURCE)
def test_what_was_sent_of_a_resource_is_shown(full: dict[str, Any], field: str) -> None:
    assert shown(full)["resources"][0][field] == RESOURCE[field]


def test_a_patch_loses_nothing(people: People, full: dict[str, Any]) -> None:
    act("package_patch", people.editor, id=full["id"], notes="Autrement dit.")
    changed = {key for key, value in shown(full).items() if value != full.get(key)}
    assert changed == {"notes", "metadata_modified"}


def test_what_was_shown_and_is_sent_back_changes_nothing(people: People, full: dict[str, Any]) -> None:
    before = act("package_show", people.editor, id=full["id"])
    act("package_update", people.editor, **before)
    assert shown(full)["metadata_modified"] == before["metadata_modified"]


def test_the_fingerprint_stays_when_all_fields_are_saved_again(people: People, full: dict[str, Any]) -> None:
    before = fingerprint(people, full)
    again = {**act("package_show", people.editor, id=full["id"]), "metadata_modified": None}
    act("package_update", people.editor, **again)
    assert fingerprint(people, full) == before


@pytest.mark.parametrize("field", sorted(set(EVERYTHING) - {"theme", "hvd_category", "applicable_legislation"}))
@pytest.mark.parametrize("nothing", [None, "", []])
def test_nothing_empties_a_field(people: People, full: dict[str, Any], field: str, nothing: Any) -> None:
    act("package_patch", people.editor, id=full["id"], **{field: nothing})
    assert not shown(full).get(field)


def test_sectors_fill_empty_themes(people: People) -> None:
    assert act("package_create", people.editor, **complete(people))["theme"] == [EDUCATION]


def test_a_high_value_category_brings_its_regulation(people: People, dataset: dict[str, Any]) -> None:
    act("package_patch", people.editor, id=dataset["id"], hvd_category=[MOBILITY])
    now = shown(dataset)
    assert (now["applicable_legislation"], now["resources"][0]["applicable_legislation"]) == (
        [REGULATION],
        [REGULATION],
    )


def test_a_new_resource_of_high_value_data_names_the_regulation(people: People, full: dict[str, Any]) -> None:
    resource = act("resource_create", people.editor, package_id=full["id"], url="https://example.org/b.csv")
    assert resource["applicable_legislation"] == [REGULATION]


WRONG = [
    ("publisher", [{"name": "A"}, {"name": "B"}], [{}, {"name": ["Give one only."]}]),
    ("publisher", [{"email": "a@b.fr"}], [{"name": ["Give the name."]}]),
    ("publisher", [{"name": "A", "identifier": "21290019500019"}], "check sum"),
    ("publisher", [{"name": "A", "identifier": "123"}], "14 digits"),
    ("publisher", [{"name": "A", "email": "nobody"}], "e-mail"),
    ("publisher", [{"name": "A", "nonsense": "x"}], "no such key"),
    ("publisher", "Ville de Brest", "list of objects"),
    ("contact", [{"url": "javascript:alert(1)"}], "web address"),
    ("temporal_coverage", [{"start": "2026", "end": "2025"}], [{"end": ["The end is before the start."]}]),
    ("temporal_coverage", [{"start": "soon"}], "not a date"),
    ("theme", ["nonsense"], "not one of the choices"),
    ("hvd_category", ["nonsense"], "not one of the choices"),
    ("steward", "nobody", "no active user"),
    ("documentation", ["a page"], "not a URI"),
    ("title_translated", {"klingon!": "x"}, "not a language"),
    ("title_translated", "x", "for each language"),
    ("issued", "soon", "not a date"),
]


@pytest.mark.parametrize(("field", "value", "answer"), WRONG)
def test_what_is_wrong_is_answered_where_it_is(people: People, field: str, value: Any, answer: Any) -> None:
    with pytest.raises(tk.ValidationError) as refused:
        act("package_create", people.editor, **complete(people, **{field: value}))
    assert set(refused.value.error_dict) == {field}
    found = refused.value.error_dict[field]
    assert found == answer if isinstance(answer, list) else answer in str(found)


def test_spaces_in_a_siret_are_removed(people: People) -> None:
    made = act(
        "package_create", people.editor, **complete(people, publisher=[{"name": "A", "identifier": "212 900 195"}])
    )
    assert made["publisher"] == [{"name": "A", "identifier": "212900195"}]


def test_a_stranger_is_refused_before_the_shapes_are_answered(people: People) -> None:
    with pytest.raises(tk.NotAuthorized):
        act("package_create", people.outsider, **complete(people, title={"a": "b"}))


def test_the_form_keeps_what_was_typed_and_says_in_french_what_is_wrong(
    app: CKANTestApp, people: People, dataset: dict[str, Any]
) -> None:
    typed = {
        "name": dataset["name"],
        "title": "Menus",
        "owner_org": people.organization,
        "publisher-0-name": "Ville de Brest",
        "publisher-0-identifier": "12345",
        "temporal_coverage-0-start": "bientôt",
        "title_translated-en": "Menus of the day",
    }
    answer = app.post(
        f"/fr/dataset/edit/{dataset['name']}", data=typed, headers=signed_in(people.editor), follow_redirects=False
    )
    assert answer.status_code == 200
    assert [
        value for value in ("12345", "bientôt", "Menus of the day", "Ville de Brest") if value not in answer.text
    ] == []


def test_the_form_stores_objects(app: CKANTestApp, people: People, dataset: dict[str, Any]) -> None:
    typed = {
        "name": dataset["name"],
        "title": "Menus",
        "owner_org": people.organization,
        "territory": BREST,
        "publisher-0-name": "Ville de Brest",
        "publisher-0-identifier": "",
        "contact-1-email": "a@b.fr",
        "contact-0-name": "",
        "title_translated-en": "Menus of the day",
        "title_translated-fr": "",
        "conforms_to": ["https://example.org/a", ""],
    }
    app.post(f"/dataset/edit/{dataset['name']}", data=typed, headers=signed_in(people.editor), follow_redirects=False)
    now = shown(dataset)
    assert {key: now[key] for key in ("publisher", "contact", "title_translated", "conforms_to")} == {
        "publisher": [{"name": "Ville de Brest"}],
        "contact": [{"email": "a@b.fr"}],
        "title_translated": {"en": "Menus of the day"},
        "conforms_to": ["https://example.org/a"],
    }


def test_the_longest_values_reach_solr(people: People) -> None:
    """Solr refuses a document with one term above 32 kB; a dataset that it refuses is not saved."""
    long = "𝄞" * 10_000
    texts = dict.fromkeys(("notes", "provenance", "version_notes"), long)
    lists = {
        field: ["𝄞" * 1_900] + [f"{number} " + "é" * 1_900 for number in range(50)]
        for field in ("conforms_to", "legal_basis", "personal_data", "language", "alternate_identifier")
    }
    agents = [{"name": f"{number} " + "é" * 1_900} for number in range(50)]
    dataset = complete(
        people, **texts, **lists, creator=agents, custodian=agents, title="é" * 2_000, territory=_communes(500)
    )
    dataset |= {"notes_translated": {"en": long}, "resources": [{**RESOURCE, "description": long, "rights": long}]}
    act("package_create", people.editor, **dataset)
    found = call_action("package_search", {"ignore_auth": True}, q="name:menus", include_private=True)
    assert found["count"] == 1


def _communes(number: int) -> list[str]:
    places = territory.children("fr:departement:29") + territory.children("fr:departement:35")
    return [code for code in places if code.startswith("fr:commune:")][:number]
