"""Actions about territories."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
from ckan.types import Context

from ckanext.regional import language, territory
from ckanext.regional.logic import schema

__all__ = ["regional_territory_search", "regional_territory_show"]

_MOST_RESULTS = 50


@tk.side_effect_free
@tk.validate_action_data(schema.territory_search)
def regional_territory_search(context: Context, data_dict: dict[str, Any]) -> list[dict[str, Any]]:
    """Find territories by name, code or postal code; accents and capitals do not matter.

    :param q: what somebody typed, at most 200 characters
    :param type: only this type: ``region``, ``departement``, ``epci``, ``commune``, ``country``, ``country-group``,
        ``nuts``
    :param limit: how many at most (10, and never more than 50)
    :returns: ``[{"code", "name", "type", "parents": [code]}]``, the best first
    """
    tk.check_access("regional_territory_search", context, data_dict)
    kind = data_dict.get("type")
    if kind and kind not in territory.TYPES:
        known = ", ".join(territory.TYPES)
        raise tk.ValidationError(
            {"type": [tk._("“{value}” is no type; there are {known}.").format(value=kind, known=known)]}
        )
    found = territory.search(data_dict["q"], [kind] if kind else None, min(data_dict["limit"], _MOST_RESULTS))
    return [_dictized(place) for place in found]


@tk.side_effect_free
@tk.validate_action_data(schema.territory_show)
def regional_territory_show(context: Context, data_dict: dict[str, Any]) -> dict[str, Any]:
    """Show one territory.

    :param code: such as ``fr:commune:29019``; a retired commune code shows its successor
    :returns: ``{"code", "name", "names": {"fr", "en"}, "type", "parents", "ancestors", "children", "uris", "bbox",
        "population", "notice"}``: codes from near to far; ``bbox`` is ``[west, south, east, north]`` in degrees or
        null, west greater than east across the 180th meridian, that of the departement for a commune; ``population`` in
        inhabitants or null; ``notice`` a sentence where another code was asked for, else null
    :raises ObjectNotFound: no territory has this code
    """
    tk.check_access("regional_territory_show", context, data_dict)
    code, notice = territory.resolve(data_dict["code"], language.current())
    place = territory.get(code)
    if place is None:
        raise tk.ObjectNotFound(tk._("There is no territory “{code}”.").format(code=data_dict["code"]))
    return _dictized(place) | {
        "ancestors": list(territory.ancestors(code)),
        "children": list(territory.children(code)),
        "names": {lang: territory.label(code, lang) for lang in ("fr", "en")},
        "uris": list(territory.uris(code)),
        "bbox": list(box) if (box := territory.bbox(code)) else None,
        "population": place.population or None,
        "notice": notice,
    }


def _dictized(place: territory.Territory) -> dict[str, Any]:
    return {"code": place.code, "name": place.name, "type": place.type, "parents": list(place.parents)}
