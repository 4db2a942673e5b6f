from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
import pytest
from ckan.tests import factories
from ckan.tests.helpers import CKANTestApp, call_action

from ckanext.regional import defaults
from tests.conftest import BREST, People, act
from tests.logic.test_hostile_fields import signed_in

BRETAGNE = {
    "regional_publisher_name": "Région Bretagne",
    "regional_siret": "233500016",
    "regional_territory": "fr:region:53",
    "regional_license_id": "lov2",
    "regional_contact_name": "Service de la donnée",
    "regional_contact_email": "donnees@region.example.org",
}
FILLED = {
    "publisher": [{"name": "Région Bretagne", "identifier": "233500016"}],
    "contact": [{"name": "Service de la donnée", "email": "donnees@region.example.org"}],
    "territory": ["fr:region:53"],
    "license_id": "lov2",
    "steward": "steward",
}


@pytest.fixture
def organization(people: People) -> str:
    """The people's organisation, which says who publishes, whom to write to and who answers."""
    act("organization_patch", people.sysadmin, id=people.organization, regional_steward=people.steward, **BRETAGNE)
    return people.organization


def test_what_is_empty_is_filled() -> None:
    assert defaults.fill({"territory": []}, {**BRETAGNE, "regional_steward": "steward"}) == FILLED


def test_what_is_given_stays() -> None:
    assert "territory" not in defaults.fill({"territory": [BREST]}, BRETAGNE)


def test_no_licence_is_empty() -> None:
    assert defaults.fill({"license_id": "notspecified"}, BRETAGNE)["license_id"] == "lov2"


def test_a_number_without_a_name_is_no_publisher() -> None:
    assert defaults.fill({}, {"regional_siret": "233500016"}) == {}


@pytest.mark.parametrize("stored", ["fr:region:53, fr:commune:29019", '["fr:region:53", "fr:commune:29019"]'])
def test_territories_are_read_as_extras_and_as_scheming_keeps_them(stored: str) -> None:
    assert defaults.fill({}, {"regional_territory": stored})["territory"] == ["fr:region:53", BREST]


def test_a_new_dataset_gets_them(people: People, organization: str) -> None:
    made = act("package_create", people.editor, name="one", title="A", owner_org=organization)
    assert {key: made[key] for key in FILLED} == FILLED


def test_a_dataset_that_is_there_does_not(people: People, dataset: dict[str, Any]) -> None:
    act("organization_patch", people.sysadmin, id=people.organization, **BRETAGNE)
    act("package_patch", people.editor, id=dataset["id"], publisher=[])
    assert "publisher" not in act("package_show", people.editor, id=dataset["id"])


def test_a_draft_from_the_form_gets_them(app: CKANTestApp, people: People, organization: str) -> None:
    typed = {
        "name": "from-the-form",
        "title": "A",
        "owner_org": organization,
        "publisher-0-name": "",
        "pkg_name": "",
        "_ckan_phase": "dataset_new_1",
        "save": "",
    }
    app.post("/dataset/new", data=typed, headers=signed_in(people.editor), follow_redirects=False)
    made = act("package_show", people.editor, id="from-the-form")
    assert (made["state"], {key: made[key] for key in FILLED}) == ("draft", FILLED)


def test_a_steward_who_left_is_given_to_nobody(people: People, organization: str) -> None:
    act("organization_member_delete", people.sysadmin, id=organization, username=people.steward)
    made = act("package_create", people.editor, name="one", title="A", owner_org=organization)
    assert "steward" not in made


def test_the_organisation_keeps_what_it_was_told(organization: str) -> None:
    shown = call_action("organization_show", id=organization)
    assert {key: shown[key] for key in BRETAGNE} == {**BRETAGNE, "regional_territory": ["fr:region:53"]}


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("regional_siret", "233500017"),
        ("regional_siret", ["a", "b"]),
        ("regional_siret", {"a": "b"}),
        ("regional_siret", "a\x00"),
        ("regional_territory", "fr:commune:99999"),
        ("regional_license_id", "no-such-licence"),
        ("regional_contact_email", "nobody"),
        ("regional_contact_url", "javascript:alert(1)"),
        ("regional_steward", "nobody-here"),
        ("regional_publisher_name", "a\x00b"),
    ],
)
def test_what_is_wrong_is_answered_at_its_field(people: People, field: str, value: Any) -> None:
    with pytest.raises(tk.ValidationError) as refused:
        act("organization_patch", people.sysadmin, id=people.organization, **{field: value})
    assert list(refused.value.error_dict) == [field]


def test_the_form_of_an_organisation_opens(app: CKANTestApp, people: People, organization: str) -> None:
    page = app.get(f"/fr/organization/edit/{organization}", headers=signed_in(people.org_admin))
    assert "donnees@region.example.org" in page.text


def test_extras_work_where_there_is_no_schema(people: People) -> None:
    group = factories.Organization(regional_publisher_name="Commune")
    assert defaults.for_form(group["id"])["publisher"] == [{"name": "Commune"}]
