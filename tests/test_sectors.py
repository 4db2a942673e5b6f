"""A site's own sectors: files that are read, entries that are refused, what comes out."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from ckanext.regional import sectors, vocabulary
from ckanext.regional.vocabulary import Term

BRETON = {"code": "breton", "fr": "Langue bretonne", "en": "Breton", "themes": ["EDUC"]}


def merged(*rows: object) -> dict[str, Term]:
    return {term.code: term for term in sectors.merged([("sectors.yaml", list(rows))])}


class TestFromFile:
    def test_yaml(self, tmp_path: Path):
        path = tmp_path / "sectors.yaml"
        path.write_text("- code: breton\n  fr: Langue bretonne\n", encoding="utf-8")
        assert sectors.from_file(str(path)) == [{"code": "breton", "fr": "Langue bretonne"}]

    def test_json(self, tmp_path: Path):
        path = tmp_path / "sectors.json"
        path.write_text(json.dumps([BRETON]), encoding="utf-8")
        assert sectors.from_file(str(path)) == [BRETON]

    def test_a_file_of_a_package(self):
        rows = sectors.from_file("ckanext.regional.data:vocabulary/sector.json")
        assert isinstance(rows, list)

    @pytest.mark.parametrize(
        ("name", "content", "said"),
        [
            ("nowhere.yaml", None, "cannot be read"),
            ("bad.yaml", b"- code: [", "is no valid YAML"),
            ("bad.json", b"[{", "is no valid JSON"),
            ("latin1.yaml", "- fr: \xe9".encode("latin-1"), "cannot be read"),
        ],
    )
    def test_what_cannot_be_read_is_named(self, tmp_path: Path, name: str, content: bytes | None, said: str):
        if content is not None:
            (tmp_path / name).write_bytes(content)
        with pytest.raises(ValueError, match=f"{name} {said}"):
            sectors.from_file(str(tmp_path / name))

    @pytest.mark.parametrize(
        "name", ["no.such.module:sectors.yaml", "ckanext.regional:nowhere.yaml", ":", "x:", "/tmp"]
    )
    def test_no_file(self, name: str):
        with pytest.raises(ValueError, match="cannot be read"):
            sectors.from_file(name)


class TestMerged:
    def test_a_new_one_comes_last(self):
        terms = merged(BRETON)
        assert list(terms)[-1] == "breton"
        assert terms["breton"] == Term(
            "breton",
            "urn:x-ckanext-regional:sector:breton",
            {"fr": "Langue bretonne", "en": "Breton"},
            {"themes": ["EDUC"]},
        )

    def test_ours_can_be_renamed_and_hidden(self):
        terms = merged({"code": "tourist", "fr": "Tourisme et voyages"}, {"code": "maritime", "hidden": True})
        assert terms["tourist"].labels == {"fr": "Tourisme et voyages", "en": "Tourism"}
        assert terms["maritime"].hidden

    def test_a_theme_may_be_given_as_uri(self):
        uri = "http://publications.europa.eu/resource/authority/data-theme/HEAL"
        assert merged({**BRETON, "themes": [uri], "close_theme": "HEAL"})["breton"].extra == {
            "themes": ["HEAL"],
            "close_theme": "HEAL",
        }

    def test_another_uri(self):
        assert merged({**BRETON, "uri": "https://example.bzh/sector/breton"})["breton"].uri.startswith("https://")

    def test_a_term_of_a_plugin(self):
        assert merged(Term("breton", "urn:x:breton", {"fr": "Breton"}))["breton"].uri == "urn:x:breton"

    def test_later_ones_win(self):
        given: list[sectors.Given] = [("plugin", [BRETON]), ("file", [{"code": "breton", "fr": "Brezhoneg"}])]
        assert sectors.merged(given)[-1].labels == {"fr": "Brezhoneg", "en": "Breton"}

    def test_nothing_leaves_ours(self):
        assert merged() == {term.code: term for term in vocabulary.shipped("sector")}

    @pytest.mark.parametrize("rows", [None, {"sectors": [BRETON]}, "breton", 3, b"breton"])
    def test_no_list(self, rows: object):
        with pytest.raises(ValueError, match=r"sectors\.yaml has to be a list of sectors"):
            sectors.merged([("sectors.yaml", rows)])

    @pytest.mark.parametrize(
        ("row", "said"),
        [
            ("breton", "write an entry as keys and values"),
            (None, "write an entry as keys and values"),
            ({}, "give it a code"),
            ({"code": 12, "fr": "Douze"}, "give it a code"),
            ({"code": "langue bretonne", "fr": "Breton"}, "is not a code"),
            ({"code": "x" * 65, "fr": "Breton"}, "is not a code"),
            ({"code": "breton"}, "needs a name"),
            ({"code": "breton", "hidden": True}, "needs a name"),
            ({"code": "breton", "fr": ["Breton"]}, "fr has to be a text"),
            ({"code": "breton", "fr": "x" * 10_000}, "fr has to be a text of at most 500"),
            ({"code": "breton", "fr": "Bre\x00ton"}, "fr has to be a text"),
            ({"code": "breton", "labels": "Breton"}, "labels has to be"),
            ({"code": "breton", "labels": {"br": 3}}, "labels has to be"),
            ({**BRETON, "label": "Breton"}, "there is no key label"),
            ({**BRETON, "hidden": "yes"}, "hidden has to be"),
            ({**BRETON, "themes": "EDUC"}, "themes has to be a list"),
            ({**BRETON, "themes": ["EDUCATION"]}, "'EDUCATION' is no EU theme; there are AGRI"),
            ({**BRETON, "themes": [["EDUC"]]}, "is no EU theme"),
            ({**BRETON, "close_theme": "EDUCATION"}, "'EDUCATION' is no EU theme"),
        ],
    )
    def test_a_wrong_entry_is_named(self, row: Any, said: str):
        with pytest.raises(ValueError, match=rf"^sectors\.yaml, entry 2.*: .*{said}"):
            merged({"code": "water", "hidden": True}, row)

    def test_the_code_is_named(self):
        with pytest.raises(ValueError, match=r"entry 1 \(breton\)"):
            merged({"code": "breton"})

    def test_twice(self):
        with pytest.raises(ValueError, match=r"entry 2 \(breton\): this code is here twice"):
            merged(BRETON, BRETON)
