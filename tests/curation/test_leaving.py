"""Before the review is taken out: what would be left behind, and what can be put away."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from ckan import model
from ckan.lib import files as storages

from ckanext.regional import diagnosis
from ckanext.regional.curation.applying import files
from ckanext.regional.curation.status import set_status
from ckanext.regional.types import Finding
from tests.conftest import People, act, complete
from tests.curation.conftest import CSV, path_of, publish, upload


def told() -> dict[str, Finding]:
    found = diagnosis.examine(diagnosis.checks_of_leaving())
    return {finding.code: finding for finding in found}


def test_what_would_be_left_is_named_and_put_away(people: People) -> None:
    live = act("package_create", people.editor, **complete(people, resources=[]))
    file = act("resource_create", people.editor, package_id=live["id"], name="Menus", upload=upload(CSV))["id"]
    publish(people, live["id"])
    nothing = told()
    assert {finding.level for finding in nothing.values()} == {"ok"}

    copy = act("regional_revision_create", people.editor, id=live["id"])
    act("regional_curation_submit", people.editor, id=copy["id"])
    forced = act("package_create", people.editor, **complete(people, name="forced"))
    act("regional_curation_submit", people.editor, id="forced")
    act("regional_curation_reject", people.steward, id="forced", comment="Non.",
        fingerprint=act("regional_curation_show", people.steward, id="forced")["fingerprint"])  # fmt: skip
    # By SQL, or by a script that knows nothing of the review; and a decision whose file was never moved.
    model.Session.execute(sa.text("UPDATE package SET private = false WHERE name = 'forced'"))
    set_status(forced["id"], "unpublished")
    added = act("resource_create", people.editor, package_id=copy["id"], name="B", upload=upload(b"x"))
    home, other = path_of(file), path_of(added["id"])
    other.write_bytes(b"moved")
    files.share(file, added["id"])
    model.Session.commit()

    left = told()
    assert left["leaving.visible"].level == "error"
    assert "forced" in left["leaving.visible"].message
    assert copy["name"] in left["leaving.proposals"].message
    assert "1 datasets wait for a decision: menus." in left["leaving.cases"].message
    assert left["leaving.files"].message.startswith("1 files")

    wanted = [left[f"leaving.{code}"] for code in ("visible", "files", "proposals")]
    assert [finding.level for finding in diagnosis.repair(wanted)] == ["ok"] * 3
    assert {finding.level for finding in told().values()} == {"ok"}
    assert act("package_search", None, q="name:forced")["count"] == 0
    assert model.Package.get("forced").private  # pyright: ignore[reportOptionalMemberAccess]
    assert model.Package.get(copy["id"]) is None
    assert home.read_bytes() == b"moved"
    assert not other.exists()


@pytest.fixture
def storage(tmp_path: Path) -> Iterator[Path]:
    """What CKAN does at its start with the settings of a storage for resources."""
    settings = {"type": "ckan:fs", "path": str(tmp_path), "initialize": True, "override_existing": True}
    storages.storages.register("resources", storages.make_storage("resources", settings))
    yield tmp_path
    storages.storages.pop("resources")


def test_a_file_in_a_storage_comes_home_by_a_copy(people: People, storage: Path) -> None:
    live = act("package_create", people.editor, **complete(people, resources=[]))
    file = act("resource_create", people.editor, package_id=live["id"], name="Menus", upload=upload(CSV))["id"]
    publish(people, live["id"])
    copy = act("regional_revision_create", people.editor, id=live["id"])
    proposed = copy["resources"][0]["id"]
    act("resource_patch", people.editor, id=proposed, upload=upload(b"plat\nriz\n"))
    publish(people, copy["id"])
    assert files.key_of(file) == proposed

    (repaired,) = diagnosis.repair([told()["leaving.files"]])
    assert repaired.level == "ok"
    assert (files.key_of(file), told()["leaving.files"].level) == (file, "ok")
    assert (storage / file[:3] / file[3:6] / file[6:]).read_bytes() == b"plat\nriz\n"
