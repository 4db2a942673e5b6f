"""Whether the site works, in a few words for monitors: cheap, safe to tell everybody, and asked once in some seconds.

It says nothing of datasets, people, addresses or settings. The doctor says why, and what to do.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from importlib.metadata import version
from typing import Any

import ckan.plugins.toolkit as tk
import redis
import sqlalchemy as sa
import sqlalchemy.exc
from ckan import model
from ckan.lib.search.common import make_connection

from ckanext.regional.database import now
from ckanext.regional.diagnosis import servers, workers

#: So long one answer holds, for everybody whom this process answers: a monitor, or many, cost no more than that.
SECONDS = 5.0
#: A server that takes longer is of no use to a page either.
_PATIENCE = 3

_lock = threading.Lock()
_last: tuple[float, dict[str, Any]] | None = None


def look() -> dict[str, Any]:
    """Look at the servers, or say what was seen a few seconds ago.

    :returns: see the action ``regional_status``
    """
    global _last
    with _lock:
        if _last is None or time.monotonic() - _last[0] > SECONDS:
            found = _look()
            _last = (time.monotonic(), found)
        return _last[1]


def forget() -> None:
    """Look anew at the next question."""
    global _last
    _last = None


def _look() -> dict[str, Any]:
    revisions = _revisions()
    checks = {
        "database": revisions is not None,
        "redis": _answers(_redis),
        "solr": _answers(_solr),
        "workers": _answers(_workers),
        "migrations": revisions is not None and all(found == heads for found, heads in revisions.values()),
    }
    return {
        "status": _word(all(checks.values())),
        "checks": {name: _word(good) for name, good in checks.items()},
        "version": version("ckanext-regional"),
        "migrations": {name: " ".join(sorted(found)) for name, (found, _heads) in (revisions or {}).items()},
        "checked": now().isoformat(timespec="seconds"),
    }


def _word(good: bool) -> str:
    return "ok" if good else "degraded"


def _revisions() -> dict[str, tuple[set[str], set[str]]] | None:
    """The revisions of our tables, which takes a database that answers; None where it does not."""
    try:
        model.Session.execute(sa.text("SELECT 1"))
        return servers.revisions()
    except sqlalchemy.exc.SQLAlchemyError:
        model.Session.remove()
        return None


def _answers(ask: Callable[[], bool]) -> bool:
    try:
        return ask()
    except Exception:  # noqa: BLE001  whatever a server or a library answers instead is no "yes"
        return False


def _connection() -> redis.Redis:
    """To Redis, with less patience than CKAN's own."""
    url = tk.config["ckan.redis.url"]
    return redis.Redis.from_url(url, socket_connect_timeout=_PATIENCE, socket_timeout=_PATIENCE)


def _redis() -> bool:
    with _connection() as connection:
        return bool(connection.ping())


def _workers() -> bool:
    """Whether every queue that a setting names has a worker."""
    with _connection() as connection:
        return workers.used_queues() <= workers.taken_queues(connection).keys()


def _solr() -> bool:
    connection = make_connection()
    connection.timeout = _PATIENCE
    connection.search("*:*", rows=0)
    return True
