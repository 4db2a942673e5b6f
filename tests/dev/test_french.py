"""French typography of the translations."""

from __future__ import annotations

import pytest

from dev.french import typeset


@pytest.mark.parametrize(
    ("typed", "printed"),
    [
        ("L'import d'{name} n'a pas réussi", "L’import d’{name} n’a pas réussi"),
        ("Vraiment ? « Oui » : non ; si !", "Vraiment\xa0? «\xa0Oui\xa0»\xa0: non\xa0; si\xa0!"),
        ("{n} :\n", "{n}\xa0:\n"),
        ("fq=a:b, https://a.example/?q=1, 'cité', 12:30", "fq=a:b, https://a.example/?q=1, 'cité', 12:30"),
    ],
)
def test_it_is_set(typed: str, printed: str):
    assert typeset(typed) == printed
    assert typeset(printed) == printed
