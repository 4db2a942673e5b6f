"""Each governance field, given rightly and wrongly, through the API."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
import pytest
from ckan import model

from tests.conftest import ANNUAL, People, act, complete

WRONG: list[tuple[str, Any, str]] = [
    ("territory", ["fr:commune:99999"], "fr:commune:99999"),
    ("territory", "nowhere at all", "nowhere at all"),
    ("territory", {"code": "fr:region:53"}, "list of texts"),
    ("territory", [53], "list of texts"),
    ("territory", ["fr:region:53"] * 600, "500"),
    ("territory", "x" * 10_000, "xxx…"),
    ("sector", ["witchcraft"], "witchcraft"),
    ("sector", {"a": 1}, "list of texts"),
    ("governance_level", "galactic", "galactic"),
    ("governance_level", ["local", "national"], "one text"),
    ("frequency", "every blue moon", "every blue moon"),
    ("access_rights", "<script>alert(1)</script>", "<script>"),
    ("personal_data_class", "some", "some"),
    ("personal_data_class", ["none", "personal"], "one text"),
    ("steward", "nobody-of-this-name", "nobody-of-this-name"),
    ("steward", "outsider", "outsider"),
]


@pytest.mark.parametrize(("field", "value", "quoted"), WRONG)
def test_a_wrong_value_is_refused_at_its_field(people: People, field: str, value: Any, quoted: str) -> None:
    with pytest.raises(tk.ValidationError) as refused:
        act("package_create", people.editor, **complete(people, **{field: value}))
    assert list(refused.value.error_dict) == [field]
    assert quoted in str(refused.value.error_dict[field])
    assert model.Package.get("menus") is None


RIGHT: list[tuple[str, Any, Any]] = [
    ("territory", "fr:commune:29019, fr:departement:22", ["fr:commune:29019", "fr:departement:22"]),
    ("territory", '["fr:region:53"]', ["fr:region:53"]),
    ("territory", "Douarnenez", ["fr:commune:29046"]),
    ("territory", ["fr:region:53", "fr:region:53"], ["fr:region:53"]),
    ("sector", "school,culture", ["school", "culture"]),
    ("frequency", "ANNUAL", ANNUAL),
    ("personal_data_class", "anonymised", "anonymised"),
    ("steward", "org-admin", "org-admin"),
]


@pytest.mark.parametrize(("field", "given", "kept"), RIGHT)
def test_a_value_is_kept_in_one_form(people: People, field: str, given: Any, kept: Any) -> None:
    made = act("package_create", people.editor, **complete(people, **{field: given}))
    assert made[field] == kept


@pytest.mark.parametrize("field", ["territory", "sector", "steward", "frequency", "access_rights"])
@pytest.mark.parametrize("empty", ["", None])
def test_a_draft_may_lack_a_field(people: People, field: str, empty: str | None) -> None:
    made = act("package_create", people.editor, **complete(people, **{field: empty}))
    assert field not in made


@pytest.mark.parametrize(
    ("territory", "level"),
    [
        (["fr:commune:29019"], "local"),
        (["fr:region:53"], "local"),
        (["country:fr"], "national"),
        (["fr:commune:29019", "country-group:ue"], "international"),
    ],
)
def test_the_level_follows_from_the_widest_territory(people: People, territory: list[str], level: str) -> None:
    made = act("package_create", people.editor, **complete(people, territory=territory))
    assert made["governance_level"] == level


def test_a_level_that_was_chosen_stays(people: People) -> None:
    made = act("package_create", people.editor, **complete(people, governance_level="national"))
    assert made["governance_level"] == "national"


@pytest.mark.parametrize("blank", ["   ", "\u200b\u00ad", "\u202e\u3164"])
def test_a_title_that_shows_nothing_is_none(people: People, blank: str) -> None:
    made = act("package_create", people.editor, **complete(people, title=blank))
    # As CKAN does where none is given.
    assert made["title"] == made["name"]


def test_the_stewards_id_becomes_the_name(people: People) -> None:
    user = model.User.get(people.editor2)
    assert user is not None
    made = act("package_create", people.editor, **complete(people, steward=user.id))
    assert made["steward"] == people.editor2


def test_a_retired_commune_becomes_its_successor(people: People) -> None:
    made = act("package_create", people.editor, **complete(people, territory=["fr:commune:01003"]))
    assert made["territory"] == ["fr:commune:01165"]
