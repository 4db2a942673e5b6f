"""What moderators see and do: the list of what waits for them, and the decisions below a need."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
from ckan import model
from flask import request

from ckanext.regional.needs import service
from ckanext.regional.needs.asking import moderation
from ckanext.regional.needs.showing import listing, pages
from ckanext.regional.needs.showing.pages import Page
from ckanext.regional.views.asking import ask

#: The forms of a moderator, and what each sends.
_FORMS = {
    "state": ("state", "reason", "datasets"),
    "edit": ("title", "text", "kind", "territory", "sector"),
    "reject": ("reason",),
    "merge": ("into", "reason"),
}
_LISTS = ("territory", "sector", "datasets")
_ACTIONS = {"state": "update", "edit": "update", "reject": "reject", "merge": "merge"}


def waiting() -> Page:
    """What waits for the reader's look, and what was not published."""
    if not tk.current_user.is_authenticated:
        return tk.redirect_to("user.login", next=tk.h.current_url())
    which = request.args.get("visibility", "waiting")
    which = which if which in ("waiting", "rejected", "merged") else "waiting"
    number = pages.page_number()
    asked = {"visibility": which, "sort": "old", "start": (number - 1) * pages.ROWS, "rows": pages.ROWS}
    found = ask("regional_need_list", asked)
    extra_vars = {
        "found": found,
        "visibility": which,
        "page": pages.pager("regional_needs.waiting", found, number, {"visibility": which}),
    }
    return tk.render("regional_needs/waiting.html", extra_vars)


def decide(number: str) -> Page:
    """Take the decision that a form asks for."""
    form = request.form.get("form", "")
    if form not in _FORMS:
        return tk.abort(400, tk._("Choose one of the decisions."))
    data = _given(form)
    try:
        after = ask(f"regional_need_{_ACTIONS[form]}", {**data, "id": number})
    except tk.ValidationError as error:
        shown = ask("regional_need_show", {"id": number})
        extra_vars = page(shown) | {"errors": error.error_dict, "tried": form, "given": data}
        return tk.render("regional_needs/read.html", extra_vars), 400
    told = {
        "state": tk._("Done. Those who asked to be told get an e-mail."),
        "edit": tk._("The changes are kept."),
        "reject": tk._("It is not published, and its author is told."),
        "merge": tk._("The two are one now."),
    }
    tk.h.flash_success(told[form])
    return tk.redirect_to("regional_needs.read", number=after["number"])


def page(shown: dict[str, Any]) -> dict[str, Any]:
    """What the page of a need shows, with the moderator's forms where the reader is one."""
    user = model.User.get(tk.current_user.name) if tk.current_user.is_authenticated else None
    need = service.get(shown["id"])
    moderates = moderation.moderates(user, need)
    alike = listing.similar(need.title, but=need.id) if moderates else []
    return {
        "need": shown,
        "moderates": moderates,
        "alike": [{"number": one.number, "title": one.title} for one in alike],
        "tried": "",
        "given": {},
    }


def _given(form: str) -> dict[str, Any]:
    """What was typed; a field that a form has and that is empty is emptied."""
    data = pages.form_data(
        *(field for field in _FORMS[form] if field not in _LISTS),
        lists=tuple(field for field in _FORMS[form] if field in _LISTS),
    )
    if form == "state":
        data["datasets"] = [part for one in data["datasets"] for part in one.replace(",", " ").split()]
    if form == "merge":
        data["into"] = data["into"].lstrip("#")
    return data
