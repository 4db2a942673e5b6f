"""The observatory: demand against supply by territory and sector, and the lists behind its figures."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
from ckan import plugins as p
from flask import Blueprint, request

from ckanext.regional import facets, finding, language, territory, vocabulary
from ckanext.regional.needs.observatory import measures, reading, timeline
from ckanext.regional.needs.showing import pages, wording
from ckanext.regional.needs.showing.pages import Page
from ckanext.regional.needs.views import exports
from ckanext.regional.views.asking import ask

__all__ = ["regional_observatory"]

regional_observatory = Blueprint("regional_observatory", __name__)


@regional_observatory.route("/observatoire")
def index() -> Page:
    """The figures of a territory: on a map, in tables, month by month."""
    shown, wanted = _shown()
    measure = request.args.get("measure", "")
    measure = measure if measure in measures.MAPPED else "open"
    lang, code = language.current(), shown["territory"]
    counts = {row["territory"]: row[measure] for row in shown["by_territory"]}
    extra_vars = {
        "shown": shown,
        "wanted": wanted,
        "measure": measure,
        "measures": measures.MAPPED,
        "columns": _columns(shown),
        "name": territory.label(code, lang),
        "sector_name": vocabulary.label("sector", shown["sector"], lang) if shown["sector"] else "",
        "above": [(one, territory.label(one, lang)) for one in finding.lies_in(code)],
        "map": finding.place_map(code, counts, lang),
        "address": lambda part: _address(wanted, territory=part),
        "with_changes": lambda **changes: _address(wanted, **changes),
        "list_of": figure_address,
        "line": timeline.bars(shown["months"]),
    }
    return tk.render("regional_observatory/index.html", extra_vars)


@regional_observatory.route("/observatoire.csv")
def as_csv() -> Page:
    """Every figure of the territory and its parts, by sector."""
    shown, _wanted = _shown()
    columns = ("territory", "sector", *_columns(shown))
    totals = [{"territory": shown["territory"], "sector": shown["sector"] or "", **shown["totals"]}]
    parts = [{**row, "sector": shown["sector"] or ""} for row in shown["by_territory"]]
    cells = [] if shown["sector"] else shown["cells"]
    rows = ([row[column] for column in columns] for row in [*totals, *parts, *cells])
    return exports.table("observatoire.csv", columns, rows)


@regional_observatory.route("/observatoire/liste")
def listed() -> Page:
    """What is behind a figure that no other page lists: late datasets, what is looked at, what is searched for."""
    of = request.args.get("of", "")
    if of not in (*reading.LISTED, "searches", "empty"):
        return tk.abort(404, tk._("There is no such list."))
    shown, wanted = _shown()
    number = pages.page_number()
    start = (number - 1) * pages.ROWS
    extra_vars: dict[str, Any] = {
        "of": of,
        "shown": shown,
        "wanted": wanted,
        "name": territory.label(shown["territory"], language.current()),
        "heading": wording.measure_label(of),
        "back": _address(wanted),
    }
    if of in reading.LISTED:
        count, rows = reading.datasets(of, shown["territory"], shown["sector"] or "", start, pages.ROWS)
        found = {"count": count, "results": _with_datasets(rows)}
        extra_vars["page"] = pages.pager("regional_observatory.listed", found, number, {**wanted, "of": of})
        extra_vars["rows"] = found["results"]
        extra_vars["count"] = count
    else:
        extra_vars["terms"] = [row for row in shown["terms"] if of == "searches" or row["empty"]]
    return tk.render("regional_observatory/list.html", extra_vars)


def figure_address(measure: str, code: str, sector: str | None) -> str | None:
    """Where the things that a figure counts are listed; None for means, which have no list."""
    place = {"territory": code, **({"sector": sector} if sector else {})}
    if measure == "datasets":
        narrowed = {facets.TERRITORY: code, **({facets.SECTOR: sector} if sector else {})}
        return tk.h.url_for("dataset.search", **narrowed)
    if measure in ("needs", "supports"):
        return tk.h.url_for("regional_needs.index", sort="supports", **place)
    if measure == "open":
        return tk.h.url_for("regional_needs.index", state="new,studied,planned", **place)
    if measure in (*reading.LISTED, "searches", "empty"):
        return tk.h.url_for("regional_observatory.listed", of=measure, **place)
    if measure in measures.PEOPLE and p.plugin_loaded("regional_curation"):
        if measure == "cases":
            return tk.h.url_for("regional_curation.queue", show="all", **place)
        asked = {"for_territory": code, **({"for_sector": sector} if sector else {})}
        return tk.h.url_for("regional_curation.appointments", **asked)
    if measure in measures.MEANS:
        narrowed = {facets.TERRITORY: code, **({facets.SECTOR: sector} if sector else {})}
        return tk.h.url_for("dataset.search", **narrowed)
    return None


def _shown() -> tuple[dict[str, Any], dict[str, str]]:
    """What the address asks for, and how to ask for it again."""
    given = pages.asked_for()
    wanted = {key: given[key] for key in ("territory", "sector") if key in given}
    try:
        return ask("regional_observatory_show", dict(wanted)), wanted
    except tk.ValidationError as error:
        tk.abort(404, " ".join(str(text) for text in error.error_summary.values()))


def _columns(shown: dict[str, Any]) -> list[str]:
    """The figures that the reader is told."""
    people = measures.PEOPLE if p.plugin_loaded("regional_curation") else ()
    columns = (*measures.SUPPLY, *measures.DEMAND, *people)
    return [name for name in columns if name not in measures.INTERNAL or shown["totals"][name] is not None]


def _address(wanted: dict[str, str], **changes: str) -> str:
    asked = {**wanted, **{key: request.args[key] for key in ("measure",) if request.args.get(key)}, **changes}
    return tk.h.url_for("regional_observatory.index", **{key: value for key, value in asked.items() if value})


def _with_datasets(rows: list[tuple[str, int]]) -> list[dict[str, Any]]:
    """The datasets of a list, as far as the reader may see them, in its order."""
    if not rows:
        return []
    ids = " OR ".join(f'"{one}"' for one, _number in rows)
    found = tk.get_action("package_search")({}, {"fq": f"id:({ids})", "rows": len(rows)})
    by_id = {dataset["id"]: dataset for dataset in found["results"]}
    return [{"dataset": by_id[one], "number": number} for one, number in rows if one in by_id]
