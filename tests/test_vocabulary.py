"""Vocabularies: files as recorded, lookups by code and URI, labels, a site's own terms."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from importlib.resources import files
from typing import Any

import pytest

from ckanext.regional import vocabulary
from ckanext.regional.data import load_json
from ckanext.regional.vocabulary import Term

SOURCES: dict[str, Any] = load_json("vocabulary/sources.json")
EU = "http://publications.europa.eu/resource/authority"


class TestData:
    @pytest.mark.parametrize("name", sorted(SOURCES["files"]))
    def test_file_is_the_recorded_one(self, name: str):
        content = files("ckanext.regional.data").joinpath("vocabulary", name).read_bytes()
        assert hashlib.sha256(content).hexdigest() == SOURCES["files"][name]["sha256"]

    @pytest.mark.parametrize("name", vocabulary.NAMES)
    def test_vocabulary_has_the_recorded_terms(self, name: str):
        assert len(vocabulary.vocabulary(name)) == SOURCES["files"][f"{name}.json"]["count"]

    @pytest.mark.parametrize("name", vocabulary.NAMES)
    def test_codes_and_uris_are_unique(self, name: str):
        terms = vocabulary.vocabulary(name)
        assert len({term.code for term in terms}) == len({term.uri for term in terms}) == len(terms)

    @pytest.mark.parametrize("name", vocabulary.NAMES)
    @pytest.mark.parametrize("lang", ["fr", "en"])
    def test_every_term_has_a_label(self, name: str, lang: str):
        assert [term.code for term in vocabulary.vocabulary(name) if not term.labels.get(lang)] == []

    @pytest.mark.parametrize("name", ["sector", "personal_data_class", "governance_level"])
    @pytest.mark.parametrize("lang", ["fr", "en"])
    def test_every_term_of_ours_is_explained(self, name: str, lang: str):
        assert [term.code for term in vocabulary.vocabulary(name) if not term.extra.get(f"help_{lang}")] == []

    def test_labels_carry_no_mark_of_the_translator(self):
        labels = [
            label for name in vocabulary.NAMES for term in vocabulary.vocabulary(name) for label in term.labels.values()
        ]
        assert [label for label in labels if "*" in label] == []

    def test_sectors_of_the_design(self):
        codes = [term.code for term in vocabulary.vocabulary("sector")]
        assert codes[:7] == ["political", "democratic", "tourist", "commercial", "medical", "school", "employment"]

    def test_every_sector_names_known_themes(self):
        themes = [theme for term in vocabulary.vocabulary("sector") for theme in term.extra["themes"]]
        assert [theme for theme in themes if vocabulary.get("theme", theme) is None] == []

    def test_frequencies_without_a_deadline(self):
        codes = {term.code for term in vocabulary.vocabulary("frequency") if term.extra["max_days"] is None}
        assert codes == {"IRREG", "AS_NEEDED", "NOT_PLANNED", "NEVER", "OTHER", "UNKNOWN", "OP_DATPRO"}

    def test_labels_that_are_ours_say_so(self):
        lower = [term for term in vocabulary.vocabulary("hvd_category") if not term.extra["top"]]
        assert (len(lower), {tuple(term.extra["translated"]) for term in lower}) == (90, {("fr",)})

    def test_reasons_are_those_of_the_directive(self):
        uris = [term.uri for term in vocabulary.vocabulary("access_rights_reason")]
        base = "http://inspire.ec.europa.eu/metadata-codelist/LimitationsOnPublicAccess/INSPIRE_Directive_Article13_1"
        assert uris == [base + letter for letter in "abcdefgh"]

    def test_each_reason_names_its_article_in_french_law(self):
        terms = vocabulary.vocabulary("access_rights_reason")
        assert [term.code for term in terms if term.extra["article_fr"] not in term.label("fr")] == []

    def test_publisher_types_are_those_of_adms(self):
        uris = {term.uri for term in vocabulary.vocabulary("publisher_type")}
        base = "http://purl.org/adms/publishertype/"
        assert (len(uris), f"{base}LocalAuthority" in uris, f"{base}PrivateIndividual(s)" in uris) == (11, True, True)

    def test_classes_that_need_a_legal_basis(self):
        codes = [term.code for term in vocabulary.vocabulary("personal_data_class") if term.extra["legal_basis"]]
        assert codes == ["pseudonymised", "personal", "sensitive"]


class TestGet:
    @pytest.mark.parametrize(
        "value",
        [
            "MONTHLY",
            f"{EU}/frequency/MONTHLY",
            f"{EU}/frequency/MONTHLY/",
            "https://publications.europa.eu/resource/authority/frequency/MONTHLY",
            " MONTHLY ",
        ],
    )
    def test_by_code_or_uri(self, value: str):
        term = vocabulary.get("frequency", value)
        assert term is not None
        assert term.code == "MONTHLY"

    @pytest.mark.parametrize("value", ["", "SOMETIMES", None, 3, ["MONTHLY"], {"code": "MONTHLY"}])
    def test_unknown_value(self, value: Any):
        assert vocabulary.get("frequency", value) is None

    def test_unknown_vocabulary(self):
        with pytest.raises(ValueError, match="'colour' is not a vocabulary"):
            vocabulary.vocabulary("colour")

    def test_a_list_that_was_changed_changes_nothing(self):
        vocabulary.vocabulary("sector").clear()
        assert vocabulary.vocabulary("sector")


class TestLabel:
    @pytest.mark.parametrize(
        ("name", "value", "lang", "label"),
        [
            ("frequency", f"{EU}/frequency/MONTHLY", "fr", "mensuel"),
            ("frequency", "MONTHLY", "en_GB", "monthly"),
            ("sector", "tourist", "fr_FR", "Tourisme"),
            ("sector", "tourist", "de", "Tourism"),
            ("hvd_category", "c_a9135398", "fr", "Entreprises et propriété d'entreprises"),
            ("sector", "unheard-of", "fr", "unheard-of"),
        ],
    )
    def test_label(self, name: str, value: str, lang: str, label: str):
        assert vocabulary.label(name, value, lang) == label

    def test_a_term_without_a_label_in_the_language(self):
        assert Term("x", "urn:x", {"en": "Something"}).label("fr") == "Something"

    def test_a_term_without_labels(self):
        assert Term("x", "urn:x", {}).label("fr") == "x"


class TestNormalise:
    @pytest.mark.parametrize(
        ("name", "value", "stored"),
        [
            ("theme", "ENVI", f"{EU}/data-theme/ENVI"),
            ("access_rights", f"{EU}/access-right/PUBLIC", f"{EU}/access-right/PUBLIC"),
            ("sector", "urn:x-ckanext-regional:sector:tourist", "tourist"),
            ("personal_data_class", "https://w3id.org/dpv#PersonalData", "personal"),
            ("sector", "unheard-of", None),
            ("publisher_type", "LocalAuthority", "http://purl.org/adms/publishertype/LocalAuthority"),
        ],
    )
    def test_stored(self, name: str, value: str, stored: str | None):
        assert vocabulary.normalise(name, value) == stored

    def test_with_terms_of_the_site(self):
        terms = vocabulary.merge(vocabulary.vocabulary("sector"), [{"code": "breton", "fr": "Langue bretonne"}])
        assert vocabulary.normalise("sector", "breton", terms) == "breton"


class TestChoices:
    def test_access_rights_of_the_form(self):
        labels = [choice["value"].rsplit("/", 1)[1] for choice in vocabulary.choices("access_rights")]
        assert labels == ["PUBLIC", "RESTRICTED", "NON_PUBLIC"]

    def test_a_choice(self):
        assert vocabulary.choices("governance_level", "en")[1] == {
            "value": "national",
            "label": "National",
            "help": "A whole country.",
        }

    def test_a_hidden_term_is_valid(self):
        assert vocabulary.get("access_rights", "CONFIDENTIAL") is not None


class TestMerge:
    BASE = (
        Term("a", "urn:a", {"fr": "A", "en": "A in English"}, {"themes": ["ENVI"]}),
        Term("b", "urn:b", {"fr": "B"}),
    )

    def test_new_terms_come_last(self):
        merged = vocabulary.merge(self.BASE, [{"code": "c", "fr": "C", "themes": ["HEAL"]}])
        assert [term.code for term in merged] == ["a", "b", "c"]
        assert merged[-1].extra == {"themes": ["HEAL"]}

    def test_new_terms_get_a_uri(self):
        assert vocabulary.merge(self.BASE, [{"code": "c", "fr": "C"}])[-1].uri == "urn:x-ckanext-regional:sector:c"

    def test_a_known_code_changes_what_it_names(self):
        merged = vocabulary.merge(self.BASE, [{"code": "a", "fr": "Renommé"}])
        assert merged[0] == Term("a", "urn:a", {"fr": "Renommé", "en": "A in English"}, {"themes": ["ENVI"]})

    def test_labels_as_a_dictionary(self):
        merged = vocabulary.merge(self.BASE, [{"code": "a", "labels": {"br": "A e brezhoneg"}}])
        assert merged[0].labels == {"fr": "A", "en": "A in English", "br": "A e brezhoneg"}

    def test_a_term(self):
        assert vocabulary.merge(self.BASE, [Term("c", "urn:c", {"en": "C"})])[-1] == Term("c", "urn:c", {"en": "C"})

    def test_a_term_can_be_hidden(self):
        assert vocabulary.merge(self.BASE, [{"code": "a", "hidden": True}])[0].hidden

    def test_the_base_stays(self):
        vocabulary.merge(self.BASE, [{"code": "a", "fr": "Renommé"}])
        assert self.BASE[0].labels["fr"] == "A"

    @pytest.mark.parametrize("row", [{}, {"code": "", "fr": "A"}, {"code": "a b", "fr": "A"}, {"code": 3, "fr": "A"}])
    def test_a_bad_code_is_named(self, row: dict[str, Any]):
        with pytest.raises(ValueError, match="is not a code"):
            vocabulary.merge(self.BASE, [row])

    def test_a_term_without_label_is_named(self):
        with pytest.raises(ValueError, match="'c' has no label"):
            vocabulary.merge(self.BASE, [{"code": "c"}])


class TestSectorsAndThemes:
    def test_themes_of_sectors(self):
        assert vocabulary.themes_of_sectors(["democratic", "political", "unheard-of"]) == [
            f"{EU}/data-theme/GOVE",
            f"{EU}/data-theme/JUST",
        ]

    def test_themes_of_a_sector_of_the_site(self):
        terms = vocabulary.merge([], [{"code": "breton", "fr": "Langue bretonne", "themes": ["EDUC", "nonsense"]}])
        assert vocabulary.themes_of_sectors(["breton"], terms) == [f"{EU}/data-theme/EDUC"]

    def test_sectors_of_themes(self):
        assert vocabulary.sectors_of_themes([f"{EU}/data-theme/HEAL", "TRAN"]) == ["medical", "transport"]

    def test_a_wide_theme_gives_no_sector(self):
        assert vocabulary.sectors_of_themes(["ECON", "nonsense"]) == []


class TestUseSectors:
    @pytest.fixture(autouse=True)
    def breton(self) -> Iterator[None]:
        entries = [{"code": "breton", "fr": "Langue bretonne", "themes": ["EDUC"]}, {"code": "water", "hidden": True}]
        vocabulary.use_sectors(vocabulary.merge(vocabulary.shipped("sector"), entries))
        yield
        vocabulary.use_sectors(None)

    def test_every_lookup_knows_it(self):
        assert vocabulary.normalise("sector", "urn:x-ckanext-regional:sector:breton") == "breton"
        assert vocabulary.label("sector", "breton") == "Langue bretonne"
        assert vocabulary.themes_of_sectors(["breton"]) == [f"{EU}/data-theme/EDUC"]
        assert vocabulary.vocabulary("sector")[-1].code == "breton"

    def test_a_hidden_one_is_valid_and_not_offered(self):
        offered = [choice["value"] for choice in vocabulary.choices("sector")]
        assert ("water" in offered, vocabulary.normalise("sector", "water")) == (False, "water")

    def test_what_we_ship_stays(self):
        assert "breton" not in [term.code for term in vocabulary.shipped("sector")]

    def test_none_takes_it_back(self):
        vocabulary.use_sectors(None)
        assert vocabulary.get("sector", "breton") is None


class TestScheme:
    @pytest.mark.parametrize(
        ("name", "uri"),
        [
            ("sector", "urn:x-ckanext-regional:sector"),
            ("frequency", f"{EU}/frequency"),
            ("publisher_type", "http://purl.org/adms/publishertype/1.0"),
        ],
    )
    def test_scheme(self, name: str, uri: str):
        assert vocabulary.scheme(name) == uri

    def test_unknown(self):
        with pytest.raises(ValueError, match="'colour' is not a vocabulary"):
            vocabulary.scheme("colour")
