"""A change of a published dataset in the browser: proposed by an editor, approved by a steward, seen by everybody."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import requests

from tests.e2e.axe import violations
from tests.e2e.conftest import BRETAGNE, ORGANIZATION, Place, Visitor

Visitors = Callable[..., Visitor]

PATH = "/dataset/marees"
OLD, NEW = "port,maree\nBrest,6.5\n", "port,maree\nBrest,7.1\nRoscoff,8.2\n"


@pytest.fixture
def published(place: Place, tmp_path: Path) -> dict[str, Any]:
    """A published dataset of the town with a file; the steward has approved it."""
    tokens = {name: place.site.ckan("user", "token", "add", name, "t").stdout.split()[-1] for name in ("anne", "mai")}
    session = requests.Session()
    session.trust_env = False

    def act(user: str, action: str, files: Any = None, **data: Any) -> Any:
        body: dict[str, Any] = {"data": data, "files": files} if files else {"json": data}
        headers = {"Authorization": tokens[user]}
        answer = session.post(f"{place.url}/api/action/{action}", headers=headers, timeout=60, **body)
        assert answer.ok, answer.text
        return answer.json()["result"]

    codes = "http://publications.europa.eu/resource/authority"
    made = act(
        "anne", "package_create", name="marees", title="Marées", notes="Hauteurs d'eau.", owner_org=ORGANIZATION,
        territory=[BRETAGNE], sector=["maritime"], steward="anne", license_id="lov2", personal_data_class="none",
        frequency=f"{codes}/frequency/ANNUAL", access_rights=f"{codes}/access-right/PUBLIC",
        publisher=[{"name": "Ville de Brest"}], contact=[{"name": "Port", "email": "port@example.org"}],
    )  # fmt: skip
    upload = {"upload": ("marees.csv", OLD.encode())}
    act("anne", "resource_create", files=upload, package_id=made["id"], name="Marées", format="CSV")
    shown = act("anne", "regional_curation_submit", id=made["id"])
    act("mai", "regional_curation_approve", id=made["id"], fingerprint=shown["fingerprint"])
    return act("anne", "package_show", id=made["id"])


def test_a_file_is_replaced_by_a_proposal(visitors: Visitors, published: dict[str, Any], tmp_path: Path) -> None:
    new = tmp_path / "marees.csv"
    new.write_text(NEW, encoding="utf-8")
    permalink = f"{PATH}/resource/{published['resources'][0]['id']}/download/marees.csv"
    editor = visitors("anne")
    propose(editor, new)
    public = visitors()
    public.visit(PATH)
    assert public.page.locator(".regional-banner").count() == 0
    assert public.page.locator("text=proposition").count() == 0
    assert text_of(public, permalink) == OLD
    approve(visitors("mai"))
    public.visit(PATH)
    assert "Hauteurs d'eau, corrigées." in public.page.inner_text(".notes")
    assert text_of(public, permalink) == NEW


def propose(editor: Visitor, new: Path) -> None:
    """From the button on the public page to the submission, by CKAN's own forms."""
    page = editor.page
    editor.visit(PATH)
    page.click("text=Propose a change")
    page.wait_for_selector("#dataset-edit")
    assert "proposed change" in page.inner_text(".regional-banner")
    page.fill("#field-notes", "Hauteurs d'eau, corrigées.")
    page.click("#dataset-edit button[name=save]")
    page.wait_for_selector(".regional-submit")
    assert violations(page) == []
    page.click(".resource-list a.heading")
    page.click("text=Manage")
    page.wait_for_selector("#resource-edit")
    remove = page.locator("#resource-edit .btn-remove-url")
    if remove.count():
        remove.first.click()
    page.set_input_files("#resource-edit input[type=file]", new)
    page.click("#resource-edit button[name=save]")
    page.wait_for_selector(".resource-view, .module-resource, .resource-url, .actions")
    editor.visit("/regional/mine")
    page.click("a:near(:text('Proposal')) >> nth=0")
    page.wait_for_selector(".regional-submit")
    page.click(".regional-submit button[type=submit]")
    page.wait_for_selector(".alert-success")


def approve(steward: Visitor) -> None:
    page = steward.page
    steward.visit("/regional/case/marees")
    assert "Change" in page.inner_text(".regional-case-head")
    page.click("button[value=approve]")
    page.wait_for_selector(".alert-success")
    assert "The change of “Marées” is published." in page.inner_text(".alert-success")


def text_of(visitor: Visitor, path: str) -> str:
    """What somebody downloads."""
    answer = visitor.context.request.get(visitor.place.url + path)
    assert answer.status == 200
    return answer.text()
