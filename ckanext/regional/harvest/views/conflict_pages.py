"""Pages on which people decide about what was edited here while its origin went on."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
from ckan import model
from flask import Blueprint

from ckanext.regional import forged, language
from ckanext.regional.views.asking import ask, sentence

__all__ = ["regional_conflicts"]

regional_conflicts = Blueprint("regional_conflicts", __name__)
forged.guard(regional_conflicts)

_ROWS = 20
#: Prefix of a field's choice in the form.
_CHOICE = "choice:"


@regional_conflicts.route("/regional/records/<id>", methods=["GET", "POST"])
def record(id: str) -> Any:
    """One conflict: what was handed over, what this site made of it, what came, and what shall hold."""
    shown = ask("regional_record_show", {"id": id})
    errors: dict[str, Any] = {}
    code = 200
    if tk.request.method == "POST":
        try:
            ask("regional_record_resolve", {"id": id, **_from_form()})
        except tk.ValidationError as error:
            errors, code = error.error_dict, 409 if {"fingerprint", "state"} & error.error_dict.keys() else 400
            shown = ask("regional_record_show", {"id": id})
        else:
            tk.h.flash_success(_done(tk.request.form.get("decision", "")))
            return tk.redirect_to("regional_conflicts.listed", name=shown["source"])
    extra_vars = {
        "record": shown,
        "conflict": shown["conflict"],
        "source": ask("regional_source_show", {"id": shown["source"]}) if shown["source"] else None,
        "dataset": model.Session.get(model.Package, shown["dataset_id"]) if shown["dataset_id"] else None,
        "errors": errors,
        "chosen": tk.request.form,
        "prefix": _CHOICE,
    }
    return tk.render("regional_harvest/record.html", extra_vars), code


@regional_conflicts.route("/regional/sources/<name>/conflicts", methods=["GET", "POST"])
def listed(name: str) -> Any:
    """The conflicts of a source, to be decided one by one or several alike."""
    source = ask("regional_source_show", {"id": name})
    results: dict[str, dict[str, Any]] = {}
    problem, code = "", 200
    if tk.request.method == "POST":
        try:
            wanted = [_chosen(value) for value in tk.request.form.getlist("record")]
            data = {"decision": tk.request.form.get("decision", ""), "records": wanted}
            results = {one["id"]: one for one in ask("regional_record_resolve_many", data)}
        except tk.ValidationError as error:
            problem, code = sentence(error.error_dict), 400
        done = sum(one["done"] for one in results.values())
        if done:
            tk.h.flash_success(
                tk.ungettext("{n} record decided.", "{n} records decided.", done).format(n=language.number(done))
            )
    page = max(1, tk.request.args.get("page", 1, type=int))
    found = ask(
        "regional_record_list",
        {"source": source["id"], "state": "conflict", "start": (page - 1) * _ROWS, "rows": _ROWS},
    )
    rows = [ask("regional_record_show", {"id": one["id"]}) for one in found["results"]]
    refused = {id: sentence(one["errors"]) for id, one in results.items() if not one["done"]}
    extra_vars = {
        "source": source,
        "rows": rows,
        "refused": refused,
        "problem": problem,
        "pager": _pager(found["count"], page, source["name"]),
    }
    return tk.render("regional_harvest/conflicts.html", extra_vars), code


def _from_form() -> dict[str, Any]:
    form = tk.request.form
    decision = form.get("decision", "")
    data: dict[str, Any] = {"decision": decision, "fingerprint": form.get("fingerprint", "")}
    if decision == "fields":
        # The button below the fields: each as chosen, and what was not chosen as it is here.
        fields = {key.removeprefix(_CHOICE): side for key, side in form.items() if key.startswith(_CHOICE)}
        data |= {"decision": "keep_local", "fields": fields}
    return data


def _chosen(value: str) -> dict[str, str]:
    """A box of the list: the record's id and the conflict that the reader saw."""
    id, _, fingerprint = value.partition(" ")
    return {"id": id, "fingerprint": fingerprint}


def _done(decision: str) -> str:
    told = {
        "keep_local": tk._("Decided: what was edited here stays."),
        "take_remote": tk._("Decided: what came is taken."),
        "detach": tk._("The dataset is this site's own now: no source touches it any more."),
        "fields": tk._("Decided, field by field."),
    }
    return told.get(decision, tk._("Decided."))


def _pager(count: int, page: int, name: str) -> dict[str, Any]:
    def address(number: int) -> str:
        return tk.url_for("regional_conflicts.listed", name=name, page=number)

    return {
        "count": count,
        "page": page,
        "pages": max(1, -(-count // _ROWS)),
        "before": address(page - 1) if page > 1 else None,
        "after": address(page + 1) if page * _ROWS < count else None,
    }
