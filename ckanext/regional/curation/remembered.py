"""What a request reads once of the running transaction, however often CKAN asks for it while it makes one answer."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Any, TypeVar

from ckan import model
from flask import g, has_request_context

_KEPT = "regional_read_once"

T = TypeVar("T")


def once(key: Hashable, read: Callable[[], T]) -> T:
    """Read something, or take what this transaction of this request has read; outside of requests always read.

    Nothing outlives a commit, a rollback or the request, so that what somebody else has changed is seen by the next.
    """
    if not has_request_context():
        return read()
    running = model.Session().get_transaction()
    known: tuple[Any, dict[Hashable, Any]] | None = g.get(_KEPT)
    if running is not None and known is not None and known[0] is running and key in known[1]:
        return known[1][key]
    value = read()
    keep(key, value)
    return value


def keep(key: Hashable, value: Any) -> None:
    """Let :func:`once` find what has just been read in another way."""
    # The reading may have begun the transaction, or ended the one before.
    running = model.Session().get_transaction() if has_request_context() else None
    if running is None:
        return
    known = g.get(_KEPT)
    if known is None or known[0] is not running:
        known = (running, {})
        setattr(g, _KEPT, known)
    known[1][key] = value


def forget(key: Hashable) -> None:
    """Read something anew the next time, since the running transaction changes it."""
    known = g.get(_KEPT) if has_request_context() else None
    if known is not None:
        known[1].pop(key, None)
