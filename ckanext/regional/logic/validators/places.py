"""Validators of territories and of what follows from them."""

from __future__ import annotations

import json
from typing import Any

import ckan.plugins.toolkit as tk
from ckan.types import Context, FlattenDataDict, FlattenErrorDict, FlattenKey, Validator

from ckanext.regional import territory
from ckanext.regional.logic.validators.terms import regional_term
from ckanext.regional.logic.validators.values import keep, listed, nothing, short
from ckanext.scheming.validation import scheming_validator  # pyright: ignore[reportMissingImports]


def regional_territory(key: FlattenKey, data: FlattenDataDict, errors: FlattenErrorDict, context: Context) -> None:
    """Accept territory codes as a list or as text with commas, keep them as a JSON list.

    A retired commune code becomes its successor; a name that means one territory becomes its code.
    """
    if errors[key]:
        return
    codes: list[str] = []
    for value in listed(key, data, errors):
        code, problem = _territory_code(value)
        if problem:
            errors[key].append(problem)
        elif code not in codes:
            codes.append(code)
    keep(key, data, errors, codes)


@scheming_validator
def regional_governance_level(field: dict[str, Any], schema: dict[str, Any]) -> Validator:
    """As :func:`regional_term`; where nothing was given, the level follows from the widest territory."""
    check: Any = regional_term(field, schema)

    def validator(key: FlattenKey, data: FlattenDataDict, errors: FlattenErrorDict, context: Context) -> None:
        if data.get(key) in (None, "", tk.missing) and (known := _known(data)):
            data[key] = territory.widest_level(known)
            return
        check(key, data, errors, context)

    return validator


def regional_spatial_coverage(
    key: FlattenKey, data: FlattenDataDict, errors: FlattenErrorDict, context: Context
) -> None:
    """Make the places as RDF has them from the territories; what was given is replaced."""
    known = _known(data)
    if not known:
        nothing(key, data)
    data[key] = json.dumps(territory.spatial_coverage(known, tk.config["ckan.locale_default"]))


def _known(data: FlattenDataDict) -> list[str]:
    """The codes that exist. The order of validation is alphabetical, so the territory has not been checked yet."""
    found = [_territory_code(value) for value in listed(("territory",), data, {})]
    return list(dict.fromkeys(code for code, problem in found if problem is None))


def _territory_code(value: str) -> tuple[str, str | None]:
    """Turn what somebody gave into a code; the second is a sentence if that was not possible."""
    code, _notice = territory.resolve(value)
    if territory.exists(code):
        return code, None
    if ":" not in value:
        found = [place for place in territory.search(value, limit=6) if place.name.casefold() == value.casefold()]
        if len(found) == 1:
            return found[0].code, None
        if found:
            offers = ", ".join(f"{place.name} ({place.code})" for place in found)
            return value, tk._("“{value}” could be: {offers}. Give the code.").format(value=short(value), offers=offers)
    return value, tk._("There is no territory “{value}”. Codes look like fr:commune:29019 or fr:region:53.").format(
        value=short(value)
    )
