from __future__ import annotations

import copy
import json
from typing import Any

import pytest
import yaml

from ckanext.regional.schemas import reading, writing
from ckanext.regional.schemas.merge import Merged, Side, compare, merge, presets_used, shape
from tests.schemas.schemas import LOADABLE, OTHERS, ours, presets

OURS, PRESETS = ours(), presets()


def site(*fields: dict[str, Any], resource: tuple[dict[str, Any], ...] = (), **keys: Any) -> dict[str, Any]:
    return {
        "scheming_version": 2,
        "dataset_type": "dataset",
        "dataset_fields": [{"field_name": "title", "label": "Titre"}, *fields],
        "resource_fields": [{"field_name": "url", "label": "URL"}, *resource],
        **keys,
    }


def merged(*fields: dict[str, Any], prefer: Side | None = None, **keys: Any) -> Merged:
    return merge(site(*fields, **keys), OURS, PRESETS, prefer)


def names(schema: dict[str, Any], section: str = "dataset_fields") -> list[str]:
    return [field["field_name"] for field in schema[section]]


def found(schema: dict[str, Any], name: str, section: str = "dataset_fields") -> dict[str, Any]:
    return next(field for field in schema[section] if field["field_name"] == name)


class TestExamples:
    @pytest.mark.parametrize("name", LOADABLE + OTHERS)
    def test_every_field_of_ours_is_there(self, name: str) -> None:
        schema = merge(reading.dataset_schema(name), OURS, PRESETS, "theirs").schema
        again = compare(schema, OURS, PRESETS)
        assert again.missing == []
        made = {"title", "notes", "tag_string"} if "multilingual" in name else set()
        assert set(names(OURS)) - set(names(schema)) == made
        assert set(names(OURS, "resource_fields")) <= set(names(schema, "resource_fields"))

    @pytest.mark.parametrize("name", LOADABLE + OTHERS)
    def test_their_fields_stay_first_in_their_order(self, name: str) -> None:
        theirs = reading.dataset_schema(name)
        schema = merge(theirs, OURS, PRESETS, "theirs").schema
        assert names(schema)[: len(names(theirs))] == names(theirs)
        for their in theirs["dataset_fields"]:
            if "repeating_subfields" not in their:
                kept = found(schema, their["field_name"])
                assert {key: kept[key] for key in their} == their
                assert kept.keys() - their.keys() <= {"form_group"}
        assert {key: schema[key] for key in theirs if not key.endswith("_fields")} == {
            key: theirs[key] for key in theirs if not key.endswith("_fields")
        }

    @pytest.mark.parametrize("name", LOADABLE + OTHERS)
    @pytest.mark.parametrize("prefer", ["ours", "theirs"])
    def test_merging_twice_changes_nothing(self, name: str, prefer: Side) -> None:
        once = writing.to_yaml(merge(reading.dataset_schema(name), OURS, PRESETS, prefer).schema)
        again = merge(yaml.safe_load(once), OURS, PRESETS, prefer)
        assert writing.to_yaml(again.schema) == once
        assert again.report.missing == []

    @pytest.mark.parametrize("name", LOADABLE)
    def test_those_without_fluent_have_no_conflict(self, name: str) -> None:
        assert merge(reading.dataset_schema(name), OURS, PRESETS).report.conflicts == []

    def test_our_own_schema_lacks_nothing(self) -> None:
        report = compare(OURS, OURS, PRESETS)
        assert (report.missing, report.kept, report.unchecked, report.conflicts) == ([], [], [], [])

    def test_titles_that_fluent_makes_are_not_asked_twice(self) -> None:
        schema = merge(reading.dataset_schema(OTHERS[0]), OURS, PRESETS, "theirs").schema
        assert "title" not in names(schema)
        assert "title_translated" in names(schema)


class TestWhatStays:
    def test_a_field_of_the_same_shape_stays_the_sites(self) -> None:
        mine = {"field_name": "language", "label": "Langues", "preset": "multiple_text"}
        done = merged(mine)
        assert found(done.schema, "language") == {**mine, "form_group": "what"}
        assert "language" in done.report.kept

    def test_the_group_of_the_form_that_a_site_has_chosen_stays(self) -> None:
        mine = {"field_name": "language", "preset": "multiple_text", "form_group": "quality"}
        assert found(merged(mine).schema, "language") == mine

    def test_a_lost_check_is_told(self) -> None:
        done = merged({"field_name": "theme", "label": "Thèmes", "preset": "multiple_text"})
        (told,) = [difference for difference in done.report.unchecked if difference.field == "theme"]
        assert "EU themes" in told.message

    def test_missing_subfields_are_added_to_the_sites_objects(self) -> None:
        mine = {"field_name": "contact", "repeating_subfields": [{"field_name": "email", "label": "Courriel"}]}
        done = merged(mine)
        subfields = found(done.schema, "contact")["repeating_subfields"]
        assert subfields[0] == {"field_name": "email", "label": "Courriel"}
        assert {"name", "url", "identifier", "uri"} == {sub["field_name"] for sub in subfields[1:]}
        assert "contact.identifier" in done.report.missing

    def test_what_was_given_is_not_changed(self) -> None:
        given = site({"field_name": "contact", "repeating_subfields": [{"field_name": "email"}]})
        before = copy.deepcopy(given)
        merge(given, OURS, PRESETS)
        assert given == before

    def test_keys_of_the_form_come_with_our_fields(self) -> None:
        schema = merged().schema
        reason = found(schema, "access_rights_reason")
        assert reason["form_group"] == "rights"
        assert reason["shown_when"]["field"] == "access_rights"

    def test_a_form_with_pages_gets_one_more(self) -> None:
        done = merged({"field_name": "notes", "start_form_page": {"title": "Suite"}})
        first = found(done.schema, done.report.missing[0])
        assert first["start_form_page"]["title"]["fr"] == "Gouvernance des données"
        assert sum("start_form_page" in field for field in done.schema["dataset_fields"]) == 2

    def test_a_form_without_pages_gets_none(self) -> None:
        assert not any("start_form_page" in field for field in merged().schema["dataset_fields"])

    def test_presets_that_the_result_needs(self) -> None:
        used = presets_used(merged({"field_name": "x", "preset": "my_preset"}).schema)
        assert {"my_preset", "regional_territory", "regional_siret", "dataset_organization"} <= set(used)


#: Fields of a site that store something else under a name of ours, and what is said.
CONFLICTS = [
    ({"field_name": "theme", "preset": "select", "choices": [{"value": "eau", "label": "Eau"}]}, "theme", "a text"),
    ({"field_name": "contact", "label": "Contact"}, "contact", "a list of objects"),
    ({"field_name": "contact", "simple_subfields": [{"field_name": "email"}]}, "contact", "an object"),
    ({"field_name": "publisher", "preset": "multiple_text"}, "publisher", "a list of objects"),
    ({"field_name": "territory", "label": "Quartier", "preset": "multiple_text"}, "territory", "“Quartier”"),
    ({"field_name": "steward", "label": "Service"}, "steward", "“Service”"),
    (
        {"field_name": "frequency", "preset": "select", "choices": [{"value": "souvent", "label": "Souvent"}]},
        "frequency",
        "souvent",
    ),
    (
        {"field_name": "publisher", "repeating_subfields": [{"field_name": "name", "preset": "multiple_text"}]},
        "publisher.name",
        "a list",
    ),
]


class TestConflicts:
    @pytest.mark.parametrize(("field", "where", "what"), CONFLICTS)
    def test_it_is_told_and_left_to_the_administrator(self, field: dict[str, Any], where: str, what: str) -> None:
        done = merged(field)
        assert [conflict.field for conflict in done.undecided] == [where]
        assert what in done.undecided[0].message

    @pytest.mark.parametrize(("field", "where", "what"), CONFLICTS)
    def test_theirs_stays(self, field: dict[str, Any], where: str, what: str) -> None:
        done = merged(field, prefer="theirs")
        assert done.undecided == []
        stays = found(done.schema, field["field_name"])
        assert {key: stays[key] for key in field if key != "repeating_subfields"} == {
            key: value for key, value in field.items() if key != "repeating_subfields"
        }
        assert [conflict.field for conflict in done.report.conflicts] == [where]

    @pytest.mark.parametrize(("field", "where", "what"), CONFLICTS)
    def test_ours_takes_its_place(self, field: dict[str, Any], where: str, what: str) -> None:
        done = merged(field, prefer="ours")
        assert done.replaced == [where]
        assert names(done.schema)[1] == field["field_name"]
        assert compare(done.schema, OURS, PRESETS).conflicts == []

    def test_one_field_is_settled_alone(self) -> None:
        given = site({"field_name": "theme"}, {"field_name": "sector"})
        done = merge(given, OURS, PRESETS, None, {"theme": "ours"})
        assert [conflict.field for conflict in done.undecided] == ["sector"]
        assert found(done.schema, "theme") == found(OURS, "theme")

    def test_a_file_s_field_is_told_from_a_dataset_s(self) -> None:
        done = merged(resource=({"field_name": "language", "label": "Langue"},))
        assert [conflict.field for conflict in done.undecided] == ["resource.language"]

    def test_choices_of_our_list_fit(self) -> None:
        mine = {
            "field_name": "governance_level",
            "preset": "select",
            "choices": [{"value": "", "label": "–"}, {"value": "local", "label": "Local"}],
        }
        done = merged(mine)
        assert done.undecided == []
        assert found(done.schema, "governance_level") == {**mine, "form_group": "where_when"}

    def test_a_page_begins_where_it_began(self) -> None:
        page = {"title": "Suite"}
        done = merged({"field_name": "theme", "label": "Thème", "start_form_page": page}, prefer="ours")
        assert found(done.schema, "theme")["start_form_page"] == page


class TestShapes:
    @pytest.mark.parametrize(
        ("field", "expected"),
        [
            ({"field_name": "x"}, "a text"),
            ({"field_name": "x", "preset": "select"}, "a text"),
            ({"field_name": "x", "preset": "multiple_checkbox"}, "a list"),
            ({"field_name": "x", "preset": "multiple_text"}, "a list"),
            ({"field_name": "x", "validators": "ignore_missing scheming_multiple_text"}, "a list"),
            ({"field_name": "x", "preset": "json_object"}, "JSON"),
            ({"field_name": "x", "preset": "fluent_text"}, "a text per language"),
            ({"field_name": "x", "preset": "tag_string_autocomplete"}, "tags"),
            ({"field_name": "x", "preset": "nobody_knows"}, "a text"),
            ({"field_name": "x", "output_validators": "scheming_load_json"}, "JSON"),
        ],
    )
    def test_by_preset_and_validators(self, field: dict[str, Any], expected: str) -> None:
        assert shape(field, PRESETS) == expected

    def test_the_merge_does_not_depend_on_the_order_of_keys(self) -> None:
        mine = {"field_name": "language", "label": "L", "preset": "multiple_text"}
        turned = dict(reversed(mine.items()))
        assert merged(mine).report == merged(turned).report


class TestWriting:
    def test_yaml_reads_back(self) -> None:
        schema = merged({"field_name": "x", "label": {"fr": "Où : « là »", "en": "a: b # c"}}).schema
        assert yaml.safe_load(writing.to_yaml(schema)) == schema

    def test_json_reads_back(self) -> None:
        schema = merged().schema
        assert json.loads(writing.to_json(schema)) == schema

    def test_no_anchor_is_left_to_readers(self) -> None:
        text = writing.to_yaml(merged().schema)
        assert "&id" not in text
        assert "\n- field_name: territory\n" in text
