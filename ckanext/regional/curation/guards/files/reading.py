"""The files and tables of a dataset, as far as this site holds them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from ckan import plugins as p
from ckan.lib import uploader
from sqlalchemy.exc import SQLAlchemyError

from ckanext.regional.curation import config
from ckanext.regional.curation.guards.files import tables
from ckanext.regional.curation.guards.files.analysis import Analysis, analyse
from ckanext.regional.curation.guards.personal.columns import Hit, look

#: Milliseconds in which the datastore must answer.
_PATIENCE = 3000


def analyses(dataset: Mapping[str, Any]) -> Iterator[tuple[Mapping[str, Any], Analysis | None]]:
    """Each uploaded resource with what is in its file; None where the file cannot be read."""
    for resource in dataset.get("resources") or []:
        if resource.get("url_type") == "upload" and resource.get("id"):
            yield resource, _analysis(resource)


def datastore_hits(resource: Mapping[str, Any]) -> list[Hit]:
    """Personal data in the first rows of a resource's table in the datastore."""
    if not resource.get("datastore_active") or not p.plugin_loaded("datastore"):
        return []
    table = tables.from_records(_rows(resource["id"]))
    return look(table.columns, table.rows) if table is not None else []


def _analysis(resource: Mapping[str, Any]) -> Analysis | None:
    try:
        path = Path(uploader.get_resource_uploader({"id": resource["id"]}).get_path(resource["id"]))
        return analyse(
            path, resource.get("format") or "", most_bytes=config.sample_bytes(), most_rows=config.sample_rows()
        )
    except (OSError, AttributeError, TypeError, NotImplementedError):
        # An uploader that keeps no local files, or a file that is gone.
        return None


def _rows(resource_id: str) -> list[dict[str, Any]]:
    from ckanext.datastore.backend.postgres import get_read_engine  # pyright: ignore[reportMissingImports]

    engine = get_read_engine()
    if not sa.inspect(engine).has_table(resource_id):
        # A resource can say that it has a table when it has none.
        return []
    with engine.begin() as connection:
        connection.execute(sa.text(f"SET LOCAL statement_timeout = {_PATIENCE}"))
        query = sa.select(sa.text("*")).select_from(sa.table(resource_id)).limit(config.sample_rows())
        try:
            found = connection.execute(query).mappings().all()
        except SQLAlchemyError as error:
            raise RuntimeError(f"the table of {resource_id} could not be read") from error
    return [{key: value for key, value in row.items() if key not in ("_id", "_full_text")} for row in found]
