"""Pages and small endpoints of the plugin ``regional``."""

from __future__ import annotations

from flask import Blueprint, Response, jsonify

import ckan.plugins.toolkit as tk

from ckanext.regional import language, territory

__all__ = ["regional"]

regional = Blueprint("regional", __name__)

_MOST_OFFERED = 12


@regional.route("/regional/territory/autocomplete")
def territory_autocomplete() -> Response:
    """Answer the form's territory field: ``{"results": [{"id": code, "text": name and where}]}``."""
    asked = tk.request.args.get("q", "").strip()
    found = territory.search(asked[:100], None, _MOST_OFFERED) if asked else []
    return jsonify({"results": [{"id": place.code, "text": _named(place)} for place in found]})


def _named(place: territory.Territory) -> str:
    """A name with what tells namesakes apart: the department of a commune, the kind of everything else."""
    above = [code for code in territory.ancestors(place.code) if code.startswith("fr:departement:")]
    name = territory.label(place.code, language.current())
    kinds = {
        "region": tk._("region"),
        "departement": tk._("department"),
        "epci": tk._("group of communes"),
        "country": tk._("country"),
    }
    hint = territory.label(above[0], language.current()) if place.type == "commune" and above else kinds.get(place.type, "")
    return f"{name} ({hint})" if hint else name
