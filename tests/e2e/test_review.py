"""A dataset's whole way in the browser: from a town's form through a steward's review to everybody."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.e2e.conftest import Visitor

Visitors = Callable[..., Visitor]

PATH = "/dataset/ports-de-plaisance"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "ports.csv"
    path.write_text("port,places\nLe Moulin Blanc,1460\nLe Château,625\n", encoding="utf-8")
    return path


def test_from_the_form_to_the_public(visitors: Visitors, file: Path) -> None:
    editor = visitors("anne")
    fill_in(editor, file)
    submit(editor)
    public = visitors()
    assert public.visit(PATH) == 404
    steward = visitors("mai")
    approve_by_keyboard(steward)
    assert public.visit(PATH) == 200
    assert public.page.inner_text("h1 >> nth=-1") == "Ports de plaisance"
    assert public.page.locator(".regional-banner").count() == 0


def fill_in(editor: Visitor, file: Path) -> None:
    """Make a dataset with a file by CKAN's own two forms."""
    page = editor.page
    editor.visit("/dataset/new")
    page.wait_for_selector(".regional-form[data-ready]")
    # CKAN makes an address of a title that is typed once its own script is ready, which shows in this line.
    page.wait_for_selector(".slug-preview")
    page.fill("#field-title", "Ports de plaisance")
    page.fill("#field-notes", "Places par port, au 1er janvier.")
    page.click("label[for=field-territory]")
    page.keyboard.type("Brest")
    page.click(".regional-offers li:text-matches('^Brest \\\\(')")
    page.check("#field-sector-maritime")
    page.fill("#field-publisher-0-name", "Ville de Brest")
    page.fill("#field-contact-0-email", "ports@brest.example.org")
    page.click("#field-steward")
    page.click(".regional-offers li:has-text('Anne Le Gall')")
    for field, value in (("frequency", "ANNUAL"), ("access_rights", "PUBLIC")):
        option = page.locator(f"#field-{field} option[value$='/{value}']")
        page.select_option(f"#field-{field}", option.get_attribute("value"))
    page.select_option("#field-license_id", "lov2")
    page.select_option("#field-personal_data_class", "none")
    # CKAN makes the address from the title by a request of its own; a form sent before the answer has none.
    page.wait_for_function("document.querySelector('#field-name').value === 'ports-de-plaisance'")
    page.click("#dataset-edit button[name=save]")
    page.wait_for_selector("#resource-edit")
    page.set_input_files("#resource-edit input[type=file]", file)
    page.fill("#resource-edit #field-name", "Ports")
    page.click("#resource-edit button[value=go-metadata]")
    page.wait_for_selector(".regional-banner")


def submit(editor: Visitor) -> None:
    """Send it to the steward with a word; the page then says who looks at it."""
    page = editor.page
    page.click(".regional-submit summary")
    page.fill("#field-submit-comment", "Les chiffres sont ceux de la capitainerie.")
    page.click(".regional-submit button[type=submit]")
    page.wait_for_selector(".alert-success")
    assert "Maï Riou" in page.inner_text(".regional-banner")


def approve_by_keyboard(steward: Visitor) -> None:
    """From the toolbar to the decision: j, Enter, a, Enter."""
    page = steward.page
    assert page.inner_text(".regional-waiting .badge") == "1"
    page.click(".regional-waiting a")
    page.wait_for_selector(".regional-keys-on")
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    page.wait_for_selector(".regional-case.regional-keys-on")
    assert page.locator(".regional-file td").all_inner_texts() == ["Le Moulin Blanc", "1460", "Le Château", "625"]
    assert "Les chiffres sont ceux de la capitainerie." in page.inner_text(".regional-timeline")
    page.keyboard.press("a")
    page.keyboard.press("Enter")
    page.wait_for_selector(".alert-success")
    assert page.url.endswith("/regional/queue")
