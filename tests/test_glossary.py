"""The French of the pages keeps to the glossary: one word for each thing."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from babel.messages.pofile import read_po

from dev.paths import ROOT

_PACKAGE = ROOT / "ckanext" / "regional"
_ROW = re.compile(r"^\| ([^|]+) \| ([^|]+) \| [^|]* \| ([^|]*) \|$", re.MULTILINE)
#: Names for programs: ``{places}``, settings, terms of RDF.
_CODE = re.compile(r"\{[^}]*\}|\S+[._:]\w\S*")

#: Where the English has the word as a noun, the French has this.
WORDS = {
    "dataset": (r"\bdatasets?\b", "jeux? de données|données|\\b(le|il|ils|les)\\b|Repris"),
    "steward": (r"\bstewards?\b", "rel(ec|is|it|ir|u)|responsable|personne|quelqu|autres|approuv"),
    "check (guard)": (r"\b(the|no such|a) checks?\b|\bguard\b", "contrôle"),
    "neighbour": (r"\bthe neighbour|\bneighbours\b", "voisins?\\b"),
    "source": (r"\bsources?\b", "source"),
    "run": (r"\b(a|the|last|next|only|this) runs?\b|^Runs?$|\bruns?\. ", "imports?\\b"),
    "record": (r"\b(a|the|no|such) records?\b|^Records$|\brecords\b", "enregistrement"),
    "conflict": (r"\bconflicts?\b", "conflit"),
    "need": (r"\b(a|the|this|another|public|open|no) needs?\b(?! a| to)", "besoins?\\b|\\b(le|il)\\b|Public"),
    "territory": (r"\bterritor(y|ies)\b", "territoire|lieux?\\b|\\{territory\\}"),
    "sector": (r"\bsectors?\b", "secteur|\\{sectors?\\}|territoire"),
    "proposal": (r"\bproposal\b", "propos"),
    "e-mail": (r"\be-mails?\b", "courriel|électronique|indésirables"),
}  # fmt: skip


def catalogue() -> Iterator[tuple[str, str]]:
    """Every message with its French, singular and plural each."""
    with (_PACKAGE / "i18n" / "fr" / "LC_MESSAGES" / "ckanext-regional.po").open("rb") as file:
        for message in read_po(file, locale="fr"):
            if message.id and message.string:
                ids = [message.id] if isinstance(message.id, str) else message.id
                strings = [message.string] if isinstance(message.string, str) else message.string
                yield from zip(ids, strings, strict=True)


def labels() -> Iterator[str]:
    """The French of the forms."""
    for path in (_PACKAGE / "schemas").glob("*.yaml"):
        yield from _french(yaml.safe_load(path.read_text("utf-8")))


def _french(value: object) -> Iterator[str]:
    if isinstance(value, dict):
        if isinstance(value.get("fr"), str):
            yield value["fr"]
        for one in value.values():
            yield from _french(one)
    elif isinstance(value, list):
        for one in value:
            yield from _french(one)


def glossary() -> dict[str, tuple[str, list[str]]]:
    """For each English term the French one, and what stands for it nowhere."""
    rows = _ROW.findall((ROOT / "docs" / "glossary.md").read_text(encoding="utf-8"))
    return {
        english: (french, [word.strip() for word in never.split(",") if word.strip()])
        for english, french, never in rows
        if english != "English" and not english.startswith("-")
    }


def test_no_other_word_stands_for_a_thing() -> None:
    texts = [*(french for _, french in catalogue()), *labels()]
    found = {
        (word, text)
        for _, never in glossary().values()
        for word in never
        for text in texts
        if re.search(rf"\b{re.escape(word)}e?s?\b", _CODE.sub(" ", text), re.IGNORECASE)
    }
    assert found == set()


@pytest.mark.parametrize("term", WORDS)
def test_the_word_is_used(term: str) -> None:
    assert term in glossary()
    english, french = WORDS[term]
    about = [(one, other) for one, other in catalogue() if re.search(english, one)]
    assert len(about) > 3
    assert [pair for pair in about if not re.search(french, pair[1], re.IGNORECASE)] == []


def test_pages_of_the_guide_use_them_too() -> None:
    pages = sorted((ROOT / "docs" / "fr").glob("*.md"))
    assert pages
    never = [word for _, words in glossary().values() for word in words]
    found = [
        (page.name, word)
        for page in pages
        for word in never
        if re.search(rf"\b{re.escape(word)}e?s?\b", _prose(page), re.IGNORECASE)
    ]
    assert found == []


def _prose(page: Path) -> str:
    """A page without its code and addresses, in which English names stand."""
    return re.sub(r"```.*?```|`[^`]*`|\]\([^)]*\)", " ", page.read_text("utf-8"), flags=re.DOTALL)
