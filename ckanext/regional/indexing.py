"""What Solr learns of the governance fields: multi-valued ``vocab_regional_*``, which CKAN's schema takes as it is.

Everything else of ours leaves the document: Solr refuses a document with one term above 32 kB, and a scheming list is
one term there.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from ckanext.regional import territory, vocabulary

#: Indexed field by dataset field. ``vocab_*`` is multi-valued, searchable and a facet without a change of schema.xml.
INDEX_FIELDS = {
    "territory": "vocab_regional_territory",
    "sector": "vocab_regional_sector",
    "theme": "vocab_regional_theme",
    "governance_level": "vocab_regional_level",
    "access_rights": "vocab_regional_access",
    "frequency": "vocab_regional_frequency",
    "personal_data_class": "vocab_regional_personal_data",
    "hvd_category": "vocab_regional_hvd",
}
#: As above, for objects: what is indexed is their name.
NAMES_INDEXED = {
    "publisher": "vocab_regional_publisher",
    "creator": "vocab_regional_creator",
    "custodian": "vocab_regional_custodian",
}
#: Kept out of the index: who answers for data is no search term, what others compute is not ours to store, and long
#: or structured values break documents.
UNINDEXED = (
    "steward",
    "steward_name",
    "origin",
    "regional_status",
    "title_translated",
    "notes_translated",
    "citizen_needs",
    "language",
    "identifier",
    "alternate_identifier",
    "version",
    "version_notes",
    "url",
    "spatial_coverage",
    "temporal_coverage",
    "temporal_coverage_not_applicable",
    "contact",
    "access_rights_reason",
    "legal_basis",
    "personal_data",
    "applicable_legislation",
    "issued",
    "modified",
    "provenance",
    "provenance_activity",
    "conforms_to",
    "documentation",
    "is_referenced_by",
    "qualified_relation",
)
#: Text that is searched, in the words of the form: ``extras_*`` is text in CKAN's schema.
PLACES_TEXT = "extras_regional_places"
WORDS_TEXT = "extras_regional_words"

#: In every document that this module made, so that ``ckan regional doctor`` finds those that it did not. The number
#: grows when the fields change. CKAN's schema keeps the field as a string and does not search it.
MARK = "regional_index"
VERSION = "2"

_LABELLED = ("sector", "theme", "hvd_category")
_TRANSLATED = ("title_translated", "notes_translated")
_WORLD_WIDE = ("country-group:",)
_LANGUAGES = ("fr", "en")
#: A facet's value; Solr's limit is 32,766 bytes.
_LONGEST_VALUE = 500
#: Solr refuses a document with a longer term; tokenised text and what is only stored have no such limit.
_LONGEST_TERM = 32_000
_NO_TERM = ("data_dict", "validated_data_dict", "notes", "text", "title")


def index_fields(dataset: dict[str, Any]) -> dict[str, Any]:
    """Replace the governance fields of a Solr document by their indexed forms.

    :param dataset: the document that CKAN would send, where a list is one JSON string
    :returns: the same document, changed. A territory brings its ancestors, so that a search for a region finds the
        datasets of its communes; the names of places, sectors and themes in French and English and what is translated
        go into the text that is searched.
    """
    taken = {field: _taken(dataset, field) for field in (*INDEX_FIELDS, *NAMES_INDEXED, *UNINDEXED)}
    for field, indexed in INDEX_FIELDS.items():
        values = listed(taken[field])
        dataset[indexed] = [
            value[:_LONGEST_VALUE] for value in (with_ancestors(values) if field == "territory" else values)
        ]
    for field, indexed in NAMES_INDEXED.items():
        dataset[indexed] = _names(taken[field])
    dataset[PLACES_TEXT] = " ".join(
        dict.fromkeys(territory.label(code, lang) for code in dataset[INDEX_FIELDS["territory"]] for lang in _LANGUAGES)
    )
    dataset[WORDS_TEXT] = " ".join([*_labels(dataset), *_translations(taken)])
    dataset[MARK] = VERSION
    for key, value in dataset.items():
        if isinstance(value, str) and len(value) > _LONGEST_TERM // 4 and not _is_tokenised(key):
            dataset[key] = value.encode()[:_LONGEST_TERM].decode(errors="ignore")
    return dataset


def _is_tokenised(key: str) -> bool:
    return key in _NO_TERM or key.startswith(("extras_", "res_"))


def with_ancestors(codes: list[str]) -> list[str]:
    """The codes and everything that contains them, each once, without the groups of countries above them."""
    every = dict.fromkeys(codes)
    for code in codes:
        every.update(dict.fromkeys(above for above in territory.ancestors(code) if not above.startswith(_WORLD_WIDE)))
    return list(every)


def _taken(document: dict[str, Any], field: str) -> Any:
    extra = document.pop(f"extras_{field}", None)
    value = document.pop(field, None)
    return extra if value is None else value


def _labels(document: Mapping[str, Any]) -> list[str]:
    return [
        vocabulary.label(field, value, lang)
        for field in _LABELLED
        for value in document[INDEX_FIELDS[field]]
        for lang in _LANGUAGES
    ]


def _translations(taken: Mapping[str, Any]) -> list[str]:
    found = [_loaded(taken[field]) for field in _TRANSLATED]
    return [text for texts in found if isinstance(texts, dict) for text in texts.values() if isinstance(text, str)]


def _names(value: Any) -> list[str]:
    objects = _loaded(value)
    names = [item.get("name") for item in objects if isinstance(item, dict)] if isinstance(objects, list) else []
    return [name[:_LONGEST_VALUE] for name in names if isinstance(name, str) and name]


def _loaded(value: Any) -> Any:
    """Read what scheming keeps as JSON text."""
    if not isinstance(value, str):
        return value
    try:
        return json.loads(value)
    except (ValueError, RecursionError):
        return None


def listed(value: Any) -> list[str]:
    """Read a list that scheming keeps as JSON text; one text is a list of one."""
    if not value:
        return []
    if isinstance(value, str) and value.startswith("["):
        value = _loaded(value) or []
    return [str(item) for item in (value if isinstance(value, list) else [value])]
