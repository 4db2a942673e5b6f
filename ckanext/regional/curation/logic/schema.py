"""What the actions of the review take."""

from __future__ import annotations

from ckan.logic.schema import validator_args
from ckan.types import Schema, Validator, ValidatorFactory

from ckanext.regional.logic.text import place_in_list, storable_text, storable_texts


@validator_args
def dataset(not_empty: Validator) -> Schema:
    return {"id": [not_empty, storable_text]}


@validator_args
def step(not_empty: Validator, ignore_missing: Validator, dict_only: Validator) -> Schema:
    return {
        "id": [not_empty, storable_text],
        "fingerprint": [ignore_missing, storable_text],
        "comment": [ignore_missing, storable_text],
        "fields": [ignore_missing, dict_only],
    }


@validator_args
def decide_many(not_empty: Validator, ignore_missing: Validator) -> Schema:
    return {
        "decision": [not_empty, storable_text],
        "cases": [not_empty],
        "comment": [ignore_missing, storable_text],
    }


@validator_args
def assignment(not_empty: Validator, ignore_missing: Validator) -> Schema:
    return {
        "id": [not_empty, storable_text],
        "user": [not_empty, storable_text],
        "comment": [ignore_missing, storable_text],
    }


@validator_args
def feed(not_empty: Validator) -> Schema:
    return {"resource_id": [not_empty, storable_text], "user": [not_empty, storable_text]}


@validator_args
def waive(not_empty: Validator, ignore_missing: Validator) -> Schema:
    return {
        "id": [not_empty, storable_text],
        "code": [not_empty, storable_text],
        "field": [ignore_missing, storable_text],
        "fingerprint": [ignore_missing, storable_text],
        "comment": [ignore_missing, storable_text],
    }


@validator_args
def queue(
    ignore_empty: Validator,
    boolean_validator: Validator,
    default: ValidatorFactory,
    natural_number_validator: Validator,
) -> Schema:
    return {
        "state": [ignore_empty, storable_texts],
        "territory": [ignore_empty, storable_text],
        "sector": [ignore_empty, storable_text],
        "kind": [ignore_empty, storable_text],
        "mine": [default(False), boolean_validator],
        "unassigned": [default(False), boolean_validator],
        "overdue": [default(False), boolean_validator],
        "q": [ignore_empty, storable_text],
        "sort": [ignore_empty, storable_text],
        "start": [default(0), natural_number_validator, place_in_list],
        "rows": [default(20), natural_number_validator],
    }


@validator_args
def steward_create(not_empty: Validator, ignore_empty: Validator) -> Schema:
    return {
        "user": [not_empty, storable_text],
        "territory": [ignore_empty, storable_text],
        "sector": [ignore_empty, storable_text],
        "role": [ignore_empty, storable_text],
        "until": [ignore_empty, storable_text],
    }


@validator_args
def steward_list(ignore_empty: Validator, boolean_validator: Validator, default: ValidatorFactory) -> Schema:
    texts = ("user", "territory", "sector", "role", "for_territory", "for_sector")
    return {
        **{key: [ignore_empty, storable_text] for key in texts},
        "in_force": [default(False), boolean_validator],
    }


@validator_args
def notice_list(default: ValidatorFactory, natural_number_validator: Validator) -> Schema:
    return {
        "start": [default(0), natural_number_validator, place_in_list],
        "rows": [default(20), natural_number_validator],
    }


@validator_args
def notice_read(ignore_empty: Validator) -> Schema:
    return {"ids": [ignore_empty, storable_texts]}


@validator_args
def notice_settings(ignore_missing: Validator, boolean_validator: Validator) -> Schema:
    return {
        "mail": [ignore_missing, boolean_validator],
        "language": [ignore_missing, storable_text],
    }
