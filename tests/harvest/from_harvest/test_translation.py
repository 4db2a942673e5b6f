"""What a source of ckanext-harvest is set to, in our words."""

from __future__ import annotations

import json

import pytest

from ckanext.regional.harvest.from_harvest.translation import settings


def test_a_plain_source_asks_the_site_what_it_is() -> None:
    made = settings("ckan", "", "MANUAL", "s")
    assert (made.kind, made.frequency, made.filters, made.token, made.lost) == ("auto", "manual", {}, None, [])


@pytest.mark.parametrize(
    ("frequency", "rest"),
    [
        ("ALWAYS", "* * * *"), ("DAILY", "3 * * *"), ("WEEKLY", "3 * * 1"), ("BIWEEKLY", "3 1,15 * *"),
        ("MONTHLY", "3 1 * *"),
    ],
)  # fmt: skip
def test_a_frequency_is_five_cron_words(frequency: str, rest: str) -> None:
    minute, _, hours = settings("ckan", "", frequency, "s").frequency.partition(" ")
    assert 0 <= int(minute) < 60
    assert hours == rest


def test_one_organisation_is_a_filter() -> None:
    made = settings("ckan", json.dumps({"organizations_filter_include": ["rennes"]}), "DAILY", "s")
    assert (made.kind, made.filters) == ("auto", {"organization": "rennes"})


def test_several_or_none_of_them_are_a_query_that_only_a_ckan_answers() -> None:
    config = {"organizations_filter_exclude": ["brest"], "groups_filter_include": ["eau", 'l"air']}
    made = settings("ckan", json.dumps(config), "DAILY", "s")
    assert made.kind == "ckan"
    assert made.filters == {"fq": 'groups:("eau" OR "l\\"air") -organization:"brest"'}


def test_a_key_is_a_token_and_what_has_no_place_is_told() -> None:
    made = settings("ckan", json.dumps({"api_key": "k", "force_all": True, "read_only": True}), "DAILY", "s")
    assert (made.token, made.lost) == ("k", ["read_only: true"])


def test_nonsense_is_told() -> None:
    assert settings("ckan", "{", "DAILY", "s").lost == ["its configuration is no JSON object"]


def test_rdf_is_rdf() -> None:
    assert settings("dcat_rdf", json.dumps({"rdf_format": "text/turtle"}), "DAILY", "s").kind == "dcat"


def test_a_type_that_nothing_reads_is_refused() -> None:
    with pytest.raises(ValueError, match="csw"):
        settings("csw", "", "DAILY", "s")
