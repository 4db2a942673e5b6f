"""Validators of terms: codes and URIs of our vocabularies."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
from ckan import model
from ckan.types import Context, FlattenDataDict, FlattenErrorDict, FlattenKey, Validator

from ckanext.regional import vocabulary
from ckanext.regional.logic.validators.values import keep, listed, nothing, short, single
from ckanext.scheming.validation import scheming_validator  # pyright: ignore[reportMissingImports]

_NO_LICENCE = "notspecified"


@scheming_validator
def regional_terms(field: dict[str, Any], schema: dict[str, Any]) -> Validator:
    """Accept codes or URIs of the field's ``vocabulary``, keep a JSON list of what the vocabulary stores."""

    def validator(key: FlattenKey, data: FlattenDataDict, errors: FlattenErrorDict, context: Context) -> None:
        if errors[key]:
            return
        kept: list[str] = []
        for value in listed(key, data, errors):
            stored = vocabulary.normalise(field["vocabulary"], value)
            if stored is None:
                errors[key].append(_no_choice(value))
            elif stored not in kept:
                kept.append(stored)
        keep(key, data, errors, kept)

    return validator


@scheming_validator
def regional_theme(field: dict[str, Any], schema: dict[str, Any]) -> Validator:
    """As :func:`regional_terms`; where nothing was given, the sectors say the themes."""
    check: Any = regional_terms(field, schema)

    def validator(key: FlattenKey, data: FlattenDataDict, errors: FlattenErrorDict, context: Context) -> None:
        if not listed(key, data, errors) and not errors[key]:
            data[key] = vocabulary.themes_of_sectors(listed(("sector",), data, {}))
        check(key, data, errors, context)

    return validator


@scheming_validator
def regional_term(field: dict[str, Any], schema: dict[str, Any]) -> Validator:
    """Accept one code or URI of the field's ``vocabulary``, keep the URI where the vocabulary has URIs."""

    def validator(key: FlattenKey, data: FlattenDataDict, errors: FlattenErrorDict, context: Context) -> None:
        if errors[key]:
            return
        value = single(key, data, errors)
        if value is None:
            return
        stored = vocabulary.normalise(field["vocabulary"], value)
        if stored is None:
            errors[key].append(_no_choice(value))
            return
        data[key] = stored

    return validator


def regional_licence(key: FlattenKey, data: FlattenDataDict, errors: FlattenErrorDict, context: Context) -> None:
    """Accept the id of a licence that this site knows; the one that says that nobody chose is kept as nothing."""
    value = single(key, data, errors)
    if value is None:
        return
    if value == _NO_LICENCE:
        nothing(key, data)
    if value not in model.Package.get_license_register().keys():  # noqa: SIM118 - its ``in`` compares objects
        errors[key].append(_no_choice(value))
        return
    data[key] = value


def _no_choice(value: str) -> str:
    return tk._("“{value}” is not one of the choices.").format(value=short(value))
