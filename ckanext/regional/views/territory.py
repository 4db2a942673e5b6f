"""The form's territory field."""

from __future__ import annotations

import ckan.plugins.toolkit as tk
from flask import Blueprint, Response, jsonify

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
    spoken = language.current()
    if place.type == "commune":
        return territory.long_label(place.code, spoken)
    return f"{territory.label(place.code, spoken)} ({territory.type_label(place.type, spoken)})"
