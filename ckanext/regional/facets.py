"""Facets of the governance fields: which there are and in what order, in the reader's words; territories as a tree.

Facets live under their indexed names (``vocab_regional_sector``). The organisation that answers for the data is CKAN's
own facet ``organization``: a dataset's steward is a member of its owner.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import ckan.plugins.toolkit as tk
from ckan import model
from ckan.lib import search

from ckanext.regional import access, config, language, score, score_wording, territory, vocabulary
from ckanext.regional.indexing import INDEX_FIELDS

TERRITORY = INDEX_FIELDS["territory"]
SECTOR = INDEX_FIELDS["sector"]
THEME = INDEX_FIELDS["theme"]
LEVEL = INDEX_FIELDS["governance_level"]
FREQUENCY = INDEX_FIELDS["frequency"]
HIGH_VALUE = INDEX_FIELDS["hvd_category"]
ORGANIZATION = "organization"
LICENCE = "license_id"
RATING = score.RATING_FIELD
#: Every total of a score that there is, which no page shows as a facet.
TOTALS = score.INDEX_FIELDS

#: Vocabulary by facet.
_VOCABULARIES = {indexed: field for field, indexed in INDEX_FIELDS.items() if field in vocabulary.NAMES}
#: These are scales: their order says more than their counts.
_IN_ORDER = (LEVEL, FREQUENCY, RATING)
_MARK = "regional_whole_tree"
#: Among a search's ``extras``: keep what contains the whole site, too.
ABOVE = "regional_above"
#: What contains a territory has at least as many datasets, so the most frequent ones are whole branches.
_MOST_TERRITORIES = 1000
_SHOWN = 8


@dataclass(frozen=True, slots=True)
class Item:
    """One value of a facet."""

    name: str
    label: str
    count: int
    active: bool = False


@dataclass(frozen=True, slots=True)
class Node:
    """One territory of the tree; only what is chosen, and what contains it, has children."""

    item: Item
    children: tuple[Node, ...] = ()


@dataclass(frozen=True, slots=True)
class Tree:
    """The site's own territory with what lies in it, and all that lies elsewhere."""

    here: tuple[Node, ...]
    elsewhere: tuple[Node, ...]


def is_ours(facet: str) -> bool:
    """Say whether a facet is one of this module's."""
    return facet in (TERRITORY, RATING) or facet in _VOCABULARIES


def titles(core: Mapping[str, str]) -> dict[str, str]:
    """Put our facets among those of CKAN and the site.

    :param core: title by facet. A facet that is left out, as that of organisations on an organisation's page, stays
        out.
    :returns: the same and ours, in the order of a page: first what a reader of a regional catalogue looks for.
    """
    ours = {
        TERRITORY: tk._("Territories"),
        SECTOR: tk._("Sectors"),
        THEME: tk._("Themes"),
        LEVEL: tk._("Levels"),
        ORGANIZATION: core.get(ORGANIZATION),
        LICENCE: core.get(LICENCE),
        FREQUENCY: tk._("Update frequency"),
        HIGH_VALUE: tk._("High-value datasets"),
        # For those who can do something about it.
        RATING: tk._("Quality of the description") if access.may_compare() else None,
    }
    found = {facet: title for facet, title in ours.items() if title is not None}
    return {**found, **{facet: title for facet, title in core.items() if facet not in found}}


def label(facet: str, value: str, lang: str | None = None) -> str:
    """Name a facet's value in a language, the reader's if none is given; an unknown value is its own name."""
    lang = lang or language.current()
    if facet == TERRITORY:
        return territory.label(value, lang)
    if facet in _VOCABULARIES:
        return vocabulary.label(_VOCABULARIES[facet], value, lang)
    if facet == RATING:
        return score_wording.rating_label(value)
    if facet == LICENCE:
        licence = model.Package.get_license_register().get(value)
        return licence.title if licence else value
    return value


# Search -------------------------------------------------------------------------------------------------------------


def before_search(params: dict[str, Any]) -> dict[str, Any]:
    """Note who leaves the number of values to us; whoever gives a ``facet.limit`` gets what they asked for."""
    if "facet.limit" not in params:
        params["extras"] = _extras(params) | {_MARK: True}
    return params


def after_search(results: dict[str, Any], params: Mapping[str, Any]) -> dict[str, Any]:
    """Label our facets, and fetch the rest of the territories where Solr's limit has cut them off."""
    facets = results.get("search_facets") or {}
    if TERRITORY in facets:
        _complete(facets[TERRITORY], params)
        if not _extras(params).get(ABOVE):
            # What contains the whole site (its country) would be an entry that leaves nothing out.
            above = territory.ancestors(config.territory())
            facets[TERRITORY]["items"] = [item for item in facets[TERRITORY]["items"] if item["name"] not in above]
    spoken = language.current()
    for facet, found in facets.items():
        if is_ours(facet):
            for item in found["items"]:
                item["display_name"] = label(facet, item["name"], spoken)
    return results


def _complete(found: dict[str, Any], params: Mapping[str, Any]) -> None:
    """Ask once more for territories alone: fifty are soon full of communes, and the branch would have holes."""
    limit, conditions = int(params.get("facet.limit") or 0), params.get("fq")
    cut_off = 0 < limit <= len(found["items"])
    if not cut_off or not _extras(params).get(_MARK) or not isinstance(conditions, list):
        return
    # These conditions are what CKAN has asked of Solr, with the reader's permissions among them.
    kept = {key: params[key] for key in ("q", "df", "defType", "mm", "qf", "tie") if key in params}
    query = search.query_for(model.Package)
    query.run(
        {
            **kept,
            "fq_list": conditions,
            "rows": 0,
            "fl": "id",
            "facet.field": [TERRITORY],
            "facet.limit": _MOST_TERRITORIES,
        }
    )
    counted: Mapping[str, int] = query.facets.get(TERRITORY, {})
    found["items"] = [{"name": name, "display_name": name, "count": count} for name, count in counted.items()]


def _extras(params: Mapping[str, Any]) -> dict[str, Any]:
    extras = params.get("extras")
    return dict(extras) if isinstance(extras, Mapping) else {}


# Pages --------------------------------------------------------------------------------------------------------------


def often(found: Sequence[Item]) -> list[Item]:
    """Of a facet's values those to show at once: the most frequent and what is chosen, in the order given."""
    ranks = sorted(found, key=lambda item: (not item.active, -item.count))
    kept = {item.name for item in (*ranks[:_SHOWN], *(item for item in found if item.active))}
    return [item for item in found if item.name in kept]


def items(facet: str, search_facets: Mapping[str, Any] | None, chosen: Collection[str] = ()) -> list[Item]:
    """List the values of a facet for a page: scales in their order, all others by count, then by name.

    :param search_facets: as ``package_search`` gives them.
    :param chosen: values that the reader has filtered by.
    """
    found = [
        Item(item["name"], item["display_name"], item["count"], item["name"] in chosen)
        for item in ((search_facets or {}).get(facet) or {}).get("items", ())
    ]
    return sorted(found, key=_scale(facet) if facet in _IN_ORDER else _by_count)


def _by_count(item: Item) -> tuple[int, str]:
    return -item.count, item.label.casefold()


def _scale(facet: str) -> Callable[[Item], tuple[int, str]]:
    if facet == RATING:
        order: list[str] = list(score.RATINGS)
    else:
        name = _VOCABULARIES[facet]
        stored = vocabulary.stored(name)
        order = [getattr(term, stored) for term in vocabulary.vocabulary(name)]
    ranks = {value: rank for rank, value in enumerate(order)}
    return lambda item: (ranks.get(item.name, len(ranks)), item.label.casefold())


def tree(counts: Mapping[str, int], chosen: Collection[str], root: str, lang: str) -> Tree:
    """Arrange territories by what contains them.

    :param counts: datasets by territory.
    :param chosen: codes that the reader has filtered by. They and what contains them show what they contain.
    :param root: the site's territory; what contains it is left out.
    """
    above = territory.ancestors(root)
    # A French NUTS unit brings the region or departement that it is: one entry for both will do.
    known = {
        code
        for code in (*counts, *chosen)
        if territory.exists(code) and code not in above and (code in chosen or not code.startswith("nuts:FR"))
    }
    opened = {root, *chosen}.union(*(territory.ancestors(code) for code in chosen))
    below: dict[str | None, list[str]] = {}
    for code in known:
        for parent in _parents(code, known) or (None,):
            below.setdefault(parent, []).append(code)

    def nodes(codes: Iterable[str]) -> tuple[Node, ...]:
        made = [
            Node(
                Item(code, _name(code, lang), counts.get(code, 0), code in chosen),
                nodes(below.get(code, ())) if code in opened else (),
            )
            for code in codes
        ]
        return tuple(sorted(made, key=lambda node: _by_count(node.item)))

    tops = below.get(None, [])
    if root not in known:
        return Tree(nodes(tops), ())
    return Tree(nodes([root]), nodes(code for code in tops if code != root))


def _name(code: str, lang: str) -> str:
    named = territory.long_label if code.startswith("nuts:") else territory.label
    return named(code, lang)


def _parents(code: str, known: Collection[str]) -> tuple[str, ...]:
    """What contains a territory most closely; of a group of communes, every departement that it reaches into."""
    around = [above for above in territory.ancestors(code) if above in known]
    if not around:
        return ()
    if not code.startswith("fr:epci:"):
        return (around[0],)
    nearest = territory.parse(around[0]).type
    return tuple(above for above in around if territory.parse(above).type == nearest)


def narrowed(chosen: Iterable[str], code: str) -> list[str]:
    """What to filter by when a reader picks a territory of the tree.

    It takes the place of what contains it and of what it contains: who is in Brest is in Finistère. A second choice
    of the same one takes it away.
    """
    chosen = list(chosen)
    if code in chosen:
        return [other for other in chosen if other != code]
    around = territory.ancestors(code)
    return [other for other in chosen if other not in around and code not in territory.ancestors(other)] + [code]
