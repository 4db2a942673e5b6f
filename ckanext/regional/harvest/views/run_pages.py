"""Pages of runs."""

from __future__ import annotations

import ckan.plugins.toolkit as tk
from ckan.types import Response
from flask import Response as FlaskResponse

from ckanext.regional.harvest.running import runs
from ckanext.regional.harvest.views import record_table
from ckanext.regional.harvest.views.blueprint import regional_harvest
from ckanext.regional.views.asking import ask, flash, may


@regional_harvest.route("/regional/runs/<id>")
def run_show(id: str) -> str | Response:
    """A run: how far it is, what it made of the records, what stood in its way.

    HTMX asks for it again while it runs, and replaces how far it is; once it has ended, all of the page.
    """
    run = ask("regional_run_show", {"id": id})
    source = ask("regional_source_show", {"id": run["source"]})
    latest = ask("regional_run_list", {"source": source["id"], "rows": 1})["results"]
    is_poll = "HX-Request" in tk.request.headers
    page = tk.render(
        "regional_harvest/run.html",
        {
            "is_poll": is_poll,
            "run": run,
            "source": source,
            "records": record_table.read(source, "regional_harvest.run_show", {"id": id}, run),
            "vanishing": record_table.vanishing(source, run) if run["state"] == "held" else None,
            "is_latest": bool(latest) and latest[0]["id"] == id,
            "may_decide": may("regional_run_abort", {"id": id}),
        },
    )
    if not is_poll or run["state"] in runs.RUNNING:
        return page
    answer = FlaskResponse(page)
    answer.headers["HX-Retarget"] = answer.headers["HX-Reselect"] = "#regional-run"
    return answer


@regional_harvest.route("/regional/runs/<id>/records.csv")
def run_records(id: str) -> Response:
    """What the run saw last, with the filters of the page; with ``vanishing`` what a held one would hide."""
    run = ask("regional_run_show", {"id": id})
    source = ask("regional_source_show", {"id": run["source"]})
    return record_table.download(source, run, f"{source['name']}-{run['created'][:10]}.csv")


@regional_harvest.route("/regional/runs/<id>/<any(abort, confirm, resume):what>", methods=["POST"])
def run_decide(id: str, what: str) -> Response:
    """Abort a run, let a held one go on, or one that stopped early."""
    try:
        ask(f"regional_run_{what}", {"id": id})
    except tk.ValidationError as error:
        flash(error)
    return tk.redirect_to("regional_harvest.run_show", id=id)
