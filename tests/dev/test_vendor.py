"""The scripts that make the data files: what they refuse, and how they read a package."""

from __future__ import annotations

import json
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from dev.vendor import sources, territories, vocabularies
from dev.vendor.sources import VendorError

TABLES: dict[str, list[dict[str, Any]]] = {
    "regions": [
        {"code": "53", "nom": "Bretagne", "zone": "metro"},
        {"code": "52", "nom": "Pays de la Loire", "zone": "metro"},
    ],
    "departements": [
        {"code": "29", "nom": "Finistère", "region": "53"},
        {"code": "35", "nom": "Ille-et-Vilaine", "region": "53"},
        {"code": "44", "nom": "Loire-Atlantique", "region": "52"},
    ],
    "epci": [
        {
            "code": "200000002",
            "nom": "CA Redon",
            "type": "CA",
            "membres": [{"code": "44185"}, {"code": "35236"}, {"code": "35001"}],
        },
    ],
    "communes": [
        {
            "code": "35236",
            "nom": "Redon",
            "departement": "35",
            "region": "53",
            "type": "commune-actuelle",
            "population": 9000,
            "codesPostaux": ["35600"],
            "anciensCodes": ["35999"],
        },
        {
            "code": "35001",
            "nom": "Acigné",
            "departement": "35",
            "region": "53",
            "type": "commune-actuelle",
            "population": 100,
        },
        {"code": "44185", "nom": "Saint-Nicolas", "departement": "44", "region": "52", "type": "commune-actuelle"},
        {"code": "35236", "nom": "Vieux Redon", "type": "commune-deleguee", "chefLieu": "35236"},
        {"code": "35001", "nom": "Acigne", "type": "commune-deleguee", "chefLieu": "35001"},
        {"code": "35998", "nom": "Le Hameau", "type": "commune-associee", "chefLieu": "35236"},
        {"code": "35997", "nom": "Redon 1er", "type": "arrondissement-municipal", "commune": "35236"},
    ],
}
UNITS = [
    {"NUTS Code": code, "NUTS level": len(code) - 2, "NUTS label": name, "Country code": code[:2]}
    for code, name in [
        ("FRG", "Pays de la Loire"),
        ("FRG0", "Pays de la Loire"),
        ("FRG01", "Loire-Atlantique"),
        ("FRH", "Bretagne"),
        ("FRH1", "Basse-Bretagne"),
        ("FRH11", "Finistere"),
        ("FRH2", "Haute-Bretagne"),
        ("FRH21", "Ille — et — Vilaine"),
        ("FRZZZ", "Extra-Regio NUTS 3"),
        ("EL3", "Attiki"),
    ]
]


class TestSources:
    def test_another_archive_is_refused(self, tmp_path: Path):
        archive = tmp_path / "package.tgz"
        archive.write_bytes(b"something else")
        with pytest.raises(VendorError, match=r"SHA-256 is .*; recorded for @etalab/decoupage-administratif 6.0.0"):
            sources.check(territories.ETALAB, archive)

    def test_the_recorded_archive_is_taken(self, tmp_path: Path):
        archive = tmp_path / "package.tgz"
        archive.write_bytes(b"something")
        source = replace(territories.ETALAB, sha256=sources.sha256(archive))
        assert sources.check(source, archive) == archive

    def test_without_npm_the_way_round_is_said(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
        monkeypatch.setenv("PATH", str(tmp_path))
        with pytest.raises(VendorError, match=r"npm is not installed.*--npm-tarball"):
            sources.fetch(territories.ETALAB, tmp_path)

    def test_rows_have_a_line_each(self):
        assert sources.rows_as_json([["a", 1], ["é", 2]]) == '[\n["a",1],\n["é",2]\n]\n'


class TestTerritories:
    def test_regions(self):
        assert territories.region_rows(TABLES) == [
            ["53", "Bretagne", "metro", 9100],
            ["52", "Pays de la Loire", "metro", 0],
        ]

    def test_epci_has_the_departement_with_most_members_first(self):
        assert territories.epci_rows(TABLES) == [["200000002", "CA Redon", "CA", ["35", "44"], 9100]]

    def test_communes(self):
        assert territories.commune_rows(TABLES) == [
            ["35001", "Acigné", "35", "200000002", 100, ""],
            ["35236", "Redon", "35", "200000002", 9000, "35600"],
            ["44185", "Saint-Nicolas", "44", "200000002", 0, ""],
        ]

    def test_former_communes(self):
        assert territories.former_rows(TABLES) == [
            ["35236", "35236", "Vieux Redon", "delegated"],
            ["35997", "35236", "Redon 1er", "arrondissement"],
            ["35998", "35236", "Le Hameau", "associated"],
            ["35999", "35236", "", "merged"],
        ]

    def test_nuts(self):
        equivalents = {row[0]: row[4] for row in territories.nuts_rows(UNITS, TABLES)}
        assert equivalents == {
            "EL3": "",
            "FRG": "fr:region:52",
            "FRG0": "fr:region:52",
            "FRG01": "fr:departement:44",
            "FRH": "fr:region:53",
            "FRH1": "",
            "FRH11": "fr:departement:29",
            "FRH2": "",
            "FRH21": "fr:departement:35",
            "FRZZZ": "",
        }

    def test_greece_has_its_iso_code(self):
        assert next(row[2] for row in territories.nuts_rows(UNITS, TABLES) if row[0] == "EL3") == "gr"

    def test_countries(self):
        names = {"FR": "France", "DE": "Deutschland", "EU": "EU", "RE": "Réunion", "150": "Europe", "CH": "Schweiz"}
        others = {"FR": ("FRA", "250"), "DE": ("DEU", "276")}
        rows = territories.country_rows({"fr": names, "en": names}, {"fr", "de"}, others)
        assert rows == [
            ["ch", "Schweiz", "Schweiz", False, "", ""],
            ["de", "Deutschland", "Deutschland", True, "DEU", "276"],
            ["fr", "France", "France", True, "FRA", "250"],
        ]

    def test_overseas_countries(self):
        others = {code.upper(): ("XXX", "000") for code in territories.FRENCH_COUNTRY_CODES}
        rows = territories.former_country_rows(others | {"RE": ("REU", "638")})
        assert (len(rows), ["re", "04", "REU", "638"] in rows) == (12, True)


class TestVocabularies:
    def test_a_high_value_category_gets_a_french_name_of_ours(self):
        row = {"code": "c_38933a65", "uri": "urn:c_38933a65", "en": "Waste", "fr": None}
        assert vocabularies.term("hvd_category", row) == {
            "code": "c_38933a65",
            "uri": "urn:c_38933a65",
            "fr": "Déchets",
            "en": "Waste",
            "translated": ["fr"],
            "top": False,
        }

    def test_mark_of_a_translation(self):
        row = {"code": "STABLE", "uri": "urn:STABLE", "en": "stable", "fr": "stable*"}
        assert vocabularies.term("planned_availability", row) == {
            "code": "STABLE",
            "uri": "urn:STABLE",
            "fr": "stable",
            "en": "stable",
            "translated": ["fr"],
        }

    def test_missing_label(self):
        row = {"code": "c_1", "uri": "urn:c_1", "en": "Rivers", "fr": None}
        assert vocabularies.term("hvd_category", row) == {"code": "c_1", "uri": "urn:c_1", "en": "Rivers", "top": False}

    def test_frequencies_come_in_the_order_of_a_form(self):
        table = [{"code": code, "uri": f"urn:{code}", "en": code, "fr": code} for code in ("ANNUAL", "DAILY", "OTHER")]
        assert [row["code"] for row in vocabularies.terms("frequency", table)] == ["DAILY", "ANNUAL", "OTHER"]

    def test_a_new_frequency_is_named(self):
        with pytest.raises(VendorError, match="FREQUENCIES says nothing of CENTENNIAL"):
            vocabularies.terms("frequency", [{"code": "CENTENNIAL", "uri": "urn:x", "en": "x", "fr": "x"}])

    def test_an_export_is_written_with_its_record(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
        export = tmp_path / "export.json"
        term = {"code": "DAILY", "uri": "urn:DAILY", "en": "daily", "fr": "quotidien"}
        export.write_text(json.dumps({table: [term] for table in vocabularies.TABLES.values()}), encoding="utf-8")
        monkeypatch.setattr(sources, "DATA", tmp_path)
        monkeypatch.setattr(
            sys, "argv", ["vocabularies", str(export), "--out", str(tmp_path / "out"), "--version", "7"]
        )
        assert vocabularies.main() == 0
        record = json.loads((tmp_path / "out" / "sources.json").read_text(encoding="utf-8"))
        assert record["sources"][0]["version"] == "7"
        assert record["sources"][0]["sha256"] == sources.sha256(export)
        assert record["files"]["theme.json"]["count"] == 1
