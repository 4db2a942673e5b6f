"""Pages of sources. Each shows what the actions answer and sends what they take."""

from __future__ import annotations

import ckan.plugins.toolkit as tk
from ckan import model
from ckan.types import Response

from ckanext.regional.harvest.views import source_form
from ckanext.regional.harvest.views.asking import ROWS, ask, check, flash, pager
from ckanext.regional.harvest.views.blueprint import regional_harvest

_STATES = ("current", "skipped", "conflict", "failed", "withdrawn")


@regional_harvest.route("/regional/sources")
def source_list() -> str:
    """All sources that the reader administers."""
    return tk.render("regional_harvest/source_list.html", {"sources": ask("regional_source_list")})


@regional_harvest.route("/regional/sources/new", methods=["GET", "POST"])
def source_new() -> str | Response:
    """A form for a new source."""
    check("regional_source_create")
    if tk.request.method == "GET":
        first = {"kind": "auto", "trust": "review", "frequency": "manual", "enabled": True, "defaults": {}}
        return source_form.render(first, {}, is_new=True)
    data = source_form.read()
    try:
        made = ask("regional_source_create", data)
    except tk.ValidationError as error:
        return source_form.render(data, error.error_dict, is_new=True)
    tk.h.flash_success(tk._("The source has been added. It has not been read yet: run it when you are ready."))
    return tk.redirect_to("regional_harvest.source_show", name=made["name"])


@regional_harvest.route("/regional/sources/<name>/edit", methods=["GET", "POST"])
def source_edit(name: str) -> str | Response:
    """The same form for a source that exists."""
    source = ask("regional_source_show", {"id": name})
    if tk.request.method == "GET":
        return source_form.render(source, {}, is_new=False)
    data = source_form.read()
    if not data["token"] and not tk.request.form.get("forget_token"):
        data.pop("token")
    kept = {key: value for key, value in source["defaults"].items() if key not in source_form.DEFAULTS}
    data["defaults"] = kept | data["defaults"]
    if data["trust"] == source["trust"]:
        data.pop("trust")
    try:
        changed = ask("regional_source_patch", {**data, "id": source["id"]})
    except tk.ValidationError as error:
        return source_form.render({**source, **data}, error.error_dict, is_new=False)
    tk.h.flash_success(tk._("The source has been changed."))
    return tk.redirect_to("regional_harvest.source_show", name=changed["name"])


@regional_harvest.route("/regional/sources/<name>")
def source_show(name: str) -> str:
    """A source: its last runs and what is known of each of its datasets."""
    source = ask("regional_source_show", {"id": name})
    state = tk.request.args.get("state", "")
    state = state if state in _STATES else ""
    page = max(1, tk.request.args.get("page", 1, type=int))
    asked = {"source": source["id"], "state": state, "start": (page - 1) * ROWS, "rows": ROWS}
    records = ask("regional_record_list", asked)
    return tk.render(
        "regional_harvest/source.html",
        {
            "source": source,
            "organization": model.Group.get(source["owner_org"]),
            "runs": ask("regional_run_list", {"source": source["id"], "rows": 10})["results"],
            "records": records["results"],
            "states": _STATES,
            "state": state,
            "pager": pager(records["count"], page, "regional_harvest.source_show", name=source["name"], state=state),
        },
    )


@regional_harvest.route("/regional/sources/<name>/run", methods=["POST"])
def source_run(name: str) -> Response:
    """Begin a run and show it."""
    try:
        run = ask("regional_harvest_run", {"source": name, "full": bool(tk.request.form.get("full"))})
    except tk.ValidationError as error:
        flash(error)
        return tk.redirect_to("regional_harvest.source_show", name=name)
    return tk.redirect_to("regional_harvest.run_show", id=run["id"])


@regional_harvest.route("/regional/sources/<name>/delete", methods=["POST"])
def source_delete(name: str) -> Response:
    """Remove a source."""
    ask("regional_source_delete", {"id": name, "datasets": tk.request.form.get("datasets", "keep")})
    tk.h.flash_success(tk._("The source has been removed."))
    return tk.redirect_to("regional_harvest.source_list")
