"""The page of the appointments: who reviews what, who is missing, and the forms that appoint and dismiss."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
from flask import Response, request

from ckanext.regional import language, territory, vocabulary
from ckanext.regional.curation.people import appointments
from ckanext.regional.curation.queue import listing
from ckanext.regional.curation.scope import ROLES
from ckanext.regional.curation.showing import pages, wording

Page = str | Response | tuple[str, int]

_FILTERS = ("user", "for_territory", "for_sector", "role")


def show() -> Page:
    """List who reviews what; sysadmins and coordinators appoint."""
    if request.method == "GET":
        return _page()
    given = {key: request.form.get(key, "").strip() for key in ("user", "sector", "role", "until")}
    given["territory"] = _one_place(request.form.getlist("territory"))
    try:
        made = tk.get_action("regional_steward_create")(pages.context(), dict(given))
    except tk.ValidationError as error:
        return _page(given, error.error_dict), 400
    except tk.NotAuthorized as error:
        return _page(given, {"territory": [str(error)]}), 403
    person = pages.display_names([made["user"]]).get(made["user"], made["user"])
    tk.h.flash_success(tk._("{person} now reviews: {scope}.").format(
        person=person, scope=tk.h.regional_scope_label(made)))  # fmt: skip
    return tk.h.redirect_to("regional_curation.appointments")


def dismiss(id: str) -> Page:
    """End an appointment."""
    try:
        tk.get_action("regional_steward_delete")(pages.context(), {"id": id})
    except tk.NotAuthorized as error:
        return tk.abort(403, str(error))
    except (tk.ObjectNotFound, tk.ValidationError):
        tk.h.flash_notice(tk._("This appointment had ended already."))
    else:
        tk.h.flash_success(tk._("The appointment has ended."))
    return tk.h.redirect_to("regional_curation.appointments")


def _one_place(given: list[str]) -> str:
    """The territory field without JavaScript is text, with it a list; one appointment is for one place."""
    places = [place.strip() for text in given for place in text.split(",")]
    return next((place for place in places if place), "")


def _page(given: dict[str, str] | None = None, errors: dict[str, Any] | None = None) -> str:
    wanted = {key: request.args.get(key, "").strip() for key in _FILTERS}
    wanted["for_territory"] = _one_place(request.args.getlist("for_territory"))
    wanted = {key: value for key, value in wanted.items() if value}
    user = pages.reader()
    assert user is not None  # visitors were sent to the login form
    rows = tk.get_action("regional_steward_list")(pages.context(), dict(wanted))
    appoints = tk.h.check_access("regional_steward_create", {})
    for row in rows:
        row["may_end"] = appoints and appointments.may_appoint(user, row["territory"], row["sector"])
    nowhere, partly = appointments.uncovered() if not wanted else ([], {})
    extra_vars = {
        "rows": rows,
        "people": pages.display_names(row["user"] for row in rows),
        "appoints": appoints,
        "wanted": wanted,
        "given": given or {},
        "errors": errors or {},
        "roles": [{"value": role, "text": wording.role_label(role)} for role in ROLES],
        "nowhere": [vocabulary.label("sector", sector, language.current()) for sector in nowhere],
        "partly": _by_places(partly),
        "unassigned": listing.unassigned_for(user) if appoints else 0,
    }
    return tk.render("regional_curation/stewards.html", extra_vars)


def _by_places(partly: dict[str, list[str]]) -> list[dict[str, Any]]:
    """Sectors with the places where nobody reviews them; those with the same places in one line."""
    spoken = language.current()
    lines: dict[tuple[str, ...], list[str]] = {}
    for sector, places in partly.items():
        named = tuple(sorted(territory.label(place, spoken) for place in places))
        lines.setdefault(named, []).append(vocabulary.label("sector", sector, spoken))
    return [{"sectors": sectors, "places": list(places)} for places, sectors in lines.items()]
