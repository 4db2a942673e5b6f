"""Helpers of search, territory pages and sector pages."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import urlencode

import ckan.plugins.toolkit as tk
from ckan import plugins as p

from ckanext.regional import config, facets, language

__all__ = [
    "regional_facet_address",
    "regional_facet_items",
    "regional_facet_often",
    "regional_filter_label",
    "regional_is_facet",
    "regional_territories_title",
    "regional_territory_address",
    "regional_territory_tree",
    "regional_ways_on",
]

regional_is_facet = facets.is_ours
regional_facet_often = facets.often


def regional_facet_items(facet: str, search_facets: Mapping[str, Any] | None) -> list[facets.Item]:
    """The values of one of our facets in the order of the page, those that the address filters by marked."""
    return facets.items(facet, search_facets, tk.request.args.getlist(facet))


def regional_territory_tree(search_facets: Mapping[str, Any] | None) -> facets.Tree:
    """The territory facet as a tree, open where the reader is."""
    found = ((search_facets or {}).get(facets.TERRITORY) or {}).get("items", ())
    counts = {item["name"]: item["count"] for item in found}
    return facets.tree(counts, tk.request.args.getlist(facets.TERRITORY), config.territory(), language.current())


def regional_facet_address(facet: str, value: str) -> str:
    """The page as it is asked for, with one value of a facet more, or without it where it is chosen."""
    chosen = tk.request.args.getlist(facet)
    return _address(facet, [one for one in chosen if one != value] if value in chosen else [*chosen, value])


def regional_territory_address(code: str) -> str:
    """As above for a territory, which takes the place of what contains it and of what it contains."""
    return _address(facets.TERRITORY, facets.narrowed(tk.request.args.getlist(facets.TERRITORY), code))


def regional_filter_label(facet: str, value: str, search_facets: Mapping[str, Any] | None = None) -> str:
    """The name of what a page is filtered by, also where it finds nothing."""
    for item in ((search_facets or {}).get(facet) or {}).get("items", ()):
        if item["name"] == value:
            return item["display_name"]
    return facets.label(facet, value)


def regional_territories_title(type_: str) -> str:
    """A heading for territories of one type, such as ``commune``."""
    titles = {
        "region": tk._("Regions"),
        "departement": tk._("Departements"),
        "epci": tk._("Intermunicipal bodies"),
        "commune": tk._("Communes"),
        "country": tk._("Countries"),
    }
    return titles.get(type_, tk._("Territories"))


def regional_ways_on(filters: Mapping[str, str]) -> list[tuple[str, str]]:
    """Where programs get the datasets that a page is about: title and address.

    :param filters: arguments of the search page, values that are known codes.
    """
    query = " ".join(f'{facet}:"{value}"' for facet, value in filters.items())
    found = [(tk._("News feed (Atom)"), tk.h.url_for("feeds.custom", **filters))]
    if p.plugin_loaded("dcat") and len(filters) == 1:
        # ckanext-dcat writes the filter into URIs of the answer, where quotation marks would break it. In Solr's syntax
        # a question mark is any one character, so the codes need none.
        plain = query.replace('"', "").replace(":", "?").replace("?", ":", 1)
        found.append((tk._("Catalogue as RDF (Turtle)"), tk.h.url_for("dcat.read_catalog", _format="ttl", fq=plain)))
    names = {facets.TERRITORY: "territory", facets.SECTOR: "sector"}
    if filters.keys() <= names.keys():
        asked = {names[facet]: value for facet, value in filters.items()}
        found.append((tk._("Simplified catalogue, SCDL (CSV)"), tk.h.url_for("regional_scdl.catalogue", **asked)))
    api = tk.h.url_for("api.action", ver=3, logic_function="package_search", fq=query)
    return [*found, (tk._("As JSON (API)"), api)]


def _address(facet: str, values: Iterable[str]) -> str:
    """A query alone: it holds on search, organisation and group pages in every language. It leads to the first page."""
    kept = [(key, value) for key, value in tk.request.args.items(multi=True) if key not in (facet, "page")]
    return "?" + urlencode([*kept, *((facet, value) for value in values)])
