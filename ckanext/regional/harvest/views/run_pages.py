"""Pages of runs."""

from __future__ import annotations

import ckan.plugins.toolkit as tk
from ckan.types import Response

from ckanext.regional.harvest.views.asking import ROWS, ask, flash, pager
from ckanext.regional.harvest.views.blueprint import regional_harvest


@regional_harvest.route("/regional/runs/<id>")
def run_show(id: str) -> str:
    """A run: how far it is, what it made of the records, what stood in its way."""
    run = ask("regional_run_show", {"id": id})
    page = max(1, tk.request.args.get("page", 1, type=int))
    asked = {"source": run["source"], "run": id, "start": (page - 1) * ROWS, "rows": ROWS}
    records = ask("regional_record_list", asked)
    around = pager(records["count"], page, "regional_harvest.run_show", id=id)
    source = ask("regional_source_show", {"id": run["source"]})
    return tk.render(
        "regional_harvest/run.html",
        {"run": run, "source": source, "records": records["results"], "pager": around},
    )


@regional_harvest.route("/regional/runs/<id>/<any(abort, confirm):what>", methods=["POST"])
def run_decide(id: str, what: str) -> Response:
    """Abort a run, or let a held one go on."""
    try:
        ask(f"regional_run_{what}", {"id": id})
    except tk.ValidationError as error:
        flash(error)
    return tk.redirect_to("regional_harvest.run_show", id=id)
