"""Vocabularies: lists of terms with a code, a URI, and labels in French and English.

======================== ====== ================================================================================
name                     stored terms
======================== ====== ================================================================================
``sector``               code   our own list, each with the EU themes it pre-fills; a site adds its own
``governance_level``     code   ``local``, ``national``, ``international``
``personal_data_class``  code   ``none`` to ``sensitive``; URIs of the W3C Data Privacy Vocabulary
``theme``                URI    EU data themes
``frequency``            URI    EU frequencies, with the days after which data are late (``max_days``)
``access_rights``        URI    EU access rights
``planned_availability`` URI    EU planned availability
``hvd_category``         URI    EU high-value datasets: 6 categories (``top``) and 90 below
``publisher_type``       URI    ADMS publisher types, as DCAT-AP asks for
``access_rights_reason`` URI    why data are not open: INSPIRE directive, article 13(1)(a) to (h)
======================== ====== ================================================================================

A value may be given as code or as URI everywhere; :func:`normalise` gives the one that is stored. A site that adds
sectors says so once, at its start (:func:`use_sectors`); all functions then know them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Literal

from ckanext.regional.data import load_json

NAMES: tuple[str, ...] = (
    "sector",
    "governance_level",
    "personal_data_class",
    "theme",
    "frequency",
    "access_rights",
    "planned_availability",
    "hvd_category",
    "publisher_type",
    "access_rights_reason",
)
# A URN and no web address: the list belongs to the extension, and a site's address belongs to the site.
_URN = "urn:x-ckanext-regional"
_STORED_AS_CODE = frozenset({"sector", "governance_level", "personal_data_class"})
_SCHEMES = {
    "theme": "http://publications.europa.eu/resource/authority/data-theme",
    "frequency": "http://publications.europa.eu/resource/authority/frequency",
    "access_rights": "http://publications.europa.eu/resource/authority/access-right",
    "planned_availability": "http://publications.europa.eu/resource/authority/planned-availability",
    "hvd_category": "http://data.europa.eu/bna/asd487ae75",
    "publisher_type": "http://purl.org/adms/publishertype/1.0",
    "access_rights_reason": "http://inspire.ec.europa.eu/metadata-codelist/LimitationsOnPublicAccess",
}
_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}")
_TERM_KEYS = frozenset({"code", "uri", "fr", "en", "labels"})


@dataclass(frozen=True, slots=True)
class Term:
    """One term.

    :param labels: ``{"fr": …, "en": …}``.
    :param extra: what this vocabulary adds: ``help_fr`` and ``help_en`` (one sentence for who fills a form), ``hidden``
        (valid, not offered), ``themes`` and ``close_theme`` (sectors), ``max_days`` (frequencies), ``legal_basis``
        (personal data: one is needed), ``top`` (high-value datasets), ``translated`` (languages whose label is ours).
    """

    code: str
    uri: str
    labels: Mapping[str, str]
    extra: Mapping[str, Any] = field(default_factory=dict)

    def label(self, lang: str = "fr") -> str:
        """Give the label in a language (``fr``, ``en_GB``), else in English, else in French, else the code."""
        for wanted in (lang.replace("-", "_").split("_")[0], "en", "fr"):
            if self.labels.get(wanted):
                return self.labels[wanted]
        return self.code

    def help(self, lang: str = "fr") -> str:
        """Give the sentence that explains the term, or an empty one."""
        own = self.extra.get(f"help_{lang.replace('-', '_').split('_')[0]}")
        return str(own or self.extra.get("help_en") or "")

    @property
    def hidden(self) -> bool:
        """Say that a form does not offer this term."""
        return bool(self.extra.get("hidden"))


#: What a site has in place of what we ship.
_site: dict[str, tuple[Term, ...]] = {}


@cache
def _shipped(name: str) -> tuple[Term, ...]:
    if name not in NAMES:
        raise ValueError(f"{name!r} is not a vocabulary. There are {', '.join(NAMES)}.")
    return tuple(term_from(row, name) for row in load_json(f"vocabulary/{name}.json"))


def _load(name: str) -> tuple[Term, ...]:
    return _site.get(name) or _shipped(name)


@cache
def _index(name: str) -> dict[str, Term]:
    return _keys(_load(name))


def use_sectors(terms: Iterable[Term] | None = None) -> None:
    """Take a site's list of sectors for every lookup from now on.

    :param terms: the whole list, as :func:`merge` makes it; None for ours alone.
    """
    _site.pop("sector", None)
    if terms is not None:
        _site["sector"] = tuple(terms)
    _index.cache_clear()


def shipped(name: str) -> list[Term]:
    """List the terms that come with the extension, without a site's own."""
    return list(_shipped(name))


def scheme(name: str) -> str:
    """Give the URI of a vocabulary as a SKOS concept scheme.

    :raises ValueError: there is no such vocabulary.
    """
    _shipped(name)
    return _SCHEMES.get(name, f"{_URN}:{name}")


def _keys(terms: Iterable[Term]) -> dict[str, Term]:
    found: dict[str, Term] = {}
    for term in terms:
        found.setdefault(term.code, term)
        found.setdefault(term.uri, term)
    return found


def _plain(value: object) -> str:
    """Read ``https`` for ``http`` and a closing slash as what the EU tables write."""
    text = value.strip() if isinstance(value, str) else ""
    if text.startswith("https://") and ".europa.eu/" in text:
        text = "http" + text.removeprefix("https")
    return text.rstrip("/")


def vocabulary(name: str) -> list[Term]:
    """List a vocabulary's terms in the order of a form, hidden ones included.

    :raises ValueError: there is no such vocabulary; the sentence names it.
    """
    return list(_load(name))


def get(name: str, value: object) -> Term | None:
    """Look a term up by code or URI.

    :returns: None where there is none, also for a value that is no text.
    :raises ValueError: there is no such vocabulary.
    """
    return _index(name).get(_plain(value))


def find(terms: Iterable[Term], value: object) -> Term | None:
    """Look up, by code or URI, among terms that :func:`merge` made."""
    return _keys(terms).get(_plain(value))


def label(name: str, value: str, lang: str = "fr") -> str:
    """Give the label of a code or URI, or the value itself where it is unknown, so that a page never fails."""
    term = get(name, value)
    return term.label(lang) if term else value


def stored(name: str) -> Literal["code", "uri"]:
    """Say whether datasets store this vocabulary's codes or URIs."""
    return "code" if name in _STORED_AS_CODE else "uri"


def normalise(name: str, value: object, terms: Iterable[Term] | None = None) -> str | None:
    """Give a code or URI as it is stored.

    :param terms: merged terms, where a site adds its own.
    :returns: None for an unknown value.
    """
    term = get(name, value) if terms is None else find(terms, value)
    if term is None:
        return None
    return term.uri if stored(name) == "uri" else term.code


def choices(name: str, lang: str = "fr", terms: Iterable[Term] | None = None) -> list[dict[str, str]]:
    """List what a form offers: ``[{"value": …, "label": …, "help": …}]``."""
    kept = [term for term in (vocabulary(name) if terms is None else terms) if not term.hidden]
    return [
        {
            "value": term.uri if stored(name) == "uri" else term.code,
            "label": term.label(lang),
            "help": term.help(lang),
        }
        for term in kept
    ]


def term_from(row: Mapping[str, Any], name: str = "sector") -> Term:
    """Read a term from ``{"code", "uri"?, "fr", "en", …}`` or ``{"code", "labels": {…}, …}``.

    :raises ValueError: the code has another shape, or there is no label; the sentence names the value.
    """
    code = row.get("code")
    if not isinstance(code, str) or not _CODE.fullmatch(code):
        raise ValueError(f"{code!r} is not a code: letters, digits, hyphens and underscores, at most 64.")
    labels = {lang: str(row[lang]).strip() for lang in ("fr", "en") if row.get(lang)}
    labels |= {str(lang): str(text).strip() for lang, text in dict(row.get("labels") or {}).items() if text}
    if not labels:
        raise ValueError(f"The term {code!r} has no label.")
    extra = {key: value for key, value in row.items() if key not in _TERM_KEYS}
    return Term(code, str(row.get("uri") or f"{_URN}:{name}:{code}"), labels, extra)


def merge(base: Iterable[Term], extra_terms: Iterable[Term | Mapping[str, Any]], name: str = "sector") -> list[Term]:
    """Add a site's terms to a vocabulary.

    A term with a known code changes what it names and keeps the rest, so that a site can rename or hide one of ours:
    ``{"code": "tourist", "fr": "Tourisme et voyages"}``, ``{"code": "maritime", "hidden": True}``.

    :raises ValueError: a term cannot be read; the sentence names it.
    :returns: the base in its order, new terms at the end in theirs.
    """
    merged = {term.code: term for term in base}
    for item in extra_terms:
        row = _as_row(item) if isinstance(item, Term) else dict(item)
        known = merged.get(str(row.get("code")))
        if known is not None:
            own = {lang: row[lang] for lang in ("fr", "en") if row.get(lang)}
            row |= {"labels": {**known.labels, **own, **(row.get("labels") or {})}}
            row = {**_as_row(known), **row}
        term = term_from(row, name)
        merged[term.code] = term
    return list(merged.values())


def _as_row(term: Term) -> dict[str, Any]:
    return {**term.extra, "code": term.code, "uri": term.uri, "labels": dict(term.labels)}


def themes_of_sectors(sectors: Iterable[str], terms: Iterable[Term] | None = None) -> list[str]:
    """List the URIs of the EU themes that some sectors pre-fill, each once, in the sectors' order.

    :param terms: merged sectors, where a site adds its own. Unknown sectors and themes are left out.
    """
    known = _index("sector") if terms is None else _keys(terms)
    found: dict[str, None] = {}
    for sector in sectors:
        term = known.get(_plain(sector))
        for value in (term.extra.get("themes") or ()) if term else ():
            theme = get("theme", value)
            if theme:
                found[theme.uri] = None
    return list(found)


def sectors_of_themes(themes: Iterable[str], terms: Iterable[Term] | None = None) -> list[str]:
    """List the sectors that say the same as some EU themes (``close_theme``), for records without a sector of ours.

    Themes that are wider than any sector, such as "Economy and finance", give none: a guess would be believed.
    """
    wanted = {theme.code for theme in (get("theme", value) for value in themes) if theme}
    return [
        term.code for term in (_load("sector") if terms is None else terms) if term.extra.get("close_theme") in wanted
    ]
