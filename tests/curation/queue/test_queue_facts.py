"""What a row of the queue says besides: how much a change changes, and its scores before and after."""

from __future__ import annotations

from typing import Any

import pytest

from ckanext.regional.curation.queue import facts as queue_facts
from tests.conftest import People, act
from tests.curation.views.test_views import Browser

LIVE = {
    "name": "menus",
    "title": "Menus",
    "notes": "a",
    "resources": [{"id": "1", "url": "u"}, {"id": "2", "url": "v"}],
}
RESOURCES = {"1": "c1", "2": "c2"}
COPY = LIVE | {"name": "menus-copy", "resources": [{"id": "c1", "url": "u"}, {"id": "c2", "url": "v"}]}


@pytest.mark.parametrize(
    ("changed", "count"),
    [
        ({}, 0),
        ({"title": "Menus 2026", "notes": ""}, 2),
        ({"resources": [{"id": "c1", "url": "other"}, {"id": "c2", "url": "v"}]}, 1),
        ({"resources": [{"id": "c1", "url": "u"}]}, 1),
        ({"resources": [*COPY["resources"], {"id": "new", "url": "w"}], "version": "2"}, 2),
        ({"resources": list(reversed(COPY["resources"]))}, 1),
    ],
)
def test_fields_and_files_are_counted(changed: dict[str, Any], count: int) -> None:
    assert queue_facts.changed_fields(LIVE, COPY | changed, RESOURCES) == count


def test_what_is_unknown_is_not_counted() -> None:
    assert queue_facts.changed_fields({}, COPY, RESOURCES) is None
    assert queue_facts.changed_fields(LIVE, {}, RESOURCES) is None


def test_a_change_tells_its_size_and_both_scores(app: Any, people: People, published: dict[str, Any]) -> None:
    copy = act("regional_revision_create", people.editor, id=published["id"])
    act("package_patch", people.editor, id=copy["id"], title="Menus de 2026", tags=[{"name": "cantine-scolaire"}])
    act("regional_curation_submit", people.editor, id=copy["id"])
    facts = queue_facts.of_datasets([published["id"]])[published["id"]]
    both = (published["id"], copy["id"])
    scores = [act("regional_score_show", people.sysadmin, id=one)["mqa"]["points"] for one in both]
    assert (facts.before, facts.mqa, facts.changed) == (*scores, 2)
    assert "2 fields change" in Browser(app, people.steward).get("/regional/queue").body


def test_a_first_publication_has_one_score(people: People, submitted: dict[str, Any]) -> None:
    facts = queue_facts.of_datasets([submitted["id"]])[submitted["id"]]
    assert facts.mqa is not None
    assert (facts.before, facts.changed) == (None, None)
