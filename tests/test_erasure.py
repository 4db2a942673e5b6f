"""What is erased is nowhere any more, and nothing brings it back."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import ckan.plugins.toolkit as tk
import pytest
import sqlalchemy as sa
from ckan import model
from ckan.lib import search
from ckan.lib.search.index import PackageSearchIndex
from ckan.model.meta import metadata
from click.testing import CliRunner, Result

from ckanext.regional.cli.erase import erase
from ckanext.regional.curation.history import audit
from ckanext.regional.curation.model import Case, FileKey, JournalStep
from ckanext.regional.curation.notices import outbox
from ckanext.regional.database import Base
from ckanext.regional.harvest.feed import feed
from ckanext.regional.harvest.model import Record
from ckanext.regional.links import entries
from tests.conftest import People, act, complete
from tests.curation.conftest import path_of, publish, upload

#: In everything that the dataset has.
WORD = "zyxwv"


def run(*arguments: str, answer: str = "") -> Result:
    model.Session.rollback()
    return CliRunner().invoke(erase, list(arguments), input=answer, catch_exceptions=False)


@pytest.fixture
def dataset(people: People) -> dict[str, Any]:
    """A published dataset with everything that can hang on one."""
    made = act(
        "package_create", people.editor,
        **complete(people, name=WORD, title=WORD, notes=WORD, tags=[{"name": WORD}], resources=[]),
    )  # fmt: skip
    resource = act("resource_create", people.editor, package_id=made["id"], name=WORD, upload=upload(WORD.encode()))
    act(
        "datastore_create", people.editor, resource_id=resource["id"], force=True,
        fields=[{"id": "plat", "type": "text"}], records=[{"plat": WORD}],
    )  # fmt: skip
    act("resource_view_create", people.editor, resource_id=resource["id"], title=WORD, view_type="text_view")
    address = f"https://example.org/{WORD}.csv"
    act("resource_create", people.editor, package_id=made["id"], name="Lien", url=address)
    entries.enter([address])
    shown = act("regional_curation_submit", people.editor, id=made["id"], comment=WORD)
    act(
        "regional_curation_request_changes", people.steward, id=made["id"], fingerprint=shown["fingerprint"],
        comment=WORD, fields={"title": WORD},
    )  # fmt: skip
    publish(people, made["id"])
    outbox.address()
    act("regional_changes", None)
    return act("package_show", people.sysadmin, id=made["id"])


def _everywhere() -> set[str]:
    """The tables in which the word, or the dataset's name, stands."""
    model.Session.rollback()
    found = set()
    for table in [*metadata.sorted_tables, *Base.metadata.sorted_tables]:
        if sa.inspect(model.Session.connection()).has_table(table.name):
            query = sa.text(f'SELECT count(*) FROM "{table.name}" t WHERE t::text ILIKE :word')
            if model.Session.scalar(query, {"word": f"%{WORD}%"}):
                found.add(table.name)
    return found


def test_nothing_is_left(people: People, dataset: dict[str, Any]) -> None:
    resource = dataset["resources"][0]["id"]
    path = path_of(resource)
    before = _everywhere()
    assert {"package", "resource", "tag", "regional_link", "activity", "resource_view", "regional_event_text"} <= before
    assert path.is_file()
    done = run(WORD, "--reason", "Une personne le demande.", "--yes", "--by", people.sysadmin)
    assert done.exit_code == 0, done.output
    assert (_everywhere(), path.exists()) == (set(), False)
    with pytest.raises(tk.ObjectNotFound):
        act("datastore_search", people.sysadmin, resource_id=resource)
    assert search.query_for(model.Package).run({"q": f"id:{dataset['id']}", "fq": "*:*"})["count"] == 0


def test_an_open_proposal_goes_with_it(people: People, dataset: dict[str, Any]) -> None:
    copy = act("regional_revision_create", people.editor, id=dataset["id"])
    uploaded = copy["resources"][0]["id"]
    act("package_patch", people.editor, id=copy["id"], notes=f"{WORD} again", tags=[{"name": f"{WORD}-again"}])
    act("resource_patch", people.editor, id=uploaded, upload=upload(f"{WORD} again".encode()))
    more = [{"plat": f"{WORD} again"}]
    act("datastore_upsert", people.editor, resource_id=uploaded, force=True, method="insert", records=more)
    act("regional_curation_submit", people.editor, id=copy["id"], comment=WORD)
    paths = [path_of(one) for one in (uploaded, dataset["resources"][0]["id"])]
    assert len({path.read_bytes() for path in paths}) == 2
    done = run(WORD, "--reason", "Une personne le demande.", "--yes", "--by", people.sysadmin)
    assert done.exit_code == 0, done.output
    assert (_everywhere(), [path for path in paths if path.exists()]) == (set(), [])
    for resource in (uploaded, dataset["resources"][0]["id"]):
        with pytest.raises(tk.ObjectNotFound):
            act("datastore_search", people.sysadmin, resource_id=resource)
    assert (model.Package.get(copy["id"]), model.Package.get(dataset["id"])) == (None, None)
    assert search.query_for(model.Package).run({"q": f"id:{copy['id']}", "fq": "*:*"})["count"] == 0
    # Nobody is left with a case to decide, and nothing is left for a worker.
    assert act("regional_curation_queue", people.sysadmin)["count"] == 0
    assert model.Session.scalars(sa.select(Case.state).where(Case.closed.is_(None))).all() == []
    for table in (JournalStep, FileKey):
        assert model.Session.scalar(sa.select(sa.func.count()).select_from(table)) == 0, table.__tablename__
    assert audit.verify().seq > 0


def test_the_history_says_that_it_was_and_no_more(people: People, dataset: dict[str, Any]) -> None:
    run(WORD, "--reason", "Une personne le demande.", "--yes", "--by", people.sysadmin)
    history = act("regional_curation_history", people.sysadmin, id=dataset["id"])["results"]
    erased = [(event["actor"], event["comment"]) for event in history if event["action"] == "erased"]
    assert erased == [(people.sysadmin, "Une personne le demande.")]
    assert [event["comment"] for event in history if event["action"] == "submit"] == [None, None]
    assert WORD not in json.dumps(history)
    assert audit.verify().seq == len(history)


def test_neighbours_are_told_to_follow(people: People, dataset: dict[str, Any]) -> None:
    before = act("regional_changes", None)
    run(WORD, "--reason", "Une personne le demande.", "--yes")
    (told,) = act("regional_changes", None, since=before["next"])["changes"]
    assert (told["id"], told["kind"], told["erase"], "dataset" in told) == (dataset["id"], "withdrawn", True, False)
    assert act("regional_changes", None)["changes"] == []


def test_what_was_never_public_is_told_to_nobody(people: People) -> None:
    act("package_create", people.editor, **complete(people))
    run("menus", "--reason", "Une erreur.", "--yes")
    assert model.Session.scalars(sa.select(feed.Change)).all() == []


def test_it_is_asked_first(people: People, dataset: dict[str, Any]) -> None:
    refused = run(dataset["id"], "--reason", "Une personne le demande.", answer="n\n")
    assert (refused.exit_code, WORD in refused.output, act("package_show", None, id=WORD)["id"]) == (
        1, True, dataset["id"]
    )  # fmt: skip
    assert run(dataset["id"], "--reason", "Une personne le demande.", answer="y\n").exit_code == 0


def test_what_is_wrong_is_said(people: People) -> None:
    answers = {
        "unknown": run("nowhere", "--reason", "x", "--yes"),
        "nobody": run("nowhere", "--reason", "x", "--yes", "--by", "nobody"),
    }
    assert {what: answer.exit_code for what, answer in answers.items()} == {"unknown": 1, "nobody": 1}
    assert "There is no dataset “nowhere”." in answers["unknown"].output
    act("package_create", people.editor, **complete(people))
    assert run("menus", "--reason", "  ", "--yes").exit_code == 1
    assert run("menus", "--reason", "x", "--yes", "--by", "nobody").exit_code == 2
    assert act("package_show", people.sysadmin, id="menus")["state"] == "active"


def test_what_was_deleted_before_is_erased_too(people: People) -> None:
    made = act("package_create", people.editor, **complete(people))
    act("package_delete", people.editor, id=made["id"])
    assert run(made["id"], "--reason", "x", "--yes").exit_code == 0
    assert model.Package.get(made["id"]) is None


def test_another_dataset_with_the_same_word_keeps_it(people: People, dataset: dict[str, Any]) -> None:
    act("package_create", people.editor, **complete(people, tags=[{"name": WORD}]))
    run(WORD, "--reason", "x", "--yes")
    assert [tag["name"] for tag in act("package_show", people.editor, id="menus")["tags"]] == [WORD]


def test_a_dead_search_server_leaves_it_to_be_erased_again(
    people: People, dataset: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    index = PackageSearchIndex
    monkeypatch.setattr(index, "delete_package", _down)
    failed = run(WORD, "--reason", "x", "--yes")
    monkeypatch.undo()
    assert (failed.exit_code, "run this again" in failed.output) == (1, True)
    assert model.Package.get(WORD) is not None
    assert run(WORD, "--reason", "x", "--yes").exit_code == 0
    assert _everywhere() == set()


def _down(*_arguments: Any) -> None:
    raise search.SearchIndexError("down")


def test_what_was_harvested_keeps_its_origin_only(people: People, dataset: dict[str, Any]) -> None:
    record = Record(
        remote_id="r", site="s", origin_id="o", name=WORD, dataset_id=dataset["id"], state="current",
        outcome="created", parked={"title": WORD}, reason=WORD, origin_url=f"https://example.org/{WORD}",
    )  # fmt: skip
    model.Session.add(record)
    model.Session.commit()
    run(WORD, "--reason", "x", "--yes")
    kept = model.Session.scalars(sa.select(Record)).one()
    assert (kept.dataset_id, kept.state, kept.parked, kept.name) == (dataset["id"], "withdrawn", None, None)
    assert _everywhere() == set()
    assert feed.erased([dataset["id"]]) == {dataset["id"]}


def test_a_storage_that_is_gone_is_no_error(people: People, dataset: dict[str, Any]) -> None:
    Path(path_of(dataset["resources"][0]["id"])).unlink()
    done = run(WORD, "--reason", "x", "--yes")
    assert (done.exit_code, "0 files, 1 tables" in done.output) == (0, True)
