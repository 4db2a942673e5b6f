"""What a reader sees of a text, and what must not reach further than the text itself."""

from __future__ import annotations

import pytest

from ckanext.regional.characters import is_blank, tidied, tidy

BLANK = {
    "nothing": "",
    "spaces": " \t\n\u00a0\u2007\u3000\u2028",
    "zero width": "\u200b\u2060\ufeff",
    "joiners": "\u200c\u200d",
    "soft hyphens": "\u00ad\u00ad",
    "marks": "\u200e\u200f\u061c",
    "turning": "\u202a\u202e\u202c\u2066\u2069",
    "controls": "\x01\x1f",
    "fillers": "\u3164\u115f\uffa0\u2800",
    "selectors": "\ufe0f\U000e0101",
}
SEEN = {
    "a letter between": "\u200ba\u200b",
    "a word with a soft hyphen": "can\u00adtine",
    "an emoji of several": "👩\u200d🌾",
    "a flag with a selector": "🏴\u200d☠\ufe0f",
    "Persian with a joiner": "می\u200cخواهم",
    "Hebrew with a mark": "\u200fשלום\u200f!",
    "a dash": "–",
}
TURNED = {
    "override": ("rapport\u202egpj.exe\u202c", "rapportgpj.exe"),
    "embedding": ("\u202b12\u202c", "12"),
    "isolates": ("\u2066a\u2067b\u2068c\u2069", "abc"),
    "from an address book": ("\u202d02 98 00 00 00\u202c", "02 98 00 00 00"),
}


@pytest.mark.parametrize("text", BLANK.values(), ids=BLANK)
def test_what_shows_nothing_is_empty(text: str) -> None:
    assert (is_blank(text), tidy(text)) == (True, "")


@pytest.mark.parametrize("text", SEEN.values(), ids=SEEN)
def test_what_languages_and_emoji_need_stays(text: str) -> None:
    assert (is_blank(text), tidy(text)) == (False, text)


@pytest.mark.parametrize(("text", "left"), TURNED.values(), ids=TURNED)
def test_what_turns_a_line_round_goes(text: str, left: str) -> None:
    assert tidy(text) == left


def test_every_depth_is_tidied() -> None:
    given = {"title": "a\u202e", "publisher": [{"name": "\u200b", "size": 3}], "none": None, "file": b"\x00"}
    assert tidied(given) == {"title": "a", "publisher": [{"name": "", "size": 3}], "none": None, "file": b"\x00"}
