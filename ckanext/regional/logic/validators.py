"""Validators of the governance fields: they check a value's form, never that it is there (see ``completeness``)."""

from __future__ import annotations

import json
from typing import Any, NoReturn

import ckan.plugins.toolkit as tk
from ckan import authz, model
from ckan.types import Context, FlattenDataDict, FlattenErrorDict, FlattenKey, Validator

from ckanext.regional import territory, vocabulary
from ckanext.scheming.validation import scheming_validator  # pyright: ignore[reportMissingImports]

__all__ = [
    "regional_governance_level",
    "regional_steward",
    "regional_term",
    "regional_terms",
    "regional_territory",
]

#: More than this in one field is a mistake or an attack; France has 35,000 communes, but they have a code in common.
_MOST_VALUES = 500


def regional_territory(key: FlattenKey, data: FlattenDataDict, errors: FlattenErrorDict, context: Context) -> None:
    """Accept territory codes as a list or as text with commas, keep them as a JSON list.

    A retired commune code becomes its successor; a name that means one territory becomes its code.
    """
    if errors[key]:
        return
    codes: list[str] = []
    for value in _listed(key, data, errors):
        code, problem = _territory_code(value)
        if problem:
            errors[key].append(problem)
        elif code not in codes:
            codes.append(code)
    _keep(key, data, errors, codes)


@scheming_validator
def regional_terms(field: dict[str, Any], schema: dict[str, Any]) -> Validator:
    """Accept codes of the field's ``vocabulary`` as a list or as text with commas, keep them as a JSON list."""

    def validator(key: FlattenKey, data: FlattenDataDict, errors: FlattenErrorDict, context: Context) -> None:
        if errors[key]:
            return
        codes: list[str] = []
        for value in _listed(key, data, errors):
            term = vocabulary.get(field["vocabulary"], value)
            if term is None:
                errors[key].append(tk._("“{value}” is not one of the choices.").format(value=_short(value)))
            elif term.code not in codes:
                codes.append(term.code)
        _keep(key, data, errors, codes)

    return validator


@scheming_validator
def regional_term(field: dict[str, Any], schema: dict[str, Any]) -> Validator:
    """Accept one code or URI of the field's ``vocabulary``, keep the URI where the vocabulary has URIs."""

    def validator(key: FlattenKey, data: FlattenDataDict, errors: FlattenErrorDict, context: Context) -> None:
        if errors[key]:
            return
        value = _single(key, data, errors)
        if value is None:
            return
        term = vocabulary.get(field["vocabulary"], value)
        if term is None:
            errors[key].append(tk._("“{value}” is not one of the choices.").format(value=_short(value)))
            return
        data[key] = vocabulary.normalise(field["vocabulary"], value)

    return validator


@scheming_validator
def regional_governance_level(field: dict[str, Any], schema: dict[str, Any]) -> Validator:
    """As :func:`regional_term`; where nothing was given, the level follows from the widest territory."""
    check: Any = regional_term(field, schema)

    def validator(key: FlattenKey, data: FlattenDataDict, errors: FlattenErrorDict, context: Context) -> None:
        value = data.get(key)
        if value in (None, "", tk.missing):
            # The order of validation is alphabetical, so the territory has not been checked yet.
            known = [code for raw in _listed(("territory",), data, {}) if not (code := _territory_code(raw))[1]]
            if known:
                data[key] = territory.widest_level([code for code, _problem in known])
                return
        check(key, data, errors, context)

    return validator


def regional_steward(key: FlattenKey, data: FlattenDataDict, errors: FlattenErrorDict, context: Context) -> None:
    """Accept the name or id of an active member of the owning organisation, keep the name."""
    if errors[key]:
        return
    value = _single(key, data, errors)
    if value is None:
        return
    user = model.User.get(value)
    if user is None or user.state != "active":
        errors[key].append(tk._("There is no active user “{value}”.").format(value=_short(value)))
        return
    data[key] = user.name
    organisation = _organisation(data, context)
    if organisation is None or user.sysadmin:
        return
    if not authz.users_role_for_group_or_org(organisation.id, user.name):
        errors[key].append(
            tk._("“{value}” is not a member of the organisation “{organisation}”.").format(
                value=_short(value), organisation=organisation.title or organisation.name
            )
        )


def _organisation(data: FlattenDataDict, context: Context) -> model.Group | None:
    """The owner that the dataset will have: the one given, else the one it has (a patch may leave it out)."""
    owner = data.get(("owner_org",))
    if isinstance(owner, str) and owner:
        return model.Group.get(owner)
    package = context.get("package")
    return model.Group.get(package.owner_org) if package is not None and package.owner_org else None


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
            return value, tk._("“{value}” could be: {offers}. Give the code.").format(
                value=_short(value), offers=offers
            )
    return value, tk._("There is no territory “{value}”. Codes look like fr:commune:29019 or fr:region:53.").format(
        value=_short(value)
    )


def _listed(key: FlattenKey, data: FlattenDataDict, errors: FlattenErrorDict | dict[Any, Any]) -> list[str]:
    """Read a list, a JSON list or text with commas; anything else is an error at ``key``."""
    value = data.get(key)
    if value in (None, "", tk.missing):
        return []
    if isinstance(value, str):
        if value.lstrip().startswith("["):
            try:
                value = json.loads(value)
            except ValueError:
                value = value.split(",")
        else:
            value = value.replace("\n", ",").split(",")
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        errors.setdefault(key, []).append(tk._("Give a list of texts."))
        return []
    if len(value) > _MOST_VALUES:
        errors.setdefault(key, []).append(tk._("Give {most} values at most.").format(most=_MOST_VALUES))
        return []
    return [item.strip() for item in value if item.strip()]


def _single(key: FlattenKey, data: FlattenDataDict, errors: FlattenErrorDict) -> str | None:
    """Read one text; nothing given ends the validation of the key, so that no empty value is stored."""
    value = data.get(key)
    if isinstance(value, list) and len(value) == 1:
        value = value[0]
    if value in (None, "", tk.missing) or (isinstance(value, str) and not value.strip()):
        _nothing(key, data)
    if not isinstance(value, str):
        errors[key].append(tk._("Give one text."))
        return None
    return value.strip()


def _keep(key: FlattenKey, data: FlattenDataDict, errors: FlattenErrorDict, codes: list[str]) -> None:
    if errors[key]:
        return
    if not codes:
        _nothing(key, data)
    data[key] = json.dumps(codes)


def _nothing(key: FlattenKey, data: FlattenDataDict) -> NoReturn:
    """Drop the key and whatever would store it."""
    data.pop(key, None)
    raise tk.StopOnError


def _short(value: str) -> str:
    """What is quoted in a message stays readable, whatever was sent."""
    return value if len(value) <= 80 else value[:77] + "…"
