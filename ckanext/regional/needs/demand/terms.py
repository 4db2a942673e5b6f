"""What of a search is counted: its words, folded, without anything that identifies somebody. No CKAN import."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterable
from dataclasses import dataclass

from ckanext.regional.data.names import words
from ckanext.regional.personal_data import find

#: A term that is dropped after this time unless it is frequent.
KEPT_DAYS = 30
LEAST_SEARCHES = 5
LEAST_DAYS = 3

_LONGEST = 80
_MOST_WORDS = 8
#: Solr's own syntax: what asks for a field is a program's or an expert's, no words of anybody.
_SYNTAX = re.compile(r"\w:\S|[\[\]{}^~*]")
#: A number of a person, a file or a house, which no other rule knows.
_LONG_NUMBER = re.compile(r"\d{5,}")


def term_of(typed: str) -> str | None:
    """The words of a search as they are counted.

    :returns: an empty text where nothing was typed, None for what is not counted: personal data, Solr's syntax, and
        numbers of more than five digits
    """
    text = typed.strip()
    if not text or text == "*:*":
        return ""
    if len(text) > 4 * _LONGEST or _SYNTAX.search(text) or "@" in text or any(True for _ in find(text)):
        return None
    found = words(text)[:_MOST_WORDS]
    if any(len(digits) > 5 for word in found for digits in _LONG_NUMBER.findall(word)):
        return None
    return " ".join(found)[:_LONGEST].strip() or None


@dataclass(frozen=True, slots=True)
class Occurrence:
    """How often a term was searched for on one day."""

    day: datetime.date
    searches: int


def is_frequent(occurrences: Iterable[Occurrence]) -> bool:
    """Whether a term says something of many people: five searches at least, on three days at least."""
    found = list(occurrences)
    return sum(one.searches for one in found) >= LEAST_SEARCHES and len({one.day for one in found}) >= LEAST_DAYS
