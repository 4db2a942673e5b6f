"""What the dataset's form asks for while somebody fills it in."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
from ckan import model
from flask import Blueprint, Response, jsonify

from ckanext.regional import defaults, people
from ckanext.regional.helpers import regional_places

__all__ = ["regional_form"]

regional_form = Blueprint("regional_form", __name__, url_prefix="/regional/form")

_MOST_OFFERED = 12


@regional_form.route("/steward")
def steward() -> Response | tuple[Response, int]:
    """Find who may answer for data by a few letters of their name: ``{"results": [{"id": user name, "text": name}]}``.

    ``organisation``, ``dataset`` (name or id, may be left out) and ``q``. 403 for who may not create datasets there.
    """
    organisation = _given("organisation")
    if not _may_ask(organisation):
        return jsonify({"results": []}), 403
    found = people.search(tk.current_user.name, organisation, tk.request.args.get("q", "")[:100], _MOST_OFFERED)
    return jsonify({"results": [{"id": name, "text": shown} for name, shown in found]})


@regional_form.route("/defaults")
def of_organisation() -> Response | tuple[Response, int]:
    """What an organisation says for all its datasets, as the form shows it when the organisation is changed.

    :returns: ``{"publisher": […], "contact": […], "territory": [{"code", "name", "path", …}], "license_id",
        "steward": {"id", "text"}}``, without what the organisation does not say.
    """
    organisation = _given("organisation")
    if organisation is None or not _may_ask(organisation):
        return jsonify({}), 403
    found: dict[str, Any] = defaults.for_form(organisation)
    if "territory" in found:
        found["territory"] = regional_places(found["territory"])
    if user := model.User.get(found.get("steward")):
        found["steward"] = {"id": user.name, "text": user.display_name}
    return jsonify(found)


def _given(name: str) -> str | None:
    return tk.request.args.get(name, "").strip() or None


def _may_ask(organisation: str | None) -> bool:
    user = tk.current_user
    return isinstance(user, model.User) and people.may_ask(user.name, organisation, _given("dataset"))
