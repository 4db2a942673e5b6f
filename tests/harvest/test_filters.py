"""Filters: what is asked of a neighbour, and what is let through here."""

from __future__ import annotations

from typing import Any

import pytest

from ckanext.regional.harvest.filters import checked, obstacle, question, wants

HEALTH = "http://publications.europa.eu/resource/authority/data-theme/HEAL"


@pytest.mark.parametrize(
    ("filters", "fq"),
    [
        ({}, ""),
        ({"organization": "mairie"}, 'organization:"mairie"'),
        ({"group": ["a", "b"]}, 'groups:("a" OR "b")'),
        ({"fq": "tags:x"}, "tags:x"),
        ({"fq": "tags:x OR tags:y", "group": "g"}, '(tags:x OR tags:y) groups:"g"'),
        ({"fq": "{!term f=tags}a b"}, "{!term f=tags}a b"),
        ({"territory": "fr:region:53", "sector": ["school"]}, ""),
    ],
)
def test_the_question(filters: dict[str, Any], fq: str) -> None:
    assert question(filters) == fq


@pytest.mark.parametrize(
    ("filters", "remote", "wanted"),
    [
        ({"organization": "mairie"}, {"organization": {"name": "mairie"}}, True),
        ({"organization": ["x", "o1"]}, {"organization": {"id": "o1", "name": "mairie"}}, True),
        ({"organization": "mairie"}, {"organization": None}, False),
        ({"group": "g"}, {"groups": [{"name": "f"}, {"name": "g"}]}, True),
        ({"group": "g"}, {"groups": "g"}, False),
        ({"territory": "fr:departement:29"}, {"territory": ["fr:commune:29019"]}, True),
        ({"territory": "fr:departement:29"}, {"territory": '["fr:commune:44109"]'}, False),
        ({"territory": "fr:departement:29"}, {}, False),
        ({"sector": "medical"}, {"theme": [HEALTH]}, True),
        ({"sector": "medical"}, {"sector": ["school"], "theme": [HEALTH]}, False),
        ({"sector": "medical", "group": "g"}, {"sector": ["medical"]}, False),
    ],
)
def test_what_is_wanted(filters: dict[str, Any], remote: dict[str, Any], wanted: bool) -> None:
    assert wants(filters, remote) is wanted


def test_codes_are_stored_as_this_site_has_them() -> None:
    problems: list[str] = []
    given = {"territory": "country:re", "sector": ["urn:x-ckanext-regional:sector:school"], "group": "", "fq": None}
    assert checked(given, "ckan", problems) == {"territory": "fr:region:04", "sector": ["school"]}
    assert problems == []


@pytest.mark.parametrize("given", [["a"], {"fq": ["a"]}, {"organization": [1]}, {"group": ["g"] * 51}])
def test_other_shapes_are_refused(given: Any) -> None:
    problems: list[str] = []
    checked(given, "ckan", problems)
    assert len(problems) == 1


def test_what_a_kind_cannot_do() -> None:
    assert obstacle("auto", {"fq": "a", "group": "g"}) is None
    assert "take kind “ckan”" in (obstacle("regional", {"fq": "a"}) or "")
    assert "no groups" in (obstacle("dcat", {"group": "g"}) or "")
