from __future__ import annotations

from collections import Counter
from typing import Any

import pytest

from ckanext.regional.data import load_json
from ckanext.regional.score import addresses, mqa
from ckanext.regional.score.formats import file_type, is_known_licence, is_media_type
from tests.score.datasets import LINK, LINKS, PAGE, PERFECT, changed, lost

#: What flips a criterion, and what is then lost besides, as far as it follows.
FLIPS: dict[str, tuple[dict[str, Any], set[str]]] = {
    "keyword": ({"tags": []}, set()),
    "theme": ({"theme": []}, set()),
    "spatial": ({"territory": []}, set()),
    "temporal": ({"temporal_coverage": []}, set()),
    "download_url": ({"file": {"download_url": ""}}, {"download_url_ok"}),
    "format": ({"file": {"format": ""}}, {"non_proprietary", "machine_readable"}),
    "media_type": ({"file": {"mimetype": ""}}, set()),
    "format_vocabulary": ({"file": {"mimetype": "text/menu"}}, set()),
    "non_proprietary": ({"file": {"format": "XLSX"}}, set()),
    "machine_readable": ({"file": {"format": "TXT"}}, set()),
    "dcat_ap": ({"title": ""}, set()),
    "licence": ({"license_id": "notspecified"}, {"licence_vocabulary"}),
    "licence_vocabulary": ({"license_id": "other-open"}, set()),
    "access_rights": ({"access_rights": ""}, {"access_rights_vocabulary"}),
    "access_rights_vocabulary": ({"access_rights": "everybody"}, set()),
    "contact": ({"contact": []}, set()),
    "publisher": ({"publisher": []}, set()),
    "rights": ({"file": {"rights": ""}}, set()),
    "byte_size": ({"file": {"size": None}}, set()),
    "issued": ({"issued": ""}, set()),
    "modified": ({"modified": ""}, set()),
}
OF_LINKS: dict[str, dict[str, bool | None]] = {
    "access_url_ok": {LINK: True, PAGE: False},
    "download_url_ok": {LINK: False, PAGE: True},
}


def test_a_perfect_dataset_has_405_points() -> None:
    found = mqa.score(PERFECT, LINKS)
    assert (found.points, found.max, mqa.rating(found.points)) == (405, 405, "excellent")


def test_dimensions_have_the_points_of_the_methodology() -> None:
    most: Counter[str] = Counter()
    for criterion in mqa.score(PERFECT, LINKS).criteria:
        most[criterion.dimension] += criterion.max
    assert most == {
        "findability": 100, "accessibility": 100, "interoperability": 110, "reusability": 75, "contextuality": 20,
    }  # fmt: skip


def test_every_criterion_is_flipped_by_a_test() -> None:
    assert {*FLIPS, *OF_LINKS} == {criterion.code for criterion in mqa.score(PERFECT, LINKS).criteria}


@pytest.mark.parametrize("code", FLIPS)
def test_a_criterion_is_lost(code: str) -> None:
    change, besides = FLIPS[code]
    assert set(lost(mqa.score(changed(**change), LINKS).criteria)) == {code} | besides


@pytest.mark.parametrize("code", OF_LINKS)
def test_a_link_that_does_not_answer_costs_its_points(code: str) -> None:
    assert set(lost(mqa.score(PERFECT, OF_LINKS[code]).criteria)) == {code}


def test_a_link_never_checked_earns_nothing_yet() -> None:
    found = lost(mqa.score(PERFECT, {LINK: None}).criteria)
    assert found == {
        "access_url_ok": (0, None, "unchecked"),
        "download_url_ok": (0, None, "unchecked"),
    }


def test_without_a_download_address_nothing_waits_for_a_check() -> None:
    found = lost(mqa.score(changed(file={"download_url": ""}), {}).criteria)
    assert found["download_url_ok"] == (0, "download_url", "download_url")


def test_an_uploaded_file_needs_no_check() -> None:
    upload = changed(file={"url_type": "upload", "url": LINK, "download_url": ""})
    assert mqa.score(upload, {}).points == 405


def test_an_uploaded_file_that_is_known_to_be_lost_is_lost() -> None:
    upload = changed(file={"url_type": "upload", "url": LINK, "download_url": ""})
    assert set(lost(mqa.score(upload, {LINK: False}).criteria)) == {"access_url_ok", "download_url_ok"}


def two(**second: Any) -> dict[str, Any]:
    """A perfect dataset with a second file."""
    dataset = changed()
    dataset["resources"].append({**dataset["resources"][0], "id": "r2", **second})
    return dataset


def test_of_formats_the_best_file_counts() -> None:
    assert mqa.score(two(format="PDF", mimetype=""), LINKS).points == 405


def test_formats_of_two_files_are_not_added_up() -> None:
    """One is machine-readable, the other open: no file is both."""
    dataset = two(format="TXT")
    dataset["resources"][0]["format"] = "XLSX"
    found = mqa.score(dataset, LINKS)
    assert (405 - found.points, len(lost(found.criteria))) == (20, 1)


@pytest.mark.parametrize(
    ("change", "code", "points"),
    [
        ({"size": None}, "byte_size", 2), ({"rights": ""}, "rights", 2), ({"download_url": ""}, "download_url", 10),
        ({"url": "https://example.org/none"}, "access_url_ok", 25), ({"issued": None}, "issued", 3),
        ({"license": "https://example.org/ours"}, "licence_vocabulary", 5),
    ],
)  # fmt: skip
def test_elsewhere_the_share_of_files_counts(change: dict[str, Any], code: str, points: int) -> None:
    assert lost(mqa.score(two(**change), LINKS).criteria)[code][0] == points


def test_the_file_to_mend_is_named() -> None:
    (found,) = (one for one in mqa.score(two(size=None), LINKS).criteria if one.code == "byte_size")
    assert (found.resource, found.field) == ("r2", "size")


def test_a_files_own_licence_is_mended_in_the_file() -> None:
    dataset = changed(file={"license": "https://example.org/ours"})
    (found,) = (one for one in mqa.score(dataset, LINKS).criteria if one.code == "licence_vocabulary")
    assert (found.resource, found.field) == ("r1", "license")


def test_without_a_file_there_is_one_thing_to_do() -> None:
    found = lost(mqa.score(changed(resources=[]), LINKS).criteria)
    assert {value[1:] for value in found.values()} == {("resources", "no_file")}
    assert mqa.score(changed(resources=[]), LINKS).points == 405 - 100 - 80 - 30 - 10


def test_dates_that_ckan_keeps_count_as_in_the_rdf() -> None:
    dates = {"issued": "", "modified": ""}
    dataset = changed(**dates, metadata_created="2026-01-01", metadata_modified="2026-01-01", file=dates)
    dataset["resources"][0] |= {"created": "2026-01-01", "last_modified": None, "metadata_modified": "2026-01-02"}
    assert mqa.score(dataset, LINKS).points == 405


def test_data_without_a_period_lose_nothing() -> None:
    assert mqa.score(changed(temporal_coverage=[], temporal_coverage_not_applicable=True), LINKS).points == 405


@pytest.mark.parametrize(
    ("points", "rating"),
    [
        (405, "excellent"), (351, "excellent"), (350, "good"), (221, "good"), (220, "sufficient"), (121, "sufficient"),
        (120, "bad"), (0, "bad"),
    ],
)  # fmt: skip
def test_ratings(points: int, rating: str) -> None:
    assert mqa.rating(points) == rating


@pytest.mark.parametrize(
    "dataset",
    [
        {}, {"resources": None}, {"resources": ["x", {}]}, {"tags": "a", "theme": "[broken", "publisher": "[1]"},
        {"contact": [None], "temporal_coverage": {"start": 1}, "frequency": ["a"], "access_rights": 3, "title": {}},
        {"resources": [{"url": None, "size": "big", "format": ["CSV"], "mimetype": 1, "hash": "x", "license": {}}]},
        {"resources": [{"url": "http://[", "download_url": "http://[::"}], "issued": 2026, "modified": ["x"]},
    ],
)  # fmt: skip
def test_any_shape_takes_a_score(dataset: dict[str, Any]) -> None:
    assert 0 <= mqa.score(dataset, {}).points < 405


# Lists ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("CSV", "CSV"), (".csv", "CSV"), ("text/csv", "CSV"), ("GeoJSON", "GEOJSON"), ("json-ld", "JSON_LD"),
        ("JPG", "JPEG"), ("shp", "SHP"), ("GeoPackage", "GPKG"), ("WMS", "WMS_SRVC"), ("rdf/xml", "RDF_XML"),
        ("http://publications.europa.eu/resource/authority/file-type/XML", "XML"), ("Turtle", "RDF_TURTLE"),
    ],
)  # fmt: skip
def test_formats_are_known_by_the_names_in_use(written: str, code: str) -> None:
    known = file_type(written)
    assert known is not None
    assert known.code == code


@pytest.mark.parametrize("written", ["", "menu", "CSV et PDF", "???"])
def test_other_formats_are_not_known(written: str) -> None:
    assert file_type(written) is None


def test_lists_of_formats_have_their_length() -> None:
    rows = load_json("score/file_types.json")
    assert (sum(row[1] for row in rows), sum(row[2] for row in rows)) == (20, 31)


@pytest.mark.parametrize("name", ["text/csv", "TEXT/CSV; charset=utf-8", "application/geo+json"])
def test_media_types_of_iana(name: str) -> None:
    assert is_media_type(name)


@pytest.mark.parametrize(
    ("licence_id", "address", "known"),
    [
        ("lov2", "", True), ("cc-by", "http://www.opendefinition.org/licenses/cc-by", True),
        ("", "https://creativecommons.org/licenses/by/4.0", True), ("", "https://spdx.org/licenses/odd", False),
        ("", "http://publications.europa.eu/resource/authority/licence/CC_BY_4_0", True), ("other-closed", "", False),
        ("", "https://www.etalab.gouv.fr/licence-ouverte-open-licence", True), ("", "", False),
    ],
)  # fmt: skip
def test_licences_of_the_eu(licence_id: str, address: str, known: bool) -> None:
    assert is_known_licence(licence_id, address) is known


def test_files_are_the_recorded_ones() -> None:
    import hashlib
    from importlib.resources import files

    recorded: dict[str, Any] = load_json("score/sources.json")["files"]
    folder = files("ckanext.regional.data").joinpath("score")
    for name, record in recorded.items():
        content = folder.joinpath(name).read_bytes()
        assert (hashlib.sha256(content).hexdigest(), len(load_json(f"score/{name}"))) == (
            record["sha256"], record["count"],
        )  # fmt: skip


def test_addresses_to_check() -> None:
    dataset = two(url="https://example.org/b.csv", access_url="https://example.org/b", download_url="")
    assert addresses(dataset) == [PAGE, LINK, "https://example.org/b.csv", "https://example.org/b"]
