"""Find things by the beginning of the words of their names, in memory, without accents."""

from __future__ import annotations

import unicodedata
from array import array
from bisect import bisect_right
from collections.abc import Iterable, Iterator

# Letters that Unicode does not decompose.
_LETTERS = str.maketrans({"œ": "oe", "æ": "ae", "ø": "o", "ł": "l", "đ": "d", "ħ": "h", "þ": "th", "ı": "i"})
_ABBREVIATIONS = {"st": "saint", "ste": "sainte", "sts": "saints", "stes": "saintes"}


def words(text: str) -> list[str]:
    """Split into lower-case words without accents: ``"Côtes-d'Armor"`` → ``["cotes", "d", "armor"]``."""
    plain = unicodedata.normalize("NFKD", text.casefold().translate(_LETTERS))
    return "".join(char if char.isalnum() else " " for char in plain if not unicodedata.combining(char)).split()


def fold(text: str) -> str:
    """Write a name as it is compared: ``"St-Brieuc"`` → ``"saint brieuc"``."""
    return " ".join(_ABBREVIATIONS.get(word, word) for word in words(text))


def fold_query(text: str) -> str:
    """Fold what was typed; its last word may be unfinished, so ``st`` there may still become Strasbourg."""
    typed = words(text)
    return " ".join([*(_ABBREVIATIONS.get(word, word) for word in typed[:-1]), *typed[-1:]])


class NameIndex:
    """Names in one text, most important first, so that a search stops as soon as it has enough.

    A copy of every name costs about a megabyte for the communes of France; dictionaries of prefixes would cost ten
    times as much and save nothing, as one scan of the text takes a millisecond.
    """

    def __init__(self, names: Iterable[tuple[str, str]]) -> None:
        """Take pairs (name, key), most important first; a key may have several names."""
        lines: list[str] = []
        keys: list[str] = []
        starts = array("L")
        position = 0
        for name, key in names:
            line = f"\n {fold(name)} "
            lines.append(line)
            keys.append(key)
            starts.append(position)
            position += len(line)
        self._text = "".join(lines) + "\n"
        self._keys = tuple(keys)
        self._starts = starts

    def find(self, query: str) -> Iterator[str]:
        """Yield keys: same name first, then names that begin so, then names with all these words.

        A key comes again when several of its names match; the caller keeps the first.

        :param query: folded by :func:`fold_query`.
        """
        if not query:
            return
        yield from self._scan(f"\n {query} \n")
        yield from self._scan(f"\n {query}")
        beginnings = [f" {word}" for word in query.split()]
        rarest = max(beginnings, key=len)
        others = [beginning for beginning in beginnings if beginning != rarest]
        for line in self._lines(rarest):
            start = self._starts[line]
            end = self._text.index("\n", start + 1)
            if all(self._text.find(beginning, start, end) >= 0 for beginning in others):
                yield self._keys[line]

    def _scan(self, needle: str) -> Iterator[str]:
        return (self._keys[line] for line in self._lines(needle))

    def _lines(self, needle: str) -> Iterator[int]:
        position = self._text.find(needle)
        while position >= 0:
            line = bisect_right(self._starts, position) - 1
            yield line
            end = self._starts[line + 1] if line + 1 < len(self._starts) else len(self._text)
            position = self._text.find(needle, max(end - 1, position + 1))
