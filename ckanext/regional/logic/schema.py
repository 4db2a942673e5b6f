"""What the actions take."""

from __future__ import annotations

from ckan.logic.schema import validator_args
from ckan.types import Schema, Validator, ValidatorFactory

from ckanext.regional.logic.text import short_text


@validator_args
def territory_search(
    not_empty: Validator,
    ignore_empty: Validator,
    default: ValidatorFactory,
    natural_number_validator: Validator,
) -> Schema:
    return {
        "q": [not_empty, short_text],
        "type": [ignore_empty, short_text],
        "limit": [default(10), natural_number_validator],
    }


@validator_args
def territory_show(not_empty: Validator) -> Schema:
    return {"code": [not_empty, short_text]}


@validator_args
def score_show(not_empty: Validator) -> Schema:
    return {"id": [not_empty, short_text]}
