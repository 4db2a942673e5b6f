"""The page of the API has every action that the plugins register, in the words of their docstrings."""

from __future__ import annotations

import ckan.logic
import pytest
from ckan.plugins import toolkit as tk

from dev.api_page import PAGE, PLUGINS, actions, page


def test_the_page_is_the_docstrings():
    assert PAGE.read_text(encoding="utf-8") == page(), "run: python3 -m dev.api_page"


@pytest.mark.usefixtures("our_plugins")
def test_it_has_every_action_and_says_what_each_takes():
    tk.get_action("status_show")
    registered = {name for name in ckan.logic._actions if name.startswith("regional_")}
    found = [action for plugin in PLUGINS for action in actions(plugin)]
    assert {action.name for action in found} == registered
    assert {action.name for action in found if action.reads} == {
        name for name in registered if getattr(ckan.logic._actions[name], "side_effect_free", False)
    }
    assert [action.name for action in found if not action.text] == []
