"""Lines of the « catalogue simplifié »."""

from __future__ import annotations

from typing import Any

from ckanext.regional import scdl, vocabulary
from tests.conftest import ANNUAL, BREST, BRETAGNE

FINISTERE = "fr:departement:29"


def line(**dataset: Any) -> dict[str, str]:
    cells = scdl.row(dataset, {"name": "Ville de Brest", "siret": "21290019500015"}, "https://d.example/dataset/menus")
    return dict(zip(scdl.COLUMNS, cells, strict=True))


def test_a_full_line() -> None:
    assert line(
        name="menus",
        title="School menus",
        title_translated={"fr": "Menus\ndes  cantines"},
        notes="Ce que mangent les enfants.",
        sector=["school", "medical"],
        theme=["http://publications.europa.eu/resource/authority/data-theme/EDUC"],
        publisher=[{"name": "Ville de Brest", "identifier": "212900195"}],
        creator=[{"name": "Cuisine centrale", "identifier": "242900314"}],
        territory=[BREST, FINISTERE],
        temporal_coverage=[{"start": "2026-02", "end": "2026-02"}, {"start": "2025", "end": "2025"}],
        issued="2026-11",
        modified="2026-11-20T10:00:00",
        frequency=ANNUAL,
        tags=[{"name": "Œuvre d'art"}, {"name": "Été", "display_name": "Été"}],
        license_id="lov2",
        resources=[{"format": "CSV"}, {"format": "csv"}, {"format": "GeoJSON"}, {}],
    ) == {
        "COLL_NOM": "Ville de Brest",
        "COLL_SIRET": "21290019500015",
        "ID": "menus",
        "TITRE": "Menus des cantines",
        "DESCRIPTION": "Ce que mangent les enfants.",
        "THEME": f"{vocabulary.label('sector', 'school')};{vocabulary.label('sector', 'medical')}",
        "PRODUCTEUR_NOM": "Cuisine centrale",
        "PRODUCTEUR_SIRET": "242900314",
        "COUV_SPAT_MAILLE": "Départementale",
        "COUV_SPAT_NOM": "Brest;Finistère",
        "COUV_TEMP_DEBUT": "2025-01-01",
        "COUV_TEMP_FIN": "2026-02-28",
        "DATE_PUBL": "2026-11-01",
        "FREQ_MAJ": "Annuelle",
        "DATE_MAJ": "2026-11-20",
        "MOTS_CLES": "oeuvre d'art;ete",
        "LICENCE": "LO - Licence Ouverte",
        "NB_RESSOURCES": "4",
        "FORMAT_RESSOURCES": "csv;geojson",
        "URL": "https://d.example/dataset/menus",
    }


def test_a_bare_dataset_has_empty_cells() -> None:
    cells = line(name="nu", title=None, territory="no list", temporal_coverage=None, publisher=[None], license_id=None)
    assert cells["NB_RESSOURCES"] == "0"
    assert [key for key, value in cells.items() if value] == ["COLL_NOM", "COLL_SIRET", "ID", "NB_RESSOURCES", "URL"]


def test_no_cell_is_a_formula() -> None:
    for start in ("=", "+", "-", "@", "\t=", "\r\n=", "  =", "＝", "|", "%"):
        cells = line(name="a", title=f"{start}cmd()", tags=[{"name": f"{start}x"}], publisher=[{"name": f"{start}1"}])
        for column in ("TITRE", "MOTS_CLES", "PRODUCTEUR_NOM"):
            assert cells[column].startswith("'"), (start, column)


def test_lengths() -> None:
    cells = line(name="a", title="x" * 300, notes="mot " * 200, tags=[{"name": f"mot-clef-{n}"} for n in range(50)])
    assert (len(cells["TITRE"]), cells["TITRE"][-1]) == (256, "…")
    assert len(cells["DESCRIPTION"]) <= 356
    assert len(cells["MOTS_CLES"]) <= 140
    # No word is cut in two.
    assert cells["MOTS_CLES"].split(";")[-1].startswith("mot-clef-")


def test_a_semicolon_within_a_value_parts_nothing() -> None:
    assert line(name="a", tags=[{"name": "a;b"}, {"name": "c"}])["MOTS_CLES"] == "a,b;c"


def test_scales() -> None:
    scales = {
        (BREST,): "Communale",
        ("fr:epci:242900314", BREST): "Intercommunale",
        (FINISTERE,): "Départementale",
        (BRETAGNE, BREST): "Régionale",
        ("country:fr",): "Autre",
        ("nuts:FRH0",): "Autre",
        # Retired codes have their successor's place.
        ("fr:commune:99999",): "",
    }
    for codes, scale in scales.items():
        assert line(name="a", territory=list(codes))["COUV_SPAT_MAILLE"] == scale, codes


def test_periods_that_go_on_have_no_end() -> None:
    cells = line(name="a", temporal_coverage=[{"start": "2025"}, {"start": "2024", "end": "2024-06"}])
    assert (cells["COUV_TEMP_DEBUT"], cells["COUV_TEMP_FIN"]) == ("2024-01-01", "")


def test_every_frequency_has_a_value_that_the_model_allows() -> None:
    allowed = {
        "Inconnue", "Ponctuelle", "Sans régularité", "Temps réel", "Toutes les heures",
        "Quotidienne ou plusieurs fois par jour", "Hebdomadaire ou plusieurs fois par semaine",
        "Mensuelle ou plusieurs fois par mois", "Bimestrielle", "Trimestrielle", "Semestrielle", "Annuelle", "Biennale",
        "Triennale", "Quinquennale",
    }  # fmt: skip
    found = {line(name="a", frequency=term.uri)["FREQ_MAJ"] for term in vocabulary.vocabulary("frequency")}
    assert found == allowed
    unplaced = [term.code for term in vocabulary.vocabulary("frequency") if term.code not in scdl._FREQUENCY_BY_CODE]
    assert unplaced == []


def test_licences() -> None:
    known = {
        "lov2": "LO - Licence Ouverte",
        "odc-odbl": "ODbL - Open Database License",
        "odbl": "ODbL - Open Database License",
        "cc-by": "CC - Creative Commons",
        "other-closed": "Spécifique ou autre",
        "notspecified": "",
    }
    assert {licence: line(name="a", license_id=licence)["LICENCE"] for licence in known} == known
