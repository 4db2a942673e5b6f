"""A new CKAN that brings a reader of datasets which nobody has judged is not let in quietly."""

from __future__ import annotations

from importlib.metadata import distribution

import ckan.plugins.toolkit as tk
from ckan.logic import _actions as known_actions
from ckan.tests.helpers import CKANTestApp

from ckanext.regional.curation.hiding import readers
from tests.curation.hiding.judged import ACTIONS, PLUGINS, ROUTES, flat


def test_each_name_is_judged_once() -> None:
    for judged in (ACTIONS, ROUTES, PLUGINS):
        names = flat(judged)
        assert sorted(names) == sorted(set(names))


def test_each_action_is_judged(our_plugins: None) -> None:
    tk.get_action("status_show")
    assert _not_ours(set(known_actions) - set(flat(ACTIONS))) == []


def test_each_route_is_judged(app: CKANTestApp) -> None:
    found = {rule.endpoint for rule in app.flask_app.url_map.iter_rules()}
    assert _not_ours(found - set(flat(ROUTES))) == []


def _not_ours(names: set[str]) -> list[str]:
    return sorted(name for name in names if not name.startswith("regional"))


def test_nothing_is_judged_that_is_gone(app: CKANTestApp) -> None:
    tk.get_action("status_show")
    found = {rule.endpoint for rule in app.flask_app.url_map.iter_rules()}
    gone = [name for name in flat(ROUTES) if name not in found]
    assert (sorted(set(flat(ACTIONS)) - set(known_actions)), gone) == ([], [])


def test_what_is_called_mended_is_mended(our_plugins: None) -> None:
    assert sorted(readers.get_actions()) == sorted(ACTIONS["mended"].split())


def test_each_plugin_of_ckan_is_judged() -> None:
    points = distribution("ckan").entry_points.select(group="ckan.plugins")
    theirs = {point.name for point in points if not point.name.startswith(("example_", "test_"))}
    assert sorted(theirs - set(flat(PLUGINS))) == []
