"""What grows and may be thrown away after a time: named by each plugin, removed by ``ckan regional retention``.

Rows go some thousands at a time, each time with a commit, so that years of them hold up nobody.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from ckan import model

from ckanext.regional.database import Base, now

_BATCH = 10_000


@dataclass(frozen=True, slots=True)
class Expiry:
    """One kind of rows that may go.

    ``name`` tells it to programs, ``what`` to people, with the setting that says when. ``condition`` makes the
    condition on the table's rows, or None where the setting keeps them all.
    """

    name: str
    what: str
    table: type[Base]
    condition: Callable[[], sa.ColumnElement[bool] | None]

    def count(self) -> int:
        """How many rows would go now."""
        condition = self.condition()
        if condition is None:
            return 0
        return model.Session.scalar(sa.select(sa.func.count()).select_from(self.table).where(condition)) or 0

    def remove(self) -> int:
        """Remove them, and commit.

        :returns: how many rows
        """
        condition = self.condition()
        if condition is None:
            return 0
        keys: Any = sa.inspect(self.table).primary_key
        some = sa.select(*keys).where(condition).limit(_BATCH).with_for_update(skip_locked=True)
        gone = 0
        while True:
            statement = sa.delete(self.table).where(sa.tuple_(*keys).in_(some))
            number = model.Session.execute(statement.execution_options(synchronize_session=False)).rowcount  # pyright: ignore
            model.Session.commit()
            gone += number
            if not number:
                return gone


def days_ago(days: int) -> datetime.datetime:
    """The moment that many days before now."""
    return now() - datetime.timedelta(days=days)


def of_a_dataset_that_is_gone(column: Any) -> sa.ColumnElement[bool]:
    """Whether the dataset whose id a column holds does not exist any more, not even deleted."""
    return sa.not_(sa.exists().where(model.Package.id == column))
