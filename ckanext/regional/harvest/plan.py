"""How to read a whole catalogue page by page without missing or doubling anything: pure decisions, no requests.

By keyset (``sort=id asc`` and ``id`` greater than the last one) a dataset that appears or vanishes while we read moves
nothing. A neighbour that ignores the filter or the order is read by ``start`` and ``rows``. A page that breaks the
neighbour is asked again smaller, down to the one record, which is then left out.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from itertools import pairwise
from typing import Any, TypeVar

#: So many records in a row that break the neighbour are no bad records: it is down.
MOST_LEFT_OUT_IN_A_ROW = 3
_SHRINK = 8
#: A page costs a claim, a commit of Solr's and a few queries, about what one dataset costs.
_LEAST = 10
_PAGES_EACH = 4

T = TypeVar("T")


class PagingError(Exception):
    """The neighbour's pages make no sense; the text says how."""


@dataclass(frozen=True, slots=True)
class Sweep:
    """How far a catalogue has been read. ``complete`` tells whether what was not seen can be taken for gone."""

    most: int
    rows: int
    by_key: bool = True
    last: str | None = None
    start: int = 0
    seen: int = 0
    count: int | None = None
    complete: bool = True
    done: bool = False
    left_out: int = 0
    left_out_in_a_row: int = 0
    first_of_page: str | None = None

    @classmethod
    def begin(cls, rows: int) -> Sweep:
        """Start a reading with pages of at most ``rows``."""
        return cls(most=rows, rows=rows)

    @classmethod
    def load(cls, stored: dict[str, Any]) -> Sweep:
        """Go on from what :meth:`dump` gave."""
        return cls(**stored)

    def dump(self) -> dict[str, Any]:
        """Give the state as JSON."""
        return asdict(self)

    def question(self, fq: str = "") -> dict[str, Any]:
        """Parameters of ``package_search`` for the next page.

        :param fq: the source's own filter
        """
        filters = [fq] if fq else []
        if self.by_key and self.last is not None:
            filters.append(f'id:{{"{self.last}" TO *]')
        asked: dict[str, Any] = {"sort": "id asc", "rows": self.rows}
        if filters:
            asked["fq"] = " ".join(filters)
        if self.start:
            asked["start"] = self.start
        return asked

    def smaller(self) -> Sweep:
        """What to ask after the neighbour broke down over the last question.

        :raises PagingError: when single records fail one after the other.
        """
        if self.rows > 1:
            return replace(self, rows=max(1, self.rows // _SHRINK))
        if self.left_out_in_a_row + 1 >= MOST_LEFT_OUT_IN_A_ROW:
            raise PagingError("it breaks down over every record")
        return replace(
            self,
            start=self.start + 1,
            left_out=self.left_out + 1,
            left_out_in_a_row=self.left_out_in_a_row + 1,
            complete=False,
        )

    def answered(self, ids: Sequence[str], count: int) -> Sweep:
        """Where to go on after a page.

        :param ids: of the datasets that came, in their order
        :param count: how many the neighbour says the question finds
        :raises PagingError: when the same page comes again and again.
        """
        if self.by_key and not self._follows(ids):
            # What was read so far may hold anything; from here on the order is the neighbour's own.
            return replace(self, by_key=False, last=None, start=0, count=None, rows=self.most, first_of_page=None)
        rows = min(self.most, self.rows * _SHRINK)
        forward = replace(self, rows=rows, seen=self.seen + len(ids), left_out_in_a_row=0)
        if self.by_key:
            remaining = count - self.start
            finished = not ids or len(ids) >= remaining
            return replace(forward, last=ids[-1] if ids else self.last, start=0, done=finished, count=count)
        if ids and ids[0] == self.first_of_page:
            raise PagingError("it ignores `start` and gives the same page again")
        start = self.start + len(ids)
        return replace(
            forward,
            start=start,
            count=count,
            first_of_page=ids[0] if ids else None,
            complete=self.complete and self.count in (None, count),
            done=not ids or start >= count,
        )

    def _follows(self, ids: Sequence[str]) -> bool:
        """Whether the page is what a keyset question gives: ids in order, after the last one."""
        known = [self.last] if self.last is not None else []
        series = [*known, *ids]
        return all(one < other for one, other in pairwise(series))


def split(items: Iterable[T], size: int) -> list[list[T]]:
    """Cut ``items`` into pages of at most ``size``."""
    listed = list(items)
    return [listed[begin : begin + size] for begin in range(0, len(listed), size)]


def share(count: int, most: int, workers: int) -> int:
    """How many of ``count`` datasets make a page, so that no worker waits while another one works off all of them.

    :param most: never more than that
    :param workers: how many may share the run; each gets several pages, so that all end at about the same time
    """
    return max(1, min(most, max(_LEAST, -(-count // (workers * _PAGES_EACH)))))
