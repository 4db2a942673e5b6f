"""Erasing a dataset with everything that was made of it, as a person or a court may demand.

What lies outside the database goes first, the dataset itself last: whoever is stopped in between finds it by its name
and erases it again.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from ckan import model
from ckan import plugins as p
from ckan.lib import uploader
from ckan.types import Context

from ckanext.regional.characters import is_blank
from ckanext.regional.exceptions import InvalidInput, NotHere
from ckanext.regional.interfaces import IRegional
from ckanext.regional.links import entries

#: CKAN's history of a dataset; the tables stay when the plugin activity is switched off.
_ACTIVITIES = (
    "DELETE FROM activity_detail WHERE activity_id IN (SELECT id FROM activity WHERE object_id = :id)",
    "DELETE FROM activity WHERE object_id = :id",
)
#: Words that nothing bears any more are found by nobody, but they are still there.
_TAGS = (
    "DELETE FROM tag WHERE vocabulary_id IS NULL AND id = ANY(:ids)"
    " AND NOT EXISTS (SELECT 1 FROM package_tag WHERE package_tag.tag_id = tag.id)"
)


@dataclass(slots=True)
class Erased:
    """What was removed. ``left`` are sentences about what a person has to remove elsewhere."""

    dataset_id: str
    name: str
    copies: int = 0
    files: int = 0
    tables: int = 0
    left: list[str] = field(default_factory=list)


def find(name_or_id: str) -> model.Package:
    """The dataset of this name or id, deleted ones included.

    :raises NotHere: there is none
    """
    package = model.Package.get(name_or_id)
    if package is None:
        raise NotHere(f"There is no dataset “{name_or_id}”.")
    return package


def erase(package: model.Package, actor: model.User, reason: str) -> Erased:
    """Remove a dataset, its working copies, files, tables, history and everything that plugins keep of it; commits.

    :raises InvalidInput: no reason is given
    """
    if is_blank(reason):
        raise InvalidInput({"reason": ["Say why: it is all that is kept."]})
    erased = Erased(package.id, package.name)
    dataset_id = package.id
    copies = {copy for plugin in _plugins() for copy in plugin.get_copies(dataset_id)} - {dataset_id}
    for copy_id in sorted(copies):
        copy = model.Package.get(copy_id)
        if copy is not None:
            _erase_one(copy, actor, reason, erased)
            erased.copies += 1
    found = model.Package.get(dataset_id)
    if found is not None:
        _erase_one(found, actor, reason, erased)
    return erased


def _erase_one(package: model.Package, actor: model.User, reason: str, erased: Erased) -> None:
    dataset_id = package.id
    resources = [resource.id for resource in package.resources_all]
    urls = [
        address.strip()
        for resource in package.resources_all
        for address in (resource.url, *(resource.extras.get(name) for name in entries.BESIDES))
        if isinstance(address, str)
    ]
    borne: Any = model.PackageTag
    tags = list(model.Session.scalars(sa.select(borne.tag_id).where(borne.package_id == dataset_id)))
    for resource_id in resources:
        erased.tables += _drop_table(resource_id)
        erased.files += _remove_file(resource_id, erased)
    erased.files += _remove_owned_files(dataset_id, resources, actor)
    for plugin in _plugins():
        plugin.forget(dataset_id, actor, reason)
    if sa.inspect(model.Session.connection()).has_table("activity"):
        for statement in _ACTIVITIES:
            model.Session.execute(sa.text(statement), {"id": dataset_id})
    # Its commit carries all of this.
    tk.get_action("dataset_purge")(_context(actor), {"id": dataset_id})
    model.Session.execute(sa.text(_TAGS), {"ids": tags})
    entries.forget(urls)
    model.Session.commit()


def _drop_table(resource_id: str) -> int:
    if not p.plugin_loaded("datastore"):
        return 0
    from ckanext.datastore.backend.postgres import get_write_engine  # pyright: ignore[reportMissingImports]

    with get_write_engine().begin() as connection:
        if not sa.inspect(connection).has_table(resource_id):
            return 0
        quoted = connection.dialect.identifier_preparer.quote_identifier(resource_id)
        connection.execute(sa.text(f"DROP TABLE {quoted} CASCADE".replace(":", r"\:")))
    return 1


def _remove_file(resource_id: str, erased: Erased) -> int:
    """Remove an uploaded file: where the site's uploader says that it is, and where CKAN itself would have put it."""
    found = uploader.get_resource_uploader({"id": resource_id})
    paths: set[Path] = set()
    for one in (found, uploader.ResourceUpload({"id": resource_id})):
        try:
            paths.add(Path(one.get_path(resource_id)))
        except (AttributeError, TypeError, OSError):
            sentence = f"{type(one).__name__} keeps the file of resource {resource_id} elsewhere: remove it there."
            if sentence not in erased.left and tk.config.get("ckan.storage_path"):
                erased.left.append(sentence)
    removed = 0
    for path in paths:
        if path.is_file():
            path.unlink()
            removed += 1
    return removed


def _remove_owned_files(dataset_id: str, resources: list[str], actor: model.User) -> int:
    """Remove what lies in CKAN's own file storages in the name of the dataset or of one of its resources."""
    owner: Any = model.FileOwner
    owned = model.Session.scalars(
        sa.select(owner.file_id).where(
            sa.or_(
                sa.and_(owner.owner_type == "package", owner.owner_id == dataset_id),
                sa.and_(owner.owner_type == "resource", owner.owner_id.in_(resources)),
            )
        )
    ).all()
    for file_id in owned:
        tk.get_action("file_delete")(_context(actor), {"id": file_id})
    return len(owned)


def _plugins() -> Any:
    return p.PluginImplementations(IRegional)


def _context(actor: model.User) -> Context:
    return {"user": actor.name, "auth_user_obj": actor, "ignore_auth": True}
