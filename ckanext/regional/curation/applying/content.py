"""Reading what is under review from the database, the file store and the datastore."""

from __future__ import annotations

import functools
import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from ckan import model
from ckan import plugins as p
from ckan.lib import uploader
from ckan.types import Context

from ckanext.regional.curation.fingerprint import fingerprint
from ckanext.regional.curation.scope import Scope, with_ancestors
from ckanext.regional.indexing import listed

_BLOCK = 1 << 20
UNREADABLE = "unreadable"


def current(dataset_id: str) -> dict[str, Any]:
    """The dataset as it is in the database now; the cache in Solr is passed by."""
    context: Context = {"ignore_auth": True, "use_cache": False}
    return tk.get_action("package_show")(context, {"id": dataset_id})


def current_fingerprint(dataset: Mapping[str, Any]) -> str:
    """The fingerprint of a dataset that :func:`current` returned."""
    return fingerprint(dataset, stamps)


def scope_of(package: model.Package) -> Scope:
    """What a dataset is about, read from its row."""
    return scope_of_extras(package.extras)


def scope_of_extras(extras: Mapping[str, Any]) -> Scope:
    """As :func:`scope_of`, for who has read the column alone."""
    return Scope(with_ancestors(listed(extras.get("territory"))), frozenset(listed(extras.get("sector"))))


def stamps(resource: Mapping[str, Any]) -> tuple[str | None, str | None]:
    """What tells one version of a resource's data from another: of its file, and of its table."""
    return file_hash(resource), datastore_stamp(resource)


def file_hash(resource: Mapping[str, Any]) -> str | None:
    """SHA-256 of an uploaded file; None where there is none, :data:`UNREADABLE` where it cannot be read."""
    if resource.get("url_type") != "upload":
        return None
    upload = uploader.get_resource_uploader({"id": resource["id"]})
    try:
        path = upload.get_path(resource["id"])
        found = Path(path).stat()
    except (OSError, AttributeError, TypeError):
        # An uploader that keeps no local files, or a file that is gone: neither may look like an unchanged file.
        return UNREADABLE
    return _hashed(path, found.st_mtime_ns, found.st_size)


@functools.lru_cache(maxsize=4096)
def _hashed(path: str, modified: int, size: int) -> str:
    """SHA-256 of a file; ``modified`` and ``size`` make a changed file another key."""
    digest = hashlib.sha256()
    with Path(path).open("rb") as file:
        while block := file.read(_BLOCK):
            digest.update(block)
    return digest.hexdigest()


def datastore_stamp(resource: Mapping[str, Any]) -> str | None:
    """Tell the contents of a resource's table; None where it has none."""
    if not resource.get("datastore_active") or not p.plugin_loaded("datastore"):
        return None
    from ckanext.datastore.backend.postgres import get_read_engine  # pyright: ignore[reportMissingImports]

    engine = get_read_engine()
    table = sa.table(resource["id"])
    inspector = sa.inspect(engine)
    if not inspector.has_table(resource["id"]):
        # A resource can say that it has a table when it has none; that must not keep anybody from reading the case.
        return None
    columns = inspector.get_columns(resource["id"])
    with engine.connect() as connection:
        rows, total = connection.execute(
            sa.select(
                sa.func.count(),
                sa.func.coalesce(sa.func.sum(sa.func.hashtextextended(sa.literal_column("t::text"), 0)), 0),
            ).select_from(table.alias("t"))
        ).one()
    # The data dictionary is kept as comments on the columns.
    names = ",".join(
        f"{column['name']}:{column['type']}:{column.get('comment') or ''}"
        for column in columns
        if column["name"] != "_full_text"
    )
    return f"{rows}:{total}:{names}"
