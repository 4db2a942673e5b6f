"""Changes as pages show them."""

from __future__ import annotations

from ckanext.regional import diff

__all__ = ["regional_shortened"]


def regional_shortened(segments: list[dict[str, str]]) -> list[dict[str, str]]:
    """The words of a change without what lies far from it."""
    shown = diff.shortened([diff.Segment(one["kind"], one["text"]) for one in segments])  # pyright: ignore
    return [{"kind": one.kind, "text": one.text} for one in shown]
