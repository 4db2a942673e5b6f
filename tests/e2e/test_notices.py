"""A notice on its whole way: from a commit, through a real worker and a mail server, to the reader's page."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from typing import Any

import pytest
import requests

from dev.testing import running_site
from tests.e2e.conftest import BRETAGNE, ORGANIZATION, PLUGINS, Place, Visitor
from tests.harvest.sites import wait_for
from tests.smtp import MailServer


@pytest.fixture(scope="module")
def place(mails: MailServer) -> Iterator[Place]:
    """A French site that can send mail, and a dataset that was sent back and then submitted again."""
    password = secrets.token_urlsafe(16)
    settings = {
        "ckan.locale_default": "fr", "smtp.server": f"127.0.0.1:{mails.port}", "smtp.mail_from": "ckan@example.org",
        "ckan.site_title": "Données de Bretagne",
    }  # fmt: skip
    with running_site("notices", plugins=PLUGINS, settings=settings) as site:
        tokens = {"admin": site.add_administrator(password)}

        def act(action: str, by: str = "admin", **data: Any) -> Any:
            session = requests.Session()
            session.trust_env = False
            session.headers["Authorization"] = tokens[by]
            answer = session.post(f"{site.url}/api/action/{action}", json=data, timeout=60)
            assert answer.ok or action.endswith("_reject"), answer.text
            return answer.json().get("result")

        for name, fullname in (("anne", "Anne Le Gall"), ("mai", "Maï Riou")):
            act("user_create", name=name, fullname=fullname, email=f"{name}@example.org", password=password)
            tokens[name] = act("api_token_create", user=name, name="tests")["token"]
        editors = [{"name": "anne", "capacity": "editor"}]
        act("organization_create", name=ORGANIZATION, title="Ville de Brest", users=editors)
        act("regional_steward_create", user="mai", territory=BRETAGNE)
        act(
            "package_create", "anne", name="ports", title="Ports de plaisance", notes="Places par port.",
            owner_org=ORGANIZATION, territory=["fr:commune:29019"], sector=["maritime"], steward="anne",
            license_id="lov2", personal_data_class="none", publisher=[{"name": "Ville de Brest"}],
            contact=[{"email": "ports@example.org"}],
            frequency="http://publications.europa.eu/resource/authority/frequency/ANNUAL",
            access_rights="http://publications.europa.eu/resource/authority/access-right/PUBLIC",
        )  # fmt: skip
        shown = act("regional_curation_submit", "anne", id="ports", comment="Première version.")
        act(
            "regional_curation_request_changes", "mai", id="ports", fingerprint=shown["fingerprint"],
            comment="Le titre est trop court.", fields={"title": "Le titre est trop court."},
        )  # fmt: skip
        act("regional_curation_submit", "anne", id="ports")
        act("regional_curation_reject", "anne", id="ports", comment="Non.", fingerprint=shown["fingerprint"])
        yield Place(site, password)


def test_a_worker_sends_it_in_french(place: Place, mails: MailServer) -> None:
    wait_for(lambda: "mai" in dict(mails.told()) and "anne" in dict(mails.told()), "the mails")
    assert ("anne", "Corrections demandées\u00a0: Ports de plaisance") in mails.told()
    # By the first submission or by the second, as quick as the worker is.
    asked = {subject for name, subject in mails.told() if name == "mai"}
    assert asked & {f"À relire{again}\u00a0: Ports de plaisance" for again in ("", " à nouveau")}
    assert all(f"{place.url}/" in mails.text(number) for number in range(len(mails.mails)))


def test_the_page_of_notices(place: Place, visitors: Any, mails: MailServer) -> None:
    wait_for(lambda: len(mails.mails) >= 2, "the mails")
    author: Visitor = visitors("anne")
    assert author.visit("/regional/notices") == 200
    assert "a relu «\u00a0Ports de plaisance\u00a0» et demande des corrections." in author.page.inner_text(
        "main, [role=main]"
    )
    author.page.uncheck("#field-mail")
    author.page.select_option("#field-language", "en")
    author.page.click("form[action$='/regional/notices'] button")
    assert author.page.locator("#field-mail").is_checked() is False
    author.visit("/user/edit/anne")
    assert "Elles s’affichent seulement ici." in author.page.inner_text("main, [role=main], .primary")


def test_the_timeline_tells_stewards_of_refusals(place: Place, visitors: Any) -> None:
    steward: Visitor = visitors("mai")
    steward.visit("/regional/case/ports")
    assert "Refusé\u00a0: refuser" in steward.page.inner_text(".regional-timeline")
