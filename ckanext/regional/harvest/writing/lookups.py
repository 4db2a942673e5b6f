"""Look-ups that CKAN makes anew for each dataset of a page, answered from what the page has asked already.

``package_create`` asks some forty questions of the database, two thirds of them about the same user and organisation,
or about a dataset and files of which the page knows that they are not here. They cost more than all its validation.
Only whole answers of such questions are kept, for one session and one page, by SQLAlchemy's own hook for it
(``do_orm_execute``, https://docs.sqlalchemy.org/en/20/orm/session_events.html#execute-events); every other question
goes to the database. Whoever changes a user or an organisation meanwhile is seen by the next page.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

import sqlalchemy as sa
from ckan import model
from sqlalchemy import event
from sqlalchemy.engine.result import FrozenResult, IteratorResult, SimpleResultMetaData
from sqlalchemy.orm import ORMExecuteState, Session
from sqlalchemy.sql import operators, visitors
from sqlalchemy.sql.elements import BinaryExpression, BindParameter, BooleanClauseList

#: Tables that an import reads and does not write.
_STEADY = frozenset({"user", "group", "member"})
_KEPT = _STEADY | {"tag"}
#: Rows that belong to one dataset or file, and the columns that say to which.
_OF_DATASETS = {
    "package": {"id", "name"},
    "resource": {"id", "package_id"},
    "member": {"table_id"},
    "package_relationship": {"subject_package_id", "object_package_id"},
}

_current: ContextVar[_Lookups | None] = ContextVar("regional_lookups", default=None)


@contextmanager
def asked_once() -> Iterator[None]:
    """Answer repeated look-ups of this thread's session from memory until the end of the block."""
    lookups = _Lookups(model.Session())
    listeners = (
        ("do_orm_execute", lookups.answer),
        ("after_flush", lookups.after_flush),
        ("after_soft_rollback", lookups.after_rollback),
    )
    for name, listener in listeners:
        event.listen(model.Session, name, listener)
    token = _current.set(lookups)
    try:
        yield
    finally:
        _current.reset(token)
        for name, listener in listeners:
            event.remove(model.Session, name, listener)


@contextmanager
def not_here(ids: Iterable[str]) -> Iterator[None]:
    """Take it as known that nothing in this site's database has these ids, until it is written.

    :param ids: of a dataset and its files, and its name; that somebody brings it meanwhile is told by the database's
        constraints
    """
    lookups = _current.get()
    if lookups is None:
        yield
        return
    lookups.begin(ids)
    try:
        yield
    finally:
        lookups.begin(())


class _Lookups:
    """What one session has asked, and what it need not ask."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._answers: dict[Any, FrozenResult[Any]] = {}
        self._tables: dict[Any, frozenset[str]] = {}
        self._absent: frozenset[str] = frozenset()
        self._written: set[str] = set()

    def begin(self, absent: Iterable[str]) -> None:
        """Take these ids as unknown to every table that has rows of datasets."""
        self._absent, self._written = frozenset(absent), set()

    def answer(self, state: ORMExecuteState) -> Any:
        """Give the answer, or None: then the database is asked."""
        if state.session is not self._session or not state.is_select or state.is_column_load:
            return None
        statement = state.statement
        if not isinstance(statement, sa.Select) or statement._for_update_arg is not None:
            return None
        if state.execution_options.get("populate_existing"):
            return None
        if self._absent and self._is_about_absent(statement, _given(state)):
            return IteratorResult(SimpleResultMetaData(["nothing"]), iter(()))
        if self._absent and (asked := _whether(statement)) is not None and self._is_not_there(asked, _given(state)):
            return IteratorResult(SimpleResultMetaData(["is_there"]), iter([(False,)]))
        return self._remembered(state, statement) if _begins_with_kept(state, statement) else None

    def after_flush(self, session: Session, _context: Any) -> None:
        """What was written is no longer absent, and a change of what is steady ends what is known of it."""
        if session is not self._session:
            return
        self._written |= {_table(one) for one in session.new}
        changed = {_table(one) for one in (*session.new, *session.deleted)} | {
            _table(one) for one in session.dirty if session.is_modified(one)
        }
        if changed & {"user", "group"} or any(
            isinstance(one, model.Member) and one.table_name == "user"
            for one in (*session.new, *session.dirty, *session.deleted)
        ):
            self._answers.clear()

    def after_rollback(self, session: Session, _previous: Any) -> None:
        """A rollback empties what was loaded."""
        if session is self._session:
            self._answers.clear()

    def _is_about_absent(self, statement: sa.Select[Any], given: dict[str, Any]) -> bool:
        """Whether only rows of an absent id would do."""
        for table, column, value in filter(None, map(_equals, _clauses(statement))):
            is_theirs = table not in self._written and column in _OF_DATASETS.get(table, ())
            if is_theirs and self._knows(value, given):
                return True
        return False

    def _is_not_there(self, asked: sa.Select[Any], given: dict[str, Any]) -> bool:
        """Whether there can be no such row: nothing is there, or another dataset would have the name of one that is."""
        if self._is_about_absent(asked, given):
            return True
        clauses = _clauses(asked)
        names = [one[2] for one in map(_equals, clauses) if one and one[:2] == ("package", "name")]
        others = [_compared(one, operators.ne) for one in clauses]
        ids = [one[2] for one in others if one and one[:2] == ("package", "id")]
        return any(self._knows(one, given) for one in names) and any(self._knows(one, given) for one in ids)

    def _knows(self, parameter: BindParameter[Any], given: dict[str, Any]) -> bool:
        return _value(parameter, given) in self._absent

    def _remembered(self, state: ORMExecuteState, statement: sa.Select[Any]) -> Any:
        shape = statement._generate_cache_key()
        if shape is None:
            return None
        tables = self._tables.get(shape.key)
        if tables is None:
            tables = self._tables[shape.key] = _tables(statement)
        is_tag = tables == {"tag"} and any(one and one[1] == "name" for one in map(_equals, _clauses(statement)))
        if not is_tag and not (tables and tables <= _STEADY):
            return None
        values = [str(_value(one, _given(state))) for one in shape.bindparams]
        # What belongs to a dataset is in that table too, and is written.
        if "member" in tables and "user" not in values:
            return None
        key = (shape.key, *values)
        if key not in self._answers:
            found = state.invoke_statement().freeze()
            if is_tag and not found.data:
                # The dataset is about to make it.
                return found()
            self._answers[key] = found
        return self._answers[key]()


def _begins_with_kept(state: ORMExecuteState, statement: sa.Select[Any]) -> bool:
    """Whether the first table is one whose rows are kept: told at once, where all tables are not."""
    mapper = state.bind_mapper
    if mapper is not None:
        return getattr(mapper.local_table, "name", None) in _KEPT
    return any(getattr(one, "name", None) in _KEPT for one in statement.columns_clause_froms)


def _whether(statement: sa.Select[Any]) -> sa.Select[Any] | None:
    """Of a question whether there are such rows: the rows."""
    columns = statement._raw_columns
    if len(columns) != 1 or not isinstance(columns[0], sa.Exists) or statement.whereclause is not None:
        return None
    asked = getattr(columns[0].element, "element", None)
    return asked if isinstance(asked, sa.Select) else None


def _given(state: ORMExecuteState) -> dict[str, Any]:
    return state.parameters if isinstance(state.parameters, dict) else {}


def _clauses(statement: sa.Select[Any]) -> list[Any]:
    """The conditions that all must hold."""
    where = statement.whereclause
    if isinstance(where, BooleanClauseList) and where.operator is operators.and_:
        return list(where.clauses)
    return [where]


def _equals(clause: Any) -> tuple[str, str, BindParameter[Any]] | None:
    """Table, column and value of a condition that says what a column equals."""
    return _compared(clause, operators.eq)


def _compared(clause: Any, operator: Any) -> tuple[str, str, BindParameter[Any]] | None:
    if not isinstance(clause, BinaryExpression) or clause.operator is not operator:
        return None
    column, value = (clause.left, clause.right)
    if not isinstance(value, BindParameter):
        column, value = value, column
    table = getattr(getattr(column, "table", None), "name", None)
    return (table, column.name, value) if table and isinstance(value, BindParameter) else None


def _value(parameter: BindParameter[Any], given: dict[str, Any]) -> Any:
    return given.get(parameter.key or "", parameter.effective_value)


def _table(mapped: Any) -> str:
    return sa.inspect(mapped).mapper.local_table.name


def _tables(statement: sa.Select[Any]) -> frozenset[str]:
    """The tables that a statement reads, also within its conditions."""
    found = [one.table if isinstance(one, sa.Column) else one for one in visitors.iterate(statement)]
    return frozenset(one.name if isinstance(one, sa.Table) else "" for one in found if isinstance(one, sa.FromClause))
