"""What the actions take."""

from __future__ import annotations

from ckan.logic.schema import validator_args
from ckan.types import Schema, Validator, ValidatorFactory


@validator_args
def territory_search(
    not_empty: Validator,
    unicode_safe: Validator,
    ignore_empty: Validator,
    default: ValidatorFactory,
    natural_number_validator: Validator,
) -> Schema:
    return {
        "q": [not_empty, unicode_safe],
        "type": [ignore_empty, unicode_safe],
        "limit": [default(10), natural_number_validator],
    }


@validator_args
def territory_show(not_empty: Validator, unicode_safe: Validator) -> Schema:
    return {"code": [not_empty, unicode_safe]}
