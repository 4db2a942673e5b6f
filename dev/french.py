"""French typography, which everybody types otherwise: one apostrophe, and spaces that no line ends at."""

from __future__ import annotations

import re

_APOSTROPHE = re.compile(r"(?<=[^\W\d_])'(?=[\w{<«“])")
#: Before a sign of two parts, and inside guillemets.
_BEFORE = re.compile(r"(?<=\S)[ \u202f](?=[:;!?»](?!\w))")
_AFTER = re.compile(r"(?<=«)[ \u202f](?=\S)")


def typeset(text: str) -> str:
    """The text with ’ for the typewriter's apostrophe and no-break spaces where French has them."""
    text = _APOSTROPHE.sub("’", text)
    return _AFTER.sub("\xa0", _BEFORE.sub("\xa0", text))
