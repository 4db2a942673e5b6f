"""What the migrations make is what the mapped classes say, and they go back the way they came."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from sqlalchemy.dialects import postgresql
from sqlalchemy.exc import IntegrityError

import ckanext.regional
from ckanext.regional import site  # noqa: F401 - its table belongs to the plugin regional
from ckanext.regional.curation import model as review
from ckanext.regional.database import Base
from ckanext.regional.links import model as links
from dev.testing import current_stack

REVIEW = sorted(
    mapped.__tablename__
    for mapped in vars(review).values()
    if isinstance(mapped, type) and hasattr(mapped, "__table__")
)
LINKS = [links.Link.__tablename__, links.LinkHost.__tablename__]
TABLES = ["regional_site", *LINKS, *REVIEW]
PLUGINS = ("regional", "regional_curation")


def _configuration(plugin: str, url: str) -> Config:
    config = Config()
    folder = Path(next(iter(ckanext.regional.__path__))) / "migration" / plugin
    config.set_main_option("script_location", str(folder))
    config.set_main_option("sqlalchemy.url", url.replace("%", "%%"))
    return config


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    """An empty database."""
    postgres = current_stack().postgres
    name = f"{current_stack().name}_migrations".replace("-", "_")
    postgres.drop(name)
    postgres.create(name)
    yield postgres.url(name)
    postgres.drop(name)


@pytest.fixture(scope="module")
def migrated(url: str) -> Iterator[sa.Inspector]:
    """The database after every migration, back and again."""
    for step in ("up", "down", "up"):
        for plugin in PLUGINS:
            if step == "up":
                command.upgrade(_configuration(plugin, url), "head")
            else:
                command.downgrade(_configuration(plugin, url), "base")
    engine = sa.create_engine(url, poolclass=sa.pool.NullPool)
    yield sa.inspect(engine)
    engine.dispose()


def _mapped(table: str) -> sa.Table:
    return Base.metadata.tables[table]


def test_the_migrations_make_every_table(migrated: sa.Inspector) -> None:
    made = {name for name in migrated.get_table_names() if not name.endswith("_alembic_version")}
    assert made == set(TABLES)


@pytest.mark.parametrize("table", TABLES)
def test_columns(migrated: sa.Inspector, table: str) -> None:
    def spelled(kind: Any) -> str:
        return kind.compile(dialect=postgresql.dialect())

    made = {one["name"]: (spelled(one["type"]), one["nullable"]) for one in migrated.get_columns(table)}
    assert made == {one.name: (spelled(one.type), one.nullable) for one in _mapped(table).columns}


@pytest.mark.parametrize("table", TABLES)
def test_primary_key(migrated: sa.Inspector, table: str) -> None:
    key = migrated.get_pk_constraint(table)
    mapped = _mapped(table).primary_key
    assert (key["name"], key["constrained_columns"]) == (mapped.name, [one.name for one in mapped.columns])


def _parts(index: Any) -> list[str]:
    """Columns and expressions of an index, as the mapped class spells them."""
    return [str(part).replace("::text", "").lower() for part in index.get("expressions") or index["column_names"]]


@pytest.mark.parametrize("table", TABLES)
def test_indexes(migrated: sa.Inspector, table: str) -> None:
    made = {
        one["name"]: (_parts(one), one["unique"], bool(one.get("dialect_options", {}).get("postgresql_where")))
        for one in migrated.get_indexes(table)
        if not one.get("duplicates_constraint")
    }
    assert made == {
        one.name: (
            [str(getattr(part, "name", part)) for part in one.expressions],
            bool(one.unique),
            one.dialect_options["postgresql"]["where"] is not None,
        )
        for one in _mapped(table).indexes
    }


@pytest.mark.parametrize("table", TABLES)
def test_unique_constraints(migrated: sa.Inspector, table: str) -> None:
    made = {one["name"]: one["column_names"] for one in migrated.get_unique_constraints(table)}
    constraints = [one for one in _mapped(table).constraints if isinstance(one, sa.UniqueConstraint)]
    assert made == {one.name: [column.name for column in one.columns] for one in constraints}


@pytest.mark.parametrize("table", TABLES)
def test_check_constraints(migrated: sa.Inspector, table: str) -> None:
    made = {one["name"] for one in migrated.get_check_constraints(table)}
    constraints = [one for one in _mapped(table).constraints if isinstance(one, sa.CheckConstraint)]
    # The mapped name is the short one that the naming convention completes.
    assert made == {
        f"{table}_{str(one.name).removeprefix(table + '_').removesuffix('_check')}_check" for one in constraints
    }


@pytest.mark.parametrize("table", TABLES)
def test_no_foreign_key_leads_out(migrated: sa.Inspector, table: str) -> None:
    assert [one for one in migrated.get_foreign_keys(table) if one["referred_table"] not in TABLES] == []


@pytest.mark.parametrize("state", ["draft", "submitted", "in_review", "changes_requested"])
def test_a_dataset_has_one_open_case(migrated: sa.Inspector, state: str) -> None:
    insert = sa.text(
        "INSERT INTO regional_case (id, dataset_id, kind, state, created)"
        " VALUES (:id, 'd', 'publication', :state, now())"
    )
    with migrated.engine.connect() as connection:  # pyright: ignore[reportAttributeAccessIssue]
        connection.execute(insert, {"id": "1", "state": "approved"})
        connection.execute(insert, {"id": "2", "state": "submitted"})
        with pytest.raises(IntegrityError, match="regional_case_one_open_key"):
            connection.execute(insert, {"id": "3", "state": state})


def test_downgrading_leaves_nothing(url: str, migrated: sa.Inspector) -> None:
    """Last in this module: it empties the database of the others."""
    for plugin in reversed(PLUGINS):
        command.downgrade(_configuration(plugin, url), "base")
    engine = sa.create_engine(url, poolclass=sa.pool.NullPool)
    left = [name for name in sa.inspect(engine).get_table_names() if not name.endswith("_alembic_version")]
    with engine.connect() as connection:
        functions = connection.scalar(sa.text("SELECT count(*) FROM pg_proc WHERE proname LIKE 'regional%'"))
    assert (left, functions) == ([], 0)
