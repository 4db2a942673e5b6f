"""The page with the reader's notices and what they want to be told by e-mail."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
from ckan.lib.pagination import Page as Pager
from flask import Blueprint, Response, request

from ckanext.regional import forged, preferences
from ckanext.regional.curation.showing import pages

__all__ = ["regional_notices"]

regional_notices = Blueprint("regional_notices", __name__)
forged.guard(regional_notices)

_ROWS = 20


@regional_notices.route("/regional/notices", methods=["GET", "POST"])
def index() -> str | Response | tuple[str, int]:
    """Show what the reader was told; what was shown counts as read. On POST, keep how they want to be told."""
    if request.method == "GET":
        return _page({})
    data = {"mail": bool(request.form.get("mail")), "language": request.form.get("language", "")}
    try:
        tk.get_action("regional_notice_settings_update")(pages.context(), data)
    except tk.ValidationError as error:
        return _page(error.error_dict), 400
    tk.h.flash_success(tk._("Your choice is saved."))
    return tk.h.redirect_to("regional_notices.index")


def _page(errors: dict[str, Any]) -> str:
    number = tk.h.get_page_number(request.args)
    data = {"start": (number - 1) * _ROWS, "rows": _ROWS}
    found = tk.get_action("regional_notice_list")(pages.context(), data)
    new = [one["id"] for one in found["results"] if one["new"]]
    # CKAN's own news are read by being looked at, too.
    if new or (number == 1 and found["unread"]):
        tk.get_action("regional_notice_read")(pages.context(), {"ids": new} if number > 1 else {})
    user = pages.reader()
    assert user is not None  # visitors were sent to the login form
    extra_vars = {
        "notices": found["results"],
        "page": Pager(
            collection=found["results"], page=number, presliced_list=True, item_count=found["count"],
            items_per_page=_ROWS, url=lambda page, **_rest: tk.h.url_for("regional_notices.index", page=page),
        ),
        "settings": tk.get_action("regional_notice_settings_show")(pages.context(), {}),
        "languages": [
            {"value": "", "text": tk._("The site’s language")},
            *({"value": code, "text": name} for code, name in preferences.offered().items()),
        ],
        "address": user.email,
        "errors": errors,
        "user_dict": user.as_dict(),
    }  # fmt: skip
    return tk.render("regional_curation/notices.html", extra_vars)
