"""Installed into a catalogue with history, and taken out again: nothing that was there changes but by a decision."""

from __future__ import annotations

import json
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import ANNUAL, BREST, PUBLIC
from tests.harvest.sites import LOOPBACK, ActionFailed
from tests.history.conftest import BROUGHT, PLUGINS, SETTINGS, Old
from tests.history.picture import READERS, Picture, changes

#: In the order in which their tables can go.
OURS = ("regional_needs", "regional_harvest", "regional_curation", "regional")
#: What a review needs and the house's datasets lack.
GOVERNED: dict[str, Any] = {
    "territory": [BREST],
    "sector": ["school"],
    "steward": "eva",
    "publisher": [{"name": "Ville de Brest"}],
    "contact": [{"email": "menus@brest.example.org"}],
    "frequency": ANNUAL,
    "access_rights": PUBLIC,
    "license_id": "lov2",
    "personal_data_class": "none",
}
#: Of the sample, what is approved, edited and harvested meanwhile.
DECIDED = {"table-00", "private-00", "private-01", "loire-01"}
#: What of a harvested dataset no change of harvester may touch.
LASTING = ("id", "name", "title", "notes", "private", "state", "owner_org", "metadata_created")


def test_nothing_changes_but_by_a_decision(old: Old, tmp_path: Path) -> None:
    before = old.camera.look_closely()

    _install(old, tmp_path)
    assert changes(before, old.camera.look_closely()) == {}

    public = len(_names(before, "elsewhere"))
    assert f"{public} public datasets were taken over" in old.site.ckan("regional", "curation", "adopt").stdout
    assert changes(before, old.camera.look()) == {}

    _decide(old)
    _harvest(old)
    decided = old.camera.look_closely()
    _only_what_was_decided(before, decided)

    _propose_and_leave_open(old)
    assert changes(decided, old.camera.look()) == {}
    _off_and_on(old, decided)

    _uninstall(old)
    after = old.camera.look_closely()
    assert _about_others(changes(before, after, more=False)) == {}
    _only_what_was_decided(before, after)
    _editors_go_on(old)


def _install(old: Old, tmp_path: Path) -> None:
    """As docs/install.md and docs/own-schema.md say."""
    site = old.site
    site.stop_web()
    site.plugins = (*OURS[::-1], *PLUGINS)
    site.settings |= LOOPBACK | {"ckanext.regional.territory": "fr:region:53"}
    site.write_ini()
    merged = tmp_path / "schema-regional.yaml"
    merged.write_text(site.ckan("regional", "schema", "merge", "house:house.yaml").stdout)
    site.settings |= {
        "scheming.dataset_schemas": f"file://{merged}",
        "scheming.presets": "ckanext.scheming:presets.json ckanext.regional:schemas/presets.yaml",
    }
    site.write_ini()
    site.ckan("db", "upgrade")
    site.ckan("search-index", "rebuild")
    site.start_web()
    old.act("sysadmin", "regional_steward_create", user="stella", territory="fr:region:53")
    assert " 0 errors" in site.ckan("regional", "doctor").stdout


def _decide(old: Old) -> None:
    """A change of what is public, and a first publication, each by an editor and a steward."""
    with pytest.raises(ActionFailed, match="403"):
        old.act("editor", "package_patch", id="table-00", title="Menus revus")
    copy = old.act("editor", "regional_revision_create", id="table-00")
    old.act("editor", "package_patch", id=copy["id"], title="Menus revus", **GOVERNED)
    for name in ("private-00", "private-01"):
        old.act("editor", "package_patch", id=name, **GOVERNED)
    for name in (copy["id"], "private-00"):
        old.act("editor", "regional_curation_submit", id=name)
        shown = old.act("steward", "regional_curation_show", id=name)
        old.act("steward", "regional_curation_approve", id=name, fingerprint=shown["fingerprint"])


def _harvest(old: Old) -> None:
    """The source of ckanext-harvest goes on as one of ours."""
    defaults = {key: value for key, value in GOVERNED.items() if key not in ("steward", "territory")}
    moved = old.site.ckan(
        "regional", "source", "import-from-harvest", "loire", "--steward", "eva", "--trust", "publish",
        "--territory", "fr:region:52", "--defaults", json.dumps(defaults),
    )  # fmt: skip
    assert f"{BROUGHT} datasets moved" in moved.stdout
    old.remote[0]["title"] = "Changed there"
    old.site.ckan("regional", "harvest", "run", "loire", "--wait")
    assert old.act("sysadmin", "package_show", id="loire-00")["title"] == "Changed there"


def _only_what_was_decided(before: Picture, after: Picture) -> None:
    different = changes(before, after)
    assert {key[2] for key in different if key[1] == "show"} == DECIDED
    assert {key[2] for key in different if key[1] in ("file", "activity")} <= {"private-00"}
    for reader in READERS:
        news = {"private-00"} if reader in ("anonymous", "elsewhere") else set()
        assert _names(after, reader) - _names(before, reader) == news
        assert _names(before, reader) <= _names(after, reader)
        assert after[(reader, "show", "table-00")]["title"] == "Menus revus"
        assert after[(reader, "file", "private-00", "Menus")] == before[("editor", "file", "private-00", "Menus")]
        assert (reader, "table", "table-00", "Menus") not in different
        harvested, was = (picture[(reader, "show", "loire-01")] for picture in (after, before))
        assert {key: harvested[key] for key in LASTING} == {key: was[key] for key in LASTING}
        assert [_place(one) for one in harvested["resources"]] == [_place(one) for one in was["resources"]]


def _about_others(different: dict[Any, Any]) -> dict[Any, Any]:
    """Changes of what nobody decided about: neither a list nor one of those three."""
    lists = ("search", "facets", "words", "organisation", "package_list")
    return {
        key: value
        for key, value in different.items()
        if key[1] not in lists and not any(name in part for name in DECIDED for part in key)
    }


def _place(resource: dict[str, Any]) -> tuple[str, str]:
    return resource["id"], resource["url"]


def _names(picture: Picture, reader: str) -> set[str]:
    return {name for _id, name in picture[(reader, "search")][1]}


def _propose_and_leave_open(old: Old) -> None:
    """Work that is under way when somebody switches plugins: a proposal with one old and one new file, a case."""
    copy = old.act("editor", "regional_revision_create", id="file-00")
    old.act("editor", "package_patch", id=copy["id"], title="Menus à venir", **GOVERNED)
    old.act("editor", "regional_curation_submit", id=copy["id"])
    old.act("editor", "regional_curation_submit", id="private-01")


def _off_and_on(old: Old, decided: Picture) -> None:
    _switch(old, [plugin for plugin in OURS if plugin != "regional_curation"])
    off = old.camera.look()
    # What our plugins say besides may be missing. The proposal is in lists of those whom no label keeps from anything.
    assert _about_others(changes(off, decided)) == {}
    assert {reader for reader in READERS if _names(off, reader) != _names(decided, reader)} == {"sysadmin"}
    _switch(old, ["regional_curation", "regional"])
    assert changes(decided, old.camera.look()) == {}
    _switch(old, OURS)
    assert changes(decided, old.camera.look()) == {}


def _switch(old: Old, ours: Sequence[str]) -> None:
    """Restart the site with these plugins of ours, in the order of the documentation."""
    old.site.stop_web()
    old.site.plugins = (*ours[::-1], *PLUGINS)
    old.site.write_ini()
    old.site.start_web()


def _uninstall(old: Old) -> None:
    """As docs/install.md says."""
    site = old.site
    site.stop_web()
    told = site.ckan("regional", "doctor", "--leaving").stdout
    assert "file-00--proposition-" in told
    assert "private-01" in told
    assert f"{BROUGHT} datasets" in told
    assert "1 proposals were discarded; 0 are left" in site.ckan("regional", "doctor", "--leaving", "--repair").stdout
    for plugin in OURS:
        site.ckan("db", "downgrade", "-p", plugin)
    site.plugins, site.settings = PLUGINS, {"ckanext.regional.links.enabled": "false", **SETTINGS}
    site.write_ini()
    site.ckan("search-index", "rebuild")
    site.start_web()
    with closing(site.stack.postgres.connect(site.database)) as link, link.cursor() as cursor:
        cursor.execute(
            "SELECT relname FROM pg_class WHERE relname LIKE 'regional%'"
            " UNION SELECT proname FROM pg_proc WHERE proname LIKE 'regional%'"
        )
        assert cursor.fetchall() == []


def _editors_go_on(old: Old) -> None:
    """What is left of our fields is an editor's to keep or to remove."""
    for name in DECIDED - {"private-01"}:
        shown = old.act("editor", "package_show", id=name)
        assert "territory" in {extra["key"] for extra in shown["extras"]}
        assert old.camera.status("editor", f"/dataset/edit/{name}") == 200
        assert old.camera.status("anonymous", f"/dataset/{name}") == 200
        assert old.act("editor", "package_patch", id=name, notes="Plus tard.")["notes"] == "Plus tard."
    kept = old.act("editor", "package_patch", id="table-00", extras=[])
    assert ("extras" in kept, kept["audience"]) == (False, "everybody")
