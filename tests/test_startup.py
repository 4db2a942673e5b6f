"""A site's own sectors, from the configuration to the form, the search and the stewards."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import ckan.plugins.toolkit as tk
import pytest
from ckan import plugins as p
from ckan.exceptions import CkanConfigurationException
from ckan.tests.helpers import CKANTestApp, changed_config

from ckanext.regional import startup, vocabulary
from ckanext.regional.harvest.writing.mapping import Origin, to_local
from ckanext.regional.interfaces import IRegional
from tests.conftest import People, act, appoint, complete

EDUC = "http://publications.europa.eu/resource/authority/data-theme/EDUC"
ENTRIES = """
- {code: breton, fr: Langue bretonne, en: Breton language, themes: [EDUC], help_fr: Écoles.}
- {code: maritime, hidden: true}
"""


@pytest.fixture
def own_sectors(our_plugins: None, tmp_path: Path) -> Iterator[Path]:
    """A site whose configuration names a file, restarted."""
    path = tmp_path / "sectors.yaml"
    path.write_text(ENTRIES, encoding="utf-8")
    try:
        with changed_config("ckanext.regional.sectors", str(path)):
            startup.learn_sectors()
            yield path
    finally:
        vocabulary.use_sectors(None)


def test_a_dataset_has_the_sector_and_its_theme(own_sectors: Path, people: People) -> None:
    dataset = act("package_create", people.editor, **complete(people, sector=["breton"], theme=[]))
    assert (dataset["sector"], dataset["theme"]) == (["breton"], [EDUC])


def test_the_form_offers_it_and_not_the_hidden_one(own_sectors: Path) -> None:
    offered = [choice["value"] for choice in tk.h.regional_choices({"vocabulary": "sector"})]
    assert ("breton" in offered, "maritime" in offered) == (True, False)


def test_the_facet_says_its_name(own_sectors: Path, app: CKANTestApp, people: People) -> None:
    act("package_create", people.editor, **complete(people, sector=["breton"]))
    found = act("package_search", people.sysadmin, include_private=True, **{"facet.field": ["vocab_regional_sector"]})
    items = found["search_facets"]["vocab_regional_sector"]["items"]
    assert [item["display_name"] for item in items] == ["Breton language"]


def test_its_page_is_there(own_sectors: Path, app: CKANTestApp, people: People) -> None:
    assert "Breton language" in app.get("/secteur/breton", status=200).text


def test_a_steward_may_be_named_for_it(own_sectors: Path, people: People) -> None:
    named = appoint(people.member, sector="breton")
    assert named["sector"] == "breton"


def test_a_neighbour_s_dataset_keeps_it(own_sectors: Path) -> None:
    remote: dict[str, Any] = {"id": "1", "name": "x", "title": "X", "sector": ["breton"]}
    origin = Origin("site", "1", "https://example.bzh", ("site",))
    mapped = to_local(remote, origin, owner_org="org", defaults={})
    assert (mapped.dataset["sector"], mapped.dataset["theme"]) == (["breton"], [EDUC])


def test_programs_learn_of_it(own_sectors: Path, app: CKANTestApp) -> None:
    assert "urn:x-ckanext-regional:sector:breton" in app.get("/regional/vocabulary/sector.json").text


def test_without_the_file_it_is_unknown(our_plugins: None, people: People) -> None:
    with pytest.raises(tk.ValidationError) as refused:
        act("package_create", people.editor, **complete(people, sector=["breton"]))
    assert "breton" in str(refused.value.error_dict["sector"])


def test_a_wrong_file_stops_the_start_and_is_named(our_plugins: None, tmp_path: Path) -> None:
    path = tmp_path / "sectors.yaml"
    path.write_text("- {code: breton}\n", encoding="utf-8")
    with (
        changed_config("ckanext.regional.sectors", str(path)),
        pytest.raises(CkanConfigurationException, match=r"sectors\.yaml, entry 1 \(breton\): .* needs a name"),
    ):
        startup.learn_sectors()
    assert vocabulary.get("sector", "breton") is None


class Occitan(p.SingletonPlugin):
    """A plugin of a site."""

    p.implements(IRegional, inherit=True)

    def get_sectors(self) -> list[dict[str, Any]]:
        return [{"code": "occitan", "fr": "Langue occitane"}, {"code": "breton", "fr": "Breton"}]


def test_plugins_add_sectors_and_the_file_wins(own_sectors: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    plugin = Occitan()
    plugin.name = "occitan"
    monkeypatch.setattr(startup, "PluginImplementations", lambda _interface: [plugin])
    startup.learn_sectors()
    labels = [vocabulary.label("sector", code) for code in ("occitan", "breton")]
    assert labels == ["Langue occitane", "Langue bretonne"]
