"""Validators of texts, lists of texts, texts in several languages, ticks and sizes."""

from __future__ import annotations

import json
from typing import Any

import ckan.plugins.toolkit as tk
from ckan.types import Context, FlattenDataDict, FlattenErrorDict, FlattenKey

from ckanext.regional.logic.validators.values import keep, listed, nothing, refuse, single

#: PostgreSQL's bigint.
_MOST_BYTES = 2**63 - 1
_TICKED = frozenset({"true", "on", "1", "yes"})
_UNTICKED = frozenset({"false", "off", "0", "no"})


def regional_text(key: FlattenKey, data: FlattenDataDict, errors: FlattenErrorDict, context: Context) -> None:
    """Accept one text, keep it without space around it."""
    value = single(key, data, errors)
    if value is not None:
        data[key] = value


def regional_texts(key: FlattenKey, data: FlattenDataDict, errors: FlattenErrorDict, context: Context) -> None:
    """Accept a list of texts, or one text (which may have commas), keep a JSON list, each once."""
    if errors[key]:
        return
    value = data.get(key)
    if isinstance(value, str) and not value.lstrip().startswith("["):
        data[key] = [value]
    keep(key, data, errors, list(dict.fromkeys(listed(key, data, errors))))


def regional_translated(key: FlattenKey, data: FlattenDataDict, errors: FlattenErrorDict, context: Context) -> None:
    """Accept ``{"fr": …, "en": …}``, keep it as JSON without the empty languages."""
    value = data.get(key)
    if not isinstance(value, dict):
        nothing(key, data)
    written = {lang: text.strip() for lang, text in value.items() if text and text.strip()}
    if not written:
        nothing(key, data)
    data[key] = json.dumps(written, ensure_ascii=False)


def regional_tick(key: FlattenKey, data: FlattenDataDict, errors: FlattenErrorDict, context: Context) -> None:
    """Accept yes or no, keep a yes only."""
    value = data.get(key)
    said = "" if value in (None, tk.missing) else str(value).strip().lower()
    if not said or said in _UNTICKED:
        nothing(key, data)
    if said not in _TICKED:
        refuse(key, errors, tk._("Say true or false."))
    data[key] = "true"


def regional_tick_output(value: Any) -> Any:
    """Give a stored yes as true."""
    return True if value == "true" else value


def regional_size(key: FlattenKey, data: FlattenDataDict, errors: FlattenErrorDict, context: Context) -> None:
    """Accept a number of bytes."""
    value = data.get(key)
    if value in (None, "", tk.missing):
        nothing(key, data)
    try:
        size = int(str(value).strip())
    except ValueError:
        refuse(key, errors, tk._("Give a number of bytes, without unit."))
    if isinstance(value, bool) or not 0 <= size <= _MOST_BYTES:
        refuse(key, errors, tk._("Give a number of bytes, without unit."))
    data[key] = size
