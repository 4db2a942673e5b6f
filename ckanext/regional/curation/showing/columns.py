"""How a table's columns changed between two versions of a file. No CKAN import."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

#: Of the sampled cells of two columns this share must agree before one is called the other's new name.
_SAME_CELLS = 0.6


@dataclass(frozen=True, slots=True)
class Table:
    """The head of a table, some of its rows, and how many there are; None where they were not counted."""

    columns: list[str]
    rows: list[list[str]]
    count: int | None = None


@dataclass(frozen=True, slots=True)
class Columns:
    """What happened to the columns; all empty where they are the same in the same order."""

    added: list[str] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)
    renamed: list[tuple[str, str]] = field(default_factory=list)
    moved: bool = False

    @property
    def same(self) -> bool:
        return not (self.added or self.removed or self.renamed or self.moved)


def compare(before: Table, after: Table) -> Columns:
    """Which columns came, went, moved or have another name now.

    A column is renamed where it stands at the same place among those that stayed, or holds mostly the same cells.
    """
    gone = [name for name in before.columns if name not in after.columns]
    new = [name for name in after.columns if name not in before.columns]
    renamed: list[tuple[str, str]] = []
    for old in gone:
        candidates = [name for name in new if name not in {pair[1] for pair in renamed}]
        best = max(candidates, key=lambda name: _likeness(before, old, after, name), default=None)
        if best is not None and _likeness(before, old, after, best) >= _SAME_CELLS:
            renamed.append((old, best))
    olds, news = {old for old, _new in renamed}, {new for _old, new in renamed}
    stayed = [name for name in before.columns if name in after.columns]
    return Columns(
        added=[name for name in new if name not in news],
        removed=[name for name in gone if name not in olds],
        renamed=renamed,
        moved=stayed != [name for name in after.columns if name in stayed],
    )


def _likeness(before: Table, old: str, after: Table, new: str) -> float:
    one, other = _cells(before, old), _cells(after, new)
    length = min(len(one), len(other))
    if not length:
        # Nothing to compare: the place alone has to tell.
        return 1.0 if before.columns.index(old) == after.columns.index(new) else 0.0
    return sum(a == b for a, b in zip(one, other, strict=False)) / length


def _cells(table: Table, name: str) -> Sequence[str]:
    at = table.columns.index(name)
    return [row[at] if at < len(row) else "" for row in table.rows]
