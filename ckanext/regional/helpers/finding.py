"""Helpers of search, territory pages and sector pages."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import urlencode

import ckan.plugins.toolkit as tk

from ckanext.regional import config, facets, language

__all__ = [
    "regional_facet_address",
    "regional_facet_items",
    "regional_filter_label",
    "regional_is_facet",
    "regional_territory_address",
    "regional_territory_tree",
]

regional_is_facet = facets.is_ours


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


def _address(facet: str, values: Iterable[str]) -> str:
    """A query alone: it holds on search, organisation and group pages in every language. It leads to the first page."""
    kept = [(key, value) for key, value in tk.request.args.items(multi=True) if key not in (facet, "page")]
    return "?" + urlencode([*kept, *((facet, value) for value in values)])
