"""Runs guards one after the other, each with its time; one that hangs or fails counts as blocking.

They run in a thread of their own, with a database session of their own: a guard that hangs is left behind there, and
whoever asked goes on. Python cannot end a thread, so a guard that hung several times is not begun again until one of
these has come back.
"""

from __future__ import annotations

import contextvars
import copy
import queue
import threading
import time
from collections import Counter
from collections.abc import Mapping
from typing import Any

import ckan.plugins.toolkit as tk
from ckan import model
from ckan.types import Context

from ckanext.regional import logs
from ckanext.regional.curation.guards.saying import Details, said
from ckanext.regional.interfaces import Guard
from ckanext.regional.types import GuardResult

log = logs.get_logger(__name__)

#: How often a guard may hang before it is not begun any more.
_MOST_HANGING = 4

_hanging: Counter[str] = Counter()
_lock = threading.Lock()


class _Line:
    """A thread that runs guards in the reader's context, so that they speak the reader's language."""

    def __init__(self) -> None:
        self.work: queue.SimpleQueue[Any] = queue.SimpleQueue()
        self.done: queue.SimpleQueue[Any] = queue.SimpleQueue()
        run = contextvars.copy_context().run
        threading.Thread(target=run, args=(self._run,), name="guards", daemon=True).start()

    def _run(self) -> None:
        # What the asking thread has open belongs to it: this one has a session of its own.
        try:
            while (task := self.work.get()) is not None:
                guard, dataset, context = task
                self.done.put(_outcome(guard, dataset, context))
        finally:
            model.Session.remove()


def run(
    guards: Mapping[str, Guard], dataset: dict[str, Any], context: Context, seconds: Mapping[str, float]
) -> list[GuardResult]:
    """Run guards on a dataset dict.

    :param seconds: how long each may take
    """
    results: list[GuardResult] = []
    line: _Line | None = None
    for name, guard in guards.items():
        if _hanging[name] >= _MOST_HANGING:
            results.append(_failed(name, "failed"))
            continue
        line = line or _Line()
        # A copy, so that a guard changes nothing of what is decided on.
        line.work.put((guard, copy.deepcopy(dataset), _plain(context, seconds[name])))
        try:
            outcome = line.done.get(timeout=seconds[name])
        except queue.Empty:
            log.error("The guard %s took more than %g s", name, seconds[name], ids={"dataset": dataset.get("id")})
            _leave_behind(name, line)
            line = None
            results.append(_failed(name, "late"))
            continue
        if isinstance(outcome, Exception):
            log.error("The guard %s failed", name, exc_info=outcome, ids={"dataset": dataset.get("id")})
            results.append(_failed(name, "failed"))
        else:
            results.extend(outcome)
    if line is not None:
        line.work.put(None)
    return results


def sentence(code: str, field: str | None, details: Details) -> str | None:
    """The sentence for a guard that gave no answer."""
    if code.endswith(".failed") and "guard" in details:
        return tk._("The check “{guard}” could not be made. Tell your administrator.").format(**details)
    if code.endswith(".late") and "guard" in details:
        return tk._(
            "The check “{guard}” took too long. Try again; if it happens again, tell your administrator."
        ).format(**details)
    return None


def _failed(name: str, how: str) -> GuardResult:
    return said(sentence, "block", f"{name}.{how}", guard=name)


def _leave_behind(name: str, line: _Line) -> None:
    """Let the thread end when its guard comes back, and count it until then."""
    with _lock:
        _hanging[name] += 1
    line.work.put(None)

    def wait() -> None:
        line.done.get()
        with _lock:
            _hanging[name] -= 1

    threading.Thread(target=wait, name="guards-left", daemon=True).start()


def _plain(context: Context, seconds: float) -> dict[str, Any]:
    """What of a context another thread may have: nothing that belongs to a database session."""
    kept = {key: context.get(key) for key in ("user", "ignore_auth") if key in context}
    return kept | {"regional_deadline": time.monotonic() + seconds}


def _outcome(guard: Guard, dataset: dict[str, Any], context: dict[str, Any]) -> list[GuardResult] | Exception:
    """What a guard says, or what it raised; its transaction ends with it."""
    try:
        user = context.get("user")
        own: Any = {**context, "auth_user_obj": model.User.get(user) if user else None}
        return list(guard(dataset, own))
    except Exception as error:  # noqa: BLE001 - whatever another extension's guard raises
        return error
    finally:
        model.Session.rollback()
