"""Ids in the log: what a line is about stands at its end, in one form, whichever module or library wrote it.

A line of a run looks like ``Dataset could not be written [run=3f0c… source=rennes dataset=77aa…]``, so that
``grep run=3f0c`` finds its whole story, whatever machine it ran on. A block says what its lines are about
(:func:`about`); a single line adds what it knows besides: ``log.info("Decided", ids={"case": …})``.
Formatters for machines find the same as ``record.regional``, a dict of texts.
"""

from __future__ import annotations

import functools
import logging
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from types import MappingProxyType
from typing import Any, ParamSpec, TypeVar

import rq

_P = ParamSpec("_P")
_R = TypeVar("_R")

#: The order in which ids stand, the widest first. No other keys are used.
KEYS = ("job", "run", "page", "source", "record", "case", "dataset", "resource", "need", "notice")
#: The attribute of a log record.
ATTRIBUTE = "regional"
#: An id is one word in a line; a neighbour's may be anything.
_LONGEST = 200

_ids: ContextVar[Mapping[str, str]] = ContextVar("regional_log_ids", default=MappingProxyType({}))


@contextmanager
def about(**ids: str | None) -> Iterator[None]:
    """Let every line of ours that is logged in the block say these ids; blocks within add theirs.

    :param ids: by :data:`KEYS`; empty ones are left out
    """
    token = _ids.set({**_ids.get(), **_clean(ids)})
    try:
        yield
    finally:
        _ids.reset(token)


def job(function: Callable[_P, _R]) -> Callable[_P, _R]:
    """Let every line of a background job say its id, which ``ckan jobs list`` and RQ's own lines show too."""

    @functools.wraps(function)
    def told(*args: _P.args, **kwargs: _P.kwargs) -> _R:
        current = rq.get_current_job()
        with about(job=current.id if current is not None else None):
            return function(*args, **kwargs)

    return told


class Logger(logging.LoggerAdapter[logging.Logger]):
    """Ends each line with the ids of the block, and with those given to it: ``log.info("…", ids={"case": …})``."""

    def log(self, level: int, msg: object, *args: object, **kwargs: Any) -> None:
        """Write one line; as :meth:`logging.Logger.log`, with ``ids`` besides."""
        ids = {**_ids.get(), **_clean(kwargs.pop("ids", {}))}
        if not self.isEnabledFor(level):
            return
        if ids:
            words = " ".join(f"{key}={ids[key]}" for key in KEYS if key in ids)
            # Without values logging takes a message as it is, percent signs and all.
            msg, args = (f"{msg} [%s]", (*args, words)) if args else (f"{msg} [{words}]", ())
            kwargs["extra"] = {**kwargs.get("extra", {}), ATTRIBUTE: ids}
        # This method is no place that a line comes from.
        kwargs["stacklevel"] = kwargs.get("stacklevel", 1) + 1
        self.logger.log(level, msg, *args, **kwargs)


def get_logger(name: str) -> Logger:
    """The logger of a module, as ``logging.getLogger`` gives it, with ids."""
    return Logger(logging.getLogger(name), {})


def _clean(ids: Mapping[str, str | None]) -> dict[str, str]:
    return {key: _word(value) for key, value in ids.items() if value}


def _word(value: str) -> str:
    """One word without anything that a line of a log could be forged with."""
    return "".join(letter if letter.isprintable() and letter not in " []" else "_" for letter in value)[:_LONGEST]
