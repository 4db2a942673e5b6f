"""The migration makes what the model says."""

from __future__ import annotations

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from ckan import model

from ckanext.regional.database import Base
from ckanext.regional.needs import model as needs

OURS = {
    table.__tablename__
    for table in (
        needs.Need, needs.Person, needs.Link, needs.Answer, needs.Step, needs.Mail, needs.Searched, needs.Visited,
        needs.Supplied, needs.Cell, needs.Month, needs.Refreshed,
    )
}  # fmt: skip
#: Made where the database has pg_trgm, and only there.
TRIGRAMS = "regional_need_title_words_idx"


@pytest.mark.usefixtures("clean_regional")
def test_the_migrated_tables_are_the_mapped_ones() -> None:
    def ours(thing: object, name: str | None, kind: str, reflected: bool, compared: object) -> bool:
        return name != TRIGRAMS if kind == "index" else kind != "table" or name in OURS

    assert model.meta.engine is not None
    with model.meta.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"include_object": ours, "compare_type": True})
        assert compare_metadata(context, Base.metadata) == []
