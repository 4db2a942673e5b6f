from __future__ import annotations

import pytest

from ckanext.regional.indexing import index_fields, listed, with_ancestors


def test_a_commune_brings_its_region() -> None:
    assert "fr:region:53" in with_ancestors(["fr:commune:29019"])


def test_the_world_above_is_left_out() -> None:
    assert not [code for code in with_ancestors(["fr:commune:29019"]) if code.startswith("country-group:")]


def test_a_territory_given_stays_even_if_it_is_the_world() -> None:
    assert with_ancestors(["country-group:world"]) == ["country-group:world"]


def test_structured_fields_leave_the_document() -> None:
    document = index_fields({"id": "x", "territory": '["fr:region:53"]', "extras_territory": '["fr:region:53"]'})
    assert not {"territory", "extras_territory"} & set(document)


def test_a_list_becomes_many_values() -> None:
    assert index_fields({"sector": '["school", "culture"]'})["vocab_regional_sector"] == ["school", "culture"]


def test_who_answers_for_the_data_is_not_searchable() -> None:
    assert not {"steward", "extras_steward"} & set(index_fields({"steward": "anne", "extras_steward": "anne"}))


def test_names_of_places_are_searchable() -> None:
    assert "Finistère" in index_fields({"territory": '["fr:commune:29019"]'})["extras_regional_places"]


@pytest.mark.parametrize(
    ("stored", "read"),
    [(None, []), ("", []), ("one", ["one"]), ('["a", "b"]', ["a", "b"]), ("[broken", []), (["a"], ["a"])],
)
def test_what_scheming_stores_is_read(stored: object, read: list[str]) -> None:
    assert listed(stored) == read


def test_words_of_the_form_are_searchable_in_both_languages() -> None:
    words = index_fields({"sector": '["school"]'})["extras_regional_words"]
    assert ("Éducation" in words, "Education" in words) == (True, True)


def test_translations_are_searchable() -> None:
    document = index_fields({"title_translated": '{"en": "Menus of the day"}', "notes_translated": "[broken"})
    assert "Menus of the day" in document["extras_regional_words"]


def test_names_of_agents_are_many_values() -> None:
    assert index_fields({"publisher": '[{"name": "A"}, {"email": "b"}]'})["vocab_regional_publisher"] == ["A"]


def test_a_long_value_of_anybody_is_cut() -> None:
    assert len(index_fields({"own_field": "é" * 40_000})["own_field"].encode()) <= 32_000
