"""What the actions of the review take."""

from __future__ import annotations

import ckan.plugins.toolkit as tk
from ckan.logic.schema import validator_args
from ckan.types import Schema, Validator, ValidatorFactory


@validator_args
def dataset(not_empty: Validator, unicode_safe: Validator) -> Schema:
    return {"id": [not_empty, unicode_safe]}


@validator_args
def step(not_empty: Validator, unicode_safe: Validator, ignore_missing: Validator, dict_only: Validator) -> Schema:
    return {
        "id": [not_empty, unicode_safe],
        "fingerprint": [ignore_missing, unicode_safe],
        "comment": [ignore_missing, regional_text],
        "fields": [ignore_missing, dict_only],
    }


@validator_args
def queue(
    ignore_empty: Validator,
    unicode_safe: Validator,
    boolean_validator: Validator,
    default: ValidatorFactory,
    natural_number_validator: Validator,
) -> Schema:
    return {
        "state": [ignore_empty, regional_texts],
        "territory": [ignore_empty, unicode_safe],
        "sector": [ignore_empty, unicode_safe],
        "kind": [ignore_empty, unicode_safe],
        "mine": [default(False), boolean_validator],
        "unassigned": [default(False), boolean_validator],
        "overdue": [default(False), boolean_validator],
        "q": [ignore_empty, unicode_safe],
        "sort": [ignore_empty, unicode_safe],
        "start": [default(0), natural_number_validator],
        "rows": [default(20), natural_number_validator],
    }


@validator_args
def steward_create(not_empty: Validator, unicode_safe: Validator, ignore_empty: Validator) -> Schema:
    return {
        "user": [not_empty, unicode_safe],
        "territory": [ignore_empty, unicode_safe],
        "sector": [ignore_empty, unicode_safe],
        "role": [ignore_empty, unicode_safe],
        "until": [ignore_empty, unicode_safe],
    }


@validator_args
def steward_list(ignore_empty: Validator, unicode_safe: Validator) -> Schema:
    return {
        "user": [ignore_empty, unicode_safe],
        "territory": [ignore_empty, unicode_safe],
        "sector": [ignore_empty, unicode_safe],
    }


def regional_text(value: object) -> str:
    """Text and nothing else: a list that becomes its Python spelling would be nobody's comment."""
    if not isinstance(value, str):
        raise tk.Invalid(tk._("Give one text."))
    if "\x00" in value:
        raise tk.Invalid(tk._("The text contains a character that cannot be stored."))
    return value


def regional_texts(value: object) -> list[str]:
    """A list of texts; from a GET request, text with commas."""
    if isinstance(value, str):
        value = value.split(",")
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise tk.Invalid(tk._("Give a list of texts."))
    return [item.strip() for item in value if item.strip()]
