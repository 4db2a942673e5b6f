"""The page of the form's fields says what the form says."""

from __future__ import annotations

from dev.fields_page import PAGE, page


def test_the_page_is_the_schemas():
    assert PAGE.read_text(encoding="utf-8") == page(), "run: python3 -m dev.fields_page"
