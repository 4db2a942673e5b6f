"""What the actions take. Bad input is named by its field, with what to do."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
from ckan.logic.schema import validator_args
from ckan.types import Schema, Validator, ValidatorFactory

from ckanext.regional import addresses, territory, vocabulary
from ckanext.regional.language import current
from ckanext.regional.logic.text import is_storable, not_blank, place_in_list, short_text, storable_text, storable_texts
from ckanext.regional.needs.observatory.measures import MAPPED
from ckanext.regional.needs.showing.listing import SORTS
from ckanext.regional.needs.states import KINDS, STATES, VISIBILITIES

LONGEST_TITLE = 150
LONGEST_TEXT = 4_000
LONGEST_REASON = 2_000
_SHORTEST_TITLE = 5
_MOST_PLACES = 20
_MOST_DATASETS = 20
_MOST_ROWS = 100


@validator_args
def need_create(ignore_empty: Validator, ignore_missing: Validator) -> Schema:
    return {
        "title": [not_blank, a_title],
        "text": [not_blank, a_text],
        "kind": [ignore_empty, a_kind],
        "territory": [ignore_missing, territories],
        "sector": [ignore_missing, sectors],
        "email": [ignore_empty, an_address],
        "notify": [ignore_missing, a_tick],
    }


@validator_args
def need_update(not_empty: Validator, ignore_missing: Validator) -> Schema:
    return {
        "id": [not_empty, a_reference],
        "state": [ignore_missing, a_state],
        "reason": [ignore_missing, a_reason],
        "datasets": [ignore_missing, references],
        "title": [ignore_missing, not_blank, a_title],
        "text": [ignore_missing, not_blank, a_text],
        "kind": [ignore_missing, a_kind],
        "territory": [ignore_missing, territories],
        "sector": [ignore_missing, sectors],
    }


@validator_args
def reference(not_empty: Validator) -> Schema:
    return {"id": [not_empty, a_reference]}


@validator_args
def need_support(not_empty: Validator, ignore_empty: Validator, ignore_missing: Validator) -> Schema:
    return {
        "id": [not_empty, a_reference],
        "email": [ignore_empty, an_address],
        "notify": [ignore_missing, a_tick],
        "withdraw": [ignore_missing, a_tick],
    }


@validator_args
def need_reject(not_empty: Validator) -> Schema:
    return {"id": [not_empty, a_reference], "reason": [not_blank, a_reason]}


@validator_args
def need_merge(not_empty: Validator, ignore_missing: Validator) -> Schema:
    return {
        "id": [not_empty, a_reference],
        "into": [not_empty, a_reference],
        "reason": [ignore_missing, a_reason],
    }


@validator_args
def need_similar(not_empty: Validator) -> Schema:
    return {"title": [not_empty, short_text]}


@validator_args
def token(not_empty: Validator) -> Schema:
    return {"token": [not_empty, short_text]}


@validator_args
def need_list(
    ignore_empty: Validator, ignore_missing: Validator, default: ValidatorFactory, natural_number_validator: Validator
) -> Schema:
    return {
        "q": [ignore_empty, short_text],
        "state": [ignore_empty, state_list],
        "kind": [ignore_empty, a_kind],
        "territory": [ignore_empty, a_territory],
        "sector": [ignore_empty, a_sector],
        "dataset": [ignore_empty, short_text],
        "visibility": [ignore_empty, a_visibility],
        "mine": [ignore_missing, a_tick],
        "sort": [default("new"), a_sort],
        "start": [default(0), natural_number_validator, place_in_list],
        "rows": [default(20), natural_number_validator, some_rows],
    }


@validator_args
def observatory_show(ignore_empty: Validator) -> Schema:
    return {
        "territory": [ignore_empty, a_territory],
        "sector": [ignore_empty, a_sector],
    }


# Values -------------------------------------------------------------------------------------------------------------


def a_title(value: object) -> str:
    """One line that says what is needed."""
    text = " ".join(_words(value, LONGEST_TITLE).split())
    if len(text) < _SHORTEST_TITLE:
        raise tk.Invalid(tk._("Say it in a few words, {least} characters at least.").format(least=_SHORTEST_TITLE))
    return text


def a_text(value: object) -> str:
    return _words(value, LONGEST_TEXT)


def a_reason(value: object) -> str | None:
    if value is None or value == "":
        return None
    return _words(value, LONGEST_REASON) or None


def a_reference(value: object) -> str:
    """An id or a number."""
    return short_text(str(value) if isinstance(value, int) and not isinstance(value, bool) else value)


def references(value: object) -> list[str]:
    """Names or ids of datasets, a few of them."""
    found = [one.rstrip("/").rpartition("/dataset/")[2] if "/dataset/" in one else one for one in _several(value)]
    if len(found) > _MOST_DATASETS:
        raise tk.Invalid(tk._("Give {most} datasets at most.").format(most=_MOST_DATASETS))
    return [short_text(one) for one in found]


def an_address(value: object) -> str:
    text = storable_text(value).strip()
    if not addresses.is_email(text):
        raise tk.Invalid(tk._("This is no e-mail address: write it as name@example.org."))
    return text


def a_tick(value: object) -> bool:
    try:
        return tk.asbool(value)
    except ValueError:
        raise tk.Invalid(tk._("Say true or false.")) from None


def a_kind(value: object) -> str:
    return _one_of(value, KINDS)


def a_state(value: object) -> str:
    return _one_of(value, STATES)


def a_visibility(value: object) -> str:
    return _one_of(value, VISIBILITIES)


def a_sort(value: object) -> str:
    return _one_of(value, SORTS)


def a_measure(value: object) -> str:
    return _one_of(value, MAPPED)


def state_list(value: object) -> list[str]:
    return [_one_of(one, STATES) for one in _several(value)]


def some_rows(value: object) -> int:
    return min(value, _MOST_ROWS) if isinstance(value, int) else _MOST_ROWS


def a_territory(value: object) -> str:
    """A code, of which one that was replaced becomes its successor, or a name that leads to one."""
    typed = short_text(value).strip()
    if ":" in typed:
        found = territory.resolve(typed, current()).code
        if found is not None and territory.exists(found):
            return found
    elif places := territory.search(typed, None, 1):
        return places[0].code
    raise tk.Invalid(tk._("No territory is called “{typed}”.").format(typed=typed[:100]))


def territories(value: object) -> list[str]:
    """Territories, a few of them, by code or name."""
    codes = _several(value)
    if len(codes) > _MOST_PLACES:
        raise tk.Invalid(tk._("Give {most} places at most.").format(most=_MOST_PLACES))
    return list(dict.fromkeys(a_territory(code) for code in codes))


def a_sector(value: object) -> str:
    text = short_text(value).strip()
    term = vocabulary.get("sector", text)
    if term is None:
        raise tk.Invalid(tk._("There is no sector “{code}”.").format(code=text[:100]))
    return term.code


def sectors(value: object) -> list[str]:
    return list(dict.fromkeys(a_sector(one) for one in _several(value)))


def _several(value: object) -> list[str]:
    """A list; from a form without scripts, a text with commas, or several of them."""
    if value in (None, ""):
        return []
    texts = storable_texts(value)
    if not all(is_storable(one) for one in texts):
        raise tk.Invalid(tk._("The text contains a character that cannot be stored."))
    return [part.strip() for one in texts for part in one.split(",") if part.strip()]


def _words(value: object, most: int) -> str:
    text = storable_text(value).replace("\r\n", "\n").strip()
    if len(text) > most:
        raise tk.Invalid(
            tk._("This has {length} characters; {most} are enough. Keep what matters most.").format(
                length=len(text), most=most
            )
        )
    return text


def _one_of(value: object, known: Any) -> Any:
    if value not in known:
        raise tk.Invalid(tk._("Choose one of: {known}.").format(known=", ".join(known)))
    return value
