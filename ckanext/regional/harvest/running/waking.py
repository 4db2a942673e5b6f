"""How many workers a run wakes: as many as it has pages for.

A wake-up that finds nothing to do costs a worker a process and the start of a CKAN in it, before the job of somebody
else that waits behind it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

import redis.exceptions

from ckanext.regional import logs

log = logs.get_logger(__name__)


@dataclass(slots=True)
class _Others:
    wake: Callable[[], None]
    most: int
    woken: int = 1
    pages: int = 0


#: Set in a background job; a run that is worked in front wakes nobody.
_others: ContextVar[_Others | None] = ContextVar("regional_harvest_other_workers", default=None)


@contextmanager
def sharing(wake: Callable[[], None], most: int) -> Iterator[None]:
    """While this worker reads a neighbour, let it wake others for the pages that it stores.

    :param most: workers, this one included
    """
    token = _others.set(_Others(wake, most))
    try:
        yield
    finally:
        _others.reset(token)


def stored(pages: int) -> None:
    """Tell that so many pages more are there to be worked; call it after their commit."""
    others = _others.get()
    if others is None:
        return
    others.pages += pages
    try:
        while others.woken < min(others.most, others.pages):
            others.wake()
            others.woken += 1
    except redis.exceptions.RedisError as error:
        # This worker does all of it then.
        log.warning("No other worker could be woken: %s", error)
