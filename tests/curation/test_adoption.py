"""A catalogue that exists is taken over as it is, and the review can go and come back without anybody seeing it."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa
from ckan import model
from ckan import plugins as p
from ckan.lib import search
from click.testing import CliRunner

from ckanext.regional.curation import adoption
from ckanext.regional.curation.cli.commands import curation
from ckanext.regional.curation.history import audit
from ckanext.regional.curation.model import DatasetStatus
from tests.conftest import People, act, complete


def run(*arguments: str) -> str:
    model.Session.rollback()
    done = CliRunner().invoke(curation, ["adopt", *arguments], catch_exceptions=False)
    return done.stdout.strip()


def seen(people: People) -> dict[str, tuple[bool, list[str]]]:
    """Each dataset's private flag, and who can read it."""
    model.Session.rollback()
    readers = {"nobody": None, "outsider": people.outsider, "member": people.member, "sysadmin": people.sysadmin}
    listed = {
        who: {one["name"] for one in act("package_search", user, include_private=True, rows=100)["results"]}
        for who, user in readers.items()
    }
    rows = model.Session.execute(sa.select(model.Package.name, model.Package.private)).tuples()
    return {name: (private, [who for who in readers if name in listed[who]]) for name, private in rows}


@pytest.fixture
def before(people: People, published: dict[str, Any]) -> People:
    """A site whose review comes late: public datasets of which it knows nothing, one that it let out, one hidden."""
    act("package_create", people.editor, **complete(people, name="cachees"))
    for number in range(5):
        made = act("package_create", people.editor, **complete(people, name=f"ancien-{number}"))
        model.Session.execute(sa.delete(DatasetStatus).where(DatasetStatus.dataset_id == made["id"]))
        model.Session.execute(sa.update(model.Package).where(model.Package.id == made["id"]).values(private=False))
        model.Session.commit()
        search.rebuild(made["id"])
    return people


def test_it_is_taken_over_once_and_looks_as_before(before: People, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(adoption, "_BATCH", 2)
    was = seen(before)
    assert run("--dry-run") == "5 public datasets would be taken over; nothing was changed"
    assert run() == "5 public datasets were taken over"
    assert run() == "0 public datasets were taken over"
    search.clear_all()
    search.rebuild()
    assert seen(before) == was
    history = act("regional_curation_history", before.sysadmin, id="ancien-0")["results"]
    assert [event["action"] for event in history][-1] == "adopted"
    assert act("regional_curation_show", before.sysadmin, id="ancien-0")["status"] == "published"
    assert audit.verify().seq == 4 + 5 * 2


def test_what_is_under_review_is_left_to_it(people: People, submitted: dict[str, Any]) -> None:
    model.Session.execute(sa.update(model.Package).values(private=False))
    model.Session.commit()
    assert run() == "0 public datasets were taken over"


def test_switching_the_review_off_and_on_shows_and_hides_nothing(before: People) -> None:
    was = seen(before)
    p.unload("regional_curation")
    try:
        search.clear_all()
        search.rebuild()
        off = seen(before)
    finally:
        p.load("regional_curation")
    search.clear_all()
    search.rebuild()
    assert (off, seen(before)) == (was, was)
