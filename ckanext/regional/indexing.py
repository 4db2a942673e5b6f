"""What Solr learns of the governance fields: multi-valued ``vocab_regional_*``, which CKAN's schema takes as it is."""

from __future__ import annotations

import json
from typing import Any

from ckanext.regional import territory

#: Indexed field by dataset field. ``vocab_*`` is multi-valued, searchable and a facet without a change of schema.xml.
INDEX_FIELDS = {
    "territory": "vocab_regional_territory",
    "sector": "vocab_regional_sector",
    "governance_level": "vocab_regional_level",
    "access_rights": "vocab_regional_access",
    "frequency": "vocab_regional_frequency",
    "personal_data_class": "vocab_regional_personal_data",
}

#: Kept out of the index: who answers for data is no search term, and what others compute is not ours to store.
UNINDEXED = ("steward", "origin", "regional_status")

_WORLD_WIDE = ("country-group:",)


def index_fields(dataset: dict[str, Any]) -> dict[str, Any]:
    """Replace the governance fields of a Solr document by their indexed forms.

    :param dataset: the document that CKAN would send, where a list is one JSON string
    :returns: the same document, changed. A territory brings its ancestors, so that a search for a region finds the
        datasets of its communes; their names go into the text that is searched.
    """
    for field in UNINDEXED:
        _taken(dataset, field)
    for field, indexed in INDEX_FIELDS.items():
        values = listed(_taken(dataset, field))
        if field == "territory":
            values = with_ancestors(values)
            dataset["extras_regional_places"] = " ".join(territory.label(code, "fr") for code in values)
        dataset[indexed] = values
    return dataset


def with_ancestors(codes: list[str]) -> list[str]:
    """The codes and everything that contains them, each once, without the groups of countries above them."""
    every = dict.fromkeys(codes)
    for code in codes:
        every.update(dict.fromkeys(above for above in territory.ancestors(code) if not above.startswith(_WORLD_WIDE)))
    return list(every)


def _taken(document: dict[str, Any], field: str) -> Any:
    document.pop(f"extras_{field}", None)
    return document.pop(field, None)


def listed(value: Any) -> list[str]:
    """Read a list that scheming keeps as JSON text; one text is a list of one."""
    if not value:
        return []
    if isinstance(value, str) and value.startswith("["):
        try:
            value = json.loads(value)
        except ValueError:
            return []
    return [str(item) for item in (value if isinstance(value, list) else [value])]
