"""Walk every action of ours: each has an auth function of its name, and nobody is let in by accident."""

from __future__ import annotations

import ckan.plugins.toolkit as tk
import pytest
from ckan import authz, logic

#: What the public may ask or, confirmed by a link, do; everything else wants a user.
PUBLIC = {
    "regional_changes",
    "regional_federation",
    "regional_need_confirm",
    "regional_need_create",
    "regional_need_list",
    "regional_need_show",
    "regional_need_similar",
    "regional_need_stop",
    "regional_need_support",
    "regional_observatory_show",
    "regional_score_show",
    "regional_status",
    "regional_territory_search",
    "regional_territory_show",
}

#: What only reads; everything else must not answer a GET.
READS = (
    "_show", "_list", "_search", "_similar", "_queue", "_history", "_check", "_status", "regional_changes",
    "_federation",
)  # fmt: skip


@pytest.fixture
def ours(our_plugins: None) -> dict[str, object]:
    logic.get_action("status_show")
    return {name: action for name, action in logic._actions.items() if name.startswith("regional_")}


def test_each_action_has_its_auth_function(ours: dict[str, object]) -> None:
    known = set(authz.auth_functions_list())
    assert sorted(set(ours) - known) == []


def test_only_what_is_public_lets_nobody_in(ours: dict[str, object]) -> None:
    open_to_all = {name for name in ours if authz.auth_is_anon_user({"user": ""}) and _anonymous_may(name)}
    assert open_to_all == PUBLIC & set(ours)


def test_only_reads_answer_a_get(ours: dict[str, object]) -> None:
    reads = {name for name, action in ours.items() if getattr(action, "side_effect_free", False)}
    assert reads == {name for name in ours if name.endswith(READS)}


def test_each_action_says_what_it_does(ours: dict[str, object]) -> None:
    assert [name for name, action in ours.items() if not (action.__doc__ or "").strip()] == []


def _anonymous_may(name: str) -> bool:
    function = authz._AuthFunctions.get(name)
    return getattr(function, "auth_allow_anonymous_access", False)


def test_nobody_may_submit(our_plugins: None, clean_db: None) -> None:
    with pytest.raises((tk.NotAuthorized, tk.ObjectNotFound)):
        tk.get_action("regional_curation_submit")({"user": ""}, {"id": "x"})
