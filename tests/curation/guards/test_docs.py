"""The example of the documentation works as it stands there."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from ckan.plugins import core

from ckanext.regional.curation import guards

PAGE = Path(__file__).parents[3] / "docs" / "guards.md"


@pytest.fixture
def example(our_plugins: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """The plugin of the page, loaded beside ours."""
    code = re.search(r"```python\n(.*?)```", PAGE.read_text(), re.DOTALL)
    assert code is not None
    assert len(code[1].strip().splitlines()) <= 25
    names: dict[str, Any] = {"__name__": "example"}
    exec(code[1], names)
    plugin = names["OurRulesPlugin"]()
    plugin.name = "our_rules"
    monkeypatch.setitem(core._PLUGINS_SERVICE, "our_rules", plugin)


def test_the_example(example: None) -> None:
    dataset = {"id": "d", "notes": "Lorem ipsum dolor", "resources": [{"id": "r", "url": "https://example.org/"}]}
    found = {(one.level, one.code, one.field) for one in guards.check(dataset, {"user": ""})}
    assert {("block", "our_words.lorem", "notes"), ("info", "our_words.silent", "resources/r")} <= found


def test_without_it(our_plugins: None) -> None:
    assert not any(one.code.startswith("our_words") for one in guards.check({"id": "d", "notes": "Lorem ipsum"}, {}))


def test_every_guard_is_in_the_table(our_plugins: None) -> None:
    described = set(re.findall(r"^\| `(\w+)` \|", PAGE.read_text(), re.MULTILINE))
    assert set(guards._OURS) <= described
