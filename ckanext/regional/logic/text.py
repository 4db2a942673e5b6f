"""Validators of what people and programs write: text that PostgreSQL can store and a reader can see, nothing else."""

from __future__ import annotations

import json
from typing import Any

import ckan.plugins.toolkit as tk
from ckan.types import Context, FlattenDataDict, FlattenErrorDict, FlattenKey

from ckanext.regional.characters import is_blank, tidied, tidy

LONGEST_QUERY = 200
#: PostgreSQL takes no larger offset than a bigint; no list of ours comes near this.
_LAST_ROW = 2**31 - 1
#: A bigint.
_MOST_COUNTED = 2**63 - 1
#: Characters of a text on one line. Solr takes no term above 32 kB, which is 8,000 characters in the worst alphabet.
LONGEST_LINE = 2_000


def not_blank(key: FlattenKey, data: FlattenDataDict, errors: FlattenErrorDict, context: Context) -> None:
    """As CKAN's ``not_empty``, in its words, also for a text that shows nothing."""
    value = data.get(key)
    if isinstance(value, str) and is_blank(value):
        data[key] = ""
    not_empty: Any = tk.get_validator("not_empty")
    not_empty(key, data, errors, context)


def storable_text(value: object) -> str:
    """Text and nothing else: a list that becomes its Python spelling would be nobody's comment.

    :returns: it without what turns a line round; the empty text where it shows nothing
    """
    if not isinstance(value, str):
        raise tk.Invalid(tk._("Give one text."))
    if not is_storable(value):
        raise tk.Invalid(tk._("The text contains a character that cannot be stored."))
    return tidy(value)


def short_text(value: object) -> str:
    """As :func:`storable_text`, and no longer than what a person types to find something."""
    text = storable_text(value)
    if len(text) > LONGEST_QUERY:
        raise tk.Invalid(tk._("Give {most} characters at most.").format(most=LONGEST_QUERY))
    return text


def storable_texts(value: object) -> list[str]:
    """A list of texts; from a GET request, text with commas."""
    if isinstance(value, str):
        value = value.split(",")
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise tk.Invalid(tk._("Give a list of texts."))
    return [item for item in (tidy(item).strip() for item in value) if item]


def storable_json(value: Any) -> Any:
    """Any JSON whose texts can be stored, at every depth, each as :func:`storable_text` gives it."""
    if not is_storable(json.dumps(value, ensure_ascii=False)) or "\\u0000" in json.dumps(value):
        raise tk.Invalid(tk._("The text contains a character that cannot be stored."))
    return tidied(value)


def place_in_list(value: object) -> int:
    """From which row on a list is wanted, no further than any list can be."""
    if not isinstance(value, int) or value > _LAST_ROW:
        raise tk.Invalid(tk._("Give a number up to {most}.").format(most=_LAST_ROW))
    return value


def countable(value: object) -> int:
    """A number that PostgreSQL counts to."""
    if not isinstance(value, int) or value > _MOST_COUNTED:
        raise tk.Invalid(tk._("Give a number up to {most}.").format(most=_MOST_COUNTED))
    return value


def is_storable(value: str) -> bool:
    """PostgreSQL stores no NUL, and JSON can spell half a character."""
    try:
        value.encode()
    except UnicodeEncodeError:
        return False
    return "\x00" not in value
