"""What all pages of needs share: reading an address and a form."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
from ckan.lib.pagination import Page as Pager
from flask import Response, request

from ckanext.regional import facets

Page = str | Response | tuple[str, int]

ROWS = 20
#: Nobody sees this field; what fills it in is no person.
HONEYPOT = "website"

#: What narrows a list, and the names that the search page has for some of it.
FILTERS = ("q", "state", "kind", "territory", "sector", "dataset", "sort")
_ALSO = {facets.TERRITORY: "territory", facets.SECTOR: "sector"}


def asked_for() -> dict[str, str]:
    """What the address asks a list for."""
    given = {key: request.args[key].strip() for key in FILTERS if request.args.get(key, "").strip()}
    for key, name in _ALSO.items():
        if request.args.get(key) and name not in given:
            given[name] = request.args[key].strip()
    # Without scripts the territory is a line of text, with them a list; a list is narrowed by one.
    if "territory" in given:
        given["territory"] = given["territory"].split(",")[0].strip()
    return {key: value for key, value in given.items() if value}


def form_data(*fields: str, lists: tuple[str, ...] = (), ticks: tuple[str, ...] = ()) -> dict[str, Any]:
    """What a form sent: texts, lists and ticks."""
    data: dict[str, Any] = {field: request.form.get(field, "").strip() for field in fields}
    data |= {field: [one.strip() for one in request.form.getlist(field) if one.strip()] for field in lists}
    return data | {field: bool(request.form.get(field)) for field in ticks}


def is_robot() -> bool:
    """Whether the field that nobody sees was filled in."""
    return bool(request.form.get(HONEYPOT, "").strip())


def pager(endpoint: str, found: dict[str, Any], number: int, arguments: dict[str, Any]) -> Pager:
    """The links to the other pages of a list."""

    def address(page: int, **_rest: Any) -> str:
        return tk.h.url_for(endpoint, page=page, **arguments)

    return Pager(
        collection=found["results"], page=number, presliced_list=True, item_count=found["count"], items_per_page=ROWS,
        url=address,
    )  # fmt: skip


def page_number() -> int:
    """Which page of a list is asked for."""
    return tk.h.get_page_number(request.args)
