"""What counts as content: everything but what CKAN, jobs and the datastore keep up by themselves."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from ckanext.regional.curation.fingerprint import fingerprint, same_content
from ckanext.regional.volatile import RESOURCE_VOLATILE, VOLATILE, canonical

LINK = {"id": "r1", "url": "https://example.org/a.csv", "name": "A", "format": "CSV", "url_type": ""}
FILE = {"id": "r2", "url": "https://site.example/dataset/d/resource/r2/download/b.csv", "url_type": "upload"}
DATASET: dict[str, Any] = {
    "id": "d", "name": "menus", "title": "Menus", "owner_org": "o", "territory": ["fr:region:53", "fr:region:52"],
    "tags": [{"name": "b", "id": "1"}, {"name": "a", "id": "2"}],
    "groups": [{"id": "g2", "name": "two"}, {"id": "g1", "name": "one"}],
    "extras": [{"key": "k", "value": "v"}, {"key": "j", "value": "w"}],
    "resources": [LINK, FILE],
}  # fmt: skip


def no_stamps(resource: Mapping[str, Any]) -> tuple[None, None]:
    return None, None


def of(**changes: Any) -> str:
    return fingerprint(DATASET | changes, no_stamps)


@pytest.mark.parametrize("key", sorted(VOLATILE))
def test_what_ckan_keeps_up_is_no_content(key: str) -> None:
    assert of(**{key: "another value"}) == of()


@pytest.mark.parametrize("key", sorted(RESOURCE_VOLATILE))
def test_what_jobs_keep_up_is_no_content(key: str) -> None:
    assert of(resources=[LINK | {key: "another value"}, FILE]) == of()


@pytest.mark.parametrize("key", ["name", "title", "owner_org", "license_id", "notes", "steward", "anything"])
def test_every_other_key_is_content(key: str) -> None:
    assert of(**{key: "another value"}) != of()


@pytest.mark.parametrize("key", ["id", "url", "name", "format", "description", "url_type", "anything"])
def test_every_other_key_of_a_resource_is_content(key: str) -> None:
    assert of(resources=[LINK | {key: "another value"}, FILE]) != of()


@pytest.mark.parametrize("empty", [None, "", [], {}])
def test_an_empty_value_is_as_none_at_all(empty: Any) -> None:
    assert of(notes=empty) == of()


@pytest.mark.parametrize("value", [0, False, "0", " "])
def test_a_value_that_is_only_like_nothing_is_content(value: Any) -> None:
    assert of(notes=value) != of()


@pytest.mark.parametrize("key", ["tags", "groups", "extras"])
def test_the_order_of_unordered_lists_is_no_content(key: str) -> None:
    assert of(**{key: DATASET[key][::-1]}) == of()


@pytest.mark.parametrize("key", ["resources", "territory"])
def test_the_order_of_ordered_lists_is_content(key: str) -> None:
    assert of(**{key: DATASET[key][::-1]}) != of()


def test_the_order_of_keys_is_no_content() -> None:
    assert fingerprint(dict(reversed(list(DATASET.items()))), no_stamps) == of()


def test_a_tag_counts_by_its_name() -> None:
    assert of(tags=[{"name": "a", "display_name": "A"}, {"name": "b", "state": "active"}]) == of()


@pytest.mark.parametrize("tags", [[], [{"name": "a"}], [{"name": "a"}, {"name": "c"}]])
def test_another_set_of_tags_is_content(tags: list[dict[str, str]]) -> None:
    assert of(tags=tags) != of()


def test_an_extra_is_content() -> None:
    assert of(extras=[{"key": "k", "value": "x"}, {"key": "j", "value": "w"}]) != of()


@pytest.mark.parametrize("url", ["b.csv", "http://other.example/fr/dataset/x/resource/r2/download/b.csv"])
def test_the_address_of_an_upload_is_no_content(url: str) -> None:
    assert of(resources=[LINK, FILE | {"url": url}]) == of()


def test_the_name_of_an_uploaded_file_is_content() -> None:
    assert of(resources=[LINK, FILE | {"url": "https://site.example/dataset/d/resource/r2/download/c.csv"}]) != of()


def test_the_whole_address_of_a_link_is_content() -> None:
    assert of(resources=[LINK | {"url": "https://elsewhere.example/a.csv"}, FILE]) != of()


@pytest.mark.parametrize("stamps", [("0f", None), (None, "1:2"), ("unreadable", None)])
def test_file_and_table_are_content(stamps: tuple[str | None, str | None]) -> None:
    assert fingerprint(DATASET, lambda resource: stamps) != of()


@pytest.mark.parametrize("other", [{"a": [1, "é"], "b": None}, {"b": None, "a": [1, "é"]}])
def test_one_value_has_one_text(other: dict[str, Any]) -> None:
    assert canonical(other) == '{"a":[1,"é"],"b":null}'


@pytest.mark.parametrize(("one", "other"), [({"a": "1,2"}, {"a": ["1", "2"]}), ({"a": "1"}, {"a": 1}),
                                            ({"a": 'x","b":"y'}, {"a": "x", "b": "y"})])  # fmt: skip
def test_unlike_values_have_unlike_texts(one: dict[str, Any], other: dict[str, Any]) -> None:
    assert canonical(one) != canonical(other)


@pytest.mark.parametrize(
    "other",
    [
        DATASET,
        DATASET | {"private": True, "state": "deleted", "metadata_modified": "now"},
        {key: value for key, value in DATASET.items() if key != "resources"},
        DATASET | {"resources": [LINK | {"size": 3, "datastore_active": True, "last_modified": "now"}, FILE]},
        DATASET | {"resources": [LINK, FILE | {"url": "b.csv"}]},
    ],
    ids=["itself", "decisions", "without resources", "bookkeeping", "stored address"],
)
def test_same_content(other: dict[str, Any]) -> None:
    assert same_content(DATASET, other)


@pytest.mark.parametrize(
    "other",
    [
        DATASET | {"title": "X"},
        DATASET | {"resources": []},
        DATASET | {"resources": [FILE, LINK]},
        DATASET | {"resources": [LINK | {"name": "X"}, FILE]},
        DATASET | {"resources": [LINK, FILE | {"upload": "bytes"}]},
        DATASET | {"owner_org": "p"},
        {key: value for key, value in DATASET.items() if key != "tags"},
        {key: value for key, value in DATASET.items() if key != "groups"},
        {key: value for key, value in DATASET.items() if key != "title"},
        DATASET | {"relationships": [{"object": "x"}]},
    ],
    ids=lambda other: "",
)
def test_other_content(other: dict[str, Any]) -> None:
    assert not same_content(DATASET, other)
