"""The search server is down when a steward approves: said plainly, nothing half done, and it goes on afterwards."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import ckan.plugins.toolkit as tk
import pytest
import requests
import sqlalchemy as sa
from ckan import model

from ckanext.regional.curation.applying import publishing
from ckanext.regional.curation.model import DatasetStatus
from dev.testing import current_stack
from tests.conftest import People, act, fingerprint
from tests.curation.conftest import rows_of


@pytest.fixture
def solr() -> Iterator[Any]:
    """The search server, which runs again whatever the test does to it."""
    server = current_stack().solr
    if server.external:
        pytest.skip("CKAN_SOLR_URL names a server that is not ours to stop")
    yield server
    _start(server)


def _start(server: Any) -> None:
    """Start it and ask until it has loaded its cores."""
    server.start()
    address = f"{tk.config['solr_url']}/select"
    while not requests.get(address, params={"q": "*:*", "rows": 0}, timeout=60).ok:
        pass


def _approve(people: People, dataset: dict[str, Any], seen: str) -> None:
    act("regional_curation_approve", people.steward, id=dataset["id"], fingerprint=seen)


def test_approval_without_solr(people: People, submitted: dict[str, Any], solr: Any) -> None:
    seen, before = fingerprint(people, submitted), rows_of(submitted["id"])
    solr.stop()
    with pytest.raises(tk.ValidationError, match="Solr") as refused:
        _approve(people, submitted, seen)
    assert (list(refused.value.error_dict), rows_of(submitted["id"])) == (["solr"], before)


def test_after_its_return_the_approval_works(people: People, submitted: dict[str, Any], solr: Any) -> None:
    seen = fingerprint(people, submitted)
    solr.stop()
    with pytest.raises(tk.ValidationError):
        _approve(people, submitted, seen)
    _start(solr)
    _approve(people, submitted, seen)
    assert [one["id"] for one in act("package_search", None, q="name:menus")["results"]] == [submitted["id"]]


def test_editing_without_solr_changes_nothing(people: People, submitted: dict[str, Any], solr: Any) -> None:
    before = rows_of(submitted["id"])
    solr.stop()
    with pytest.raises(Exception, match=r"(?i)solr|search"):
        act("package_patch", people.editor, id=submitted["id"], title="X")
    assert rows_of(submitted["id"]) == before


@pytest.fixture
def killed_after_commit(people: People, submitted: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """A dataset whose approval ended between its commit and the second word to Solr."""

    class Killed(BaseException):
        pass

    def kill(package_id: str) -> None:
        raise Killed

    seen = fingerprint(people, submitted)
    with monkeypatch.context() as patched:
        patched.setattr(publishing, "refresh_index", kill)
        with pytest.raises(Killed):
            _approve(people, submitted, seen)
    model.Session.rollback()
    return submitted


def _is_behind(dataset: dict[str, Any]) -> bool | None:
    model.Session.rollback()
    return model.Session.scalar(sa.select(DatasetStatus.index_behind).where(DatasetStatus.dataset_id == dataset["id"]))


def _is_found(dataset: dict[str, Any]) -> bool:
    return dataset["id"] in {one["id"] for one in act("package_search", None, q="name:menus")["results"]}


def test_a_kill_after_the_commit_leaves_a_mark(killed_after_commit: dict[str, Any]) -> None:
    assert (_is_behind(killed_after_commit), _is_found(killed_after_commit)) == (True, False)


def test_a_kill_after_the_commit_leaves_it_published(killed_after_commit: dict[str, Any]) -> None:
    assert act("package_show", None, id=killed_after_commit["id"])["regional_status"] == "published"


def test_sweeping_heals_it(killed_after_commit: dict[str, Any]) -> None:
    publishing.sweep()
    assert (_is_behind(killed_after_commit), _is_found(killed_after_commit)) == (False, True)


def test_sweeping_without_solr_leaves_the_mark(killed_after_commit: dict[str, Any], solr: Any) -> None:
    solr.stop()
    publishing.sweep()
    assert _is_behind(killed_after_commit) is True
