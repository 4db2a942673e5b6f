"""What the actions of the review take."""

from __future__ import annotations

import ckan.plugins.toolkit as tk
from ckan.logic.schema import validator_args
from ckan.types import Schema, Validator, ValidatorFactory


@validator_args
def dataset(not_empty: Validator) -> Schema:
    return {"id": [not_empty, regional_text]}


@validator_args
def step(not_empty: Validator, ignore_missing: Validator, dict_only: Validator) -> Schema:
    return {
        "id": [not_empty, regional_text],
        "fingerprint": [ignore_missing, regional_text],
        "comment": [ignore_missing, regional_text],
        "fields": [ignore_missing, dict_only],
    }


@validator_args
def queue(
    ignore_empty: Validator,
    boolean_validator: Validator,
    default: ValidatorFactory,
    natural_number_validator: Validator,
) -> Schema:
    return {
        "state": [ignore_empty, regional_texts],
        "territory": [ignore_empty, regional_text],
        "sector": [ignore_empty, regional_text],
        "kind": [ignore_empty, regional_text],
        "mine": [default(False), boolean_validator],
        "unassigned": [default(False), boolean_validator],
        "overdue": [default(False), boolean_validator],
        "q": [ignore_empty, regional_text],
        "sort": [ignore_empty, regional_text],
        "start": [default(0), natural_number_validator],
        "rows": [default(20), natural_number_validator],
    }


@validator_args
def steward_create(not_empty: Validator, ignore_empty: Validator) -> Schema:
    return {
        "user": [not_empty, regional_text],
        "territory": [ignore_empty, regional_text],
        "sector": [ignore_empty, regional_text],
        "role": [ignore_empty, regional_text],
        "until": [ignore_empty, regional_text],
    }


@validator_args
def steward_list(ignore_empty: Validator) -> Schema:
    return {
        "user": [ignore_empty, regional_text],
        "territory": [ignore_empty, regional_text],
        "sector": [ignore_empty, regional_text],
    }


def regional_text(value: object) -> str:
    """Text and nothing else: a list that becomes its Python spelling would be nobody's comment."""
    if not isinstance(value, str):
        raise tk.Invalid(tk._("Give one text."))
    if "\x00" in value or not _is_unicode(value):
        raise tk.Invalid(tk._("The text contains a character that cannot be stored."))
    return value


def _is_unicode(value: str) -> bool:
    """JSON can spell half a character."""
    try:
        value.encode()
    except UnicodeEncodeError:
        return False
    return True


def regional_texts(value: object) -> list[str]:
    """A list of texts; from a GET request, text with commas."""
    if isinstance(value, str):
        value = value.split(",")
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise tk.Invalid(tk._("Give a list of texts."))
    return [item.strip() for item in value if item.strip()]
