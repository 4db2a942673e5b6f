"""What territory and sector pages say: datasets that the reader may see, counted and placed on a map."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import ckan.plugins.toolkit as tk

from ckanext.regional import facets, geometry, maps, quality, territory

#: Regions that are drawn out of their place, below the map of France.
_OVERSEAS = tuple(f"fr:region:{number}" for number in ("01", "02", "03", "04", "06"))
_COUNTED = (
    facets.TERRITORY,
    facets.SECTOR,
    facets.THEME,
    facets.LEVEL,
    facets.ORGANIZATION,
    *facets.TOTALS.values(),
)


@dataclass(frozen=True, slots=True)
class Found:
    """Datasets under some conditions.

    :param latest: the dataset dicts changed last, as many as were asked for.
    :param search_facets: as ``package_search`` gives them, every value.
    """

    count: int
    latest: list[dict[str, Any]]
    search_facets: Mapping[str, Any]

    def items(self, facet: str) -> list[facets.Item]:
        """The values of a facet, in the order of a page."""
        return facets.items(facet, self.search_facets)

    def quality(self) -> quality.Quality | None:
        """How well the datasets are described, as of when each was last indexed; None where none has a score."""
        return quality.of_facets(self.search_facets)

    def places(self) -> dict[str, int]:
        """Datasets by territory; one of a commune counts in all that contains it."""
        return {item.name: item.count for item in self.items(facets.TERRITORY)}


@dataclass(frozen=True, slots=True)
class Row:
    """One territory of a map, and of the table beside it.

    :param step: its class among :attr:`PlaceMap.steps`, from 1; 0 without a dataset.
    :param area: None where it is not drawn.
    """

    code: str
    name: str
    count: int
    step: int
    here: bool
    area: maps.Area | None


@dataclass(frozen=True, slots=True)
class PlaceMap:
    """A map of the parts of ``whole``."""

    whole: str
    rows: tuple[Row, ...]
    steps: tuple[tuple[int, int], ...]
    drawing: maps.Drawing


def condition(facet: str, *values: str) -> str:
    """A filter query for any of some values, which are known codes: nothing of them is Solr's syntax but the colon."""
    quoted = [f'"{value}"' for value in values]
    return f"{facet}:({' OR '.join(quoted)})"


def find(*conditions: str, rows: int = 0, counted: Collection[str] = _COUNTED, private: bool | None = None) -> Found:
    """Search as the reader, as the search page does, so that both say the same number.

    :param conditions: filter queries that all hold.
    :param rows: how many datasets to give, those changed last.
    :param counted: facets to count.
    :param private: count what is private, too, as far as the reader may see it; as the search page does if not given.
    :raises ckan.lib.search.SearchError: the search does not answer.
    """
    found = tk.get_action("package_search")(
        {"user": tk.current_user.name, "auth_user_obj": tk.current_user, "for_view": True},
        {
            "fq": "+dataset_type:dataset",
            "fq_list": list(conditions),
            "rows": rows,
            "sort": "metadata_modified desc",
            "facet.field": list(counted),
            "facet.limit": -1,
            "include_private": tk.config["ckan.search.default_include_private"] if private is None else private,
            "extras": {facets.ABOVE: True},
        },
    )
    return Found(found["count"], found["results"], found["search_facets"])


def mapped(code: str) -> tuple[str, tuple[str, ...], tuple[str, ...]] | None:
    """Say which map shows a territory: France by region, or a region by departement.

    :returns: what the map is of, its parts, and those parts that the territory is or lies in; None where no map helps.
    """
    if code == territory.FRANCE:
        return code, territory.children(code, ["region"]), ()
    around = (code, *territory.ancestors(code))
    region = next((above for above in around if above.startswith("fr:region:")), None)
    if region is None:
        return None
    parts = territory.children(region, ["departement"])
    if not parts:
        return None
    return region, parts, tuple(part for part in parts if part in around)


def place_map(code: str, counts: Mapping[str, int], lang: str) -> PlaceMap | None:
    """Put counts on the map that shows a territory.

    :param counts: datasets by territory.
    :returns: None where no map helps, as for Germany, or where none can be drawn, as for New Caledonia.
    """
    found = mapped(code)
    if found is None:
        return None
    whole, parts, here = found
    outlines = geometry.outlines(parts)
    apart = _OVERSEAS if whole == territory.FRANCE else ()
    drawing = maps.draw(outlines, apart)
    if drawing is None:
        return None
    areas = {area.code: area for area in drawing.areas}
    steps = maps.classes(counts.get(part, 0) for part in parts)
    rows = (
        Row(
            part,
            territory.label(part, lang),
            counts.get(part, 0),
            maps.class_of(counts.get(part, 0), steps),
            part in here,
            areas.get(part),
        )
        for part in parts
        if part in areas or counts.get(part)
    )
    return PlaceMap(whole, tuple(rows), tuple(steps), drawing)


def within(
    code: str, counts: Mapping[str, int], lang: str, shown: Collection[str] = ()
) -> dict[str, list[facets.Item]]:
    """List by type what a territory directly contains and has datasets, the most first.

    :param shown: codes that the page shows elsewhere.
    """
    found: dict[str, list[facets.Item]] = {}
    for child in territory.children(code):
        if counts.get(child) and child not in shown:
            item = facets.Item(child, territory.label(child, lang), counts[child])
            found.setdefault(territory.parse(child).type, []).append(item)
    return {type_: sorted(found[type_], key=lambda item: (-item.count, item.label.casefold())) for type_ in found}


def instead(code: str, lang: str, most: int = 8) -> list[facets.Item]:
    """Offer what has datasets where a territory has none: what contains it, then its neighbours in that."""
    around = [above for above in territory.ancestors(code) if not above.startswith("country-group:")]
    if not around:
        return []
    counts = find(condition(facets.TERRITORY, *around), counted=[facets.TERRITORY]).places()
    beside = [child for child in territory.children(around[0]) if counts.get(child) and child != code]
    beside.sort(key=lambda child: -counts[child])
    offered = [*(above for above in around if counts.get(above)), *beside]
    return [facets.Item(other, territory.label(other, lang), counts[other]) for other in offered[:most]]


def counted(places: Sequence[territory.Territory], lang: str) -> list[facets.Item]:
    """Count the datasets of some territories, in their order."""
    codes = [place.code for place in places]
    counts = find(condition(facets.TERRITORY, *codes), counted=[facets.TERRITORY]).places() if codes else {}
    return [facets.Item(code, territory.long_label(code, lang), counts.get(code, 0)) for code in codes]


def lies_in(code: str) -> list[str]:
    """What contains a territory, the widest first, without groups of countries."""
    above: Iterable[str] = territory.ancestors(code)
    return [one for one in reversed(tuple(above)) if not one.startswith("country-group:")]
