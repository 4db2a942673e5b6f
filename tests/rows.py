"""What CKAN's tables hold, kept to be put back: quicker than to have CKAN make it again for each test."""

from __future__ import annotations

from typing import NamedTuple

import sqlalchemy as sa
from ckan import model
from sqlalchemy.orm import close_all_sessions


class Rows(NamedTuple):
    """The rows of a table, as one JSON array."""

    table: str
    json: str


def read() -> list[Rows]:
    """All rows of CKAN's own tables, in an order in which they can be written."""
    assert model.meta.engine is not None
    with model.meta.engine.connect() as connection:
        found = []
        for table in model.meta.metadata.sorted_tables:
            # CKAN's own emptying leaves it, and once it was looked at it stands among the others.
            if table.name == "alembic_version":
                continue
            query = sa.text(f'SELECT CAST(json_agg(t) AS text) FROM "{table.name}" t')
            if rows := connection.scalar(query):
                found.append(Rows(table.name, rows))
        return found


def filled(connection: sa.Connection, metadata: sa.MetaData) -> list[str]:
    """The tables that hold rows, in an order in which they can be emptied. To look costs less than to empty."""
    present = set(sa.inspect(connection).get_table_names()) - {"alembic_version"}
    names = [table.name for table in reversed(metadata.sorted_tables) if table.name in present]
    looks = " UNION ALL ".join(f"SELECT '{name}' WHERE EXISTS (SELECT FROM \"{name}\")" for name in names)
    found = set(connection.scalars(sa.text(looks))) if looks else set()
    return [name for name in names if name in found]


def is_empty() -> bool:
    """Whether no table of CKAN's own holds a row."""
    assert model.meta.engine is not None
    with model.meta.engine.connect() as connection:
        return not filled(connection, model.meta.metadata)


def empty() -> None:
    """Empty CKAN's own tables, as its ``reset_db`` does, which takes each of them whether it holds a row or not."""
    assert model.meta.engine is not None
    # A test may have left others open, which would hold the rows.
    close_all_sessions()
    model.Session.remove()
    with model.meta.engine.begin() as connection:
        for name in filled(connection, model.meta.metadata):
            connection.execute(sa.text(f'DELETE FROM "{name}"'))


def write(found: list[Rows]) -> None:
    """Put rows back into tables that are empty."""
    assert model.meta.engine is not None
    with model.meta.engine.begin() as connection:
        for rows in found:
            back = f'INSERT INTO "{rows.table}" SELECT * FROM json_populate_recordset(NULL::"{rows.table}", :json)'
            connection.execute(sa.text(back), {"json": rows.json})
