"""Our vocabularies as SKOS, in JSON-LD: one concept scheme each. No CKAN here."""

from __future__ import annotations

from typing import Any

from ckanext.regional import vocabulary
from ckanext.regional.vocabulary import Term

_TITLES: dict[str, tuple[str, str]] = {
    "sector": ("Secteurs", "Sectors"),
    "governance_level": ("Niveaux de gouvernance", "Levels of governance"),
    "personal_data_class": ("Présence de données personnelles", "Presence of personal data"),
    "theme": ("Thèmes de données de l'Union européenne", "Data themes of the European Union"),
    "frequency": ("Fréquences", "Frequencies"),
    "access_rights": ("Droits d'accès", "Access rights"),
    "planned_availability": ("Disponibilité prévue", "Planned availability"),
    "hvd_category": ("Catégories de données de forte valeur", "Categories of high-value datasets"),
    "publisher_type": ("Types d'éditeurs", "Types of publishers"),
    "access_rights_reason": ("Motifs de restriction d'accès", "Reasons to limit access"),
}
_CONTEXT: dict[str, Any] = {
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "dct": "http://purl.org/dc/terms/",
    "title": {"@id": "dct:title", "@container": "@language"},
    "prefLabel": {"@id": "skos:prefLabel", "@container": "@language"},
    "definition": {"@id": "skos:definition", "@container": "@language"},
    "notation": "skos:notation",
    "inScheme": {"@id": "skos:inScheme", "@type": "@id"},
    "hasTopConcept": {"@id": "skos:hasTopConcept", "@type": "@id"},
    "broadMatch": {"@id": "skos:broadMatch", "@type": "@id"},
    "closeMatch": {"@id": "skos:closeMatch", "@type": "@id"},
}


def scheme(name: str) -> dict[str, Any]:
    """Write a vocabulary as a concept scheme.

    A sector's EU themes are its ``skos:broadMatch``; one that says the same as a theme has it as ``skos:closeMatch``.
    Hidden terms are there: data carry them.

    :raises ValueError: there is no such vocabulary.
    :returns: a JSON-LD document with ``@context`` and ``@graph``, the scheme first.
    """
    uri = vocabulary.scheme(name)
    terms = vocabulary.vocabulary(name)
    french, english = _TITLES[name]
    head = {
        "@id": uri,
        "@type": "skos:ConceptScheme",
        "title": {"fr": french, "en": english},
        "hasTopConcept": [term.uri for term in terms if term.extra.get("top", True)],
    }
    return {"@context": _CONTEXT, "@graph": [head, *(_concept(term, uri) for term in terms)]}


def _concept(term: Term, uri: str) -> dict[str, Any]:
    found: dict[str, Any] = {
        "@id": term.uri,
        "@type": "skos:Concept",
        "notation": term.code,
        "inScheme": uri,
        "prefLabel": dict(term.labels),
    }
    definitions = {lang: text for lang in ("fr", "en") if (text := term.extra.get(f"help_{lang}"))}
    if definitions:
        found["definition"] = definitions
    close = _theme(term.extra.get("close_theme"))
    broad = [theme for theme in map(_theme, term.extra.get("themes", ())) if theme and theme != close]
    if close:
        found["closeMatch"] = close
    if broad:
        found["broadMatch"] = broad
    return found


def _theme(value: object) -> str | None:
    return vocabulary.normalise("theme", value) if value else None
