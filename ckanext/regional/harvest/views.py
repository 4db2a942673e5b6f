"""Pages of sources and runs. Each shows what the actions answer and sends what they take."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
from ckan import authz, model
from ckan.types import Response
from flask import Blueprint

from ckanext.regional.harvest.logic.auth import organisations_of
from ckanext.regional.harvest.views_conflicts import regional_conflicts
from ckanext.regional.harvest.views_neighbours import regional_neighbours

__all__ = ["regional_conflicts", "regional_harvest", "regional_neighbours"]

regional_harvest = Blueprint("regional_harvest", __name__)

_ROWS = 20
_STATES = ("current", "skipped", "conflict", "failed", "withdrawn")
#: Defaults that the form asks for; others are for the API.
_DEFAULTS = ("steward", "license_id", "sector", "frequency", "access_rights", "personal_data_class")
_FIELDS = ("name", "url", "kind", "title", "territory", "owner_org", "trust", "frequency")


@regional_harvest.route("/regional/sources")
def source_list() -> str:
    """All sources that the reader administers."""
    return tk.render("regional_harvest/source_list.html", {"sources": _ask("regional_source_list")})


@regional_harvest.route("/regional/sources/new", methods=["GET", "POST"])
def source_new() -> str | Response:
    """A form for a new source."""
    _check("regional_source_create")
    if tk.request.method == "GET":
        first = {"kind": "auto", "trust": "review", "frequency": "manual", "enabled": True, "defaults": {}}
        return _form(first, {}, is_new=True)
    data = _from_form()
    try:
        made = _ask("regional_source_create", data)
    except tk.ValidationError as error:
        return _form(data, error.error_dict, is_new=True)
    tk.h.flash_success(tk._("The source has been added. It has not been read yet: run it when you are ready."))
    return tk.redirect_to("regional_harvest.source_show", name=made["name"])


@regional_harvest.route("/regional/sources/<name>/edit", methods=["GET", "POST"])
def source_edit(name: str) -> str | Response:
    """The same form for a source that exists."""
    source = _ask("regional_source_show", {"id": name})
    if tk.request.method == "GET":
        return _form(source, {}, is_new=False)
    data = _from_form()
    if not data["token"] and not tk.request.form.get("forget_token"):
        data.pop("token")
    kept = {key: value for key, value in source["defaults"].items() if key not in _DEFAULTS}
    data["defaults"] = kept | data["defaults"]
    if data["trust"] == source["trust"]:
        data.pop("trust")
    try:
        changed = _ask("regional_source_patch", {**data, "id": source["id"]})
    except tk.ValidationError as error:
        return _form({**source, **data}, error.error_dict, is_new=False)
    tk.h.flash_success(tk._("The source has been changed."))
    return tk.redirect_to("regional_harvest.source_show", name=changed["name"])


@regional_harvest.route("/regional/sources/<name>")
def source_show(name: str) -> str:
    """A source: its last runs and what is known of each of its datasets."""
    source = _ask("regional_source_show", {"id": name})
    state = tk.request.args.get("state", "")
    state = state if state in _STATES else ""
    page = max(1, tk.request.args.get("page", 1, type=int))
    asked = {"source": source["id"], "state": state, "start": (page - 1) * _ROWS, "rows": _ROWS}
    records = _ask("regional_record_list", asked)
    return tk.render(
        "regional_harvest/source.html",
        {
            "source": source,
            "organization": model.Group.get(source["owner_org"]),
            "runs": _ask("regional_run_list", {"source": source["id"], "rows": 10})["results"],
            "records": records["results"],
            "states": _STATES,
            "state": state,
            "pager": _pager(records["count"], page, "regional_harvest.source_show", name=source["name"], state=state),
        },
    )


@regional_harvest.route("/regional/sources/<name>/run", methods=["POST"])
def source_run(name: str) -> Response:
    """Begin a run and show it."""
    try:
        run = _ask("regional_harvest_run", {"source": name, "full": bool(tk.request.form.get("full"))})
    except tk.ValidationError as error:
        _flash(error)
        return tk.redirect_to("regional_harvest.source_show", name=name)
    return tk.redirect_to("regional_harvest.run_show", id=run["id"])


@regional_harvest.route("/regional/sources/<name>/delete", methods=["POST"])
def source_delete(name: str) -> Response:
    """Remove a source."""
    _ask("regional_source_delete", {"id": name, "datasets": tk.request.form.get("datasets", "keep")})
    tk.h.flash_success(tk._("The source has been removed."))
    return tk.redirect_to("regional_harvest.source_list")


@regional_harvest.route("/regional/runs/<id>")
def run_show(id: str) -> str:
    """A run: how far it is, what it made of the records, what stood in its way."""
    run = _ask("regional_run_show", {"id": id})
    page = max(1, tk.request.args.get("page", 1, type=int))
    asked = {"source": run["source"], "run": id, "start": (page - 1) * _ROWS, "rows": _ROWS}
    records = _ask("regional_record_list", asked)
    pager = _pager(records["count"], page, "regional_harvest.run_show", id=id)
    source = _ask("regional_source_show", {"id": run["source"]})
    return tk.render(
        "regional_harvest/run.html",
        {"run": run, "source": source, "records": records["results"], "pager": pager},
    )


@regional_harvest.route("/regional/runs/<id>/<any(abort, confirm):what>", methods=["POST"])
def run_decide(id: str, what: str) -> Response:
    """Abort a run, or let a held one go on."""
    try:
        _ask(f"regional_run_{what}", {"id": id})
    except tk.ValidationError as error:
        _flash(error)
    return tk.redirect_to("regional_harvest.run_show", id=id)


def _ask(action: str, data: dict[str, Any] | None = None) -> Any:
    """Call an action for the reader; what is not theirs or not there becomes CKAN's page for it."""
    try:
        return tk.get_action(action)({}, data or {})
    except tk.NotAuthorized as error:
        tk.abort(403, str(error.message or tk._("Not authorized")))
    except tk.ObjectNotFound as error:
        tk.abort(404, str(error.message or tk._("Not found")))


def _check(action: str) -> None:
    try:
        tk.check_access(action, {"user": tk.current_user.name})
    except tk.NotAuthorized as error:
        tk.abort(403, str(error.message or tk._("Not authorized")))


def _form(source: dict[str, Any], errors: dict[str, Any], *, is_new: bool) -> str:
    by_default = {key: [text for text in errors.get("defaults", []) if f".{key}:" in text] for key in _DEFAULTS}
    shown = {**errors, **{f"default_{key}": texts for key, texts in by_default.items() if texts}}
    return tk.render(
        "regional_harvest/source_form.html",
        {
            "source": source,
            "errors": shown,
            "error_summary": {tk._(field.capitalize()): " ".join(map(str, texts)) for field, texts in errors.items()},
            "is_new": is_new,
            "organizations": _organizations(),
            "is_sysadmin": authz.is_sysadmin(tk.current_user.name),
        },
    )


def _from_form() -> dict[str, Any]:
    form = tk.request.form
    data: dict[str, Any] = {key: form.get(key, "").strip() for key in _FIELDS}
    data["token"] = form.get("token", "").strip()
    data["enabled"] = bool(form.get("enabled"))
    defaults: dict[str, Any] = {key: form.get(f"default_{key}", "").strip() for key in _DEFAULTS}
    defaults["sector"] = [code for code in form.getlist("default_sector") if code]
    data["defaults"] = {key: value for key, value in defaults.items() if value}
    return data


def _organizations() -> list[dict[str, str]]:
    ids = organisations_of(tk.current_user.name)
    groups = model.Session.query(model.Group).filter(model.Group.id.in_(ids), model.Group.state == "active")
    return [{"value": group.id, "text": group.display_name} for group in groups.order_by(model.Group.title)]


def _pager(count: int, page: int, endpoint: str, **parameters: Any) -> dict[str, Any]:
    """Addresses of the pages before and after."""
    kept = {key: value for key, value in parameters.items() if value}
    return {
        "count": count,
        "page": page,
        "pages": max(1, -(-count // _ROWS)),
        "before": tk.url_for(endpoint, page=page - 1, **kept) if page > 1 else None,
        "after": tk.url_for(endpoint, page=page + 1, **kept) if page * _ROWS < count else None,
    }


def _flash(error: tk.ValidationError) -> None:
    for texts in error.error_dict.values():
        tk.h.flash_error(" ".join(map(str, texts)) if isinstance(texts, list) else str(texts))
