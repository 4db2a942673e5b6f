"""Pages of sources. Each shows what the actions answer and sends what they take."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
from ckan import model
from ckan.types import Response

from ckanext.regional.harvest import wording
from ckanext.regional.harvest.running import runs
from ckanext.regional.harvest.views import record_table, source_form
from ckanext.regional.harvest.views.blueprint import regional_harvest
from ckanext.regional.harvest.writing import records
from ckanext.regional.views.asking import ask, check, flash, may

_RUNS = 10


@regional_harvest.route("/regional/sources")
def source_list() -> str:
    """All sources that the reader administers or answers for, those that need somebody first."""
    found = ask("regional_source_list")
    wanted = tk.request.args.get("q", "").strip()
    words = wanted.lower().split()
    shown = [one for one in found if all(word in _searched(one) for word in words)]
    return tk.render(
        "regional_harvest/source_list.html",
        {
            "sources": sorted(shown, key=lambda one: (one["trouble"] is None, one["title"].lower())),
            "count": len(found),
            "q": wanted,
            "may_create": may("regional_source_create"),
        },
    )


def _searched(source: dict[str, Any]) -> str:
    return f"{source['title']} {source['name']} {source['url']}".lower()


@regional_harvest.route("/regional/sources/new", methods=["GET", "POST"])
def source_new() -> str | Response:
    """A form for a new source, and a look at what it would bring."""
    check("regional_source_create")
    if tk.request.method == "GET":
        return source_form.render(source_form.empty(), {}, is_new=True)
    data, errors = source_form.read()
    if _is_preview():
        return _previewed(data, data, errors, is_new=True)
    try:
        _refuse_unreadable(errors)
        made = ask("regional_source_create", data)
    except tk.ValidationError as error:
        return source_form.render(data, error.error_dict, is_new=True)
    tk.h.flash_success(tk._("The source has been added. It has not been read yet: run it when you are ready."))
    return tk.redirect_to("regional_harvest.source_show", name=made["name"])


@regional_harvest.route("/regional/sources/<name>/edit", methods=["GET", "POST"])
def source_edit(name: str) -> str | Response:
    """The same form for a source that exists."""
    source = ask("regional_source_show", {"id": name})
    check("regional_source_patch", {"id": source["id"]})
    if tk.request.method == "GET":
        return source_form.render(source, {}, is_new=False)
    data, errors = source_form.read(source)
    typed = {**source, **data}
    if _is_preview():
        return _previewed({"trust": source["trust"], **data, "id": source["id"]}, typed, errors, is_new=False)
    unended = _unended_run(source)
    try:
        _refuse_unreadable(errors)
        changed = ask("regional_source_patch", {**data, "id": source["id"]})
    except tk.ValidationError as error:
        return source_form.render(typed, error.error_dict, is_new=False)
    tk.h.flash_success(tk._("The source has been changed."))
    if unended and (run := ask("regional_run_show", {"id": unended["id"]}))["state"] == "aborted":
        tk.h.flash_notice(wording.obstacle(run))
    return tk.redirect_to("regional_harvest.source_show", name=changed["name"])


def _unended_run(source: dict[str, Any]) -> dict[str, Any] | None:
    latest = ask("regional_run_list", {"source": source["id"], "rows": 1})["results"]
    return next((run for run in latest if run["state"] in runs.UNENDED), None)


def _is_preview() -> bool:
    return tk.request.form.get("do") == "preview"


def _refuse_unreadable(errors: dict[str, list[str]]) -> None:
    if errors:
        raise tk.ValidationError(errors)  # pyright: ignore[reportArgumentType]


def _previewed(data: dict[str, Any], typed: dict[str, Any], errors: dict[str, list[str]], *, is_new: bool) -> str:
    """The form with the first records as they would come; nothing is saved."""
    try:
        _refuse_unreadable(errors)
        found = ask("regional_source_preview", data)
    except tk.ValidationError as error:
        return source_form.render(typed, error.error_dict, is_new=is_new)
    return source_form.render(typed, {}, is_new=is_new, preview=found)


@regional_harvest.route("/regional/sources/next-time")
def source_next_time() -> str:
    """When the schedule that is chosen in the form comes next, in a line."""
    check("regional_source_create")
    words = source_form.asked_frequency()
    return tk.render(
        "regional_harvest/snippets/next_time.html",
        {"frequency": words, "next_time": source_form.next_time(words, tk.request.args.get("id"))},
    )


@regional_harvest.route("/regional/sources/<name>")
def source_show(name: str) -> str:
    """A source: its last runs and what is known of each of its datasets."""
    source = ask("regional_source_show", {"id": name})
    runs = ask("regional_run_list", {"source": source["id"], "rows": _RUNS})
    return tk.render(
        "regional_harvest/source.html",
        {
            "source": source,
            "organization": model.Group.get(source["owner_org"]),
            "steward": model.User.get(source["defaults"].get("steward") or ""),
            "runs": runs["results"],
            "records": record_table.read(source, "regional_harvest.source_show", {"name": source["name"]}),
            "may_change": may("regional_source_patch", {"id": source["id"]}),
        },
    )


@regional_harvest.route("/regional/sources/<name>/records.csv")
def source_records(name: str) -> Response:
    """All that is known of the source's datasets, with the filters of the page."""
    source = ask("regional_source_show", {"id": name})
    return record_table.download(source, None, f"{source['name']}.csv")


@regional_harvest.route("/regional/sources/<name>/run", methods=["POST"])
def source_run(name: str) -> Response:
    """Begin a run and show it."""
    try:
        run = ask("regional_harvest_run", {"source": name, "full": bool(tk.request.form.get("full"))})
    except tk.ValidationError as error:
        flash(error)
        return tk.redirect_to("regional_harvest.source_show", name=name)
    return tk.redirect_to("regional_harvest.run_show", id=run["id"])


@regional_harvest.route("/regional/sources/<name>/delete", methods=["GET", "POST"])
def source_delete(name: str) -> str | Response:
    """Ask what becomes of the datasets, then remove the source."""
    source = ask("regional_source_show", {"id": name})
    check("regional_source_delete", {"id": source["id"]})
    errors: list[str] = []
    if tk.request.method == "POST":
        if tk.request.form.get("sure") and tk.request.form.get("datasets"):
            ask("regional_source_delete", {"id": source["id"], "datasets": tk.request.form["datasets"]})
            tk.h.flash_success(_removed(source))
            return tk.redirect_to("regional_harvest.source_list")
        errors = [tk._("Choose what becomes of the datasets, and say that you are sure. Nothing was removed.")]
    number = records.numbers_present([source["id"]]).get(source["id"], 0)
    return tk.render(
        "regional_harvest/source_delete.html",
        {"source": source, "number": number, "errors": errors, "chosen": tk.request.form.get("datasets", "")},
    )


def _removed(source: dict[str, Any]) -> str:
    left = [one["id"] for one in ask("regional_source_list")]
    if source["id"] in left:
        sentence = tk._("The datasets of “{title}” are being hidden in the background; then the source goes.")
    else:
        sentence = tk._("The source “{title}” has been removed.")
    return sentence.format(title=source["title"])
