"""The page of the queue: its address is the whole of what is asked for, so that a steward can keep it as a bookmark."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
from ckan.lib.pagination import Page as Pager
from flask import Response, request

from ckanext.regional.curation.people import stewards
from ckanext.regional.curation.queue import facts, listing
from ckanext.regional.curation.queue.listing import SORTS
from ckanext.regional.curation.showing import pages
from ckanext.regional.curation.states import STATES

_ROWS = 20
_SHOWN = ("mine", "all", "unassigned")
_FILTERS = ("territory", "sector", "kind", "state", "q", "overdue")
#: Facets whose values are worth nothing where every case has them.
_NARROWING = ("territory", "sector", "kind")


def show() -> str | Response:
    """Show what waits for a decision."""
    arguments = {key: request.args[key] for key in _FILTERS if request.args.get(key)}
    if arguments.get("state", STATES[0]) not in STATES:
        del arguments["state"]
    asked = request.args.get("show", "")
    which = asked if asked in _SHOWN else default_show()
    sort = request.args.get("sort", "")
    sort = sort if sort in SORTS else "due"
    number = tk.h.get_page_number(request.args)
    found = ask(which, arguments, sort=sort, start=(number - 1) * _ROWS, rows=_ROWS)
    if found["count"] and not found["results"]:
        return tk.h.redirect_to("regional_curation.queue", show=which, sort=sort, **arguments)

    def address(**changes: Any) -> str:
        kept = {"show": which, "sort": sort, **arguments} | changes
        return tk.h.url_for("regional_curation.queue", **{key: value for key, value in kept.items() if value})

    page = Pager(
        collection=found["results"], page=number, presliced_list=True, item_count=found["count"], items_per_page=_ROWS,
        url=lambda page, **_rest: address(page=page),
    )  # fmt: skip
    rows = found["results"]
    extra_vars = {
        "count": found["count"],
        "rows": rows,
        "facets": _shown_facets(found, arguments),
        "facts": facts.of_datasets(row["dataset_id"] for row in rows),
        "late": sum(value["count"] for value in found["facets"]["overdue"]),
        "arguments": arguments,
        "show": which,
        "sort": sort,
        "page": page,
        "address": address,
        "appointments": _own_appointments(),
        "tabs": _tabs(),
        "people": pages.display_names(person for row in rows for person in (row["submitted_by"], row["claimed_by"])),
    }
    return tk.render("regional_curation/queue.html", extra_vars)


def ask(show: str, arguments: dict[str, Any], **paging: Any) -> dict[str, Any]:
    """The queue as the action returns it, for one of the three lists."""
    data = {**arguments, **paging, "mine": show == "mine", "unassigned": show == "unassigned"}
    try:
        return tk.get_action("regional_curation_queue")(pages.context(), data)
    except tk.ValidationError as error:
        return tk.abort(400, str(error.error_summary))


def default_show() -> str:
    """What is theirs first for those who review; everything that concerns them for the others."""
    user = pages.reader()
    return "mine" if user is not None and (user.sysadmin or stewards.of_user(user.id)) else "all"


def _tabs() -> list[dict[str, Any]]:
    """The queues worth a link: who reviews nothing has none of their own, who oversees nothing assigns nothing."""
    user = pages.reader()
    oversees = user is not None and (user.sysadmin or stewards.is_coordinator(user))
    names = ["mine", "all"] if oversees or default_show() == "mine" else ["all"]
    tabs: list[dict[str, Any]] = [{"name": name, "count": 0} for name in names]
    if user is not None and oversees:
        tabs.append({"name": "unassigned", "count": listing.unassigned_for(user)})
    return tabs


def _own_appointments() -> list[dict[str, Any]]:
    data = {"user": tk.current_user.name, "in_force": True}
    return tk.get_action("regional_steward_list")(pages.context(), data)


def _shown_facets(found: dict[str, Any], arguments: dict[str, Any]) -> dict[str, list[dict[str, Any]]]:
    """The facets without what every case has: it would narrow nothing."""
    return {
        name: [
            value
            for value in values
            if name not in _NARROWING or value["count"] < found["count"] or arguments.get(name) == value["name"]
        ]
        for name, values in found["facets"].items()
    }
