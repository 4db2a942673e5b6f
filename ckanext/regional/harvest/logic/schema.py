"""What the actions take. Meaning is checked in ``sources``; here, only that it can be read."""

from __future__ import annotations

from ckan.logic.schema import validator_args
from ckan.types import Schema, Validator

from ckanext.regional.harvest.conflicts.resolving import DECISIONS
from ckanext.regional.logic.text import countable, place_in_list, storable_json, storable_text


@validator_args
def source_create(
    ignore_missing: Validator,
    boolean_validator: Validator,
    convert_to_json_if_string: Validator,
) -> Schema:
    text = [ignore_missing, storable_text]
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
        "filters": [ignore_missing, convert_to_json_if_string, storable_json],
        "defaults": [ignore_missing, convert_to_json_if_string, storable_json],
        "organizations": [ignore_missing, convert_to_json_if_string, storable_json],
        "enabled": [ignore_missing, boolean_validator],
    }


@validator_args
def source_patch(not_empty: Validator) -> Schema:
    return {**source_create(), "id": [not_empty, storable_text]}


@validator_args
def source_preview(ignore_missing: Validator) -> Schema:
    return {**source_create(), "id": [ignore_missing, storable_text]}


@validator_args
def reference(not_empty: Validator) -> Schema:
    return {"id": [not_empty, storable_text]}


@validator_args
def source_delete(not_empty: Validator, default: Validator, one_of: Validator) -> Schema:
    return {
        "id": [not_empty, storable_text],
        "datasets": [default("keep"), one_of(["keep", "withdraw"])],  # pyright: ignore[reportCallIssue]
    }


@validator_args
def harvest_run(not_empty: Validator, default: Validator, boolean_validator: Validator) -> Schema:
    return {
        "source": [not_empty, storable_text],
        "full": [default(False), boolean_validator],  # pyright: ignore[reportCallIssue]
    }


@validator_args
def run_list(
    not_empty: Validator,
    default: Validator,
    natural_number_validator: Validator,
    ignore_empty: Validator,
) -> Schema:
    return {
        "source": [ignore_empty, storable_text],
        "start": [default(0), natural_number_validator, place_in_list],  # pyright: ignore[reportCallIssue]
        "rows": [default(20), natural_number_validator],  # pyright: ignore[reportCallIssue]
    }


@validator_args
def record_list(
    not_empty: Validator,
    default: Validator,
    natural_number_validator: Validator,
    boolean_validator: Validator,
    ignore_empty: Validator,
) -> Schema:
    return {
        "source": [not_empty, storable_text],
        "run": [ignore_empty, storable_text],
        "state": [ignore_empty],
        "outcome": [ignore_empty],
        "reason": [ignore_empty, storable_text],
        "q": [ignore_empty, storable_text],
        "vanishing": [default(False), boolean_validator],  # pyright: ignore[reportCallIssue]
        "after": [ignore_empty, storable_text],
        "count": [default(True), boolean_validator],  # pyright: ignore[reportCallIssue]
        "start": [default(0), natural_number_validator, place_in_list],  # pyright: ignore[reportCallIssue]
        "rows": [default(50), natural_number_validator],  # pyright: ignore[reportCallIssue]
    }


@validator_args
def record_resolve(
    not_empty: Validator,
    ignore_empty: Validator,
    one_of: Validator,
    convert_to_json_if_string: Validator,
    dict_only: Validator,
) -> Schema:
    return {
        "id": [not_empty, storable_text],
        "decision": [not_empty, one_of(list(DECISIONS))],  # pyright: ignore[reportCallIssue]
        "fields": [ignore_empty, convert_to_json_if_string, dict_only],
        "fingerprint": [ignore_empty, storable_text],
    }


@validator_args
def record_resolve_many(not_empty: Validator, one_of: Validator) -> Schema:
    return {
        "decision": [not_empty, one_of(list(DECISIONS))],  # pyright: ignore[reportCallIssue]
        "records": [not_empty],
    }


@validator_args
def changes(ignore_empty: Validator, natural_number_validator: Validator) -> Schema:
    return {
        "since": [ignore_empty, natural_number_validator, countable],
        "limit": [ignore_empty, natural_number_validator, countable],
        "epoch": [ignore_empty, storable_text],
    }


@validator_args
def nothing(ignore: Validator) -> Schema:
    return {"__extras": [ignore]}
