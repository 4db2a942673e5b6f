"""Three versions of a dataset become one: what only one side changed is kept, what both changed is told."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from ckanext.regional.harvest.conflicts.merge import Base, Flat, after, flat, merged, nested, of_proposal
from ckanext.regional.harvest.writing import mapping

DATASET: dict[str, Any] = {
    "title": "Menus",
    "notes": "Ce que mangent les enfants.",
    "license_id": "lov2",
    "territory": ["fr:commune:29019", "fr:region:53"],
    "publisher": [{"name": "Ville", "email": ""}],
    "tags": [{"name": "cantine"}, {"name": "menus"}],
    "extras": [{"key": "code", "value": "1"}],
    "resources": [
        {"id": "a", "url": "https://example.org/a.csv", "name": "A", "format": "CSV", "size": 12},
        {"id": "b", "url": "https://example.org/b.csv", "name": "B"},
    ],
}


def version(**changes: Any) -> Flat:
    """The dataset with some fields changed; ``a__name`` is a field of the file a, and None takes away."""
    dataset = copy.deepcopy(DATASET)
    for key, value in changes.items():
        file, _, field = key.rpartition("__")
        target = next(one for one in dataset["resources"] if one["id"] == file) if file else dataset
        target.update({field: value})
    return flat(dataset, extras=True)


BASE = Base(version(), {})


def tags(*names: str) -> list[dict[str, str]]:
    return [{"name": name} for name in names]


def files(*ids: str) -> list[dict[str, Any]]:
    known = {one["id"]: one for one in DATASET["resources"]}
    return [known.get(one, {"id": one, "url": f"https://example.org/{one}.csv"}) for one in ids]


def test_nothing_changed() -> None:
    outcome = merged(BASE, version(), version())
    assert (outcome.content, outcome.clashes, outcome.kept, outcome.taken) == (version(), [], [], [])


def test_a_flat_version_is_the_dataset() -> None:
    assert mapping.local_hash(nested(version())) == mapping.local_hash(DATASET)


def test_each_side_changed_another_field() -> None:
    outcome = merged(
        BASE, version(title="Ici", a__name="Ici"), version(notes="Là-bas", a__format="", b__url="https://x.org")
    )
    assert outcome.content == version(title="Ici", a__name="Ici", notes="Là-bas", a__format="", b__url="https://x.org")
    assert outcome.clashes == []
    assert outcome.kept == ["title", "resources/a/name"]
    assert sorted(outcome.taken) == ["notes", "resources/a/format", "resources/b/url"]


def test_both_changed_a_field_in_the_same_way() -> None:
    same = version(title="Autre", territory=["fr:region:53", "fr:commune:29019"])
    outcome = merged(BASE, same, version(title="Autre"))
    assert (outcome.clashes, outcome.kept) == ([], [])


def test_both_changed_a_field_differently() -> None:
    outcome = merged(BASE, version(title="Ici"), version(title="Là-bas", notes="Là-bas"))
    (clash,) = outcome.clashes
    assert (clash.field, clash.base, clash.local, clash.remote) == ("title", "Menus", "Ici", "Là-bas")
    assert (outcome.content["title"], outcome.content["notes"]) == ("Ici", "Là-bas")


@pytest.mark.parametrize(("choice", "title"), [("local", "Ici"), ("remote", "Là-bas")])
def test_a_decision_ends_it(choice: Any, title: str) -> None:
    for choices in ({"title": choice}, {"*": choice}):
        outcome = merged(BASE, version(title="Ici"), version(title="Là-bas"), choices)
        assert (outcome.clashes, outcome.content["title"]) == ([], title)


def test_a_decision_for_one_field_leaves_the_others_open() -> None:
    outcome = merged(BASE, version(title="a", notes="a"), version(title="b", notes="b"), {"title": "remote"})
    assert [clash.field for clash in outcome.clashes] == ["notes"]


def test_tags_and_extras_are_sets() -> None:
    here = version(tags=tags("ici", "menus"), extras=[{"key": "ici", "value": "1"}, {"key": "code", "value": "1"}])
    there = version(tags=tags("cantine", "menus", "la-bas"), extras=[])
    outcome = merged(BASE, here, there)
    assert outcome.clashes == []
    assert nested(outcome.content)["tags"] == tags("ici", "la-bas", "menus")
    assert nested(outcome.content)["extras"] == [{"key": "ici", "value": "1"}]


def test_an_extra_may_clash() -> None:
    here, there = (version(extras=[{"key": "code", "value": value}]) for value in "23")
    assert [clash.field for clash in merged(BASE, here, there).clashes] == ["extras/code"]


def test_files_added_on_either_side_stay() -> None:
    outcome = merged(BASE, version(resources=files("a", "b", "x")), version(resources=files("y", "a", "b")))
    assert (outcome.content["resources"], outcome.clashes) == (["y", "a", "b", "x"], [])


def test_files_removed_on_either_side_go() -> None:
    outcome = merged(BASE, version(resources=files("b")), version(resources=files("a")))
    assert ("resources" in outcome.content, outcome.clashes) == (False, [])
    assert not any(path.startswith("resources/") for path in outcome.content)


@pytest.mark.parametrize("removed_here", [True, False])
def test_a_file_removed_on_one_side_and_changed_on_the_other_clashes(removed_here: bool) -> None:
    gone, changed = version(resources=files("b")), version(a__name="Autre")
    sides = (gone, changed) if removed_here else (changed, gone)
    (clash,) = merged(BASE, *sides).clashes
    assert clash.field == "resources/a"
    assert (clash.local is None, clash.remote is None) == (removed_here, not removed_here)
    kept = merged(BASE, *sides, {"*": "local"}).content
    assert ("resources/a/url" in kept) is not removed_here


def test_an_order_changed_on_one_side_holds() -> None:
    turned = version(resources=files("b", "a"))
    assert merged(BASE, turned, version()).content["resources"] == ["b", "a"]
    assert merged(BASE, version(), turned).content["resources"] == ["b", "a"]


def test_without_a_base_whatever_differs_clashes() -> None:
    outcome = merged(None, version(title="Ici"), version(resources=files("a", "b", "c")))
    assert [clash.field for clash in outcome.clashes] == ["title", "resources/c"]


def test_what_came_and_what_was_made_of_it_may_differ() -> None:
    """This site normalised the licence when it wrote it: the same one that comes again is no change there."""
    base = Base(version(license_id="odc-odbl"), {"license_id": "odbl"})
    outcome = merged(base, version(license_id="lov2"), version(license_id="odbl"))
    assert (outcome.clashes, outcome.kept, outcome.content["license_id"]) == ([], ["license_id"], "lov2")


def _again(base: Base, here: Flat, there: Flat, choices: Any = None) -> tuple[Flat, Base]:
    outcome = merged(base, here, there, choices)
    assert outcome.clashes == []
    return outcome.content, after(outcome, outcome.content, there)


def test_an_edit_that_was_kept_is_still_an_edit_later() -> None:
    here, base = _again(BASE, version(title="Ici", tags=tags("ici")), version(notes="Là-bas"))
    assert base.local["title"] == "Menus"
    assert mapping.local_hash(nested(base.local)) != mapping.local_hash(nested(here))
    outcome = merged(base, here, version(title="Là-bas", notes="Là-bas"))
    assert [clash.field for clash in outcome.clashes] == ["title"]
    assert nested(outcome.content)["tags"] == tags("ici")


def test_a_file_of_this_site_stays_one() -> None:
    here, base = _again(BASE, version(resources=files("a", "b", "x")), version(notes="Là-bas"))
    assert base.local["resources"] == ["a", "b"]
    here, base = _again(base, here, version(notes="Encore"))
    assert "resources/x/url" in here


def test_a_decision_is_not_asked_for_again() -> None:
    there = version(title="Là-bas")
    here, base = _again(BASE, version(title="Ici"), there, {"*": "local"})
    assert merged(base, here, there).clashes == []
    assert merged(base, here, version(title="Là-bas", notes="x")).clashes == []
    assert [clash.field for clash in merged(base, here, version(title="Encore")).clashes] == ["title"]


def test_an_edit_taken_back_is_none() -> None:
    _here, base = _again(BASE, version(title="Ici"), version(notes="Là-bas"))
    assert merged(base, version(notes="Là-bas"), version(title="Là-bas", notes="Là-bas")).clashes == []


def test_what_people_added_to_a_proposal_is_theirs() -> None:
    written = version(title="Proposé", notes="Proposé")
    shown = version(title="Proposé", notes="Corrigé")
    base = of_proposal(written, shown)
    outcome = merged(Base(base, {}), shown, version(title="Proposé", notes="Encore"))
    assert [clash.field for clash in outcome.clashes] == ["notes"]
