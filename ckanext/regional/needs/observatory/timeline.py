"""The time line as bars: what stands beside the table of months. No CKAN import."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

WIDTH = 640
HEIGHT = 160
_GAP = 0.35
#: What the bars show; the table beside them has the rest.
SHOWN = ("needs", "empty")


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar; heights are in units of the view box, the largest number fills it."""

    month: str
    measure: str
    number: int
    x: float
    y: float
    width: float
    height: float


def bars(months: Sequence[Mapping[str, Any]]) -> list[Bar]:
    """Draw the bars of each measure side by side, each measure in its own scale."""
    if not months:
        return []
    step = WIDTH / len(months)
    width = step * (1 - _GAP) / len(SHOWN)
    most = {measure: max((int(month[measure]) for month in months), default=0) for measure in SHOWN}
    found: list[Bar] = []
    for place, month in enumerate(months):
        for number, measure in enumerate(SHOWN):
            count = int(month[measure])
            height = HEIGHT * count / most[measure] if most[measure] else 0.0
            x = place * step + step * _GAP / 2 + number * width
            box = (round(x, 1), round(HEIGHT - height, 1), round(width, 1), round(height, 1))
            found.append(Bar(month["month"], measure, count, *box))
    return found
