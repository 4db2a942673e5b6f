"""Pages of territories and of sectors: how many datasets, where, the latest, and ways on."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
from ckan.lib.search import SearchError
from flask import Blueprint, Response

from ckanext.regional import config, facets, finding, language, territory, vocabulary

__all__ = ["regional_sector", "regional_territory"]

regional_territory = Blueprint("regional_territory", __name__)
regional_sector = Blueprint("regional_sector", __name__)

_LATEST = 5
_MOST_FOUND = 20
_LONGEST_QUERY = 100

Page = str | Response | tuple[str, int]


@regional_territory.errorhandler(SearchError)
@regional_sector.errorhandler(SearchError)
def without_search(_error: SearchError) -> Page:
    """Say that the search is down: these pages have nothing to say without it."""
    return tk.abort(503, tk._("The search does not answer. Please try again in a moment."))


@regional_territory.route("/territoire")
def index() -> Page:
    """The site's own territory by its parts, and a search for any other."""
    lang, here = language.current(), config.territory()
    typed = tk.request.args.get("q", "").strip()[:_LONGEST_QUERY]
    found = finding.find(counted=[facets.TERRITORY])
    counts = found.places()
    extra_vars = {
        "typed": typed,
        "results": finding.counted(territory.search(typed, None, _MOST_FOUND), lang) if typed else [],
        "here": facets.Item(here, territory.label(here, lang), counts.get(here, 0)),
        "map": finding.place_map(here, counts, lang),
        "map_address": _territory_address,
        "elsewhere": [node.item for node in facets.tree(counts, (), here, lang).elsewhere],
        "france": here not in (territory.FRANCE, *territory.ancestors(territory.FRANCE)),
    }
    return tk.render("regional_territory/index.html", extra_vars)


@regional_territory.route("/territoire/<code>")
def read(code: str) -> Page:
    """One territory: its datasets counted, its latest ones, its map."""
    lang = language.current()
    place = territory.get(code)
    if place is None:
        successor = territory.resolve(code, lang).code
        if successor != code:
            return tk.redirect_to("regional_territory.read", code=successor, former=code)
        return _unknown(code)
    found = finding.find(finding.condition(facets.TERRITORY, code), rows=_LATEST)
    shown_on = finding.mapped(code)
    counts = found.places()
    if shown_on and shown_on[0] != code:
        around = finding.find(finding.condition(facets.TERRITORY, shown_on[0]), counted=[facets.TERRITORY]).places()
    else:
        around = counts
    extra_vars = {
        "place": place,
        "name": territory.label(code, lang),
        "type": territory.type_label(place.type, lang),
        "above": [(one, territory.label(one, lang)) for one in finding.lies_in(code)],
        "notice": _notice(code, lang),
        "found": found,
        "filter": {facets.TERRITORY: code},
        "map": finding.place_map(code, around, lang),
        "map_address": _territory_address,
        "within": finding.within(code, counts, lang, shown_on[1] if shown_on else ()),
        "instead": [] if found.count else finding.instead(code, lang),
    }
    return tk.render("regional_territory/read.html", extra_vars)


def _unknown(code: str) -> Page:
    """Offer a search to who followed a wrong or mistyped address, filled in with what may have been meant."""
    lang = language.current()
    meant = code.rsplit(":", 1)[-1].strip()[:_LONGEST_QUERY]
    extra_vars = {
        "typed": meant,
        "results": finding.counted(territory.search(meant, None, _MOST_FOUND), lang),
    }
    return tk.render("regional_territory/unknown.html", extra_vars), 404


def _notice(code: str, lang: str) -> str | None:
    """The sentence for a reader who asked for a code that this one has replaced."""
    former = tk.request.args.get("former", "")
    resolution = territory.resolve(former, lang)
    return resolution.notice if resolution.code == code else None


def _territory_address(code: str) -> str:
    return tk.h.url_for("regional_territory.read", code=code)


@regional_sector.route("/secteur", endpoint="index")
def sectors() -> Page:
    """All sectors with the number of their datasets."""
    lang = language.current()
    found = finding.find(counted=[facets.SECTOR])
    counts = {item.name: item.count for item in found.items(facets.SECTOR)}
    rows = [
        {"code": term.code, "name": term.label(lang), "help": term.help(lang), "count": counts.get(term.code, 0)}
        for term in vocabulary.vocabulary("sector")
        if not term.hidden or counts.get(term.code)
    ]
    return tk.render("regional_sector/index.html", {"rows": rows})


@regional_sector.route("/secteur/<code>", endpoint="read")
def sector(code: str) -> Page:
    """One sector: its datasets counted, its latest ones, and where they are."""
    lang = language.current()
    term = vocabulary.get("sector", code)
    if term is None:
        return tk.abort(404, tk._("There is no such sector."))
    if term.code != code:
        return tk.redirect_to("regional_sector.read", code=term.code)
    found = finding.find(finding.condition(facets.SECTOR, code), rows=_LATEST)

    def address(place: str) -> str:
        return tk.h.url_for("dataset.search", **{facets.SECTOR: code, facets.TERRITORY: place})

    extra_vars: dict[str, Any] = {
        "name": term.label(lang),
        "help": term.help(lang),
        "found": found,
        "filter": {facets.SECTOR: code},
        "map": finding.place_map(config.territory(), found.places(), lang),
        "map_address": address,
    }
    return tk.render("regional_sector/read.html", extra_vars)
