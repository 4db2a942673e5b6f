"""Two dataset dicts and what a person reads of their difference."""

from __future__ import annotations

from typing import Any

import pytest

from ckanext.regional.curation.showing.columns import Columns, Table, compare
from ckanext.regional.diff import Change, Segment, changes, shortened, words


def spelled(segments: list[Segment]) -> str:
    signs = {"same": "{}", "added": "+{}+", "removed": "-{}-", "skipped": "{}"}
    return "".join(signs[segment.kind].format(segment.text) for segment in segments)


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ("les trois offices", "les quatre offices", "les -trois-+quatre+ offices"),
        ("les trois offices.", "les quatre offices, dont Le Légué.", "les -trois-+quatre+ offices+, dont Le Légué+."),
        ("un deux trois quatre cinq", "un 2 3 quatre cinq", "un -deux trois-+2 3+ quatre cinq"),
        ("Annuelle", "Mensuelle", "-Annuelle-+Mensuelle+"),
        ("", "Nouveau", "+Nouveau+"),
        ("Fini", "", "-Fini-"),
        ("a\nb", "a\nb", "a\nb"),
    ],
)
def test_words(before: str, after: str, expected: str) -> None:
    assert spelled(words(before, after)) == expected


def test_both_texts_can_be_read_out_of_the_words() -> None:
    before, after = "Le port, à l’aube : 12 bateaux & 3 <b>vedettes</b>", "Le port à midi : 14 bateaux, 3 vedettes"
    segments = words(before, after)
    assert "".join(one.text for one in segments if one.kind != "added") == before
    assert "".join(one.text for one in segments if one.kind != "removed") == after


def test_a_very_long_text_takes_no_time() -> None:
    text = "\n".join(f"Ligne {number} de ce texte." for number in range(2000))
    segments = words(text, text.replace("Ligne 1000 de", "Ligne mille de"))
    assert [one.kind for one in segments] == ["same", "removed", "added", "same"]
    huge = "mot " * 250_000
    assert [one.kind for one in words(huge, huge + "fin")] == ["removed", "added"]


def test_what_is_far_from_a_change_is_left_out() -> None:
    text = " ".join(f"mot{number}" for number in range(200))
    shown = shortened(words(text, text.replace("mot100", "terme")))
    assert [one.kind for one in shown] == ["skipped", "same", "removed", "added", "same", "skipped"]
    assert sum(len(one.text.split()) for one in shown) < 40


def the(before: dict[str, Any], after: dict[str, Any], **options: Any) -> Change:
    found = changes(before, after, **options)
    assert len(found) == 1, found
    return found[0]


def test_what_machines_keep_up_is_no_change() -> None:
    before = {"title": "A", "metadata_modified": "1", "private": False, "state": "active", "name": "a", "notes": ""}
    after = {"title": "A", "metadata_modified": "2", "private": True, "state": "draft", "name": "b", "notes": None}
    assert changes(before, after) == []


@pytest.mark.parametrize(
    ("before", "after", "kind"),
    [("", "x", "added"), ("x", "", "removed"), ("x", None, "removed"), ("x", "y", "changed")],
)
def test_kinds(before: Any, after: Any, kind: str) -> None:
    assert the({"notes": before}, {"notes": after}).kind == kind


def test_names_are_read_and_not_codes() -> None:
    labels = {"ANNUAL": "Annuelle", "MONTHLY": "Mensuelle", "school": "École", "tourist": "Tourisme"}

    def label(_field: str, value: Any) -> str:
        return labels[value]

    assert (
        spelled(the({"frequency": "ANNUAL"}, {"frequency": "MONTHLY"}, label=label).segments) == "-Annuelle-+Mensuelle+"
    )
    found = the({"sector": ["school"]}, {"sector": ["school", "tourist"]}, label=label)
    assert found.items == [Segment("same", "École"), Segment("added", "Tourisme")]


def test_lists_and_objects() -> None:
    found = the(
        {"contact": [{"name": "Service", "email": "a@example.org", "url": ""}]},
        {"contact": [{"name": "Service", "email": "b@example.org"}]},
    )
    assert found.items == [Segment("removed", "Service · a@example.org"), Segment("added", "Service · b@example.org")]
    tags = the(
        {"tags": [{"name": "b", "id": 1}, {"name": "a"}]},
        {"tags": [{"name": "a"}, {"name": "b", "id": 2}, {"name": "c"}]},
    )
    assert [one.text for one in tags.items if one.kind == "added"] == ["c"]
    assert changes({"tags": [{"name": "b"}, {"name": "a"}]}, {"tags": [{"name": "a"}, {"name": "b"}]}) == []
    translated = the(
        {"title_translated": {"fr": "Port", "en": "Port"}}, {"title_translated": {"fr": "Ports", "en": "Port"}}
    )
    assert (translated.field, spelled(translated.segments)) == ("title_translated.fr", "-Port-+Ports+")
    extra = the({"extras": [{"key": "k", "value": "1"}]}, {"extras": []})
    assert (extra.field, extra.kind) == ("k", "removed")


def resource(id: str, **fields: Any) -> dict[str, Any]:
    return {"id": id, "name": f"{id}.csv", "url": f"https://example.org/{id}/file.csv", "url_type": "upload", **fields}


def test_files() -> None:
    before = {"resources": [resource("a", hash="1"), resource("b"), resource("c")]}
    after = {
        "resources": [
            resource("x", live_id="a", hash="2", name="a.csv"),
            resource("y", live_id="b", name="b.csv", description="Neuf"),
            resource("z", live_id=None),
        ]
    }
    found = {change.field: (change.kind, [part.field for part in change.parts]) for change in changes(before, after)}
    assert found == {
        "resources/x": ("changed", []),  # its data are others
        "resources/y": ("changed", ["description"]),
        "resources/z": ("added", []),
        "resources/c": ("removed", []),
    }
    assert changes(before, before) == []


def test_another_order_of_the_same_files() -> None:
    found = the({"resources": [resource("a"), resource("b")]}, {"resources": [resource("b"), resource("a")]})
    assert (found.field, spelled(found.segments)) == ("resources", "-a.csv → b.csv-+b.csv → a.csv+")


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        (["a", "b"], ["a", "b"], Columns()),
        (["a", "b"], ["b", "a"], Columns(moved=True)),
        (["a", "b"], ["a", "b", "c"], Columns(added=["c"])),
        (["a", "b", "c"], ["a", "c"], Columns(removed=["b"])),
        (["a", "b"], ["a", "x"], Columns(renamed=[("b", "x")])),
        (["a", "b"], ["x", "y"], Columns(renamed=[("a", "x"), ("b", "y")])),
    ],
)
def test_columns(before: list[str], after: list[str], expected: Columns) -> None:
    assert compare(Table(before, []), Table(after, [])) == expected


def test_a_column_is_known_by_its_cells() -> None:
    before = Table(["nom", "tel"], [["Brest", "1"], ["Rennes", "2"]])
    after = Table(["code", "commune", "tel"], [["29", "Brest", "1"], ["35", "Rennes", "2"]])
    assert compare(before, after) == Columns(added=["code"], renamed=[("nom", "commune")])
    other = Table(["code", "tel"], [["29", "1"], ["35", "2"]])
    assert compare(before, other) == Columns(added=["code"], removed=["nom"])
