"""What a neighbour sends becomes something that can be stored."""

from __future__ import annotations

from ckanext.regional.harvest.clients.clean import clean


def test_what_cannot_be_stored_is_cleaned() -> None:
    assert clean({"a\x00": ["b\ud800", float("inf"), 1.5, None]}) == {"a": ["b", None, 1.5, None]}


def test_what_turns_a_line_round_is_taken_out() -> None:
    assert clean({"title": "rapport\u202egpj.exe", "notes": "می\u200cخواهم"}) == {
        "title": "rapportgpj.exe", "notes": "می\u200cخواهم",
    }  # fmt: skip


def test_what_is_too_deep_is_cut() -> None:
    deep: list[object] = []
    for _ in range(100):
        deep = [deep]
    assert len(str(clean(deep))) < 100
