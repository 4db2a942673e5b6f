"""What the tests of the review share: a published and a hidden dataset, made once for a module that changes neither."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import ckan.plugins.toolkit as tk
import pytest
import sqlalchemy as sa
from ckan import model
from ckan.lib import uploader
from werkzeug.datastructures import FileStorage

from tests.conftest import People, act, complete

CSV = b"plat,jour\nsoupe,lundi\n"


@dataclass(frozen=True)
class Catalogue:
    """A published dataset with everything that can hang on one, a hidden dataset of the same organisation, a group."""

    people: People
    published: dict[str, Any]
    hidden: dict[str, Any]
    group: str
    other_group: str
    other_organization: str
    view: str
    hidden_view: str
    file: str

    @property
    def id(self) -> str:
        return self.published["id"]

    @property
    def uploaded(self) -> str:
        """Id of the published resource that was uploaded and is in the datastore."""
        return self.published["resources"][0]["id"]

    @property
    def link(self) -> str:
        """Id of the published resource that is a link."""
        return self.published["resources"][1]["id"]


@pytest.fixture(scope="module")
def _kept() -> dict[str, Catalogue | None]:
    return {}


@pytest.fixture
def catalogue(
    _kept: dict[str, Catalogue | None], our_plugins: None, request: pytest.FixtureRequest
) -> Iterator[Catalogue]:
    """The same catalogue for every test of the module: its tests are about what does not change."""
    if not _kept:
        _kept["it"] = None
        _kept["it"] = build(request.getfixturevalue("people"))
    made = _kept["it"]
    assert made is not None, "the catalogue could not be made: see the first error of this module"
    yield made
    model.Session.rollback()
    model.Session.remove()


def build(people: People) -> Catalogue:
    """Make the catalogue."""
    admins = [{"name": people.sysadmin, "capacity": "admin"}] + [
        {"name": name, "capacity": "admin"} for name in (people.org_admin, people.editor, people.steward)
    ]
    group = act("group_create", people.sysadmin, name="cantines", title="Cantines", users=admins)
    other_group = act("group_create", people.sysadmin, name="ecoles", title="Écoles", users=admins)
    elsewhere = act("organization_create", people.sysadmin, name="ville-de-brest", users=admins)
    hidden = act("package_create", people.editor, **complete(people, name="hidden", title="Hidden"))
    hidden_view = act(
        "resource_view_create",
        people.editor,
        resource_id=hidden["resources"][0]["id"],
        title="V",
        view_type="text_view",
    )
    dataset = act("package_create", people.editor, **complete(people, resources=[], groups=[{"id": group["id"]}]))
    resource = act("resource_create", people.editor, package_id=dataset["id"], name="Menus", upload=upload(CSV))
    act("resource_create", people.editor, package_id=dataset["id"], name="Lien", url="https://example.org/a.csv")
    act(
        "datastore_create", people.editor, resource_id=resource["id"], force=True, primary_key=["plat"],
        fields=[{"id": "plat", "type": "text"}], records=[{"plat": "soupe"}],
    )  # fmt: skip
    view = act("resource_view_create", people.editor, resource_id=resource["id"], title="Vue", view_type="text_view")
    file = model.File(name="annexe.txt", storage="default", location="annexe.txt")
    file_owner = model.FileOwner(file_id=file.id, owner_type="package", owner_id=dataset["id"])
    file_id = file.id
    model.Session.add_all([file, file_owner])
    publish(people, dataset["id"])
    return Catalogue(
        people=people,
        published=act("package_show", people.sysadmin, id=dataset["id"]),
        hidden=act("package_show", people.sysadmin, id=hidden["id"]),
        group=group["id"],
        other_group=other_group["id"],
        other_organization=elsewhere["id"],
        view=view["id"],
        hidden_view=hidden_view["id"],
        file=file_id,
    )


def publish(people: People, dataset_id: str) -> None:
    """Submit and approve a dataset."""
    shown = act("regional_curation_submit", people.editor, id=dataset_id)
    act("regional_curation_approve", people.steward, id=dataset_id, fingerprint=shown["fingerprint"])


def upload(content: bytes, name: str = "menus.csv") -> FileStorage:
    """A file as a form sends it."""
    return FileStorage(io.BytesIO(content), name)


def path_of(resource_id: str) -> Path:
    """Where CKAN keeps the bytes of an uploaded resource."""
    return Path(uploader.get_resource_uploader({"id": resource_id}).get_path(resource_id))


#: Every table that says something of a dataset, with the column that tells which.
_TABLES = {
    "package": "id",
    "resource": "package_id",
    "package_tag": "package_id",
    "member": "table_id",
    "package_member": "package_id",
    "package_relationship": "subject_package_id",
    "regional_dataset": "dataset_id",
    "regional_case": "dataset_id",
    "regional_event": "dataset_id",
}

_ONLY = {"regional_event": "action <> 'denied'"}


def rows_of(dataset_id: str) -> dict[str, list[str]]:
    """All that the database holds of a dataset, its views, its files' owners and its datastore tables included.

    That somebody was refused is remembered, and is no change of the dataset.
    """
    model.Session.rollback()
    found = {
        table: _texts(
            f'SELECT t::text FROM "{table}" t WHERE {column} = :id AND {_ONLY.get(table, "true")} ORDER BY 1',
            dataset_id,
        )
        for table, column in _TABLES.items()
    }
    found["resource_view"] = _texts(
        "SELECT v::text FROM resource_view v JOIN resource r ON r.id = v.resource_id WHERE r.package_id = :id"
        " ORDER BY v.id",
        dataset_id,
    )
    found["file"] = _texts(
        "SELECT f::text || o::text FROM file f JOIN file_owner o ON o.file_id = f.id WHERE o.owner_id = :id", dataset_id
    )
    return found


def _texts(statement: str, dataset_id: str) -> list[str]:
    return list(model.Session.scalars(sa.text(statement), {"id": dataset_id}))


def outcome(call: Callable[[], Any]) -> str:
    """The name of the error that a call ends in; empty where it passes."""
    try:
        call()
    except (tk.ValidationError, tk.NotAuthorized, tk.ObjectNotFound) as error:
        return type(error).__name__
    finally:
        model.Session.rollback()
    return ""
