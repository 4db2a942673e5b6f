"""The feed: what neighbours are told, in which order, and what they are never told."""

from __future__ import annotations

import gzip
import json
from typing import Any

import ckan.plugins.toolkit as tk
import pytest
from ckan import model
from ckan.tests import factories

from ckanext.regional.harvest.feed import feed
from tests.conftest import People, act


def changes(since: int | None = None, user: str | None = None, **options: Any) -> dict[str, Any]:
    data = {"since": since, **options} if since is not None else options
    return act("regional_changes", user, **data)


def ids(answer: dict[str, Any], kind: str = "upsert") -> list[str]:
    return [change["id"] for change in answer["changes"] if change["kind"] == kind]


def test_what_is_published_is_told(published: dict[str, Any]) -> None:
    assert ids(changes()) == [published["id"]]


@pytest.mark.parametrize("role", [None, "sysadmin", "steward", "editor"])
def test_what_waits_is_told_to_nobody(people: People, submitted: dict[str, Any], role: str | None) -> None:
    assert changes(user=getattr(people, role) if role else None)["changes"] == []


def test_the_steward_is_told_to_nobody(people: People, published: dict[str, Any]) -> None:
    told = changes(user=people.sysadmin)["changes"][0]["dataset"]
    assert not {"steward", "regional_status"} & told.keys()


def test_the_cursor_leads_on(published: dict[str, Any]) -> None:
    first = changes()
    assert changes(first["next"], epoch=first["epoch"])["changes"] == []


def test_a_withdrawal_leaves_a_tombstone(people: People, published: dict[str, Any]) -> None:
    first = changes()
    _hide(published["id"])
    second = changes(first["next"])
    assert ids(second, "withdrawn") == [published["id"]]
    assert "dataset" not in second["changes"][0]


def test_whoever_has_nothing_needs_no_tombstones(people: People, published: dict[str, Any]) -> None:
    changes()
    _hide(published["id"])
    assert changes()["changes"] == []


def test_what_the_hooks_did_not_see_is_told(people: People, published: dict[str, Any]) -> None:
    first = changes()
    package = model.Package.get(published["id"])
    assert package is not None
    package.private = True
    model.Session.commit()
    assert ids(changes(first["next"]), "withdrawn") == [published["id"]]


def test_what_was_public_before_is_told(people: People, published: dict[str, Any]) -> None:
    model.Session.execute(feed.sa.delete(feed.Change))
    model.Session.commit()
    assert ids(changes()) == [published["id"]]


def test_limit_and_more(people: People, published: dict[str, Any]) -> None:
    answer = changes(limit=1)
    assert (len(answer["changes"]), answer["more"]) == (1, False)


def test_another_epoch_must_start_anew(published: dict[str, Any]) -> None:
    with pytest.raises(tk.ValidationError) as refused:
        changes(1, epoch="00000000-0000-0000-0000-000000000000")
    assert "resync" in refused.value.error_dict


def test_numbers_grow(published: dict[str, Any]) -> None:
    first = changes()
    feed.note(published["id"])
    model.Session.commit()
    assert changes(first["next"])["changes"][0]["seq"] > first["next"]


def test_an_uncommitted_change_is_not_passed_over(published: dict[str, Any]) -> None:
    """A row that was written first and committed last still gets a number after the reader's cursor."""
    first = changes()
    assert model.meta.engine is not None
    with model.meta.engine.connect() as slow:
        slow.execute(feed.sa.text("UPDATE regional_change SET seq = NULL"))
        cursor = changes(first["next"])["next"]
        slow.commit()
    assert ids(changes(cursor)) == [published["id"]]


@pytest.mark.parametrize("field", ["since", "limit"])
@pytest.mark.parametrize("value", ["abc", "-1", "1.5", str(2**70), "NaN"])
def test_what_is_no_number_is_named(published: dict[str, Any], field: str, value: str) -> None:
    with pytest.raises(tk.ValidationError) as refused:
        act("regional_changes", None, **{field: value})
    assert list(refused.value.error_dict) == [field]


def test_a_limit_is_held(published: dict[str, Any]) -> None:
    assert [len(changes(limit=limit)["changes"]) for limit in (0, 1, 500, 10**9)] == [1, 1, 1, 1]
    assert (feed.MOST, len(feed.read(None, 10**9, None)["changes"])) == (500, 1)


def test_a_number_from_the_future_must_start_anew(published: dict[str, Any]) -> None:
    """A backup was restored without anybody numbering the feed anew: readers are ahead of it."""
    last = changes()["next"]
    for since in (last + 1, 2**63 - 1):
        with pytest.raises(tk.ValidationError) as refused:
            changes(since)
        assert list(refused.value.error_dict) == ["resync"]
    # A row that gets a later number takes nobody's cursor back.
    feed.note(published["id"])
    model.Session.commit()
    assert len(changes(last)["changes"]) == 1


def test_it_works_through_a_cache(app: Any, people: People, published: dict[str, Any]) -> None:
    url = "/api/action/regional_changes?limit=10"
    first = app.get(url)
    tag = first.headers["ETag"]
    assert set(first.headers["Cache-Control"].split(", ")) == {"public", "must-revalidate", "max-age=0"}
    assert "Accept-Encoding" in first.headers["Vary"]
    again = app.get(url, headers={"If-None-Match": tag})
    assert (again.status_code, again.data) == (304, b"")
    assert again.headers["ETag"] == tag
    packed = app.get(url, headers={"Accept-Encoding": "gzip"})
    assert (packed.headers["Content-Encoding"], packed.headers["ETag"]) == ("gzip", tag)
    assert json.loads(gzip.decompress(packed.data)) == first.json
    assert int(packed.headers["Content-Length"]) == len(packed.data)
    # Whoever is logged in gets the same, and so the same copy serves everybody.
    token = factories.APIToken(user=people.sysadmin)["token"]
    assert app.get(url, headers={"Authorization": token, "If-None-Match": tag}).status_code == 304
    assert app.get("/api/action/regional_federation").headers["ETag"]
    _hide(published["id"])
    changed = app.get(url, headers={"If-None-Match": tag})
    assert (changed.status_code, changed.json["result"]["changes"]) == (200, [])
    wrong = app.get("/api/action/regional_changes?since=abc", headers={"If-None-Match": "*"})
    assert (wrong.status_code, "ETag" in wrong.headers) == (409, False)


def test_a_restored_site_numbers_anew(published: dict[str, Any]) -> None:
    from click.testing import CliRunner

    from ckanext.regional.harvest.cli import harvest

    first = changes()
    assert CliRunner().invoke(harvest, ["renumber"], catch_exceptions=False).exit_code == 0
    with pytest.raises(tk.ValidationError):
        changes(first["next"], epoch=first["epoch"])
    assert ids(changes()) == [published["id"]]


def test_the_site_introduces_itself(published: dict[str, Any]) -> None:
    told = act("regional_federation", None)
    assert told.keys() == {
        "protocol", "site", "url", "title", "territory", "epoch", "counts", "cursor", "deletion",
    }  # fmt: skip
    assert (told["counts"]["datasets"], told["deletion"]) == (1, "persistent")


def _hide(dataset_id: str) -> None:
    package = model.Package.get(dataset_id)
    assert package is not None
    package.private = True
    feed.note(dataset_id)
    model.Session.commit()
