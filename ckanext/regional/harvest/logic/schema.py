"""What the actions take. Meaning is checked in ``sources``; here, only that it can be read."""

from __future__ import annotations

from ckan.logic.schema import validator_args
from ckan.types import Schema, Validator


@validator_args
def source_create(
    ignore_missing: Validator,
    unicode_safe: Validator,
    boolean_validator: Validator,
    convert_to_json_if_string: Validator,
) -> Schema:
    text = [ignore_missing, unicode_safe]
    return {
        "name": list(text),
        "url": list(text),
        "owner_org": list(text),
        "kind": list(text),
        "title": list(text),
        "territory": list(text),
        "trust": list(text),
        "frequency": list(text),
        "token": list(text),
        "filters": [ignore_missing, convert_to_json_if_string],
        "defaults": [ignore_missing, convert_to_json_if_string],
        "enabled": [ignore_missing, boolean_validator],
    }


@validator_args
def source_patch(not_empty: Validator, unicode_safe: Validator) -> Schema:
    return {**source_create(), "id": [not_empty, unicode_safe]}


@validator_args
def reference(not_empty: Validator, unicode_safe: Validator) -> Schema:
    return {"id": [not_empty, unicode_safe]}


@validator_args
def source_delete(not_empty: Validator, unicode_safe: Validator, default: Validator, one_of: Validator) -> Schema:
    return {
        "id": [not_empty, unicode_safe],
        "datasets": [default("keep"), one_of(["keep", "withdraw"])],  # pyright: ignore[reportCallIssue]
    }


@validator_args
def harvest_run(
    not_empty: Validator, unicode_safe: Validator, default: Validator, boolean_validator: Validator
) -> Schema:
    return {
        "source": [not_empty, unicode_safe],
        "full": [default(False), boolean_validator],  # pyright: ignore[reportCallIssue]
    }


@validator_args
def run_list(
    not_empty: Validator,
    unicode_safe: Validator,
    default: Validator,
    natural_number_validator: Validator,
    ignore_empty: Validator,
) -> Schema:
    return {
        "source": [ignore_empty, unicode_safe],
        "start": [default(0), natural_number_validator],  # pyright: ignore[reportCallIssue]
        "rows": [default(20), natural_number_validator],  # pyright: ignore[reportCallIssue]
    }


@validator_args
def record_list(
    not_empty: Validator,
    unicode_safe: Validator,
    default: Validator,
    natural_number_validator: Validator,
    ignore_empty: Validator,
) -> Schema:
    return {
        "source": [not_empty, unicode_safe],
        "run": [ignore_empty, unicode_safe],
        "state": [ignore_empty],
        "start": [default(0), natural_number_validator],  # pyright: ignore[reportCallIssue]
        "rows": [default(50), natural_number_validator],  # pyright: ignore[reportCallIssue]
    }


@validator_args
def changes(ignore_empty: Validator, natural_number_validator: Validator, unicode_safe: Validator) -> Schema:
    return {
        "since": [ignore_empty, natural_number_validator],
        "limit": [ignore_empty, natural_number_validator],
        "epoch": [ignore_empty, unicode_safe],
    }


@validator_args
def nothing(ignore: Validator) -> Schema:
    return {"__extras": [ignore]}
