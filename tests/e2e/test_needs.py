"""An inhabitant without an account, from need to answer, in a browser."""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterator
from typing import Any

import pytest
import requests

from dev.testing import running_site
from tests.e2e.conftest import BRETAGNE, ORGANIZATION, Place, Visitor
from tests.harvest.sites import wait_for
from tests.smtp import MailServer

PLUGINS = ("regional", "regional_curation", "regional_needs", "scheming_datasets", "activity", "text_view")


@pytest.fixture(scope="module")
def place(mails: MailServer) -> Iterator[Place]:
    """A French site that can send mail, with a steward and a published dataset."""
    password = secrets.token_urlsafe(16)
    settings = {
        "ckan.locale_default": "fr", "smtp.server": f"127.0.0.1:{mails.port}", "smtp.mail_from": "ckan@example.org",
        "ckan.site_title": "Données de Bretagne", "ckanext.regional.territory": BRETAGNE,
    }  # fmt: skip
    with running_site("e2e-needs", plugins=PLUGINS, settings=settings) as site:
        tokens = {"admin": site.add_administrator(password)}

        def act(action: str, by: str = "admin", **data: Any) -> Any:
            session = requests.Session()
            session.trust_env = False
            session.headers["Authorization"] = tokens[by]
            answer = session.post(f"{site.url}/api/action/{action}", json=data, timeout=60)
            assert answer.ok, answer.text
            return answer.json()["result"]

        for name, fullname in (("anne", "Anne Le Gall"), ("mai", "Maï Riou")):
            act("user_create", name=name, fullname=fullname, email=f"{name}@example.org", password=password)
            tokens[name] = act("api_token_create", user=name, name="tests")["token"]
        editors = [{"name": "anne", "capacity": "editor"}]
        act("organization_create", name=ORGANIZATION, title="Ville de Brest", users=editors)
        act("regional_steward_create", user="mai", territory=BRETAGNE)
        act(
            "package_create", "anne", name="defibrillateurs", title="Défibrillateurs", notes="Où ils sont.",
            owner_org=ORGANIZATION, territory=["fr:commune:29019"], sector=["medical"], steward="anne",
            license_id="lov2", personal_data_class="none", publisher=[{"name": "Ville de Brest"}],
            contact=[{"email": "contact@example.org"}],
            frequency="http://publications.europa.eu/resource/authority/frequency/ANNUAL",
            access_rights="http://publications.europa.eu/resource/authority/access-right/PUBLIC",
        )  # fmt: skip
        shown = act("regional_curation_submit", "anne", id="defibrillateurs")
        act("regional_curation_approve", "mai", id="defibrillateurs", fingerprint=shown["fingerprint"])
        yield Place(site, password)


def link_in(mails: MailServer, pattern: str) -> str:
    """The link of this kind in an e-mail to the inhabitant, as soon as there is one."""

    def found() -> list[str]:
        told = [mail.get_content() for mail in list(mails.mails) if "habitante" in str(mail["To"])]
        return [link for text in told for link in re.findall(pattern, text)]

    wait_for(lambda: bool(found()), f"an e-mail with {pattern}")
    return found()[0]


def test_from_the_need_to_its_answer(place: Place, visitors: Any, mails: MailServer) -> None:
    inhabitant: Visitor = visitors()
    page = inhabitant.page
    assert inhabitant.visit("/besoin/nouveau?territory=fr:commune:29019") == 200
    page.fill("#field-title", "Savoir où sont les défibrillateurs")
    page.fill("#field-text", "En cas d'urgence, pour trouver le plus proche.")
    page.get_by_label("Santé", exact=False).first.check()
    page.fill("#field-email", "habitante@example.org")
    page.check("#field-notify")
    page.click("form.regional-needs-form button[type=submit].btn-primary")
    page.wait_for_url("**/besoin/merci")

    link = link_in(mails, r"/besoin/confirmer/[\w-]+")
    assert inhabitant.visit(link) == 200
    page.click("main form button, [role=main] form button")
    page.wait_for_url("**/besoin")
    assert "défibrillateurs" not in page.inner_text(".regional-finding h2")

    steward: Visitor = visitors("mai")
    assert steward.visit("/regional/needs") == 200
    steward.page.click(".regional-needs a")
    steward.page.wait_for_selector(".regional-need-moderate")
    steward.page.select_option("#field-decision-state", "answered")
    steward.page.fill("#field-decision-reason", "Les voici, sur une carte.")
    steward.page.fill("#field-decision-datasets", "defibrillateurs")
    steward.page.click(".regional-need-moderate form >> nth=0 >> button")
    steward.page.wait_for_selector(".regional-need-answered")

    address = link_in(mails, r"/besoin/\d+")
    assert inhabitant.visit(address) == 200
    assert "Les voici, sur une carte." in page.inner_text("[role=main]")
    page.click("[role=main] a[href$='/dataset/defibrillateurs']")
    page.wait_for_url("**/dataset/defibrillateurs")
    assert "Savoir où sont les défibrillateurs" in page.inner_text("body")
