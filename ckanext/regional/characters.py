"""Characters that nobody sees: a text of nothing else is empty, and some turn the rest of a line round.

No CKAN import.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Any

#: Embeddings, overrides and isolates of writing directions (Unicode Standard Annex 9, 2.1 to 2.6). The marks U+200E and
#: U+200F and the joiners U+200C and U+200D stay: Arabic, Hebrew and emoji need them, and they reach no further.
TURNING = "\u202a-\u202e\u2066-\u2069"
_TURNING = re.compile(f"[{TURNING}]")
#: General categories of what leaves no ink: controls, formats (zero width, soft hyphen), spaces and separators.
_INKLESS = frozenset({"Cc", "Cf", "Zl", "Zp", "Zs"})
#: What Unicode calls letters, symbols or marks and shows nothing either: Hangul and Khmer fillers, the empty Braille
#: cell, the joiner of graphemes and the selectors of variants.
_FILLERS = re.compile(
    "[\u115f\u1160\u3164\uffa0\u17b4\u17b5\u2800\u034f\u180b-\u180f\ufe00-\ufe0f\U000e0100-\U000e01ef]"
)


def is_blank(text: str) -> bool:
    """Whether a text shows nothing."""
    return not any(map(_has_ink, text))


def tidy(text: str) -> str:
    """Take out what turns a line round; a text that shows nothing becomes the empty one."""
    return "" if is_blank(text) else _TURNING.sub("", text)


def tidied(value: Any) -> Any:
    """Any JSON with all its texts tidied, at every depth; what is no JSON stays as it is."""
    match value:
        case str():
            return tidy(value)
        case list():
            return [tidied(item) for item in value]
        case dict():
            return {key: tidied(item) for key, item in value.items()}
        case _:
            return value


def _has_ink(char: str) -> bool:
    return unicodedata.category(char) not in _INKLESS and not _FILLERS.match(char)
