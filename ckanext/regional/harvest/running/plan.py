"""How to read a whole catalogue page by page without missing or doubling anything: pure decisions, no requests.

By keyset (``sort=id asc`` and ``id`` greater than the last one) a dataset that appears or vanishes while we read moves
nothing. A neighbour that ignores the filter or the order is read by ``start`` and ``rows``. A page that breaks the
neighbour is asked again smaller, down to the one record, which is then left out.
"""

from __future__ import annotations

import datetime
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
            filters.append(f'id:{{"{_quoted(self.last)}" TO *]')
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

    def passed_over(self, identifier: str) -> Sweep:
        """Where to go on after the one record, whose id is known, that broke the neighbour: nothing is missed.

        :raises PagingError: when single records fail one after the other.
        """
        if self.left_out_in_a_row + 1 >= MOST_LEFT_OUT_IN_A_ROW:
            raise PagingError("it breaks down over every record")
        onward = {"last": identifier, "start": 0} if self.by_key else {"start": self.start + 1}
        return replace(
            self,
            seen=self.seen + 1,
            left_out=self.left_out + 1,
            left_out_in_a_row=self.left_out_in_a_row + 1,
            **onward,
        )

    def answered(self, ids: Sequence[str], count: int, came: int | None = None) -> Sweep:
        """Where to go on after a page.

        :param ids: of the datasets that came, in their order
        :param count: how many the neighbour says the question finds
        :param came: how many came, with those that have no id; by default as many as ``ids``
        :raises PagingError: when the same page comes again and again.
        """
        came = len(ids) if came is None else came
        if self.by_key and not (self._follows(ids) and (ids or not came)):
            # What was read so far may hold anything; from here on the order is the neighbour's own.
            return replace(self, by_key=False, last=None, start=0, count=None, rows=self.most, first_of_page=None)
        rows = min(self.most, self.rows * _SHRINK)
        forward = replace(
            self,
            rows=rows,
            seen=self.seen + came,
            left_out_in_a_row=0,
            # A dataset that came without its id is here under one that was not seen.
            complete=self.complete and came == len(ids),
        )
        if self.by_key:
            # A count that is below what came is none: then only an empty page is the end.
            finished = not ids or came == count - self.start
            return replace(forward, last=ids[-1] if ids else self.last, start=0, done=finished, count=count)
        if ids and ids[0] == self.first_of_page:
            raise PagingError("it ignores `start` and gives the same page again")
        start = self.start + came
        return replace(
            forward,
            start=start,
            count=count,
            first_of_page=ids[0] if ids else None,
            complete=forward.complete and self.count in (None, count),
            done=not came or start == count,
        )

    def _follows(self, ids: Sequence[str]) -> bool:
        """Whether the page is what a keyset question gives: ids in order, after the last one."""
        known = [self.last] if self.last is not None else []
        series = [*known, *ids]
        return all(one < other for one, other in pairwise(series))


def _quoted(text: str) -> str:
    """The inside of a phrase for Solr: an id that holds a quote must not end it."""
    return text.replace("\\", "\\\\").replace('"', '\\"')


@dataclass(frozen=True, slots=True)
class Window:
    """What to ask of an index: what it got after ``since`` (None: everything), and after what the next time."""

    since: str | None
    next: str | None


def window(
    before: str | None, newest: str | None, clock: datetime.datetime | None, overlap: datetime.timedelta
) -> Window:
    """Choose what to ask of a CKAN's index, by its own times alone.

    A time counts as settled when nothing can come late before it any more: the index's newest one, once the neighbour's
    clock is past it by ``overlap``; until then, what is older than that. A time from the future (a clock that was wrong
    for a while) is not kept: what comes after it could be missed. An index whose newest time is older than what was
    read (restored, a clock put back, or its newest dataset gone) is read whole.

    :param before: the settled time of the last reading
    :param newest: the index's newest time now
    :param clock: the neighbour's own clock, from its answer
    :param overlap: how late a commit may come
    """
    latest = moment(newest)
    if latest is None:
        return Window(None, None)
    settled = latest - overlap if clock is None else min(latest, clock - overlap)
    start = moment(before)
    is_behind = start is None or min(latest, clock or latest) < start
    return Window(None if is_behind else before, _stamp(settled))


def moment(text: str | None) -> datetime.datetime | None:
    """Read a time of an index (``2026-11-25T10:00:00.123Z``); None for what is none."""
    try:
        found = datetime.datetime.fromisoformat(text) if isinstance(text, str) else None
    except ValueError:
        return None
    if found is None:
        return None
    return found.astimezone(datetime.UTC) if found.tzinfo else found.replace(tzinfo=datetime.UTC)


def _stamp(time: datetime.datetime) -> str:
    return time.astimezone(datetime.UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"


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
