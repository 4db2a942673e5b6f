"""What the observatory counts, and how two counts become one. No CKAN import."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

#: Counts as they are stored; those of a score are sums over ``scored`` datasets.
STORED = (
    "datasets", "late", "scored", "mqa", "governance", "needs", "open", "answered", "supports", "searches", "empty",
    "views", "downloads", "stewards", "cases",
)  # fmt: skip
#: What readers get, in the order of a page: supply, demand, people.
SUPPLY = ("datasets", "late", "mqa", "governance")
DEMAND = ("needs", "open", "supports", "searches", "empty", "views", "downloads")
PEOPLE = ("stewards", "cases")
SHOWN = (*SUPPLY, *DEMAND, *PEOPLE)
#: What the map can show.
MAPPED = ("datasets", "needs", "open", "empty", "views", "downloads")
#: What the time line shows.
MONTHLY = ("datasets", "needs", "answered", "searches", "empty", "views", "downloads")
#: Means, not counts: no dataset, no mean.
MEANS = ("mqa", "governance")
#: Told only to those whose work it is.
INTERNAL = ("cases",)


def shown(figures: Mapping[str, Any], *, internal: bool) -> dict[str, int | None]:
    """The figures of a cell as readers get them.

    :param internal: whether the reader is told of the stewards' work
    """
    scored = int(figures.get("scored", 0))
    found: dict[str, int | None] = {}
    for name in SHOWN:
        value = int(figures.get(name, 0))
        if name in MEANS:
            found[name] = round(value / scored) if scored else None
        elif name in INTERNAL and not internal:
            found[name] = None
        else:
            found[name] = value
    return found


def without_zeros(figures: Mapping[str, int]) -> dict[str, int]:
    """A cell as it is stored."""
    return {name: value for name, value in figures.items() if value}


def monthly(figures: Mapping[str, Any], names: Iterable[str] = MONTHLY) -> dict[str, int]:
    """A month as readers get it."""
    return {name: int(figures.get(name, 0)) for name in names}
