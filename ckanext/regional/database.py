"""The MetaData that our tables share, apart from CKAN's: its ``clean_db`` deletes from every table in its own."""

from __future__ import annotations

import datetime
import uuid

import sqlalchemy as sa
from sqlalchemy.orm import DeclarativeBase, MappedColumn, mapped_column


class Base(DeclarativeBase):
    """Every mapped class of this extension; no foreign key leads to a table of CKAN."""

    metadata = sa.MetaData(
        naming_convention={
            "ix": "%(table_name)s_%(column_0_N_name)s_idx",
            "uq": "%(table_name)s_%(column_0_N_name)s_key",
            "ck": "%(table_name)s_%(constraint_name)s_check",
            "fk": "%(table_name)s_%(column_0_N_name)s_fkey",
            "pk": "%(table_name)s_pkey",
        }
    )


def table_of(mapped: type[Base]) -> sa.Table:
    """The table of a class, for statements that are sent so often that what the ORM makes of them costs too much."""
    table = mapped.__table__
    assert isinstance(table, sa.Table)
    return table


def now() -> datetime.datetime:
    """The time, aware, in UTC."""
    return datetime.datetime.now(datetime.UTC)


def new_id() -> str:
    return str(uuid.uuid4())


def uuid_key() -> MappedColumn[str]:
    """A text primary key that holds a UUID, as CKAN's own keys do."""
    return mapped_column(sa.Text, primary_key=True, default=new_id)
