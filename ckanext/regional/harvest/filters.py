"""Which part of a catalogue a source takes: pure checks, the question for a neighbour's index, and the last look.

``organization`` and ``group`` are the neighbour's names, ``territory`` and ``sector`` this site's codes, ``fq`` a
filter query of the neighbour's index. Each but ``fq`` may be one text or a list, of which one must fit.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ckanext.regional import territory, vocabulary
from ckanext.regional.harvest.writing import mapping

NAMES = ("fq", "organization", "group", "territory", "sector")
#: What is looked at here, because no neighbour's index can be trusted to know it.
_LOOKED_AT = ("territory", "sector")
_INDEXED = {"organization": "organization", "group": "groups"}
_MOST = 50
#: What a kind cannot do, and what to do instead.
_CANNOT = {
    ("regional", "fq"): "the feed of a neighbour with this extension cannot be filtered by fq; take kind “ckan”",
    (
        "dcat",
        "fq",
    ): "a DCAT catalogue cannot be filtered by fq; put the filter into the address where its site takes one"
    " there, such as catalog.ttl?fq=…",
    ("dcat", "group"): "a DCAT catalogue has no groups",
}


def checked(given: Any, kind: str, problems: list[str]) -> dict[str, Any]:
    """Read filters as somebody wrote them.

    :param kind: the source's; for ``auto`` what the site cannot do is found out at the run
    :param problems: is told each thing that is wrong, as a sentence
    :returns: the filters that are set, with codes as this site stores them
    """
    if not given:
        return {}
    if not isinstance(given, dict):
        problems.append(f"“{given}” is no object.")
        return {}
    found: dict[str, Any] = {}
    for name, value in given.items():
        if name not in NAMES:
            problems.append(f"“{name}” is no filter; there are {', '.join(NAMES)}.")
        elif value not in ("", None, []):
            found[name] = _value(name, value, problems)
    if impossible := obstacle(kind, found):
        problems.append(f"{impossible[:1].upper()}{impossible[1:]}.")
    return found


def obstacle(kind: str, filters: Mapping[str, Any]) -> str | None:
    """Why a neighbour of this kind cannot be filtered so, if it cannot."""
    return next((_CANNOT[kind, name] for name in filters if (kind, name) in _CANNOT), None)


def question(filters: Mapping[str, Any]) -> str:
    """The filter query for a CKAN's index; empty for everything."""
    parts: list[str] = []
    if own := str(filters.get("fq") or "").strip():
        # Apart from what is added, an OR in it would let everything else through. Local parameters only stand first.
        parts.append(own if own.startswith("{!") or not _has_words(own) else f"({own})")
    for name, field in _INDEXED.items():
        if wanted := values(filters.get(name)):
            quoted = " OR ".join(f'"{value}"' for value in wanted)
            parts.append(f"{field}:{quoted}" if len(wanted) == 1 else f"{field}:({quoted})")
    return " ".join(parts)


def are_looked_at(filters: Mapping[str, Any]) -> bool:
    """Whether some filter is decided here, so that the neighbour's own count says nothing of what is wanted."""
    return any(filters.get(name) for name in _LOOKED_AT)


def wants(filters: Mapping[str, Any], remote: Mapping[str, Any]) -> bool:
    """Whether a dataset as the neighbour gave it is in the part that is wanted.

    What names no territory is in none, what has neither sector nor theme in no sector.
    """
    if wanted := values(filters.get("organization")):
        organisation = remote.get("organization")
        if not isinstance(organisation, Mapping) or not _named(organisation, wanted):
            return False
    if wanted := values(filters.get("group")):
        groups = remote.get("groups")
        if not any(_named(group, wanted) for group in (groups if isinstance(groups, list) else [])):
            return False
    if wanted := values(filters.get("territory")):
        places = {place for code in mapping.territories(remote) for place in (code, *territory.ancestors(code))}
        if not places & set(wanted):
            return False
    if wanted := values(filters.get("sector")):
        return bool(set(wanted) & set(mapping.sectors(remote)))
    return True


def values(given: Any) -> list[str]:
    """A filter's values as a list."""
    return [given] if isinstance(given, str) and given else list(given) if isinstance(given, list) else []


def _named(thing: Any, wanted: list[str]) -> bool:
    return isinstance(thing, Mapping) and any(thing.get(key) in wanted for key in ("name", "id", "title"))


def _has_words(query: str) -> bool:
    return any(character.isspace() for character in query)


def _value(name: str, given: Any, problems: list[str]) -> Any:
    if name == "fq":
        if not isinstance(given, str):
            problems.append(f"“{given}” is no value for fq.")
            return ""
        return given
    texts = given if isinstance(given, list) else [given]
    if len(texts) > _MOST or not all(isinstance(text, str) and text for text in texts):
        problems.append(f"“{given}” is no value for {name}: one text, or a list of at most {_MOST}.")
        return ""
    known = [_code(name, text, problems) for text in texts]
    return known if isinstance(given, list) else known[0]


def _code(name: str, text: str, problems: list[str]) -> str:
    if name == "territory":
        code = territory.resolve(text).code
        if not territory.exists(code):
            problems.append(f"territory: there is no territory “{text}”. Codes look like fr:region:53.")
        return code
    if name == "sector":
        sector = vocabulary.normalise("sector", text)
        if sector is None:
            problems.append(f"sector: there is no sector “{text}”.")
        return sector or text
    if '"' in text or "\\" in text:
        problems.append(f"“{text}” is no value for {name}: leave out quotes and backslashes.")
    return text
