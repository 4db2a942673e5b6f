"""The list of records on the pages of a source and of a run: filters, the way on, and the same as CSV."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from itertools import chain
from typing import Any

import ckan.plugins.toolkit as tk
from ckan.types import Response
from flask import Response as FlaskResponse
from flask import stream_with_context

from ckanext.regional import spreadsheets
from ckanext.regional.harvest import wording
from ckanext.regional.views.asking import ask

STATES = ("current", "skipped", "conflict", "failed", "withdrawn")
OUTCOMES = ("created", "updated", "unchanged", "skipped", "conflict", "failed", "withdrawn")
_COLUMNS = (
    "remote_id", "name", "state", "outcome", "pending", "reason", "dataset_id", "origin_site", "origin_id",
    "origin_url", "last_seen",
)  # fmt: skip
_BATCH = 1000
_ROWS = 20


def read(
    source: dict[str, Any], endpoint: str, address: dict[str, str], run: dict[str, Any] | None = None
) -> dict[str, Any]:
    """A page of records by the filters of the address.

    :param endpoint: the page itself; ``address`` are the parts of its path
    :returns: ``{"results", "count", "filters", "choices", "first", "next", "csv"}``; ``first`` and ``next`` are
        addresses or None
    """
    filters = _filters(run)
    after = tk.request.args.get("after", "")
    found = ask("regional_record_list", {**_asked(source, run, filters), "rows": _ROWS, "after": after})
    kept = {key: value for key, value in filters.items() if value}
    return {
        "results": found["results"],
        "count": found["count"],
        "filters": filters,
        "choices": OUTCOMES if run else STATES,
        "choice": "outcome" if run else "state",
        "first": tk.url_for(endpoint, _anchor="records", **address, **kept) if after else None,
        "next": tk.url_for(endpoint, _anchor="records", **address, **kept, after=found["next"])
        if found["next"]
        else None,
        "all": tk.url_for(endpoint, _anchor="records", **address),
        "csv": tk.url_for(endpoint.replace("_show", "_records"), **address, **kept),
    }


def vanishing(source: dict[str, Any], run: dict[str, Any]) -> dict[str, Any]:
    """The first of the records that a held run would hide, or those after ``vanishing_after`` in the address."""
    after = tk.request.args.get("vanishing_after", "")
    asked = {"source": source["id"], "run": run["id"], "vanishing": True, "rows": _ROWS, "after": after}
    found = ask("regional_record_list", asked)
    here = {"id": run["id"], "_anchor": "vanishing"}
    return {
        "results": found["results"],
        "count": found["count"],
        "first": tk.url_for("regional_harvest.run_show", **here) if after else None,
        "next": tk.url_for("regional_harvest.run_show", **here, vanishing_after=found["next"])
        if found["next"]
        else None,
        "csv": tk.url_for("regional_harvest.run_records", id=run["id"], vanishing=1),
    }


def download(source: dict[str, Any], run: dict[str, Any] | None, name: str) -> Response:
    """The records as CSV, read in batches while it is sent; no cell is a formula to a spreadsheet."""
    asked = _asked(source, run, _filters(run))
    if run is not None and tk.request.args.get("vanishing"):
        asked["vanishing"] = True
    header: list[str] = list(_COLUMNS)
    lines = chain([header], _lines(asked))
    answer = FlaskResponse(stream_with_context(_written(lines)), content_type="text/csv; charset=utf-8")
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def _filters(run: dict[str, Any] | None) -> dict[str, str]:
    arguments = tk.request.args
    choice, choices = ("outcome", OUTCOMES) if run else ("state", STATES)
    chosen = arguments.get(choice, "")
    return {
        choice: chosen if chosen in choices else "",
        "reason": arguments.get("reason", "")[:400],
        "q": arguments.get("q", "").strip()[:200],
    }


def _asked(source: dict[str, Any], run: dict[str, Any] | None, filters: dict[str, str]) -> dict[str, Any]:
    asked: dict[str, Any] = {"source": source["id"], **{key: value for key, value in filters.items() if value}}
    return asked | ({"run": run["id"]} if run else {})


def _lines(asked: dict[str, Any]) -> Iterator[list[str]]:
    after: str | None = ""
    while after is not None:
        found = ask("regional_record_list", {**asked, "rows": _BATCH, "after": after, "count": False})
        yield from map(_line, found["results"])
        after = found["next"]


def _line(record: dict[str, Any]) -> list[str]:
    origin = record["origin"]
    flat = {
        **record,
        "pending": "yes" if record["pending"] else "",
        "reason": wording.reason(record["reason"]) if record["reason"] else "",
        "origin_site": origin["site"],
        "origin_id": origin["dataset_id"],
        "origin_url": origin["url"],
    }
    return [spreadsheets.harmless(str(flat[column] or "")) for column in _COLUMNS]


def _written(lines: Iterable[list[str]]) -> Iterator[str]:
    # Spreadsheets take UTF-8 for what it is by this sign only.
    yield "\ufeff"
    for line in lines:
        text = io.StringIO()
        csv.writer(text, lineterminator="\r\n").writerow(line)
        yield text.getvalue()
