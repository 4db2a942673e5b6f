"""Which links are looked at: those of public datasets and of those under review, as long as a resource has them."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa
from ckan import model
from click.testing import CliRunner

from ckanext.regional.cli.links import links as command
from ckanext.regional.links import entries, jobs
from ckanext.regional.links.model import Link
from tests.conftest import People, act, complete, fingerprint
from tests.curation.conftest import CSV, upload
from tests.diagnosis.conftest import found
from tests.faults.hostile import Answer, HostileServer

pytestmark = pytest.mark.usefixtures("no_links")


def noted() -> set[str]:
    model.Session.rollback()
    return set(model.Session.scalars(sa.select(Link.url)))


def later() -> None:
    """Let some hours pass."""
    hours = sa.text("interval '25 hours'")
    model.Session.execute(sa.update(Link).values(entered=Link.entered - hours, due=Link.due - hours))
    model.Session.commit()


def test_from_draft_to_public(people: People, dataset: dict[str, Any]) -> None:
    """A draft is nobody's business; what is submitted, changed under review and published is looked at."""
    first, second = "https://example.org/menus.csv", "https://example.org/plats.csv"
    resource = dataset["resources"][0]["id"]
    assert noted() == set()
    act("regional_curation_submit", people.editor, id=dataset["id"])
    assert noted() == {first}
    act("resource_patch", people.editor, id=resource, url=second)
    act("resource_create", people.editor, package_id=dataset["id"], name="Fichier", upload=upload(CSV))
    assert noted() == {first, second}
    later()
    assert entries.prune() == 1
    assert noted() == {second}
    model.Session.execute(sa.delete(Link))
    model.Session.commit()
    act("regional_curation_approve", people.steward, id=dataset["id"], fingerprint=fingerprint(people, dataset))
    assert noted() == {second}
    act("package_delete", people.sysadmin, id=dataset["id"])
    later()
    assert (entries.prune(), noted()) == (1, set())


def test_addresses_beside_the_file_are_looked_at_too(people: People, submitted: dict[str, Any]) -> None:
    page, file = "https://example.org/page", "https://example.org/menus-2026.csv"
    resource = submitted["resources"][0]["id"]
    act("resource_patch", people.editor, id=resource, access_url=page, download_url=file)
    assert {page, file} <= noted()
    later()
    assert entries.prune() == 0
    act("resource_patch", people.editor, id=resource, access_url="")
    later()
    assert entries.prune() == 1
    assert file in noted()
    assert page not in noted()
    model.Session.execute(sa.delete(Link))
    act("regional_curation_approve", people.steward, id=submitted["id"], fingerprint=fingerprint(people, submitted))
    model.Session.execute(sa.delete(Link))
    model.Session.commit()
    assert file in entries.public_urls()
    entries.enter(entries.public_urls())
    entries.forget([file])
    model.Session.commit()
    assert file in noted()


def test_a_refused_save_notes_nothing(people: People, submitted: dict[str, Any]) -> None:
    before = noted()
    with pytest.raises(Exception, match="territory"):
        act("package_patch", people.editor, id=submitted["id"], territory=["fr:commune:nowhere"],
            resources=[{"url": "https://example.org/other.csv"}])  # fmt: skip
    assert noted() == before


class TestCommand:
    @pytest.fixture
    def public(self, people: People, server: HostileServer) -> dict[str, Any]:
        """A public dataset from before the link checks, with a link that leads somewhere and one that does not."""
        server.actions["gone.csv"] = lambda _request: Answer(status=404)
        links = [{"url": f"{server.url}/{name}.csv", "name": name, "format": "CSV"} for name in ("here", "gone")]
        made = act("package_create", people.editor, **complete(people, resources=links))
        act("regional_curation_submit", people.editor, id=made["id"])
        act("regional_curation_approve", people.steward, id=made["id"], fingerprint=fingerprint(people, made))
        model.Session.execute(sa.delete(Link))
        model.Session.commit()
        return made

    def run(self, *arguments: str) -> str:
        done = CliRunner().invoke(command, arguments)
        model.Session.rollback()
        return done.output

    def test_all(self, public: dict[str, Any], server: HostileServer) -> None:
        said = self.run("check")
        assert f"ok\t200\t{server.url}/here.csv" in said
        assert f"failed\t404\t{server.url}/gone.csv" in said
        assert "broken\t1\nok\t1\ndue\t0\n" in self.run("status")

    def test_one_dataset(self, public: dict[str, Any], server: HostileServer) -> None:
        said = self.run("check", "--dataset", public["name"])
        assert f"ok\t200\t{server.url}/here.csv" in said
        assert f"broken\t404\t{server.url}/gone.csv" in said
        assert "There is no dataset" in self.run("check", "--dataset", "nowhere")

    def test_only_what_is_due(self, public: dict[str, Any], server: HostileServer) -> None:
        self.run("check", "--due")
        asked = len(server.requests)
        self.run("check", "--due")
        assert len(server.requests) == asked

    def test_switched_off(self, settings: dict[str, Any]) -> None:
        settings["ckanext.regional.links.enabled"] = False
        assert "enabled is off" in self.run("check")

    def test_the_doctor_misses_links(self, public: dict[str, Any], settings: dict[str, Any]) -> None:
        finding = found("links")["links.new"]
        assert finding.message.startswith("2 links of public datasets")
        assert finding.repair is not None
        assert finding.repair().startswith("2 links were noted")
        assert found("links")["links"].level == "ok"
        later()
        assert found("links")["links"].message.startswith("2 links wait")
        jobs.run()
        assert found("links")["links"].level == "ok"
        settings["ckanext.regional.links.enabled"] = False
        assert "are not looked at" in found("links")["links"].message
