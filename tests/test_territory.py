"""Territories: codes, what contains what, replaced codes, names, levels, search."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
import threading
from importlib.resources import files
from typing import Any

import pytest

from ckanext.regional import territory
from ckanext.regional.data import load_json
from ckanext.regional.data import territories as tables
from ckanext.regional.data.names import NameIndex, fold, fold_query

BREST = "fr:commune:29019"
SOURCES: dict[str, Any] = load_json("territory/sources.json")


def found(q: str, **options: Any) -> list[str]:
    """Codes that a search gives."""
    return [item.code for item in territory.search(q, **options)]


class TestData:
    def test_vintage(self):
        assert SOURCES["vintage"] == "2026"

    @pytest.mark.parametrize("name", sorted(SOURCES["files"]))
    def test_file_is_the_recorded_one(self, name: str):
        content = files("ckanext.regional.data").joinpath("territory", name).read_bytes()
        assert hashlib.sha256(content).hexdigest() == SOURCES["files"][name]["sha256"]

    @pytest.mark.parametrize("name", sorted(SOURCES["files"]))
    def test_file_has_the_recorded_rows(self, name: str):
        assert len(load_json(f"territory/{name}")) == SOURCES["files"][name]["count"]

    @pytest.mark.parametrize(
        ("type_", "count"),
        [
            ("region", 26),
            ("departement", 109),
            ("epci", 1255),
            ("commune", 34_969),
            ("nuts", 1582 + 27),
            ("country", 238),
        ],
    )
    def test_every_row_is_a_territory(self, type_: territory.TerritoryType, count: int):
        assert len(territory.of_type(type_)) == count

    def test_every_parent_exists(self):
        parents = {parent for item in tables.territories().values() for parent in item.parents}
        parents |= {parent for item in tables.communes().values() for parent in tables.commune_parents(item)}
        assert [code for code in parents if not territory.exists(code)] == []

    def test_every_successor_exists(self):
        assert [item.successor for item in tables.former().values() if not territory.exists(item.successor)] == []

    def test_no_replaced_code_is_in_use(self):
        assert [code for code in tables.former() if territory.exists(code)] == []

    def test_every_code_has_the_shape_of_its_type(self):
        wrong = [item.code for item in tables.territories().values() if territory.parse(item.code).type != item.type]
        assert wrong == []

    def test_communes_are_read_once_by_threads_that_ask_together(self):
        barrier = threading.Barrier(4)
        calls: list[int] = []

        @tables.once
        def table() -> list[int]:
            calls.append(1)
            return calls

        def ask() -> None:
            barrier.wait()
            table()

        threads = [threading.Thread(target=ask) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert calls == [1]


class TestParse:
    @pytest.mark.parametrize(
        ("code", "parsed"),
        [
            ("fr:region:53", ("region", "53")),
            ("fr:departement:2A", ("departement", "2A")),
            ("fr:departement:971", ("departement", "971")),
            ("fr:epci:242900314", ("epci", "242900314")),
            ("fr:commune:2A004", ("commune", "2A004")),
            ("country:fr", ("country", "fr")),
            ("country-group:world", ("country-group", "world")),
            ("nuts:FRH0", ("nuts", "FRH0")),
        ],
    )
    def test_shape(self, code: str, parsed: tuple[str, str]):
        assert territory.parse(code) == parsed

    @pytest.mark.parametrize(
        "code",
        ["", "29019", "fr:commune:2a004", "FR:region:53", "fr:epci:1", "country:FRA", "nuts:frh0", "fr:region:53\n"],
    )
    def test_refuses_and_names_the_value(self, code: str):
        with pytest.raises(ValueError, match="is not a territory code") as error:
            territory.parse(code)
        assert repr(code) in str(error.value)

    def test_refuses_digits_of_other_scripts(self):
        with pytest.raises(ValueError, match="is not a territory code"):
            territory.parse("fr:region:٥٣")

    @pytest.mark.parametrize("value", [None, 53, ["fr:region:53"], {"code": "fr:region:53"}])
    def test_refuses_what_is_no_text(self, value: Any):
        with pytest.raises(ValueError, match="is not a territory code"):
            territory.parse(value)


class TestGet:
    def test_commune(self):
        assert territory.get(BREST) == territory.Territory(
            code=BREST,
            name="Brest",
            type="commune",
            parents=("fr:epci:242900314", "fr:departement:29"),
            population=142_346,
            postal_codes=("29200",),
        )

    def test_region(self):
        region = territory.get("fr:region:53")
        assert region is not None
        assert (region.name, region.type, region.parents) == ("Bretagne", "region", ("country:fr",))

    @pytest.mark.parametrize("value", ["fr:commune:99999", "fr:region:99", "nonsense", "", None, 3, ["fr:region:53"]])
    def test_unknown(self, value: Any):
        assert territory.get(value) is None
        assert not territory.exists(value)

    @pytest.mark.parametrize("code", [BREST, "fr:region:53", "nuts:FRH0", "country:de", "country-group:ue"])
    def test_exists(self, code: str):
        assert territory.exists(code)

    def test_an_epci_across_borders_has_all_its_departements(self):
        epci = territory.get("fr:epci:243500741")
        assert epci is not None
        assert epci.parents == ("fr:departement:35", "fr:departement:56", "fr:departement:44")

    def test_an_island_without_epci_has_its_departement(self):
        ouessant = territory.get("fr:commune:29155")
        assert ouessant is not None
        assert ouessant.parents == ("fr:departement:29",)


class TestResolve:
    def test_current_code(self):
        assert territory.resolve(BREST) == (BREST, None)

    def test_unknown_code(self):
        assert territory.resolve("fr:commune:99999") == ("fr:commune:99999", None)

    @pytest.mark.parametrize("value", [None, 3, ["fr:region:53"]])
    def test_no_code_at_all(self, value: Any):
        assert territory.resolve(value) == (value, None)

    @pytest.mark.parametrize(
        ("code", "successor"),
        [
            ("fr:commune:29200", "fr:commune:29151"),  # merged into Morlaix
            ("fr:commune:01120", "fr:commune:01262"),  # associated
            ("fr:commune:75112", "fr:commune:75056"),  # an arrondissement
            ("country:re", "fr:region:04"),
        ],
    )
    def test_replaced_code(self, code: str, successor: str):
        assert territory.resolve(code).code == successor

    def test_notice_names_both_communes(self):
        assert territory.resolve("fr:commune:01120").notice == (
            "Cordieux (01120) est une commune associée ; "
            "le code est remplacé par celui de la commune, 01262 (Montluel)."
        )

    def test_notice_in_english(self):
        assert territory.resolve("fr:commune:29200", "en_GB").notice == (
            "29200 is no longer the code of a commune; it is replaced by 29151 (Morlaix)."
        )

    @pytest.mark.parametrize("lang", ["fr", "en"])
    def test_every_kind_has_a_notice(self, lang: str):
        kinds = {item.kind: code for code, item in tables.former().items()}
        assert all("{" not in (territory.resolve(code, lang).notice or "{") for code in kinds.values())


class TestAncestors:
    def test_commune(self):
        assert territory.ancestors(BREST) == (
            "fr:epci:242900314",
            "fr:departement:29",
            "fr:region:53",
            "country:fr",
            "country-group:ue",
            "country-group:world",
        )

    def test_commune_is_not_in_the_other_departements_of_its_epci(self):
        redon = territory.ancestors("fr:commune:35236")
        assert "fr:epci:243500741" in redon
        assert "fr:departement:44" not in redon

    def test_epci_across_regions(self):
        assert territory.ancestors("fr:epci:243500741") == (
            "fr:departement:35",
            "fr:departement:56",
            "fr:departement:44",
            "fr:region:53",
            "fr:region:52",
            "country:fr",
            "country-group:ue",
            "country-group:world",
        )

    def test_nuts_has_the_region_that_it_is(self):
        assert territory.ancestors("nuts:FRH0") == (
            "fr:region:53",
            "nuts:FRH",
            "country:fr",
            "nuts:FR",
            "country-group:ue",
            "country-group:world",
        )

    def test_nuts_2_of_a_merged_region_lies_in_the_new_one(self):
        assert territory.ancestors("nuts:FRK2")[:2] == ("fr:region:84", "nuts:FRK")

    def test_greek_nuts_lie_in_greece(self):
        assert "country:gr" in territory.ancestors("nuts:EL30")

    def test_country_outside_the_union(self):
        assert territory.ancestors("country:ch") == ("country-group:world",)

    def test_replaced_code_has_its_successor(self):
        assert territory.ancestors("fr:commune:29200") == ("fr:commune:29151", *territory.ancestors("fr:commune:29151"))

    @pytest.mark.parametrize("value", ["nonsense", "country-group:world", None, ["fr:region:53"]])
    def test_none(self, value: Any):
        assert territory.ancestors(value) == ()


class TestChildren:
    def test_region(self):
        assert territory.children("fr:region:53") == tuple(
            f"fr:departement:{code}" for code in ("22", "29", "35", "56")
        )

    def test_departement_has_epci_then_communes(self):
        children = territory.children("fr:departement:29")
        assert children[0] == "fr:epci:242900314"
        assert BREST in children

    def test_types(self):
        children = territory.children("fr:departement:29", types=["epci"])
        assert children
        assert all(code.startswith("fr:epci:") for code in children)

    def test_epci_across_borders_is_a_child_of_each_departement(self):
        assert "fr:epci:243500741" in territory.children("fr:departement:44")

    def test_nuts_are_listed_below_nuts(self):
        assert territory.children("nuts:FRH0") == ("nuts:FRH01", "nuts:FRH02", "nuts:FRH03", "nuts:FRH04")

    def test_nuts_are_not_listed_below_others(self):
        assert all(code.startswith("fr:region:") for code in territory.children("country:fr"))

    def test_the_union_has_its_members(self):
        assert len(territory.children("country-group:ue")) == 27

    @pytest.mark.parametrize("value", [BREST, "nonsense", None, ["fr:region:53"]])
    def test_none(self, value: Any):
        assert territory.children(value) == ()


class TestLabel:
    @pytest.mark.parametrize(
        ("code", "lang", "label"),
        [
            ("fr:region:53", "en", "Bretagne"),
            ("country:de", "fr", "Allemagne"),
            ("country:de", "en_GB", "Germany"),
            ("country:fr", "en", "France"),
            ("country-group:ue", "en", "European Union"),
            ("fr:commune:01120", "fr", "Cordieux"),
            ("fr:commune:29200", "fr", "Morlaix"),
            ("nonsense", "fr", "nonsense"),
        ],
    )
    def test_label(self, code: str, lang: str, label: str):
        assert territory.label(code, lang) == label

    @pytest.mark.parametrize(
        ("code", "label"),
        [
            (BREST, "Brest (29)"),
            ("fr:departement:75", "Paris (département)"),
            ("nuts:FRH0", "Bretagne (NUTS FRH0)"),
            ("country:fr", "France"),
        ],
    )
    def test_long_label(self, code: str, label: str):
        assert territory.long_label(code) == label


class TestWidestLevel:
    @pytest.mark.parametrize(
        ("codes", "level"),
        [
            ([BREST], "local"),
            ([BREST, "fr:region:53"], "local"),
            (["nuts:FRH"], "local"),
            (["fr:commune:75112"], "local"),
            (["country:fr", BREST], "national"),
            (["nuts:FR"], "national"),
            (["country:fr", "country:be"], "international"),
            (["fr:region:44", "nuts:DE1"], "international"),
            (["country-group:ue"], "international"),
            (["nonsense", BREST], "local"),
            ([], None),
            (["nonsense"], None),
        ],
    )
    def test_level(self, codes: list[str], level: str | None):
        assert territory.widest_level(codes) == level


EU = "http://publications.europa.eu/resource/authority"
INSEE = "http://id.insee.fr/geo"
NUTS = "http://data.europa.eu/nuts/code"


class TestUris:
    @pytest.mark.parametrize(
        ("code", "uris"),
        [
            ("fr:region:53", (f"{EU}/atu/FRA_RG_BRE", f"{INSEE}/region/53", f"{NUTS}/FRH")),
            ("fr:region:01", (f"{EU}/country/GLP", f"{INSEE}/region/01", f"{NUTS}/FRY1")),
            ("fr:region:975", (f"{EU}/country/SPM", f"{INSEE}/collectiviteDOutreMer/975")),
            ("fr:region:984", (f"{EU}/country/ATF",)),
            ("fr:region:989", ()),
            ("fr:departement:01", (f"{EU}/atu/FRA_DPT_001", f"{INSEE}/departement/01", f"{NUTS}/FRK21")),
            ("fr:departement:2A", (f"{EU}/atu/FRA_DPT_02A", f"{INSEE}/departement/2A", f"{NUTS}/FRM01")),
            ("fr:departement:974", (f"{EU}/country/REU", f"{INSEE}/departement/974", f"{NUTS}/FRY40")),
            (BREST, (f"{INSEE}/commune/29019",)),
            ("fr:epci:242900314", ()),
            ("country:fr", (f"{EU}/country/FRA", f"{NUTS}/FR")),
            ("country:gr", (f"{EU}/country/GRC", f"{NUTS}/EL")),
            ("country:us", (f"{EU}/country/USA",)),
            ("country-group:ue", (f"{EU}/country/EUR",)),
            ("country-group:world", ("https://sws.geonames.org/6295630/",)),
            ("nuts:FRH", (f"{EU}/atu/FRA_RG_BRE", f"{INSEE}/region/53", f"{NUTS}/FRH")),
            ("nuts:FRF1", (f"{NUTS}/FRF1",)),
            ("nuts:DE2", (f"{NUTS}/DE2",)),
            ("country:re", (f"{EU}/country/REU", f"{INSEE}/region/04", f"{NUTS}/FRY4")),
        ],
    )
    def test_uris(self, code: str, uris: tuple[str, ...]):
        assert territory.uris(code) == uris

    def test_a_region_of_today_is_no_nuts_2_of_before_2016(self):
        nuts = [uri.rsplit("/", 1)[1] for region in territory.of_type("region") for uri in territory.uris(region.code)]
        mainland = [code for code in nuts if code.startswith("FR") and "_" not in code and not code.startswith("FRY")]
        assert sorted(mainland) == ["FR1", *(f"FR{letter}" for letter in "BCDEFGHIJKLM")]

    def test_a_retired_commune_has_the_uri_of_its_successor(self):
        retired = next(code for code, former in tables.former().items() if former.kind == "merged")
        assert territory.uris(retired) == territory.uris(tables.former()[retired].successor) != ()

    @pytest.mark.parametrize("value", ["", "nowhere", "fr:commune:00000", None, 53, ["fr:region:53"]])
    def test_unknown(self, value: Any):
        assert territory.uris(value) == ()

    def test_only_few_have_none(self):
        without = [
            item.code for item in tables.territories().values() if item.type != "epci" and not territory.uris(item.code)
        ]
        assert without == ["country:xk", "fr:region:989", "fr:departement:989"]


class TestBbox:
    def test_a_commune_has_that_of_its_departement(self):
        assert territory.bbox(BREST) == territory.bbox("fr:departement:29") is not None

    def test_an_epci_has_that_of_all_its_departements(self):
        redon = next(item for item in territory.of_type("epci") if len(item.parents) > 2)
        boxes = [territory.bbox(parent) or (0, 0, 0, 0) for parent in redon.parents]
        wests, souths, easts, norths = zip(*boxes, strict=True)
        assert territory.bbox(redon.code) == (min(wests), min(souths), max(easts), max(norths))

    @pytest.mark.parametrize(
        ("code", "same"),
        [
            ("nuts:FRH02", "fr:departement:29"),
            ("nuts:FRF1", "fr:region:44"),
            ("nuts:DE2", "country:de"),
            ("country:re", "fr:region:04"),
        ],
    )
    def test_others_have_that_of_what_they_are_or_lie_in(self, code: str, same: str):
        assert territory.bbox(code) == territory.bbox(same) is not None

    def test_france_has_its_overseas_departements(self):
        west, south, east, north = territory.bbox("country:fr") or (0, 0, 0, 0)
        assert (west < -61, south < -21, east > 55, north > 51) == (True, True, True, True)

    @pytest.mark.parametrize("code", ["country:nz", "country:fj", "country:ru", "country:us"])
    def test_a_box_across_the_180th_meridian_has_its_west_in_the_east(self, code: str):
        west, _south, east, _north = territory.bbox(code) or (0, 0, 0, 0)
        assert west > 0 > east

    @pytest.mark.parametrize("value", ["", "nowhere", "country:cc", None, 53, ["fr:region:53"]])
    def test_none(self, value: Any):
        assert territory.bbox(value) is None


class TestSpatialCoverage:
    def test_a_region(self):
        (place,) = territory.spatial_coverage(["fr:region:53"])
        polygon, point = json.loads(place["bbox"]), json.loads(place["centroid"])
        west, south, east, north = territory.bbox("fr:region:53") or (0, 0, 0, 0)
        assert (place["uri"], place["text"]) == (f"{EU}/atu/FRA_RG_BRE", "Bretagne")
        assert polygon["coordinates"] == [[[west, south], [east, south], [east, north], [west, north], [west, south]]]
        assert (west < point["coordinates"][0] < east, south < point["coordinates"][1] < north) == (True, True)

    def test_a_commune_has_no_centre_that_would_be_elsewhere(self):
        assert list(territory.spatial_coverage([BREST])[0]) == ["uri", "text", "bbox"]

    def test_an_epci_has_no_uri(self):
        assert list(territory.spatial_coverage(["fr:epci:242900314"])[0]) == ["text", "bbox"]

    def test_a_box_across_the_180th_meridian_is_two(self):
        geojson = json.loads(territory.spatial_coverage(["country:nz"])[0]["bbox"])
        longitudes = [point[0] for polygon in geojson["coordinates"] for point in polygon[0]]
        assert (geojson["type"], min(longitudes), max(longitudes)) == ("MultiPolygon", -180, 180)

    def test_each_once_in_their_order_and_without_what_is_unknown(self):
        codes = ["country:re", "nowhere", "fr:region:53", "fr:region:04", "fr:region:53"]
        assert [place["text"] for place in territory.spatial_coverage(codes)] == ["La Réunion", "Bretagne"]

    def test_language(self):
        assert territory.spatial_coverage(["country:de"], "en")[0]["text"] == "Germany"


class TestLoading:
    def test_who_asks_for_regions_never_reads_communes(self):
        program = """
from ckanext.regional.data import territories as tables
read = []
tables.load_json = lambda name, load=tables.load_json: read.append(name) or load(name)
from ckanext.regional import territory
code = "fr:region:53"
territory.get(code), territory.exists(code), territory.ancestors(code), territory.children(code), territory.bbox(code)
territory.resolve(code), territory.label(code), territory.spatial_coverage([code]), territory.widest_level([code])
territory.of_type("region"), territory.long_label("fr:departement:29"), territory.children("country:fr")
print(" ".join(read))
territory.get("fr:commune:29019")
print(" ".join(read))
"""
        done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
        before, after = done.stdout.splitlines()
        assert ("territory/regions.json" in before, "communes" in before) == (True, False)
        assert "territory/communes.json" in after


class TestSearch:
    @pytest.mark.parametrize(
        ("q", "first"),
        [
            ("saint brieuc", "fr:commune:22278"),
            ("SAINT-BRIEUC", "fr:commune:22278"),
            ("St-Brieuc", "fr:commune:22278"),
            ("saint brie", "fr:commune:22278"),
            ("22000", "fr:commune:22278"),
            ("22000 Saint-Brieuc", "fr:commune:22278"),
            ("29019", BREST),
            ("brest (29)", BREST),
            ("cotes d'armor", "fr:departement:22"),
            ("Côtes d\N{RIGHT SINGLE QUOTATION MARK}Armor", "fr:departement:22"),
            ("armor cotes", "fr:departement:22"),
            ("bretagne", "fr:region:53"),
            ("29", "fr:departement:29"),
            ("havre", "fr:commune:76351"),
            ("oeuilly", "fr:commune:51410"),
            ("242900314", "fr:epci:242900314"),
            ("germany", "country:de"),
            ("frh0", "nuts:FRH0"),
            ("fr:commune:29019", BREST),
            ("fr:commune:29200", "fr:commune:29151"),
            ("2a004", "fr:commune:2A004"),
            ("lyon 3e", "fr:commune:69123"),
            ("Arbignieu", "fr:commune:01015"),
            ("st", "fr:commune:67482"),
        ],
    )
    def test_first(self, q: str, first: str):
        assert found(q)[0] == first

    def test_homonyms_by_population(self):
        assert found("saint denis", types=["commune"])[:2] == ["fr:commune:97411", "fr:commune:93066"]

    def test_a_postal_code_comes_before_a_retired_code(self):
        assert found("29200") == [BREST, "fr:commune:29151"]

    def test_an_exact_name_comes_before_a_larger_place(self):
        assert found("bretagne", types=["commune", "epci"])[0].startswith("fr:commune:")

    def test_types(self):
        assert found("bretagne", types=["region"]) == ["fr:region:53"]

    def test_nothing_twice(self):
        codes = found("saint", limit=500)
        assert len(codes) == len(set(codes)) == 500

    @pytest.mark.parametrize("limit", [0, 1, 3])
    def test_limit(self, limit: int):
        assert len(found("saint", limit=limit)) == limit

    @pytest.mark.parametrize("q", ["", "   ", "-", "zzzz", "brest 75", "1" * 10_000, "x" * 10_000, "\n", "<script>"])
    def test_nothing(self, q: str):
        assert found(q) == []


class TestNameIndex:
    @pytest.mark.parametrize(
        ("name", "folded"),
        [("Côtes-d'Armor", "cotes d armor"), ("St-Brieuc", "saint brieuc"), ("Œuilly", "oeuilly"), ("L'Haÿ", "l hay")],
    )
    def test_fold(self, name: str, folded: str):
        assert fold(name) == folded

    def test_the_last_word_of_a_query_may_be_unfinished(self):
        assert fold_query("Ste St") == "sainte st"

    def test_order_is_kept_within_same_beginning_and_word(self):
        index = NameIndex([("Grand Bourg", "1"), ("Bourg-en-Bresse", "2"), ("Bourg", "3")])
        assert list(dict.fromkeys(index.find("bourg"))) == ["3", "2", "1"]

    def test_all_words_in_one_name(self):
        index = NameIndex([("Saint-Jean", "1"), ("Saint-Pierre", "2")])
        assert list(index.find("jean pierre")) == []

    def test_empty(self):
        assert list(NameIndex([]).find("bourg")) == []
