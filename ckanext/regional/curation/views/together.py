"""Several decisions at once: first a page that says what each would be about, then the same with what came of it."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
from flask import Response, request

from ckanext.regional.curation.logic.action.many import MOST, TOGETHER
from ckanext.regional.curation.showing import pages

Page = str | Response | tuple[str, int]


def together() -> Page:
    """Show the chosen cases, and on POST decide about each and say what came of it."""
    ids = list(dict.fromkeys(request.values.getlist("id")))[:MOST]
    if not ids:
        tk.h.flash_notice(tk._("Choose the requests first: tick the box before each."))
        return tk.h.redirect_to("regional_curation.queue")
    if request.method == "GET":
        return _page(ids)
    decision = request.form.get("decision", "")
    if decision not in TOGETHER:
        return tk.abort(400, tk._("Choose one of the decisions."))
    cases = [{"id": id, "fingerprint": request.form.get(f"fingerprint-{id}", "")} for id in ids]
    data = {"decision": decision, "cases": cases, "comment": request.form.get("comment", "").strip()}
    # Read before: what is decided may be gone for the reader after it.
    rows = _rows(ids)
    try:
        results = tk.get_action("regional_curation_decide_many")(pages.context(), data)
    except tk.ValidationError as error:
        return _page(ids, errors=error.error_dict), 400
    by_id = {result["id"]: result for result in results}
    done = sum(result["done"] for result in results)
    return _render(rows, results=by_id, done=done, decision=decision), 200 if done else 409


def _page(ids: list[str], errors: dict[str, Any] | None = None) -> str:
    return _render(_rows(ids), errors=errors or {})


def _render(rows: list[dict[str, Any]], **given: Any) -> str:
    extra_vars = {
        "rows": rows,
        "people": pages.display_names((row["shown"]["case"] or {}).get("submitted_by") for row in rows),
        "comment": request.form.get("comment", ""),
        "errors": {},
        "results": None,
        **given,
    }
    return tk.render("regional_curation/together.html", extra_vars)


def _rows(ids: list[str]) -> list[dict[str, Any]]:
    """What is known of each now; what is none of the reader's business is left out without a word."""
    rows = []
    for id in ids:
        try:
            shown = tk.get_action("regional_curation_show")(pages.context(), {"id": id})
            dataset = tk.get_action("package_show")(pages.context(), {"id": shown["dataset_id"]})
        except (tk.ObjectNotFound, tk.NotAuthorized):
            continue
        case, level = shown["case"] or {}, {"block": 0, "warn": 1, "info": 2}
        rows.append(
            {
                "id": id,
                "dataset": dataset,
                "shown": shown,
                "worst": min(shown["checks"], key=lambda check: level[check["level"]], default=None),
                "changed_since": bool(case.get("fingerprint")) and case["fingerprint"] != shown["fingerprint"],
            }
        )
    return rows
