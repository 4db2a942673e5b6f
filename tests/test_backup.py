"""A backup, restored into an empty database, is a site again: docs/operations.md, step by step."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from ckan import model
from sqlalchemy.engine import URL
from sqlalchemy.exc import DatabaseError

from ckanext.regional.curation.history import audit
from dev.paths import ROOT
from dev.testing import current_stack
from tests.conftest import People, act, complete, fingerprint

#: What is asked of the restored site, in a process of its own whose CKAN has that database.
AFTERWARDS = """
import json, sys
from ckan.cli import CKANConfigLoader
from ckan.config.middleware import make_app
from click.testing import CliRunner
app = make_app(CKANConfigLoader(sys.argv[1]).get_config())
from ckanext.regional.cli import regional

def changes(**asked):
    address = "/api/action/regional_changes?" + "&".join(f"{key}={value}" for key, value in asked.items())
    answer = app.test_client().get(address)
    return [answer.status_code, answer.get_json()]

def command(*arguments):
    with app.test_request_context():
        done = CliRunner().invoke(regional, arguments)
    return [done.exit_code, done.stdout]

head, before, ahead, epoch = sys.argv[2:6]
said = {
    "verify": command("audit", "verify", "--head", head),
    "ahead": changes(since=ahead, epoch=epoch),
    "renumber": command("harvest", "renumber"),
    "old": changes(since=before, epoch=epoch),
    "anew": changes(),
    "repair": command("doctor", "--repair", "--json"),
    "doctor": command("doctor", "--json"),
}
json.dump(said, open(sys.argv[6], "w"))
"""


@pytest.fixture
def restored() -> Iterator[URL]:
    """An empty database beside that of the tests."""
    postgres = current_stack().postgres
    name = f"{current_stack().name}_restored".replace("-", "_")
    postgres.create(name)
    assert model.meta.engine is not None
    yield model.meta.engine.url.set(database=name)
    postgres.drop(name)


def program(name: str, database: URL, *arguments: str) -> None:
    """Run one of PostgreSQL's programs on a database."""
    address = database.set(drivername="postgresql").render_as_string(hide_password=False)
    command = [current_stack().postgres.bin / name, *arguments, f"--dbname={address}"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def asked(database: URL, *arguments: str) -> dict[str, Any]:
    """What the restored site says."""
    address = database.set(drivername="postgresql").render_as_string(hide_password=False)
    answers = Path(arguments[-1])
    command = [sys.executable, "-c", AFTERWARDS, str(ROOT / "test.ini"), *arguments]
    environment = {**os.environ, "CKAN_SQLALCHEMY_URL": address}
    done = subprocess.run(command, env=environment, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return json.loads(answers.read_text())


def publish(people: People, name: str) -> dict[str, Any]:
    made = act("package_create", people.editor, **complete(people, name=name))
    act("regional_curation_submit", people.editor, id=made["id"])
    act("regional_curation_approve", people.steward, id=made["id"], fingerprint=fingerprint(people, made))
    return made


def test_a_restored_backup_is_a_site_again(
    people: People, published: dict[str, Any], restored: URL, tmp_path: Path
) -> None:
    assert model.meta.engine is not None
    noted = audit.verify()
    before = act("regional_changes", None)
    dump = str(tmp_path / "ckan.dump")
    program("pg_dump", model.meta.engine.url, "--format=custom", "--no-owner", f"--file={dump}")

    # What came after the backup is lost with it; neighbours have read it already.
    later = publish(people, "later")
    ahead = act("regional_changes", None, since=before["next"], epoch=before["epoch"])
    assert [change["id"] for change in ahead["changes"]] == [later["id"]]

    program("pg_restore", restored, "--no-owner", "--exit-on-error", dump)
    with closing(sa.create_engine(restored).connect()) as connection:
        assert connection.scalar(sa.text("SELECT count(*) FROM package")) == 1
        assert connection.scalar(sa.text("SELECT count(*) FROM regional_event_unsealed")) == 0
        with pytest.raises(DatabaseError, match="append"):
            connection.execute(sa.text("DELETE FROM regional_event"))

    said = asked(
        restored, f"{noted.seq}:{noted.hash}", str(before["next"]), str(ahead["next"]), before["epoch"],
        str(tmp_path / "said.json"),
    )  # fmt: skip
    assert said["verify"][0] == 0, said["verify"]
    # Whoever is further than the backup is told so at once, and after the renumbering everybody is.
    for question in ("ahead", "old"):
        status, answer = said[question]
        assert (question, status) == (question, 409)
        assert "resync" in answer["error"]
    status, anew = said["anew"]
    assert (status, [change["id"] for change in anew["result"]["changes"]]) == (200, [published["id"]])
    assert anew["result"]["epoch"] != before["epoch"]
    # Solr has what the backup lacks: the doctor takes it out.
    assert "1 datasets were indexed anew." in said["repair"][1]
    code, report = said["doctor"]
    levels = {finding["code"]: finding["level"] for finding in json.loads(report)["findings"]}
    assert code == 0, report
    assert {levels[one] for one in ("index", "review.audit", "migrations.regional", "review.queue")} == {"ok"}
