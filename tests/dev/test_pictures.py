"""The pictures of the documentation are there, small, and those that are taken from the demo."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from dev.paths import ROOT

pytest.importorskip("playwright.sync_api", reason="Playwright is not installed")

from dev.pictures import FOLDER, LARGEST, PICTURES

PAGES = [*(ROOT / "docs").rglob("*.md"), ROOT / "README.md"]


def test_every_picture_is_one_of_the_demos():
    assert {path.stem for path in FOLDER.iterdir()} == {picture.name for picture in PICTURES}


def test_they_are_small_and_webp():
    wrong = [
        path.name
        for path in FOLDER.iterdir()
        if path.stat().st_size >= LARGEST or path.read_bytes()[8:12] != b"WEBP" or path.suffix != ".webp"
    ]
    assert wrong == []


def test_each_is_shown_and_said_in_words():
    shown: set[Path] = set()
    for page in PAGES:
        for words, picture in re.findall(r"!\[([^\]]*)\]\(([^)]+\.webp)\)", page.read_text("utf-8")):
            assert len(words) > 20, f"{page.name}: {picture} wants words for who does not see it"
            shown.add((page.parent / picture).resolve())
    assert {path.stem for path in shown} == {picture.name for picture in PICTURES}
