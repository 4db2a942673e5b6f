"""How the validators read what was given, and leave out what is empty."""

from __future__ import annotations

import json
from typing import Any, NoReturn

import ckan.plugins.toolkit as tk
from ckan.types import FlattenDataDict, FlattenErrorDict, FlattenKey

from ckanext.regional.logic.text import LONGEST_LINE, is_storable

#: More than this in one field is a mistake or an attack; France has 35,000 communes, but they have a code in common.
MOST_VALUES = 500
#: Columns of CKAN's dataset table: a key that is left out would keep its old value.
_COLUMNS = frozenset({("url",), ("version",)})


def listed(key: FlattenKey, data: FlattenDataDict, errors: FlattenErrorDict | dict[Any, Any]) -> list[str]:
    """Read a list, a JSON list or text with commas; anything else is an error at ``key``."""
    value = data.get(key)
    if value in (None, "", tk.missing):
        return []
    if isinstance(value, str):
        value = split(value)
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        errors.setdefault(key, []).append(tk._("Give a list of texts."))
        return []
    if len(value) > MOST_VALUES:
        errors.setdefault(key, []).append(tk._("Give {most} values at most.").format(most=MOST_VALUES))
        return []
    return [item.strip() for item in value if item.strip()]


def split(value: str) -> Any:
    """Read a JSON list, else text with commas or on lines."""
    if value.lstrip().startswith("["):
        try:
            return json.loads(value)
        except (ValueError, RecursionError):
            return value.split(",")
    return value.replace("\n", ",").split(",")


def single(key: FlattenKey, data: FlattenDataDict, errors: FlattenErrorDict) -> str | None:
    """Read one text; nothing given ends the validation of the key, so that no empty value is stored."""
    value = data.get(key)
    if isinstance(value, list) and len(value) == 1:
        value = value[0]
    if value in (None, "", tk.missing) or (isinstance(value, str) and not value.strip()):
        nothing(key, data)
    if not isinstance(value, str):
        errors[key].append(tk._("Give one text."))
        return None
    if not is_storable(value):
        refuse(key, errors, tk._("The text contains a character that cannot be stored."))
    return value.strip()


def keep(key: FlattenKey, data: FlattenDataDict, errors: FlattenErrorDict, values: list[str]) -> None:
    """Store a list as JSON; an empty one is not stored."""
    if errors[key]:
        return
    if any(len(value) > LONGEST_LINE for value in values):
        # Written as one text with commas, or none, a value has not been measured yet.
        refuse(key, errors, tk._("The text is too long: {most} characters at most.").format(most=LONGEST_LINE))
    if not values:
        nothing(key, data)
    data[key] = json.dumps(values)


def nothing(key: FlattenKey, data: FlattenDataDict) -> NoReturn:
    """Drop the key and whatever would store it."""
    if key in _COLUMNS:
        data[key] = ""
    else:
        data.pop(key, None)
    raise tk.StopOnError


def refuse(key: FlattenKey, errors: FlattenErrorDict, message: str) -> NoReturn:
    """Say what is wrong with a value, and let no later validator look at it."""
    errors[key].append(message)
    raise tk.StopOnError


def short(value: str) -> str:
    """What is quoted in a message stays readable, whatever was sent."""
    return value if len(value) <= 80 else value[:77] + "…"
