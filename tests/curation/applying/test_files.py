"""Files that the disk has no room for: nothing of the dataset changes, and the same upload works once there is room."""

from __future__ import annotations

import io
import resource
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import ckan.plugins.toolkit as tk
import pytest
from ckan import model
from ckan.tests import factories
from ckan.tests.helpers import CKANTestApp

from tests.conftest import People, act, complete
from tests.curation.conftest import CSV, path_of, publish, upload

BIG = b"plat,prix\n" + b"soupe,3\n" * 4000


@contextmanager
def no_room() -> Iterator[None]:
    """Let this process write no file longer than a page: the kernel says so, as it does of a full disk."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (4096, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        # As at the end of a request.
        model.Session.remove()


@pytest.fixture
def published(people: People) -> dict[str, Any]:
    """A published dataset with a file of this site."""
    made = act("package_create", people.editor, **complete(people, resources=[]))
    act("resource_create", people.editor, package_id=made["id"], name="Menus", format="CSV", upload=upload(CSV))
    publish(people, made["id"])
    return act("package_show", people.sysadmin, id=made["id"])


def begun() -> list[Path]:
    """Files that CKAN began to write."""
    return [one for one in Path(tk.config["ckan.storage_path"]).rglob("*~") if one.is_file()]


def test_a_new_file_that_has_no_room_leaves_nothing(people: People) -> None:
    made = act("package_create", people.editor, **complete(people, resources=[]))
    with no_room(), pytest.raises(tk.ValidationError) as refused:
        act("resource_create", people.editor, package_id=made["id"], name="Menus", upload=upload(BIG))
    assert "no room left for the file (32,010 bytes)" in str(refused.value.error_dict["upload"])
    assert act("package_show", people.editor, id=made["id"])["resources"] == []
    assert begun() == []
    added = act("resource_create", people.editor, package_id=made["id"], name="Menus", upload=upload(BIG))
    assert path_of(added["id"]).read_bytes() == BIG


def test_a_proposed_file_that_has_no_room_leaves_both_files_as_they_are(
    people: People, published: dict[str, Any]
) -> None:
    (live,) = published["resources"]
    copy = act("regional_revision_create", people.editor, id=published["id"])
    (copied,) = copy["resources"]
    with no_room(), pytest.raises(tk.ValidationError) as refused:
        act("resource_patch", people.editor, id=copied["id"], upload=upload(BIG))
    assert "no room left" in str(refused.value.error_dict["upload"])
    assert path_of(live["id"]).read_bytes() == CSV
    assert path_of(copied["id"]) == path_of(live["id"])
    assert begun() == []
    act("resource_patch", people.editor, id=copied["id"], upload=upload(BIG))
    publish(people, copy["id"])
    assert path_of(live["id"]).read_bytes() == BIG


def test_the_form_says_that_there_is_no_room(people: People, app: CKANTestApp) -> None:
    made = act("package_create", people.editor, **complete(people, resources=[]))
    headers = {"Authorization": factories.APIToken(user=people.editor)["token"]}
    address = f"/dataset/{made['name']}/resource/new"
    # What pages are made of is written to the disk with the first one.
    app.get(address, headers=headers)
    form = {"name": "Menus", "url": "menus.csv", "save": "again", "id": "", "upload": (io.BytesIO(BIG), "menus.csv")}
    with no_room():
        page = app.post(address, data=form, headers=headers, content_type="multipart/form-data")
    assert "no room left for the file" in page.text
    assert act("package_show", people.editor, id=made["id"])["resources"] == []
