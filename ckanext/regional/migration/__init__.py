"""What the ``env.py`` of each migration folder does; the folders differ only in which tables are theirs."""

from __future__ import annotations

from pathlib import Path

import sqlalchemy as sa
from alembic import context
from sqlalchemy import engine_from_config, pool

from ckanext.regional.database import Base


def run(env_file: str) -> None:
    """Run the migrations of the plugin whose ``env.py`` calls.

    The version table carries the plugin's name. Autogenerate sees our own MetaData only; which of its tables belong
    to which plugin cannot be told from a name prefix (``regional`` begins ``regional_curation``), so migrations are
    written by hand.
    """
    plugin = Path(env_file).parent.name
    options = {"target_metadata": Base.metadata, "version_table": f"{plugin}_alembic_version"}
    if context.is_offline_mode():
        context.configure(url=context.config.get_main_option("sqlalchemy.url"), literal_binds=True, **options)
        with context.begin_transaction():
            context.run_migrations()
        return
    engine = engine_from_config(
        context.config.get_section(context.config.config_ini_section) or {},
        prefix="sqlalchemy.",
        poolclass=pool.NullPool,
    )
    with engine.connect() as connection:
        context.configure(connection=connection, **options)
        with context.begin_transaction():
            context.run_migrations()
            _leave_nothing(connection, options["version_table"])


def _leave_nothing(connection: sa.Connection, version_table: str) -> None:
    """Remove Alembic's table after the last step down; CKAN makes it again before the first step up."""
    if not sa.inspect(connection).has_table(version_table):
        return
    if not connection.scalar(sa.select(sa.func.count()).select_from(sa.table(version_table))):
        connection.execute(sa.text(f"DROP TABLE {version_table}"))
