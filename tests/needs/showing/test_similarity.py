"""How alike texts are."""

from __future__ import annotations

import pytest

from ckanext.regional.needs.showing.similarity import folded, nearest, similarity


def test_likeness_is_that_of_postgresql() -> None:
    # The example of PostgreSQL's documentation, F.35: similarity('word', 'two words') is 0.36363637.
    assert similarity("word", "two words") == pytest.approx(4 / 11)
    assert (similarity("", "word"), similarity("word", "word")) == (0.0, 1.0)


def test_small_words_do_not_count() -> None:
    assert folded("Je voudrais savoir où sont les écoles de ma commune") == "ecoles commune"
    assert folded("Where are the schools?") == "schools"
    assert folded("Le, la, les") == "le la les"


def test_the_nearest_come_first() -> None:
    candidates = [("far", "bus"), ("near", "ecole"), ("same", "ecoles"), ("other", "ecoliers")]
    assert nearest("ecoles", candidates, 0.3, 2) == ["same", "near"]
