"""States, likeness of texts, masking: without CKAN."""

from __future__ import annotations

import pytest

from ckanext.regional.needs.masking import kinds, masked
from ckanext.regional.needs.similarity import folded, nearest, similarity
from ckanext.regional.needs.states import STATES, refusal


@pytest.mark.parametrize("before", STATES)
@pytest.mark.parametrize("after", STATES)
def test_every_state_may_follow_every_other(before: str, after: str) -> None:
    expected = "unchanged" if before == after else None
    assert refusal(before, after, has_datasets=True) == expected
    assert refusal(before, after, has_datasets=False) == ("datasets" if after == "answered" else expected)


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


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Rien à cacher, pas même le 08 00 12 34 56.", "Rien à cacher, pas même le 08 00 12 34 56."),
        ("Appelez le 06 12 34 56 78 !", "Appelez le 06 1• •• •• 78 !"),
        ("a anne.legall@example.org b", "a a••••••••@example.org b"),
        ("a@b.fr, anne@b.fr", "a@b.fr, a•••@b.fr"),
    ],
)
def test_what_identifies_people_is_masked(text: str, expected: str) -> None:
    assert masked(text) == expected


def test_kinds_are_named_once() -> None:
    assert kinds("anne@example.org bob@example.org", "06 12 34 56 78") == ["email", "phone"]
