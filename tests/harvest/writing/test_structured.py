"""A neighbour's agents, periods and lists: what is good comes along, what is bad costs only itself."""

from __future__ import annotations

from typing import Any

import pytest

from ckanext.regional.harvest.writing import mapping, structured
from tests.harvest.writing.test_mapping import mapped
from tests.logic.hostile import VALUES
from tests.logic.test_fields import EVERYTHING, RESOURCE


def test_a_full_dataset_keeps_everything() -> None:
    notes: list[str] = []
    kept = {key: value for key, value in EVERYTHING.items() if key != "url"} | {
        "temporal_coverage_not_applicable": "true"
    }
    assert (structured.of_dataset(EVERYTHING, notes), notes) == (kept, [])


def test_a_full_resource_keeps_everything() -> None:
    notes: list[str] = []
    texts = (*mapping.RESOURCE_TEXTS, "url")
    kept = {key: value for key, value in RESOURCE.items() if key not in texts}
    assert (structured.of_resource(RESOURCE, notes), notes) == (kept, [])


@pytest.mark.parametrize("field", structured.FIELDS)
def test_nothing_hostile_costs_the_record(field: str) -> None:
    for value in VALUES.values():
        assert mapped(**{field: value}).hash


@pytest.mark.parametrize(
    ("field", "value", "kept"),
    [
        ("publisher", [{"name": "A", "identifier": "123"}], [{"name": "A"}]),
        ("creator", [{"email": "a@b.fr"}, {"name": "B"}], [{"name": "B"}]),
        ("temporal_coverage", [{"start": "2026", "end": "2025"}, {"start": "2025"}], [{"start": "2025"}]),
        ("theme", ["nonsense", "EDUC"], ["http://publications.europa.eu/resource/authority/data-theme/EDUC"]),
        ("documentation", ["a page", "https://example.org"], ["https://example.org"]),
    ],
)
def test_what_is_bad_is_dropped_with_a_note(field: str, value: Any, kept: Any) -> None:
    notes: list[str] = []
    assert (structured.of_dataset({field: value}, notes)[field], len(notes)) == (kept, 1)


def test_what_a_plain_site_stored_as_text_is_read() -> None:
    assert structured.of_dataset({"publisher": '[{"name": "A"}]'}, [])["publisher"] == [{"name": "A"}]


def test_a_plain_neighbours_organisation_and_maintainer_stand_in() -> None:
    found = mapped(organization={"title": "Ville"}, maintainer="Service", maintainer_email="a@b.fr")
    assert (found.dataset["publisher"], found.dataset["contact"]) == (
        [{"name": "Ville"}],
        [{"name": "Service", "email": "a@b.fr"}],
    )
    assert len(found.notes) == 2


def test_what_was_imported_before_these_fields_is_no_local_edit() -> None:
    old = {"title": "A", "tags": [], "resources": [{"id": "1", "url": "u"}]}
    assert mapping.local_hash(old) == mapping.local_hash({**old, "theme": [], "publisher": None})


def test_a_local_edit_of_an_agent_shows() -> None:
    old = {"publisher": [{"name": "A", "type": "x"}]}
    assert mapping.local_hash(old) == mapping.local_hash({"publisher": [{"type": "x", "name": "A"}]})
    assert mapping.local_hash(old) != mapping.local_hash({"publisher": [{"name": "B", "type": "x"}]})
