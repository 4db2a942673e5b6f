"""An approval of a change is killed (kill -9) at every moment: there is what was or what comes after, never half."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ckan import model

from ckanext.regional.curation import cases
from ckanext.regional.curation.applying import journal, publishing
from ckanext.regional.curation.revisions import copies
from tests.conftest import People, act
from tests.curation.applying.killing import kill_at
from tests.curation.conftest import path_of, upload
from tests.curation.revisions.test_revisions import approve, live, rows, views  # noqa: F401 - a fixture


@dataclass(frozen=True)
class Seen:
    """What the public is shown of a dataset."""

    title: str
    file: bytes
    rows: tuple[str, ...]
    views: tuple[str, ...]


def seen(dataset: dict[str, Any]) -> Seen:
    """As somebody who is not logged in reads it now."""
    model.Session.remove()
    resource = dataset["resources"][0]["id"]
    shown = act("package_show", None, id=dataset["id"])
    return Seen(shown["title"], path_of(resource).read_bytes(), tuple(rows(resource)), tuple(views(resource).values()))


def found(dataset: dict[str, Any]) -> list[str]:
    """The title by which the search finds it; CKAN tells Solr before it commits, and meanwhile it finds nothing."""
    return [one["title"] for one in act("package_search", None, fq=f"id:{dataset['id']}")["results"]]


#: The places between two steps, besides every commit.
STEPS = [
    (copies.takeover, "prepared"), (publishing, "let_out"), (publishing, "write_public"),
    (publishing, "refresh_index"), (journal, "run_or_leave"), (journal.files, "settle"), (journal.tables, "take_over"),
    (journal.tables, "drop"), (journal.files, "remove"), (journal.files, "forget"),
]  # fmt: skip


def propose(people: People, dataset: dict[str, Any], number: int) -> tuple[str, Seen]:
    """A submitted change of text, file, rows and view: the id of its copy, and what is seen once it is approved."""
    before = seen(dataset)
    copy = act("regional_revision_create", people.editor, id=dataset["id"])
    resource = copy["resources"][0]["id"]
    content, plat = f"plat\n{number}\n".encode(), f"plat {number}"
    act("package_patch", people.editor, id=copy["id"], title=f"Titre {number}")
    act("resource_patch", people.editor, id=resource, upload=upload(content))
    act("datastore_create", people.editor, resource_id=resource, force=True, records=[{"plat": plat}])
    (view, *_more) = views(resource)
    changed = {"id": view, "resource_id": resource, "title": f"Vue {number}", "view_type": "text_view"}
    act("resource_view_update", people.editor, **changed)
    act("regional_curation_submit", people.editor, id=dataset["id"])
    after = (f"Vue {number}", *before.views[1:])
    return copy["id"], Seen(f"Titre {number}", content, (*before.rows, plat), after)


def test_killed_between_any_two_steps(people: People, live: dict[str, Any]) -> None:  # noqa: F811
    from ckanext.datastore.backend.postgres import get_read_engine, get_write_engine  # pyright: ignore

    assert model.meta.engine is not None
    engines = [model.meta.engine, get_write_engine(), get_read_engine()]
    ends: list[str] = []
    before, (copy, after) = seen(live), propose(people, live, 0)
    while kill_at(len(ends) + 1, lambda: approve(people, live["id"]), STEPS, engines):
        number = len(ends) + 1
        # What a reader meets at that moment, before anybody has swept: each thing old or new, text and file together.
        met = seen(live)
        assert (met.title, met.file, met.views) in [(one.title, one.file, one.views) for one in (before, after)], number
        assert met.rows in (before.rows, after.rows), number
        assert found(live) in ([], [before.title], [after.title]), number
        journal.sweep()
        met = seen(live)
        assert met in (before, after), number
        assert (found(live), journal.waiting()) == ([met.title], 0), number
        ends.append("before" if met == before else "after")
        if met == after:
            assert (cases.holding_copy(live["id"]), model.Package.get(copy)) == (None, None), number
            before = after
            copy, after = propose(people, live, number)
    assert seen(live) == after
    # Until the commit the change can be approved again; from then on it is there, whatever happens.
    assert ends == sorted(ends, reverse=True)
    assert {"before", "after"} == set(ends)
