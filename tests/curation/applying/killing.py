"""A process that is killed (SIGKILL) at a chosen moment of what it does, and the wait until its connections end."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterable
from typing import Any

import sqlalchemy as sa
from ckan import model
from sqlalchemy import event

#: How PostgreSQL knows the connections of the process.
_NAME = "regional-killed"
#: More often than this nobody has to ask whether its connections are gone.
_MOST_LOOKS = 50_000


def kill_at(moment: int, call: Callable[[], Any], steps: Iterable[tuple[Any, str]], engines: list[sa.Engine]) -> bool:
    """Do something in a process of its own, which kills itself at the ``moment``-th step (from 1).

    A step begins and ends with each of the functions ``steps``, and with each commit of one of the ``engines``.

    :returns: whether it was killed; else the call had ended before
    """
    model.Session.remove()
    pid = os.fork()
    if pid == 0:
        try:
            _die_in(moment, call, steps, engines)
        finally:
            # Neither pytest nor anything else of the parent goes on here.
            os._exit(1)
    _pid, status = os.waitpid(pid, 0)
    if not os.WIFSIGNALED(status):
        assert os.WEXITSTATUS(status) == 0, "the call failed in the process that was to be killed"
        return False
    assert os.WTERMSIG(status) == signal.SIGKILL
    _wait_until_gone()
    return True


def _die_in(moment: int, call: Callable[[], Any], steps: Iterable[tuple[Any, str]], engines: list[sa.Engine]) -> None:
    os.environ["PGAPPNAME"] = _NAME
    passed = 0

    def step(*_arguments: Any) -> None:
        nonlocal passed
        passed += 1
        if passed == moment:
            os.kill(os.getpid(), signal.SIGKILL)

    for engine in engines:
        # The parent's connections are the parent's.
        engine.dispose(close=False)
        event.listen(engine, "commit", step)
    for module, name in steps:
        setattr(module, name, _between(getattr(module, name), step))
    call()
    os._exit(0)


def _between(function: Callable[..., Any], step: Callable[[], None]) -> Callable[..., Any]:
    def stepped(*arguments: Any, **more: Any) -> Any:
        step()
        result = function(*arguments, **more)
        step()
        return result

    return stepped


def _wait_until_gone() -> None:
    """A server sees only after a moment that the other end is dead, and then lets go of its locks."""
    assert model.meta.engine is not None
    query = sa.text("SELECT count(*) FROM pg_stat_activity WHERE application_name = :name")
    with model.meta.engine.connect() as watcher:
        for _ in range(_MOST_LOOKS):
            left = watcher.scalar(query, {"name": _NAME})
            watcher.rollback()
            if not left:
                return
    raise AssertionError("connections of the killed process are still there")
