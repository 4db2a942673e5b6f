"""The pictures of the documentation are there, small, and those that the browser test takes."""

from __future__ import annotations

import re
from pathlib import Path

from dev.paths import ROOT
from tests.e2e.everywhere.pages import PAGES, WITHIN_CKAN
from tests.e2e.pictures import LARGEST

FOLDER = ROOT / "docs" / "pictures"
TEXTS = [*(ROOT / "docs").rglob("*.md"), ROOT / "README.md"]
#: Their names, in the order in which they are taken.
TAKEN = [name for pages in (*PAGES.values(), WITHIN_CKAN) for page in pages for name in page.pictures]


def test_every_picture_is_taken_once():
    assert sorted(TAKEN) == sorted(path.stem for path in FOLDER.iterdir())


def test_they_are_small_and_webp():
    wrong = [
        path.name
        for path in FOLDER.iterdir()
        if path.stat().st_size >= LARGEST or path.read_bytes()[8:12] != b"WEBP" or path.suffix != ".webp"
    ]
    assert wrong == []


def test_each_is_shown_and_said_in_words():
    shown: set[Path] = set()
    for page in TEXTS:
        for words, picture in re.findall(r"!\[([^\]]*)\]\(([^)]+\.webp)\)", page.read_text("utf-8")):
            assert len(words) > 20, f"{page.name}: {picture} wants words for who does not see it"
            shown.add((page.parent / picture).resolve())
    assert {path.stem for path in shown} == set(TAKEN)
