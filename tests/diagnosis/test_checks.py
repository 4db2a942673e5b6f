"""Each check says that all is well, and says what is not, on real servers."""

from __future__ import annotations

import datetime
import shutil
import threading
from collections.abc import Callable, Iterator
from http.server import HTTPServer, SimpleHTTPRequestHandler
from pathlib import Path
from typing import Any

import ckan.plugins.toolkit as tk
import pytest
import requests
import rq
import sqlalchemy as sa
from ckan import model
from ckan import plugins as p
from ckan.lib import search
from ckan.lib.jobs import add_queue_name_prefix
from ckan.lib.plugins import DefaultPermissionLabels
from ckan.lib.redis import connect_to_redis
from ckan.tests import factories

from ckanext.regional import diagnosis
from ckanext.regional.curation.model import CaseScope
from ckanext.regional.curation.status import set_status
from ckanext.regional.database import now
from ckanext.regional.diagnosis import drift
from ckanext.regional.harvest.model import Run, Source
from ckanext.regional.harvest.running import pages
from ckanext.regional.schemas import reading
from ckanext.regional.types import Finding
from dev.ports import find_free
from dev.testing import current_stack
from tests.conftest import BRETAGNE, People, act, appoint, complete
from tests.diagnosis.conftest import found, level


@pytest.fixture
def other_core() -> Iterator[str]:
    """A core whose schema lacks CKAN's ``vocab_*``, as that of an old CKAN does."""
    solr = current_stack().solr
    if solr.external:
        pytest.skip("only a Solr of ours can be given another schema")
    sets, name = solr.data / "configsets", "without_vocab"
    shutil.copytree(sets / "ckan", sets / name, dirs_exist_ok=True)
    schema = sets / name / "conf" / "schema.xml"
    schema.write_text("\n".join(line for line in schema.read_text().splitlines() if '"vocab_*"' not in line))
    admin = f"{solr.base}/admin/cores"
    requests.get(admin, params={"action": "CREATE", "name": name, "configSet": name}, timeout=60).raise_for_status()
    yield solr.url(name)
    solr.drop(name)
    shutil.rmtree(sets / name)


def test_every_check_of_the_plugins_is_asked(our_plugins: None) -> None:
    assert {"solr", "review.labels", "exchange.runs"} <= set(diagnosis.checks())


def test_all_is_well_here(clean_regional: None) -> None:
    """Only what an empty test site cannot have is amiss: people, workers, mail and a job that has run."""
    amiss = {finding.code for finding in diagnosis.examine() if finding.level != "ok"}
    assert amiss == {
        "redis.worker", "review.stewards", "review.notices", "exchange.worker", "exchange.networks", "needs.mail",
        "needs.observatory",
    }  # fmt: skip


class TestServers:
    def test_migrations(self, clean_regional: None) -> None:
        assert level("migrations", "migrations.regional_curation") == "ok"

    def test_another_version_of_the_tables(self, clean_regional: None) -> None:
        assert model.meta.engine is not None
        table = "regional_harvest_alembic_version"
        with model.meta.engine.begin() as connection:
            before = connection.scalar(sa.text(f"SELECT version_num FROM {table}"))
            connection.execute(sa.text(f"UPDATE {table} SET version_num = 'older'"))
        try:
            finding = found("migrations")["migrations.regional_harvest"]
        finally:
            with model.meta.engine.begin() as connection:
                connection.execute(sa.text(f"UPDATE {table} SET version_num = :before"), {"before": before})
        assert finding.level == "error"
        assert finding.remedy == "Run: ckan db upgrade"

    def test_no_tables(self, clean_regional: None) -> None:
        assert model.meta.engine is not None
        with model.meta.engine.begin() as connection:
            connection.execute(sa.text("ALTER TABLE regional_alembic_version RENAME TO aside"))
        try:
            finding = found("migrations")["migrations.regional"]
        finally:
            with model.meta.engine.begin() as connection:
                connection.execute(sa.text("ALTER TABLE aside RENAME TO regional_alembic_version"))
        assert finding.message == "The tables of regional are not there."

    def test_solr_without_our_fields(self, clean_regional: None, ckan_config: dict[str, Any], other_core: str) -> None:
        assert level("solr", "solr.fields") == "ok"
        ckan_config["solr_url"] = other_core
        finding = found("solr")["solr.fields"]
        assert finding.level == "error"
        assert "schema.xml" in finding.remedy

    def test_a_worker(self, clean_regional: None) -> None:
        assert level("redis", "redis.worker") == "warning"
        queue = rq.Queue(add_queue_name_prefix("default"), connection=connect_to_redis())
        worker = rq.Worker([queue], connection=connect_to_redis())
        worker.register_birth()
        try:
            assert level("redis", "redis.worker") == "ok"
        finally:
            worker.register_death()

    def test_another_site_s_worker_is_none(self, clean_regional: None) -> None:
        worker = rq.Worker(
            [rq.Queue("ckan:other:default", connection=connect_to_redis())], connection=connect_to_redis()
        )
        worker.register_birth()
        try:
            assert level("redis", "redis.worker") == "warning"
        finally:
            worker.register_death()


class TestFields:
    def test_without_scheming(self, reload: Callable[..., None]) -> None:
        reload(ckan__plugins="regional")
        assert level("scheming") == "error"
        assert found("fields") == {}

    def test_no_schema_for_datasets(self, reload: Callable[..., None]) -> None:
        reload(
            scheming__dataset_schemas="ckanext.scheming:camel_photos.yaml", ckan__plugins="regional scheming_datasets"
        )
        assert level("scheming") == "warning"

    def test_our_presets(self, clean_regional: None, ckan_config: dict[str, Any]) -> None:
        assert level("presets") == "ok"
        ckan_config["scheming.presets"] = reading.SCHEMING_PRESETS
        finding = found("presets")["presets"]
        assert finding.level == "error"
        assert finding.remedy.endswith(f"{reading.SCHEMING_PRESETS} {reading.OUR_PRESETS}")

    def test_a_schema_without_our_fields(self, reload: Callable[..., None]) -> None:
        name = "ckanext.scheming:ckan_dataset.yaml"
        reload(scheming__dataset_schemas=name)
        said = found("fields")
        assert said["fields.needed"].level == "error"
        assert "territory" in said["fields.needed"].message
        assert "citizen_needs" not in said["fields.needed"].message
        assert said["fields.missing"].level == "warning"
        assert "citizen_needs" in said["fields.missing"].message
        assert f"ckan regional schema merge {name}" in said["fields.needed"].remedy

    def test_a_field_of_another_shape(self, reload: Callable[..., None], tmp_path: Path) -> None:
        text = reading.find(reading.OUR_DATASET).read_text().replace("preset: regional_theme", "preset: regional_text")
        (tmp_path / "dataset.yaml").write_text(text)
        reload(scheming__dataset_schemas=(tmp_path / "dataset.yaml").as_uri())
        said = found("fields")
        assert said["fields.shape"].level == "error"
        assert "theme" in said["fields.shape"].message
        assert "--prefer theme=ours" in said["fields.shape"].remedy

    def test_types_that_are_exempt_need_none(self, reload: Callable[..., None]) -> None:
        reload(
            scheming__dataset_schemas="ckanext.scheming:camel_photos.yaml",
            ckanext__regional__curation__exempt_types="camel-photos",
        )
        assert found("fields") == {}

    def test_organisations(self, reload: Callable[..., None]) -> None:
        assert level("organisations") == "ok"
        reload(scheming__organization_schemas="ckanext.scheming:org_with_dept_id.json")
        assert "regional_siret" in found("organisations")["organisations"].message


class TestSettings:
    def test_the_order_of_plugins(self, clean_regional: None, ckan_config: dict[str, Any]) -> None:
        assert level("order") == "ok"
        ckan_config["ckan.plugins"] = ["scheming_datasets", "regional"]
        assert level("order") == "warning"

    @pytest.mark.parametrize(
        ("key", "value", "code", "expected"),
        [
            ("ckan.site_url", "http://localhost:5000", "site.url", "warning"),
            ("ckan.site_url", "https://data.example.org/ckan", "site.url", "error"),
            ("ckan.site_url", "data.example.org", "site.url", "error"),
            ("ckan.site_url", "https://data.example.org/", "site.url", "ok"),
            ("ckan.site_id", "default", "site.id", "warning"),
            ("ckanext.regional.territory", "fr:region:99", "site.territory", "error"),
        ],
    )
    def test_the_site(
        self, clean_regional: None, ckan_config: dict[str, Any], key: str, value: str, code: str, expected: str
    ) -> None:
        ckan_config[key] = value
        assert level("site", code) == expected

    def test_languages(self, clean_regional: None, ckan_config: dict[str, Any]) -> None:
        assert level("languages") == "ok"
        ckan_config.update({"ckan.locale_default": "br", "ckan.locales_offered": ["br"]})
        assert level("languages") == "warning"

    def test_licences(self, clean_regional: None) -> None:
        register = model.Package.get_license_register()
        kept = list(register.licenses)
        register.licenses[:] = [licence for licence in kept if licence.id != "lov2"]
        try:
            assert "lov2" in found("licences")["licences"].message
        finally:
            register.licenses[:] = kept
        assert level("licences") == "ok"

    def test_dcat_that_is_off_is_not_looked_at(self, clean_regional: None) -> None:
        assert found("dcat") == {}

    def test_dcat(self, reload: Callable[..., None], ckan_config: dict[str, Any]) -> None:
        reload(ckan__plugins="regional scheming_datasets dcat")
        assert {code: finding.level for code, finding in found("dcat").items()} == {
            "dcat.profiles": "ok",
            "dcat.licence": "ok",
            "dcat.keys": "ok",
        }
        ckan_config["ckanext.dcat.rdf.profiles"] = "regional_dcat_ap_3 euro_dcat_ap_3"
        assert "Take euro_dcat_ap_3 out" in found("dcat")["dcat.profiles"].remedy
        ckan_config["ckanext.dcat.rdf.profiles"] = "euro_dcat_ap_3"
        ckan_config["ckanext.dcat.resource.inherit.license"] = "false"
        ckan_config["ckanext.dcat.translate_keys"] = "true"
        assert {code: finding.level for code, finding in found("dcat").items()} == {
            "dcat.profiles": "warning",
            "dcat.licence": "warning",
            "dcat.keys": "warning",
        }
        assert all(finding.remedy for finding in found("dcat").values())


class TestCatalogue:
    def test_what_datasets_lack(self, people: People) -> None:
        act("package_create", people.editor, **complete(people))
        assert level("datasets") == "ok"
        act("package_create", people.editor, name="bare", title="Nu", owner_org=people.organization)
        finding = found("datasets")["datasets"]
        assert finding.level == "warning"
        assert "Of 2 datasets" in finding.message
        assert "territory (1)" in finding.message
        assert "title" not in finding.message

    def test_values_that_no_list_has(self, dataset: dict[str, Any]) -> None:
        assert level("values") == "ok"
        package = model.Package.get(dataset["id"])
        assert package is not None
        package.extras["sector"] = '["school", "seafaring"]'
        model.Session.commit()
        search.rebuild(dataset["id"])
        assert found("values")["values"].message.endswith("sector that its list lacks: seafaring (1).")

    def test_what_solr_has_otherwise_is_found_and_indexed_anew(
        self, people: People, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Four of six are wrong, each in its own way; they come in batches, as a hundred thousand would."""
        monkeypatch.setattr(drift, "_BATCH", 2)
        monkeypatch.setattr(drift, "_COMMIT", 2)
        names = ["as-it-is", "cleared", "hidden", "renamed", "purged", "draft"]
        ids = {name: act("package_create", people.editor, **complete(people, name=name))["id"] for name in names}
        package = model.Package.get(ids["draft"])
        assert package is not None
        package.state = "draft"
        model.Session.commit()
        search.rebuild(ids["draft"])
        assert level("index") == "ok"

        search.clear(ids["cleared"])
        with model.meta.engine.begin() as connection:  # pyright: ignore[reportOptionalMemberAccess]
            change = "UPDATE package SET private = NOT private WHERE id = :id"
            connection.execute(sa.text(change), {"id": ids["hidden"]})
            change = (
                "UPDATE package SET title = 'x', metadata_modified = metadata_modified + interval '1 s' WHERE id = :id"
            )
            connection.execute(sa.text(change), {"id": ids["renamed"]})
            connection.execute(sa.text("UPDATE package SET state = 'deleted' WHERE id = :id"), {"id": ids["purged"]})
        finding = found("index")["index"]
        assert finding.message == (
            "Of 5 datasets Solr shows some otherwise than the database has them: 1 missing, 2 older, 1 gone from the"
            " database."
        )
        (mended,) = diagnosis.repair([finding])
        assert mended.message == "4 datasets were indexed anew."
        assert found("index")["index"].message == "Solr knows all 5 datasets."

    def test_a_dataset_that_cannot_be_indexed_holds_up_no_other(
        self, people: People, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        _good, bad = (
            act("package_create", people.editor, **complete(people, name=name))["id"] for name in ("good", "bad")
        )
        search.clear_all()
        rebuild = search.rebuild

        def refuse(package_ids: list[str]) -> None:
            if package_ids == [bad]:
                raise ValueError("Solr refuses it")
            rebuild(package_ids=package_ids)

        monkeypatch.setattr(search, "rebuild", refuse)
        (mended,) = diagnosis.repair(found("index").values())
        assert mended.level == "warning"
        assert mended.message.endswith(
            f"1 datasets were indexed anew, 1 could not be: {bad}: ValueError: Solr refuses it"
        )
        assert found("index")["index"].message.endswith("1 missing.")

    def test_a_dataset_that_was_indexed_before_the_plugins(self, people: People, reload: Callable[..., None]) -> None:
        made = act("package_create", people.editor, **complete(people))
        assert level("index") == "ok"
        every = " ".join(tk.config["ckan.plugins"])
        reload(ckan__plugins="")
        search.rebuild(made["id"])
        reload(ckan__plugins=every)
        finding = found("index")["index.before"]
        assert finding.message.startswith("Solr knows 1 of 1 datasets as they were before")
        diagnosis.repair([finding])
        assert level("index") == "ok"


class _OtherLabels(DefaultPermissionLabels, p.SingletonPlugin):
    """Another extension that decides who may read."""

    p.implements(p.IPermissionLabels)


class TestReview:
    def test_labels(self, provide_plugin: Callable[..., Any], reload: Callable[..., None]) -> None:
        assert level("review.labels") == "ok"
        provide_plugin("other_labels", lambda: _OtherLabels(name="other_labels"))
        reload(ckan__plugins="other_labels regional regional_curation scheming_datasets")
        finding = found("review.labels")["review.labels"]
        assert finding.level == "error"
        assert "other_labels" in finding.message

    @pytest.mark.parametrize(
        ("key", "value", "expected"),
        [
            ("ckan.auth.anon_create_dataset", True, "error"),
            ("ckan.auth.create_unowned_dataset", True, "warning"),
            ("ckan.auth.reveal_private_datasets", True, "warning"),
            ("ckanext.regional.curation.exempt_types", ["dataset"], "error"),
        ],
    )
    def test_settings(
        self, clean_regional: None, ckan_config: dict[str, Any], key: str, value: Any, expected: str
    ) -> None:
        assert level("review.settings") == "ok"
        ckan_config[key] = value
        finding = found("review.settings")["review.settings"]
        assert finding.level == expected
        assert key in finding.message

    def test_stewards(self, clean_regional: None) -> None:
        assert "Nobody" in found("review.stewards")["review.stewards"].message
        appoint(factories.User()["name"], territory=BRETAGNE)
        assert "One person" in found("review.stewards")["review.stewards"].message
        appoint(factories.User()["name"], territory=BRETAGNE)
        assert level("review.stewards") == "ok"

    def test_what_was_there_before(self, people: People, reload: Callable[..., None]) -> None:
        assert found("review.before")["review.before"].message == "Every public dataset was reviewed."
        every = " ".join(tk.config["ckan.plugins"])
        reload(ckan__plugins="", ckan__auth__create_unowned_dataset="true")
        factories.Dataset(owner_org=people.organization)
        factories.Dataset(owner_org=None)
        reload(ckan__plugins=every)
        said = found("review.before")
        assert said["review.before"].message.startswith("2 public datasets were never reviewed")
        assert said["review.unowned"].message.startswith("1 datasets belong to no organisation")

    def test_publications_that_solr_missed_are_told_again(self, published: dict[str, Any]) -> None:
        assert level("review.index") == "ok"
        set_status(published["id"], "published", index_behind=True)
        model.Session.commit()
        search.clear(published["id"])
        finding = found("review.index")["review.index"]
        assert finding.level == "warning"
        (mended,) = diagnosis.repair([finding])
        assert mended.level == "ok"
        assert mended.message == "Solr was told of 1 decisions that it had missed."
        assert level("review.index") == "ok"
        assert level("index") == "ok"

    def test_a_queue_that_says_something_else_than_the_datasets_is_made_anew(self, submitted: dict[str, Any]) -> None:
        assert level("review.queue") == "ok"
        row = model.Session.get(CaseScope, submitted["id"])
        assert row is not None
        row.sectors = ["tourist"]
        model.Session.commit()
        finding = found("review.queue")["review.queue"]
        assert finding.level == "warning"
        (mended,) = diagnosis.repair([finding])
        assert mended.message == "1 datasets were read anew for the queue."
        assert level("review.queue") == "ok"

    def test_cases_that_get_no_further(self, people: People, submitted: dict[str, Any]) -> None:
        assert level("review.stuck") == "ok"
        assert level("review.reminders") == "ok"
        with model.meta.engine.begin() as connection:  # pyright: ignore[reportOptionalMemberAccess]
            long_ago = "UPDATE regional_case SET due = now() - interval '40 days'"
            connection.execute(sa.text(long_ago))
        late = found("review.stuck")["review.stuck.late"]
        assert late.message == "1 cases have been late for more than 30 days: menus."
        # Somebody who knows reminds them.
        reminding = found("review.reminders")["review.reminders"]
        assert reminding.message == "1 cases are late, and nobody has been reminded of them."
        assert diagnosis.repair([reminding])[0].message == "1 people are reminded."
        assert level("review.reminders") == "ok"
        # Without stewards a sysadmin decides; without a sysadmin nobody.
        model.Session.execute(sa.text("DELETE FROM regional_steward"))
        model.Session.commit()
        assert "review.stuck" not in found("review.stuck")
        model.Session.execute(sa.text('UPDATE "user" SET sysadmin = false'))
        model.Session.commit()
        assert found("review.stuck")["review.stuck"].message == "1 cases can be decided by nobody: menus."
        # The dataset goes where no hook of ours sees it.
        model.Session.execute(sa.text("UPDATE package SET state = 'deleted'"))
        model.Session.commit()
        gone = found("review.stuck")["review.stuck.gone"]
        assert diagnosis.repair([gone])[0].message == "1 cases were closed, since their datasets are gone."
        assert level("review.stuck") == "ok"

    def test_a_history_that_was_changed(self, submitted: dict[str, Any]) -> None:
        assert found("review.audit")["review.audit"].message.startswith("All 2 events of the history are")
        model.Session.execute(sa.text("ALTER TABLE regional_event DISABLE TRIGGER regional_event_append_only"))
        model.Session.execute(sa.text("UPDATE regional_event SET action = 'approve' WHERE action = 'submit'"))
        model.Session.commit()
        said = found("review.audit")
        assert "first at event 2" in said["review.audit"].message
        remedy = said["review.audit.triggers"].remedy
        assert "ALTER TABLE regional_event ENABLE TRIGGER regional_event_append_only;" in remedy
        model.Session.execute(sa.text(remedy.partition("tables: ")[2].partition(" Where")[0]))
        model.Session.execute(sa.text("ALTER TABLE regional_event ENABLE TRIGGER USER"))
        model.Session.commit()
        assert set(found("review.audit")) == {"review.audit"}


class TestExchange:
    @pytest.fixture
    def source(self, people: People) -> Source:
        made = Source(
            name="voisin", url="https://example.org", kind="ckan", title="Voisin", owner_org=people.organization,
            trust="review", frequency="daily", defaults={"steward": people.editor},
        )  # fmt: skip
        model.Session.add(made)
        model.Session.commit()
        return made

    def test_a_source_without_worker(self, source: Source) -> None:
        assert level("exchange.worker") == "error"

    def test_a_run_that_failed(self, source: Source) -> None:
        assert level("exchange.runs") == "ok"
        model.Session.add(Run(source_id=source.id, kind="ckan", state="failed", error="HTTP 500"))
        model.Session.commit()
        finding = found("exchange.runs")["exchange.runs"]
        assert finding.level == "warning"
        assert "voisin is failed: HTTP 500" in finding.message
        model.Session.add(Run(source_id=source.id, kind="ckan", state="finished"))
        model.Session.commit()
        assert level("exchange.runs") == "ok"

    def test_a_run_that_stands_still_is_woken(self, source: Source) -> None:
        """Its wake-ups were lost with Redis; the page is there, and no worker has it."""
        assert level("exchange.standing") == "ok"
        run = Run(source_id=source.id, kind="ckan", state="running", created=now() - datetime.timedelta(hours=1))
        model.Session.add(run)
        model.Session.flush()
        pages.add(run.id, "import", [[{"id": "a"}], [{"id": "b"}]])
        model.Session.commit()
        run_id = run.id
        finding = found("exchange.standing")["exchange.standing"]
        assert finding.message == "1 runs stand still with 2 pages left; nobody works on that."
        assert diagnosis.repair([finding])[0].level == "ok"
        queue = tk.get_job_queue("default")
        assert [job.args[0] for job in queue.jobs if job.args and job.args[0] == run_id] == [run_id, run_id]
        queue.empty()

    def test_neighbours_that_do_not_answer(self, source: Source) -> None:
        silent = f"http://127.0.0.1:{find_free()}"
        others = [("aside", silent, False), ("private", "http://10.0.0.1", True)]
        source.url = silent
        for name, url, enabled in others:
            values = {"kind": "ckan", "title": name, "owner_org": source.owner_org, "trust": "review"}
            model.Session.add(Source(name=name, url=url, enabled=enabled, frequency="manual", **values))
        model.Session.commit()
        said = {
            f.message.partition(" does")[0]: f.message
            for f in diagnosis.examine({"exchange.neighbours": diagnosis.checks()["exchange.neighbours"]})
        }
        assert set(said) == {"voisin", "private"}
        assert "the connection" in said["voisin"]
        assert "10.0.0.1" in said["private"]

    def test_neighbours_that_answer(self, source: Source) -> None:
        with HTTPServer(("127.0.0.1", 0), SimpleHTTPRequestHandler) as server:
            threading.Thread(target=server.handle_request, daemon=True).start()
            source.url = f"http://127.0.0.1:{server.server_port}/"
            model.Session.commit()
            said = found("exchange.neighbours")["exchange.neighbours"].message
        assert said == "The neighbours of 1 sources answer."

    def test_private_networks(self, clean_regional: None, ckan_config: dict[str, Any]) -> None:
        assert "127.0.0.0/8" in found("exchange.networks")["exchange.networks"].message
        ckan_config["ckanext.regional.harvest.allow_networks"] = []
        assert level("exchange.networks") == "ok"


class TestRunner:
    def test_a_check_that_raises_is_a_finding(self, clean_regional: None) -> None:
        def broken() -> Iterator[Finding]:
            yield Finding("ok", "first", "First.")
            raise KeyError("nothing")

        (finding,) = diagnosis.examine({"mine": broken})
        assert (finding.level, finding.code) == ("warning", "mine")
        assert "KeyError" in finding.message

    def test_the_next_check_has_a_transaction_of_its_own(self, clean_regional: None) -> None:
        def broken() -> Iterator[Finding]:
            model.Session.execute(sa.text("SELECT * FROM nowhere"))
            yield Finding("ok", "never", "")

        said = diagnosis.examine({"mine": broken, "postgresql": diagnosis.CHECKS["postgresql"]})
        assert [finding.level for finding in said] == ["warning", "ok"]

    def test_a_repair_that_fails_says_so(self, clean_regional: None) -> None:
        def fail() -> str:
            raise ValueError("no")

        (finding,) = diagnosis.repair([Finding("warning", "x", "Broken.", repair=fail)])
        assert finding.level == "warning"
        assert finding.message == "Broken. The repair failed: ValueError: no"
