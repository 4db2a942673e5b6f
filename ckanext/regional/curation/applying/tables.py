"""The datastore's tables of working copies: made, taken over and dropped in the datastore's own transactions."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from ckan import plugins as p
from sqlalchemy.sql.elements import quoted_name


def copy(live: str, copied: str) -> None:
    """Copy a table with its indexes, triggers and data dictionary; a copy that exists already stays."""
    if not _is_on():
        return
    with _engine().begin() as connection:
        if not _exists(connection, live) or _exists(connection, copied):
            return
        source, target = _quoted(connection, live), _quoted(connection, copied)
        connection.execute(sa.text(f"CREATE TABLE {target} (LIKE {source} INCLUDING ALL)"))
        sequence = _quoted(connection, f"{copied}__id_seq")
        connection.execute(sa.text(f'CREATE SEQUENCE {sequence} OWNED BY {target}."_id"'))
        literal = sequence.replace("'", "''")
        connection.execute(
            sa.text(f"ALTER TABLE {target} ALTER COLUMN \"_id\" SET DEFAULT nextval('{literal}'::regclass)")
        )
        connection.execute(sa.text(f"INSERT INTO {target} SELECT * FROM {source}"))  # noqa: S608 - both are quoted
        connection.execute(
            sa.text(f"SELECT setval('{literal}', coalesce((SELECT max(\"_id\") FROM {target}), 0) + 1, false)")  # noqa: S608
        )
        for definition in _triggers(connection, live):
            connection.exec_driver_sql(definition.replace(f"{source} ", f"{target} ", 1).replace("%", "%%"))


def take_over(live: str, copied: str) -> None:
    """Put the copy in the place of the live table, aliases kept; nothing if that was done already."""
    if not _is_on():
        return
    with _engine().begin() as connection:
        if not _exists(connection, copied):
            return
        source, target = _quoted(connection, copied), _quoted(connection, live)
        aliases = connection.scalars(
            sa.text('SELECT name FROM "_table_metadata" WHERE alias_of = :id'), {"id": live}
        ).all()
        connection.execute(sa.text(f"DROP TABLE IF EXISTS {target} CASCADE"))
        connection.execute(sa.text(f"ALTER TABLE {source} RENAME TO {target}"))
        for alias in aliases:
            view = _quoted(connection, alias)
            connection.execute(sa.text(f"DROP VIEW IF EXISTS {view}"))
            connection.execute(sa.text(f"CREATE VIEW {view} AS SELECT * FROM {target}"))  # noqa: S608


def drop(resource_ids: list[str]) -> None:
    """Drop tables with what hangs on them; those that are gone already are no matter."""
    if not _is_on():
        return
    with _engine().begin() as connection:
        for resource_id in resource_ids:
            connection.execute(sa.text(f"DROP TABLE IF EXISTS {_quoted(connection, resource_id)} CASCADE"))


def _is_on() -> bool:
    return p.plugin_loaded("datastore")


def _engine() -> Any:
    from ckanext.datastore.backend.postgres import get_write_engine  # pyright: ignore[reportMissingImports]

    return get_write_engine()


def _exists(connection: sa.Connection, table: str) -> bool:
    return sa.inspect(connection).has_table(table)


def _quoted(connection: sa.Connection, name: str) -> str:
    return connection.dialect.identifier_preparer.quote_identifier(str(quoted_name(name, True)))


def _triggers(connection: sa.Connection, table: str) -> list[str]:
    """How each trigger of a table was made."""
    query = sa.text(
        "SELECT pg_get_triggerdef(t.oid) FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid"
        " WHERE c.relname = :name AND NOT t.tgisinternal ORDER BY t.tgname"
    )
    return list(connection.scalars(query, {"name": table}))
