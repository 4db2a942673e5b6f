"""A third language, by settings and files alone: ours where it is translated, English where not, French nowhere."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import ckan.lib.i18n as ckan_i18n
import ckan.plugins.toolkit as tk
import pytest
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from bs4 import BeautifulSoup
from ckan import plugins as p
from ckan.config.middleware import make_app
from ckan.exceptions import CkanConfigurationException
from ckan.tests.helpers import CKANTestApp

from ckanext.regional import diagnosis
from ckanext.regional.translations import DOMAIN, RegionalTranslationsPlugin
from tests.conftest import People, act, complete

SPANISH = {
    "Territory": "Territorio",
    ("{n} dataset", "{n} datasets"): ("{n} conjunto de datos", "{n} conjuntos de datos"),
}


@pytest.fixture
def folder(tmp_path: Path, ckan_config: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> Path:
    catalogue = Catalog(locale="es", domain=DOMAIN)
    for text, translated in SPANISH.items():
        catalogue.add(text, translated)
    path = tmp_path / "es" / "LC_MESSAGES" / f"{DOMAIN}.mo"
    path.parent.mkdir(parents=True)
    with path.open("wb") as file:
        write_mo(file, catalogue)
    monkeypatch.setitem(ckan_config, "ckanext.regional.translations", str(tmp_path))
    monkeypatch.setitem(ckan_config, "ckan.locales_offered", ["en", "fr", "es"])
    for known in ("available_locales", "locales", "locales_dict", "_non_translated_locals"):
        monkeypatch.setattr(ckan_i18n, known, None)
    return tmp_path


@pytest.fixture
def spanish(
    people: People, folder: Path, ckan_config: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> Iterator[CKANTestApp]:
    """A site that offers Spanish besides. Spanish numbers have a stop between thousands."""
    # To make an application loads the plugins that the configuration names; the next test loads its own.
    monkeypatch.setitem(ckan_config, "ckan.plugins", [*tk.config["ckan.plugins"], "regional_translations"])
    yield CKANTestApp(make_app(tk.config))
    p.unload_all()


def test_pages_in_a_third_language(spanish: CKANTestApp, people: People) -> None:
    made = act("package_create", people.editor, **complete(people))
    seen = act("regional_curation_submit", people.editor, id=made["id"])["fingerprint"]
    act("regional_curation_approve", people.steward, id=made["id"], fingerprint=seen)
    page = BeautifulSoup(spanish.get("/es/territoire/fr:departement:29").get_data(as_text=True), "html.parser")
    assert page.html is not None
    assert page.html["lang"] == "es"
    text = " ".join(page.get_text(" ").split())
    # Ours in Spanish, with its plural; CKAN's own; the name of a place; a code of a list in English.
    for said in ("Territorio", "1 conjunto de datos", "Iniciar Sesión", "Finistère", "Education"):
        assert said in text, said
    # What nobody has translated is in English, not in French.
    assert "Datasets by territory" in text
    assert "Jeux de données" not in text
    french = spanish.get("/fr/territoire/fr:departement:29").get_data(as_text=True)
    assert "Jeux de données" in french
    assert "conjunto" not in french
    (finding,) = diagnosis.examine({"languages": diagnosis.checks()["languages"]})
    assert (finding.level, "speak en, es, fr" in finding.message) == ("ok", True)


@pytest.mark.parametrize("setting", ["", "/nowhere/at/all"])
def test_a_folder_that_is_none_is_named(ckan_config: dict[str, Any], setting: str) -> None:
    ckan_config["ckanext.regional.translations"] = setting
    with pytest.raises(CkanConfigurationException, match=r"ckanext\.regional\.translations"):
        RegionalTranslationsPlugin.i18n_directory(RegionalTranslationsPlugin.__new__(RegionalTranslationsPlugin))
