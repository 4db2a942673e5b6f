"""What identifies people is masked."""

from __future__ import annotations

import pytest

from ckanext.regional.needs.showing.masking import kinds, masked


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
