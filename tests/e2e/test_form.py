"""The dataset's form in a browser: filled in by a clerk in French, by keyboard, without scripts, on a telephone."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
import requests

from dev.site import Site
from dev.testing import running_site
from tests.e2e.axe import violations

PLUGINS = ("regional", "regional_curation", "scheming_datasets", "activity", "text_view")
#: Without the review.
ALONE = ("regional", "scheming_datasets", "activity", "text_view")
WIDE, NARROW = 1280, 390
MOBILITY = "http://data.europa.eu/bna/c_b79e35eb"
EDUCATION = "http://publications.europa.eu/resource/authority/data-theme/EDUC"
RESTRICTED = "http://publications.europa.eu/resource/authority/access-right/RESTRICTED"
BREST_SIREN = "212900195"

Act = Callable[..., Any]
Open = Callable[..., Any]


@dataclass(frozen=True)
class Town:
    """A site with two organisations; Anne edits in both, Yann is a member of the second alone."""

    site: Site
    act: Act
    password: str

    @property
    def url(self) -> str:
        return self.site.url


@pytest.fixture(scope="module")
def town() -> Iterator[Town]:
    password = secrets.token_urlsafe(16)
    with running_site("e2e-form", plugins=PLUGINS, settings={"ckan.locale_default": "en"}) as site:
        act = caller(site, site.add_administrator(password))
        for name, fullname in (("anne", "Anne Le Gall"), ("yann", "Yann Kerbrat"), ("mai", "Maï Riou")):
            act("user_create", name=name, fullname=fullname, email=f"{name}@example.org", password=password)
        editors = [{"name": "anne", "capacity": "editor"}]
        act(
            "organization_create", name="brest", title="Ville de Brest", users=[*editors, {"name": "mai"}],
            extras=extras(publisher_name="Ville de Brest", siret=BREST_SIREN, territory="fr:commune:29019",
                          license_id="lov2", contact_email="donnees@brest.example"),
        )  # fmt: skip
        act(
            "organization_create", name="quimper", title="Ville de Quimper", users=[*editors, {"name": "yann"}],
            extras=extras(publisher_name="Ville de Quimper", territory="fr:commune:29232", steward="yann"),
        )  # fmt: skip
        yield Town(site, act, password)


def extras(**values: str) -> list[dict[str, str]]:
    return [{"key": f"regional_{key}", "value": value} for key, value in values.items()]


def caller(site: Site, token: str) -> Act:
    session = requests.Session()
    session.trust_env = False  # a proxy of the machine has no business with loopback
    session.headers["Authorization"] = token

    def act(action: str, **data: Any) -> Any:
        answer = session.post(f"{site.url}/api/action/{action}", json=data, timeout=60)
        assert answer.ok, answer.text
        return answer.json()["result"]

    return act


@pytest.fixture
def browse(chromium: Any, town: Town) -> Iterator[Open]:
    """Opens a page as somebody; afterwards no script may have failed."""
    contexts: list[Any] = []
    troubles: list[str] = []

    def open_page(path: str, user: str = "anne", width: int = WIDE, **options: Any) -> Any:
        context = chromium.new_context(locale="fr-FR", viewport={"width": width, "height": 900}, **options)
        contexts.append(context)
        context.set_default_timeout(10_000)
        # Pictures of people come from elsewhere: a test asks nothing of the world.
        context.route(lambda url: not url.startswith(town.url), lambda route: route.abort())
        page = context.new_page()
        page.on("pageerror", lambda error: troubles.append(str(error)))
        page.goto(f"{town.url}/user/login")
        page.fill("#field-login", user)
        page.fill("#field-password", town.password)
        page.press("#field-password", "Enter")
        page.wait_for_selector(".account.authed")
        go(page, town.url + path)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert troubles == []


@pytest.fixture
def draft(town: Town) -> Iterator[dict[str, Any]]:
    """A dataset whose form shows every kind of field with something in it."""
    made = town.act(
        "package_create", name=f"menus-{secrets.token_hex(4)}", title="Menus des cantines", owner_org="brest",
        notes="Ce que mangent les enfants.", sector=["school"], territory=["fr:commune:29019", "fr:departement:29"],
        steward="anne", contact=[{"name": "Service", "email": "a@brest.example"}, {"url": "https://brest.example"}],
        creator=[{"name": "Atelier"}], temporal_coverage=[{"start": "2025", "end": "2026-06"}],
        title_translated={"en": "School menus"}, notes_translated={"en": "What children eat."},
        personal_data_class="personal", legal_basis=["RGPD, article 6", "Délibération 12"], hvd_category=[MOBILITY],
        issued="2025", modified="2026-01-02", access_rights="PUBLIC", frequency="ANNUAL",
        documentation=["https://brest.example/doc"], provenance="Saisi par **le service**.",
        resources=[{"url": "https://brest.example/menus.csv", "name": "Menus", "format": "CSV", "size": 1234,
                    "conforms_to": ["https://schema.example/menus"]}],
    )  # fmt: skip
    yield made
    town.act("dataset_purge", id=made["id"])


def field(page: Any, name: str) -> Any:
    return page.locator(f'[data-field="{name}"]')


def focused(page: Any) -> str:
    return page.evaluate("document.activeElement.id || document.activeElement.name || document.activeElement.tagName")


def choose_place(page: Any, typed: str, offered: str) -> None:
    page.fill("#field-territory", "")
    page.locator("#field-territory").press_sequentially(typed)
    page.locator(".regional-offers li", has_text=offered).first.wait_for()
    page.locator(".regional-offers li", has_text=offered).first.click()


def chosen(page: Any) -> list[str]:
    return page.locator(".regional-chosen li span:first-of-type").all_inner_texts()


def go(page: Any, address: str) -> None:
    """Open a page; where there is a form, until its script has arrived."""
    page.goto(address)
    settle(page)


def settle(page: Any) -> None:
    # Only a browser without scripts sees elements in there.
    if page.locator(".regional-form").count() and not page.locator("noscript > *").count():
        page.wait_for_selector(".regional-form[data-ready]")


def save(page: Any) -> None:
    with page.expect_navigation():
        page.locator("#dataset-edit button[name=save]").last.click()
    settle(page)


# A whole dataset -----------------------------------------------------------------------------------------------------


def test_a_clerk_fills_in_everything_in_french(browse: Open, town: Town) -> None:
    page = browse("/fr/dataset/new")
    fill_in_what(page)
    fill_in_where_and_when(page)
    fill_in_who(page)
    fill_in_rights(page)
    page.fill("#field-provenance", "Saisi par le service.")
    page.fill("#field-documentation input >> nth=0", "https://brest.example/doc")
    save(page)
    page.wait_for_selector("#resource-edit")
    kept = town.act("package_show", id="frequentation-des-piscines-2026")
    try:
        assert_kept(kept)
    finally:
        town.act("dataset_purge", id=kept["id"])


def fill_in_what(page: Any) -> None:
    page.fill("#field-title", "Fréquentation des piscines 2026")
    page.fill("#field-notes", "Entrées par jour et par piscine.")
    page.get_by_label("Éducation", exact=True).check()
    page.locator("#regional-group-what > details > summary").click()
    page.locator("#field-title_translated summary").click()
    page.fill("#field-title_translated-en", "Pool visits 2026")
    page.get_by_role("button", name="Besoin").click()
    page.fill("#field-citizen_needs-0-label", "Savoir quand il y a moins de monde")


def fill_in_where_and_when(page: Any) -> None:
    choose_place(page, "29200", "Brest")
    choose_place(page, "cotes d armor", "Côtes-d'Armor")
    page.fill("#field-temporal_coverage-0-start", "2025")
    page.fill("#field-temporal_coverage-0-end", "31/03/2026")
    page.select_option("#field-frequency", label="mensuel")
    page.fill("#field-issued", "2026-02-01")


def fill_in_who(page: Any) -> None:
    page.locator("#field-steward").press_sequentially("mai")
    page.locator(".regional-offers li", has_text="Maï Riou").click()
    page.get_by_role("button", name="Producteur").click()
    page.fill("#field-creator-0-name", "Bureau d'études")
    field(page, "contact").locator("[data-card-add]").click()
    page.fill("#field-contact-1-url", "https://brest.example/contact")
    page.select_option("#field-publisher-0-type", label="Collectivité locale")


def fill_in_rights(page: Any) -> None:
    page.select_option("#field-access_rights", RESTRICTED)
    page.locator("#field-access_rights_reason option").nth(1).wait_for(state="attached")
    page.select_option("#field-access_rights_reason", index=1)
    page.select_option("#field-personal_data_class", "personal")
    page.fill("#field-legal_basis input >> nth=0", "RGPD, article 6")
    page.press("#field-legal_basis input >> nth=0", "Enter")
    page.keyboard.type("Délibération 12")
    page.locator("#regional-group-rights > details > summary").click()
    page.get_by_label("Mobilité", exact=True).check()
    # CKAN makes the address from the title by a request of its own.
    page.wait_for_function("document.querySelector('#field-name').value === 'frequentation-des-piscines-2026'")


def assert_kept(kept: dict[str, Any]) -> None:
    assert kept["sector"] == ["school"]
    assert kept["theme"] == [EDUCATION]
    assert kept["title_translated"] == {"en": "Pool visits 2026"}
    assert [need["label"] for need in kept["citizen_needs"]] == ["Savoir quand il y a moins de monde"]
    # Brest comes from the organisation, so that it was chosen already.
    assert kept["territory"] == ["fr:commune:29019", "fr:departement:22"]
    assert kept["governance_level"] == "local"
    assert kept["temporal_coverage"] == [{"start": "2025", "end": "2026-03-31"}]
    assert kept["issued"] == "2026-02-01"
    assert kept["steward"] == "mai"
    publisher = kept["publisher"][0]
    assert (publisher["name"], publisher["identifier"]) == ("Ville de Brest", BREST_SIREN)
    assert publisher["type"].endswith("LocalAuthority")
    assert kept["contact"] == [{"email": "donnees@brest.example"}, {"url": "https://brest.example/contact"}]
    assert kept["creator"] == [{"name": "Bureau d'études"}]
    assert kept["access_rights"] == RESTRICTED
    assert kept["access_rights_reason"]
    assert kept["legal_basis"] == ["RGPD, article 6", "Délibération 12"]
    assert kept["hvd_category"] == [MOBILITY]
    assert kept["license_id"] == "lov2"
    assert kept["documentation"] == ["https://brest.example/doc"]


# Without scripts -----------------------------------------------------------------------------------------------------


def test_without_scripts_every_field_is_shown_and_kept(browse: Open, town: Town, draft: dict[str, Any]) -> None:
    page = browse(f"/fr/dataset/edit/{draft['name']}", java_script_enabled=False)
    assert page.locator(".regional-field[hidden]").count() == 0
    assert field(page, "access_rights_reason").is_visible()
    before = town.act("package_show", id=draft["id"])
    page.fill("#field-title", "Menus")
    # One card and two lines stand ready where a script would add them.
    page.fill("#field-contact-2-email", "c@brest.example")
    page.fill("#field-legal_basis input >> nth=2", "Marché 2026-4")
    page.fill("#field-territory", "fr:commune:29019, Quimper")
    save(page)
    after = town.act("package_show", id=draft["id"])
    changed = {key for key in after if after[key] != before.get(key)}
    computed = {"metadata_modified", "spatial_coverage"}
    assert changed - computed == {"title", "contact", "legal_basis", "territory"}
    assert after["contact"][2] == {"email": "c@brest.example"}
    assert after["legal_basis"][2] == "Marché 2026-4"
    assert after["territory"] == ["fr:commune:29019", "fr:commune:29232"]


def test_with_scripts_saving_untouched_changes_nothing(browse: Open, town: Town, draft: dict[str, Any]) -> None:
    before = town.act("package_show", id=draft["id"])
    save(browse(f"/fr/dataset/edit/{draft['name']}"))
    after = town.act("package_show", id=draft["id"])
    assert {key for key in after if after[key] != before.get(key)} <= {"metadata_modified"}


# Asked under a condition ----------------------------------------------------------------------------------------------


def test_a_field_is_asked_where_it_applies(browse: Open) -> None:
    page = browse("/fr/dataset/new")
    reason = field(page, "access_rights_reason")
    assert not reason.is_visible()
    page.select_option("#field-access_rights", RESTRICTED)
    assert reason.is_visible()
    page.select_option("#field-access_rights", label="public")
    assert not reason.is_visible()


def test_what_is_not_asked_cannot_be_reached_by_keyboard(browse: Open) -> None:
    page = browse("/fr/dataset/new")
    page.select_option("#field-access_rights", label="public")
    page.focus("#field-access_rights")
    page.keyboard.press("Tab")
    assert focused(page) == "field-license_id"


def test_what_is_not_asked_keeps_its_value(browse: Open, town: Town, draft: dict[str, Any]) -> None:
    page = browse(f"/fr/dataset/edit/{draft['name']}")
    page.select_option("#field-personal_data_class", "none")
    assert not field(page, "legal_basis").is_visible()
    save(page)
    assert town.act("package_show", id=draft["id"])["legal_basis"] == draft["legal_basis"]


def test_a_field_with_an_error_is_shown_though_it_is_not_asked(browse: Open, draft: dict[str, Any]) -> None:
    page = browse(f"/fr/dataset/edit/{draft['name']}")
    page.fill("#field-legal_basis input >> nth=0", "x" * 2001)
    page.select_option("#field-personal_data_class", "none")
    save(page)
    assert field(page, "legal_basis").is_visible()
    assert field(page, "legal_basis").locator(".error-block").inner_text() != ""


# Several of one kind --------------------------------------------------------------------------------------------------


def test_cards_are_added_and_removed_by_keyboard(browse: Open) -> None:
    page = browse("/fr/dataset/new")
    contact = field(page, "contact")
    contact.locator("[data-card-add]").focus()
    page.keyboard.press("Enter")
    assert focused(page) == "field-contact-1-name"
    page.keyboard.type("Accueil")
    contact.locator("[data-card-remove]").nth(1).focus()
    page.keyboard.press("Space")
    assert contact.locator("[data-card]").count() == 1
    assert focused(page) == "field-contact-0-name"
    assert "Contact 2" in contact.locator("[data-card-status]").inner_text()


def test_a_card_added_after_one_was_removed_is_kept(browse: Open, town: Town, draft: dict[str, Any]) -> None:
    page = browse(f"/fr/dataset/edit/{draft['name']}")
    contact = field(page, "contact")
    contact.locator("[data-card-remove]").first.click()
    contact.locator("[data-card-add]").click()
    page.keyboard.type("Accueil")
    save(page)
    assert town.act("package_show", id=draft["id"])["contact"] == [
        {"url": "https://brest.example"},
        {"name": "Accueil"},
    ]


def test_the_last_card_and_the_last_line_can_go(browse: Open, town: Town, draft: dict[str, Any]) -> None:
    page = browse(f"/fr/dataset/edit/{draft['name']}")
    field(page, "creator").locator("[data-card-remove]").click()
    field(page, "documentation").locator("[data-card-remove]").click()
    save(page)
    kept = town.act("package_show", id=draft["id"])
    assert not kept.get("creator")
    assert not kept.get("documentation")


def test_cards_lie_inside_cards(browse: Open, town: Town, draft: dict[str, Any]) -> None:
    page = browse(f"/fr/dataset/edit/{draft['name']}#field-provenance_activity")
    field(page, "provenance_activity").locator("> fieldset > [data-card-add]").click()
    page.keyboard.type("Saisie")
    page.fill("#field-provenance_activity-0-wasAssociatedWith-0-name", "Service")
    save(page)
    activity = town.act("package_show", id=draft["id"])["provenance_activity"]
    assert activity == [{"label": "Saisie", "wasAssociatedWith": [{"name": "Service"}]}]


# The search for places and people -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "offered"),
    [
        ("saint brieuc", "Saint-Brieuc (22)"),
        ("St-Brieuc", "Saint-Brieuc (22)"),
        ("SAINT BRIEUC", "Saint-Brieuc (22)"),
        ("22000", "Saint-Brieuc (22)"),
        ("22278", "Saint-Brieuc (22)"),
        ("finistere", "Finistère"),
        ("ile de sein", "Île-de-Sein (29)"),
    ],
)
def test_a_place_is_found_as_people_type_it(browse: Open, typed: str, offered: str) -> None:
    page = browse("/fr/dataset/new")
    page.locator("#field-territory").press_sequentially(typed)
    first = page.locator(".regional-offers li").first
    first.wait_for()
    assert first.inner_text().startswith(offered)


def test_a_place_is_chosen_and_removed_by_keyboard(browse: Open) -> None:
    page = browse("/fr/dataset/new")
    page.locator("#field-territory").press_sequentially("quimper")
    page.locator(".regional-offers li").first.wait_for()
    assert page.get_attribute("#field-territory", "aria-expanded") == "true"
    active = page.get_attribute("#field-territory", "aria-activedescendant")
    page.keyboard.press("ArrowDown")
    assert page.get_attribute("#field-territory", "aria-activedescendant") != active
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Enter")
    assert chosen(page) == ["Brest", "Quimper (29)"]
    assert focused(page) == "field-territory"
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Enter")
    assert chosen(page) == ["Brest"]


def test_escape_closes_the_list_and_nothing_else(browse: Open) -> None:
    page = browse("/fr/dataset/new")
    page.locator("#field-territory").press_sequentially("quimper")
    page.locator(".regional-offers li").first.wait_for()
    page.keyboard.press("Escape")
    assert page.get_attribute("#field-territory", "aria-expanded") == "false"
    assert page.input_value("#field-territory") == "quimper"


def test_a_code_out_of_use_gives_its_notice(browse: Open) -> None:
    page = browse("/fr/dataset/new")
    page.locator("#field-territory").press_sequentially("fr:commune:50173")
    offer = page.locator(".regional-offers li").first
    offer.wait_for()
    assert "50129" in offer.inner_text()
    offer.click()
    assert chosen(page)[-1].startswith("Cherbourg-en-Cotentin")
    assert "50129" in field(page, "territory").locator("p.regional-notice").inner_text()


def test_a_place_that_was_typed_and_not_chosen_is_not_lost(browse: Open, town: Town, draft: dict[str, Any]) -> None:
    page = browse(f"/fr/dataset/edit/{draft['name']}")
    page.fill("#field-territory", "Quimper")
    save(page)
    assert "fr:commune:29232" in town.act("package_show", id=draft["id"])["territory"]


def test_a_place_that_nobody_knows_stays_to_be_mended(browse: Open, draft: dict[str, Any]) -> None:
    page = browse(f"/fr/dataset/edit/{draft['name']}")
    page.fill("#field-territory", "Nulle Part")
    save(page)
    assert page.input_value("#field-territory") == "Nulle Part"
    assert chosen(page) == ["Brest", "Finistère"]


def test_the_steward_is_searched_among_the_organisations_members(browse: Open) -> None:
    page = browse("/fr/dataset/new")
    page.select_option("#field-organizations", label="Ville de Brest")
    page.focus("#field-steward")
    page.locator(".regional-offers li").first.wait_for()
    assert page.locator(".regional-offers li").all_inner_texts() == ["admin", "Anne Le Gall", "Maï Riou"]


def test_a_steward_that_nobody_knows_is_not_sent(browse: Open, town: Town, draft: dict[str, Any]) -> None:
    page = browse(f"/fr/dataset/edit/{draft['name']}")
    page.fill("#field-steward", "Personne")
    page.focus("#field-title")
    assert page.input_value("#field-steward") == "Anne Le Gall"
    page.fill("#field-steward", "")
    save(page)
    assert "steward" not in town.act("package_show", id=draft["id"])


# What follows from other fields ---------------------------------------------------------------------------------------


def test_sectors_tick_themes_until_somebody_does(browse: Open) -> None:
    page = browse("/fr/dataset/new")
    themes = page.locator("#field-theme input:checked")
    page.check("#field-sector-school")
    assert themes.count() == 1
    assert "Éducation" in page.locator("[data-derived=theme]").inner_text()
    page.uncheck("#field-sector-school")
    assert themes.count() == 0
    page.get_by_label("Énergie", exact=True).nth(1).check()
    page.check("#field-sector-school")
    assert themes.count() == 1


def test_the_level_says_what_it_follows_from(browse: Open) -> None:
    page = browse("/fr/dataset/new")
    empty = page.locator("#field-governance_level option").first
    assert empty.inner_text().endswith("Local")
    choose_place(page, "country:fr", "France")
    assert empty.inner_text().endswith("National")
    choose_place(page, "country:de", "Allemagne")
    assert empty.inner_text().endswith("International")


def test_another_organisation_changes_what_nobody_has_touched(browse: Open) -> None:
    page = browse("/fr/dataset/new")
    page.select_option("#field-organizations", label="Ville de Brest")
    page.wait_for_function("document.querySelector('#field-publisher-0-name').value === 'Ville de Brest'")
    page.fill("#field-contact-0-email", "moi@brest.example")
    with page.expect_response("**/regional/form/defaults**"):
        page.select_option("#field-organizations", label="Ville de Quimper")
    page.wait_for_function("document.querySelector('#field-publisher-0-name').value === 'Ville de Quimper'")
    assert page.input_value("#field-publisher-0-identifier") == ""
    assert page.input_value("#field-contact-0-email") == "moi@brest.example"
    assert page.input_value("#field-steward") == "Yann Kerbrat"
    assert chosen(page) == ["Quimper"]
    assert "Quimper" in page.locator("[data-derived=owner_org]").inner_text()


def test_the_list_of_groups_counts_what_is_empty(browse: Open) -> None:
    page = browse("/fr/dataset/new")
    links = page.locator(".regional-toc li", has=page.locator('[data-toc="what"]')).locator("[data-toc-fields] a")
    assert links.all_inner_texts() == ["Titre", "Description", "Secteur"]
    page.fill("#field-title", "Menus")
    assert links.all_inner_texts() == ["Description", "Secteur"]
    links.first.click()
    assert focused(page) == "field-notes"


def test_the_high_value_list_is_searched(browse: Open) -> None:
    page = browse("/fr/dataset/new#field-hvd_category")
    page.locator(".regional-below > summary").click()
    page.fill("#filter-hvd_category", "ADRESSES")
    shown = page.locator(".regional-below label:has(input[type=checkbox]):visible")
    assert shown.count() >= 1
    assert all("adresse" in text.lower() for text in shown.all_inner_texts())
    page.press("#filter-hvd_category", "Enter")
    assert page.url.split("#")[0].endswith("/dataset/new")


# The way to a field ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("anchor", "goal"),
    [
        ("title", "field-title"),
        ("hvd_category", "field-hvd_category-http://data.europa.eu/bna/c_a9135398"),
        ("access_rights_reason", "field-access_rights_reason"),
        ("owner_org", "field-organizations"),
        ("contact", "field-contact-0-name"),
        ("title_translated", "field-title_translated-fr"),
        ("territory", "field-territory"),
    ],
)  # fmt: skip
def test_an_address_leads_to_its_field(browse: Open, draft: dict[str, Any], anchor: str, goal: str) -> None:
    page = browse(f"/fr/dataset/edit/{draft['name']}#field-{anchor}")
    assert focused(page) == goal
    box = page.evaluate("(e => [e.top, e.bottom])(document.activeElement.getBoundingClientRect())")
    assert box[0] >= 0
    assert box[1] <= 900


def test_errors_keep_what_was_typed_and_lead_to_their_fields(browse: Open, draft: dict[str, Any]) -> None:
    page = browse(f"/fr/dataset/edit/{draft['name']}")
    field(page, "creator").locator("[data-card-add]").click()
    page.keyboard.type("Second")
    page.fill("#field-creator-1-identifier", "12345678900000")
    page.fill("#field-temporal_coverage-0-end", "1999")
    page.uncheck("#field-sector-school")
    page.fill("#field-title_translated-en", "Other")
    page.fill("#field-issued", "bientôt")
    page.fill("#field-legal_basis input >> nth=1", "Autre")
    save(page)
    assert page.evaluate("document.activeElement.classList.contains('regional-problems')")
    assert page.input_value("#field-creator-1-name") == "Second"
    assert page.input_value("#field-creator-1-identifier") == "12345678900000"
    assert page.input_value("#field-temporal_coverage-0-end") == "1999"
    assert not page.is_checked("#field-sector-school")
    assert page.input_value("#field-title_translated-en") == "Other"
    assert page.input_value("#field-issued") == "bientôt"
    assert page.input_value("#field-legal_basis input >> nth=1") == "Autre"
    links = page.locator(".regional-problems a")
    goals = []
    for number in range(links.count()):
        links.nth(number).click()
        goals.append(focused(page))
    assert goals == ["field-temporal_coverage-0-end", "field-issued", "field-creator-1-identifier"]


# Barriers -------------------------------------------------------------------------------------------------------------

#: On CKAN's page of a file the first heading below the title is an h3; the same without any plugin.
HEADING_OF_CKAN = ".prose.notes h3, .module-resource h3"


@pytest.mark.parametrize(("language", "width"), [("/fr", NARROW), ("/en", WIDE)])
def test_no_barrier_on_form_and_pages(
    browse: Open, town: Town, draft: dict[str, Any], language: str, width: int
) -> None:
    resource = draft["resources"][0]["id"]
    page = browse(f"{language}/dataset/new", width=width)
    found = {"new": violations(page)}
    open_everything(page)
    found["new, all open"] = violations(page)
    for path in (
        f"/dataset/edit/{draft['name']}",
        f"/dataset/{draft['name']}/resource/new",
        f"/dataset/{draft['name']}/resource/{resource}/edit",
        f"/dataset/{draft['name']}",
    ):
        go(page, f"{town.url}{language}{path}")
        open_everything(page)
        found[path] = violations(page)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path
    go(page, f"{town.url}{language}/dataset/{draft['name']}/resource/{resource}")
    found["file"] = violations(page, without=(HEADING_OF_CKAN,))
    go(page, f"{town.url}{language}/dataset/edit/{draft['name']}")
    page.fill("#field-issued", "?")
    save(page)
    found["errors"] = violations(page)
    page.locator("#field-territory").press_sequentially("quimper")
    page.locator(".regional-offers li").first.wait_for()
    found["list"] = violations(page)
    assert {path: wrong for path, wrong in found.items() if wrong} == {}


def open_everything(page: Any) -> None:
    page.evaluate("document.querySelectorAll('.regional-form details').forEach(part => { part.open = true })")
    for button in page.locator("[data-card-add]:visible").all():
        button.click()


# Other sites ----------------------------------------------------------------------------------------------------------

OWN_SCHEMA = """
scheming_version: 2
dataset_type: dataset
about: A site's own, with a few fields of ours
about_url: https://example.org
dataset_fields:
- {field_name: title, label: Title, preset: title}
- {field_name: name, label: URL, preset: dataset_slug}
- {field_name: owner_org, label: Organization, preset: dataset_organization}
- field_name: territory
  label: Place
  preset: regional_territory
- field_name: colour
  label: Colour
  form_snippet: radio.html
  choices: [{value: red, label: Red}, {value: blue, label: Blue}]
- field_name: parts
  label: Parts
  repeating_subfields:
  - {field_name: size, label: Size}
resource_fields:
- {field_name: url, label: URL, preset: resource_url_upload}
- {field_name: note, label: Note}
"""


@pytest.mark.parametrize("grouped", [False, True])
def test_a_site_with_a_schema_of_its_own_and_no_review(chromium: Any, tmp_path: Any, grouped: bool) -> None:
    schema = (
        OWN_SCHEMA.replace("  label: Place\n", "  label: Place\n  form_group: where_when\n") if grouped else OWN_SCHEMA
    )
    path = tmp_path / "own.yaml"
    path.write_text(schema, encoding="utf-8")
    settings = {"ckan.locale_default": "en", "scheming.dataset_schemas": f"file://{path}"}
    with running_site("e2e-own", plugins=ALONE, settings=settings) as site:
        password = secrets.token_urlsafe(16)
        act = caller(site, site.add_administrator(password))
        act("organization_create", name="brest", title="Ville de Brest")
        context = chromium.new_context(locale="en-GB")
        context.route(lambda url: not url.startswith(site.url), lambda route: route.abort())
        page = context.new_page()
        page.goto(f"{site.url}/user/login")
        page.fill("#field-login", "admin")
        page.fill("#field-password", password)
        page.press("#field-password", "Enter")
        page.wait_for_selector(".account.authed")
        go(page, f"{site.url}/dataset/new")
        assert page.locator(".regional-group").count() == (4 if grouped else 0)
        page.fill("#field-title", "Red things")
        page.locator("#field-territory").press_sequentially("29200")
        page.locator(".regional-offers li").first.click()
        page.check("input[name=colour][value=red]")
        page.fill("#field-parts-0-size", "12")
        page.wait_for_function("document.querySelector('#field-name').value === 'red-things'")
        save(page)
        page.wait_for_selector("#resource-edit")
        kept = act("package_show", id="red-things")
        assert kept["territory"] == ["fr:commune:29019"]
        assert kept["parts"] == [{"size": "12"}]
        page.goto(f"{site.url}/dataset/red-things")
        text = page.inner_text(".additional-info")
        assert "Brest" in text
        assert "Red" in text
        context.close()
