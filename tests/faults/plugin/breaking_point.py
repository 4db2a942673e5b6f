"""A CKAN plugin for tests that ends or stops the worker at a named point, and makes Solr refuse a document.

A worker looks at the file that ``BREAKING_POINT`` names: ``{"when", "pattern", "signal", "skip"}``. At the point it
replaces the file by one with its process id, so that each point is met once, and sends itself the signal. Points are
statements to PostgreSQL (``before`` and ``after`` one that matches) and the ends of transactions that held one
(``commit``, ``committed``): nothing of the extension is named, so nothing there has to know of this.
"""

from __future__ import annotations

import json
import os
import re
import signal
import sys
from pathlib import Path
from typing import Any

import ckan.plugins as p
from sqlalchemy import event
from sqlalchemy.engine import Engine

REFUSED = "Solr refuses this"
_FILE = Path(os.environ.get("BREAKING_POINT", "/nowhere"))


class _Transaction:
    """Whether the one under way holds the statement that is waited for, and whether one that held it was committed."""

    held = False
    ended = False


_transaction = _Transaction()


class BreakingPointPlugin(p.SingletonPlugin):
    """Listens to what a worker says to PostgreSQL."""

    p.implements(p.IConfigurable)
    p.implements(p.IPackageController, inherit=True)

    def configure(self, config: Any) -> None:
        if "jobs" in sys.argv and not event.contains(Engine, "before_cursor_execute", _before):
            event.listen(Engine, "before_cursor_execute", _before)
            event.listen(Engine, "after_cursor_execute", _after)
            event.listen(Engine, "commit", _commit)
            event.listen(Engine, "rollback", _rollback)

    def before_dataset_index(self, pkg_dict: dict[str, Any]) -> dict[str, Any]:
        if pkg_dict.get("title") == REFUSED:
            # One term may have 32,766 bytes.
            pkg_dict["vocab_breaking_point"] = "x" * 40_000
        return pkg_dict


def _before(_connection: Any, _cursor: Any, statement: str, parameters: Any, _context: Any, _many: bool) -> None:
    if _transaction.ended:
        _break()
    if _matches("before", statement, parameters):
        _break()


def _after(_connection: Any, _cursor: Any, statement: str, parameters: Any, _context: Any, _many: bool) -> None:
    if _matches("after", statement, parameters):
        _break()
    if _matches("commit", statement, parameters) or _matches("committed", statement, parameters):
        _transaction.held = True


def _commit(_connection: Any) -> None:
    """SQLAlchemy tells of a commit before it is made; it is made when the next statement comes."""
    if _transaction.held and _wanted("commit"):
        _break()
    _transaction.ended = _transaction.held and _wanted("committed") is not None
    _transaction.held = False


def _rollback(_connection: Any) -> None:
    _transaction.held = False


def _wanted(when: str) -> dict[str, Any] | None:
    try:
        point = json.loads(_FILE.read_text())
    except (OSError, ValueError):
        return None
    return point if point.get("when") == when else None


def _matches(when: str, statement: str, parameters: Any) -> bool:
    point = _wanted(when)
    if point is None or not re.search(point["pattern"], f"{statement} {parameters}", re.DOTALL):
        return False
    if point["skip"] > 0:
        _FILE.write_text(json.dumps({**point, "skip": point["skip"] - 1}))
        return False
    return True


def _break() -> None:
    _transaction.ended = False
    point = json.loads(_FILE.read_text())
    _FILE.write_text(json.dumps({"pid": os.getpid()}))
    os.kill(os.getpid(), signal.Signals[point["signal"]])
