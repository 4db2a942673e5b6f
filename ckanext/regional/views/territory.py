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
    """Answer the form's territory field: ``{"results": [{"id": code, "text": name and where, "level", "notice"}]}``.

    The notice is for who typed a code that is no longer in use.
    """
    asked = tk.request.args.get("q", "").strip()[:100]
    found = territory.search(asked, None, _MOST_OFFERED) if asked else []
    return jsonify({"results": [_offer(place, asked) for place in found]})


def _offer(place: territory.Territory, asked: str) -> dict[str, str]:
    """One territory of the list below the field."""
    old = asked if ":" in asked else f"fr:commune:{asked.upper()}"
    successor, notice = territory.resolve(old, language.current())
    return {
        "id": place.code,
        "text": _named(place),
        "level": territory.widest_level([place.code]) or "",
        "notice": (notice or "") if successor == place.code else "",
    }


def _named(place: territory.Territory) -> str:
    """A name with what tells namesakes apart: the department of a commune, the kind of everything else."""
    spoken = language.current()
    if place.type == "commune":
        return territory.long_label(place.code, spoken)
    return f"{territory.label(place.code, spoken)} ({territory.type_label(place.type, spoken)})"
