"""The migration makes what the model says."""

from __future__ import annotations

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from ckan import model

from ckanext.regional.database import Base
from ckanext.regional.harvest.model import Change, Page, Record, Run, RunNotice, Source

OURS = {table.__tablename__ for table in (Source, Run, Page, Record, Change, RunNotice)}


@pytest.mark.usefixtures("clean_regional")
def test_the_migrated_tables_are_the_mapped_ones() -> None:
    def ours(thing: object, name: str | None, kind: str, reflected: bool, compared: object) -> bool:
        return kind != "table" or name in OURS

    assert model.meta.engine is not None
    with model.meta.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"include_object": ours, "compare_type": True})
        assert compare_metadata(context, Base.metadata) == []
