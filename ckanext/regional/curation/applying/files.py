"""Which file a resource has: our uploader lets two resources share one, and lets a decision switch it in a transaction.

A file lies where CKAN keeps it, under the id of a resource. A row of ``regional_file`` says that a resource has the
file of another id; without a row it is its own. So an unchanged file of a working copy is not copied, and an approval
changes a row instead of bytes. Afterwards the file moves to where plain CKAN looks for it (:func:`settle`).
"""

from __future__ import annotations

import errno
import os
import shutil
from contextlib import suppress
from pathlib import Path
from typing import Any

import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from ckan import model
from ckan.common import config
from ckan.lib import files, uploader
from sqlalchemy.dialects.postgresql import insert

from ckanext.regional import language
from ckanext.regional.curation.model import FileKey

#: No room on the disk, none for this user, none for a file of this size.
_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


class _ByKey:
    """Looks a resource's file up under its key; what is uploaded lies under the resource's own id again."""

    def get_path(self, id: str) -> Any:
        return super().get_path(key_of(id))  # pyright: ignore[reportAttributeAccessIssue]

    def upload(self, id: str, max_size: int = 10) -> None:
        if self.filename or self.clear:  # pyright: ignore[reportAttributeAccessIssue]
            # In the transaction of the upload; the file that was shared stays as it is.
            forget([id])
        try:
            super().upload(id, max_size)  # pyright: ignore[reportAttributeAccessIssue]
        except OSError as error:
            if error.errno not in _FULL:
                raise
            # What CKAN writes first, beside the file that there is.
            with suppress(OSError, AttributeError, TypeError):
                Path(f"{self.get_path(id)}~").unlink(missing_ok=True)
            # What was written meanwhile goes with the request, as with a file that is too large.
            text = tk._(
                "This site has no room left for the file ({size} bytes). Nothing was changed. Tell its administrators, "
                "and try again when they have made room."
            )
            size = self.filesize  # pyright: ignore[reportAttributeAccessIssue]
            raise tk.ValidationError({"upload": [text.format(size=language.number(size or 0))]}) from error


class LocalUpload(_ByKey, uploader.ResourceUpload):
    """CKAN's own uploader to a folder, by key."""


class StorageUpload(_ByKey, uploader.FKResourceUpload):
    """CKAN's own uploader to a configured storage, by key."""


def resource_uploader(data_dict: dict[str, Any]) -> Any:
    """An uploader for a resource dict, as CKAN would choose it."""
    try:
        files.get_storage(config["ckan.files.default_storages.resource"])
    except files.exc.UnknownStorageError:
        return LocalUpload(data_dict)
    return StorageUpload(data_dict)


def are_shared() -> bool:
    """Whether CKAN asks our uploader; another plugin's knows nothing of keys, and its files are copied."""
    return isinstance(uploader.get_resource_uploader({"id": ""}), _ByKey)


def key_of(resource_id: str) -> str:
    """Under which id the file of a resource lies."""
    return model.Session.scalar(sa.select(FileKey.key).where(FileKey.resource_id == resource_id)) or resource_id


def share(resource_id: str, key: str) -> None:
    """Give a resource the file of another id, in the running transaction."""
    row = insert(FileKey).values(resource_id=resource_id, key=key)
    model.Session.execute(row.on_conflict_do_update(index_elements=["resource_id"], set_={"key": key}))


def forget(resource_ids: list[str]) -> None:
    """Let resources have the files under their own ids, in the running transaction."""
    model.Session.execute(sa.delete(FileKey).where(FileKey.resource_id.in_(resource_ids)))


def settle(resource_id: str, key: str) -> None:
    """Move the file of a resource from its key to its own id, where CKAN finds it without us; commits.

    Whoever reads meanwhile gets the same bytes by either way. A storage keeps the file under its key.
    """
    source, target = _path(key), _path(resource_id)
    if source is None or target is None:
        return
    if key_of(resource_id) == key and source.exists():
        target.parent.mkdir(parents=True, exist_ok=True)
        beside = target.with_name(target.name + "~")
        beside.unlink(missing_ok=True)
        _link(source, beside)
        beside.replace(target)
        forget([resource_id])
        model.Session.commit()
    remove([key])


def bring_home(resource_id: str, key: str) -> None:
    """As :func:`settle`, in a storage by a copy of the bytes: for a site that goes on without us; commits."""
    upload = resource_uploader({"id": key})
    if not isinstance(upload, StorageUpload):
        settle(resource_id, key)
        return
    storage = upload.storage
    assert storage is not None
    source, target = (uploader.FKResourceUpload.get_path(upload, one) for one in (key, resource_id))
    with suppress(files.exc.MissingFileError):
        storage.remove(files.FileData(target))
    storage.copy_synthetic(target, files.FileData(source), storage)
    forget([resource_id])
    model.Session.commit()


def copy(source_id: str, target_id: str) -> None:
    """Copy a file of another plugin's uploader, where it lies in a folder; elsewhere nothing can be done."""
    source, target = _foreign_path(source_id), _foreign_path(target_id)
    if source is None or target is None or not source.exists():
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    beside = target.with_name(target.name + "~")
    shutil.copyfile(source, beside)
    beside.replace(target)


def remove(keys: list[str]) -> None:
    """Remove files that no resource has any more."""
    used = set(model.Session.scalars(sa.select(FileKey.key).where(FileKey.key.in_(keys))))
    for key in set(keys) - used:
        path = _path(key)
        if path is not None:
            path.unlink(missing_ok=True)


def _path(key: str) -> Path | None:
    """Where the file of a key lies; None in a storage that is no folder."""
    upload = resource_uploader({"id": key})
    if not isinstance(upload, LocalUpload) or not upload.storage_path:
        return None
    return Path(uploader.ResourceUpload.get_path(upload, key))


def _foreign_path(resource_id: str) -> Path | None:
    try:
        return Path(uploader.get_resource_uploader({"id": resource_id}).get_path(resource_id))
    except (AttributeError, TypeError, NotImplementedError):
        return None


def _link(source: Path, target: Path) -> None:
    try:
        os.link(source, target)
    except OSError:
        shutil.copyfile(source, target)
