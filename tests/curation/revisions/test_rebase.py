"""A working copy meets a published dataset that has moved: what the author did not touch follows it."""

from __future__ import annotations

from typing import Any

from ckanext.regional.curation.fingerprint import digests, moved
from ckanext.regional.curation.revisions.rebase import merged

LIVE: dict[str, Any] = {
    "id": "live",
    "name": "menus",
    "title": "Menus",
    "notes": "Avant.",
    "contact": [{"name": "Mairie"}],
    "tags": [{"name": "repas"}],
    "resources": [
        {"id": "a", "name": "A", "url": "https://example.org/a", "package_id": "live"},
        {"id": "b", "name": "B", "url": "https://example.org/b", "package_id": "live"},
    ],
}
MAP = {"a": "copy-a", "b": "copy-b"}


def copy_of(dataset: dict[str, Any], **changes: Any) -> dict[str, Any]:
    resources = [one | {"id": MAP[one["id"]], "package_id": "copy"} for one in dataset["resources"]]
    return dataset | {"id": "copy", "name": "menus--proposition-1", "resources": resources} | changes


def rebased(incoming: dict[str, Any], before: dict[str, Any], live: dict[str, Any]) -> tuple[dict[str, Any], Any]:
    return merged(incoming, before, live, digests(LIVE), dict(MAP), lambda: "new")


def test_nothing_happens_where_nothing_has_moved() -> None:
    incoming = copy_of(LIVE, title="Menus 2027")
    assert rebased(incoming, copy_of(LIVE), LIVE) == (incoming, MAP)


def test_what_the_author_has_not_touched_follows() -> None:
    live = LIVE | {"title": "Menus, moissonnés", "contact": [{"name": "Cantine"}]}
    result, _map = rebased(copy_of(LIVE, notes="À moi."), copy_of(LIVE), live)
    assert (result["title"], result["notes"], result["contact"]) == (
        "Menus, moissonnés",
        "À moi.",
        [{"name": "Cantine"}],
    )
    assert (result["id"], result["name"]) == ("copy", "menus--proposition-1")


def test_what_both_changed_stays_the_authors() -> None:
    live = LIVE | {"title": "Menus, moissonnés"}
    now, _map = rebased(copy_of(LIVE, title="À moi"), copy_of(LIVE), live)
    earlier = copy_of(LIVE, title="À moi")
    before, _map = rebased(earlier, earlier, live)
    assert (now["title"], before["title"]) == ("À moi", "À moi")


def test_a_form_gives_the_same_value_in_other_clothes() -> None:
    live = LIVE | {"notes": "Après.", "contact": [{"name": "Cantine"}]}
    form = copy_of(LIVE, notes="Avant.\r\n", contact='[{"name": "Mairie"}]')
    result, _map = rebased(form, copy_of(LIVE), live)
    assert (result["notes"], result["contact"]) == ("Après.", [{"name": "Cantine"}])


def test_files_follow_come_and_go() -> None:
    moved_a = LIVE["resources"][0] | {"url": "https://example.org/a2"}
    added = {"id": "c", "name": "C", "url": "https://example.org/c", "package_id": "live"}
    live = LIVE | {"resources": [moved_a, added]}
    result, mapped = rebased(copy_of(LIVE), copy_of(LIVE), live)
    assert [(one["id"], one["url"]) for one in result["resources"]] == [
        ("copy-a", "https://example.org/a2"),
        ("new", "https://example.org/c"),
    ]
    assert mapped == {"a": "copy-a", "c": "new"}


def test_a_file_that_the_author_changed_stays_even_if_it_went() -> None:
    live = LIVE | {"resources": LIVE["resources"][:1]}
    incoming = copy_of(LIVE)
    incoming["resources"] = [incoming["resources"][0], incoming["resources"][1] | {"name": "B, corrigé"}]
    result, _map = rebased(incoming, copy_of(LIVE), live)
    assert [one["name"] for one in result["resources"]] == ["A", "B, corrigé"]


def test_the_moved_fields_are_named() -> None:
    live = LIVE | {"title": "X", "resources": LIVE["resources"][:1]}
    assert moved(digests(LIVE), digests(live)) == ["resources", "resources/b", "title"]
    fed = LIVE | {"resources": [LIVE["resources"][0] | {"url": "menus-2.csv"}, LIVE["resources"][1]]}
    assert moved(digests(LIVE, {"a"}), digests(fed, {"a"})) == []
