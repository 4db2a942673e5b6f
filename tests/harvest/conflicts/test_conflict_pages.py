"""Pages on which people decide about conflicts, and see what came from where."""

from __future__ import annotations

import re
import uuid
from typing import Any

import ckan.plugins.toolkit as tk
from ckan import model

from ckanext.regional.harvest.model import Record, Source
from tests.conftest import BRETAGNE, People, act
from tests.curation.views.test_views import Browser, hidden
from tests.harvest.pretending import SITE, Pretended, Story

SCRIPT = "<script>alert(1)</script>"


def text(body: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", body).split())


def test_a_conflict_is_decided_on_its_page(app: Any, story: Story) -> None:
    people = story.people

    def admin() -> Browser:
        # CKAN's client is one person at a time.
        return Browser(app, people.org_admin)

    story.here(title="Ports d'ici", notes=f"Notes d'ici. {SCRIPT}")
    story.there(title="Ports de là-bas", notes="Notes de là-bas.", tags=[{"name": "quais"}])
    url = f"/regional/records/{story.record.id}"
    page = admin().get(url)
    assert page.status_code == 200
    assert SCRIPT not in page.body
    shown = text(page.body)
    for words in ("Ports", "ici", "là", "Last handed over", "Tags"):
        assert words in shown
    assert "<del>" in page.body
    assert "<ins>" in page.body
    name = story.dataset["name"]
    assert "Decide which version holds" in admin().get(f"/dataset/{name}").body
    assert admin().get("/regional/records/none").status_code == 404
    assert "kept up by" in Browser(app, people.editor).get(f"/dataset/{name}").body
    public = Browser(app, people.outsider)
    assert public.get(url).status_code == 403
    for words in ("Decide which version holds", "kept up by"):
        assert words not in public.get(f"/dataset/{name}").body
    # Somebody else edits it meanwhile: the page says so, and nothing is done.
    stale = {"decision": "fields", "choice:title": "remote", "choice:notes": "local", "fingerprint": "0" * 64}
    browser = admin()
    page = browser.get(url)
    assert browser.app.post(url, data={**hidden(page.body), **stale}).status_code == 409
    assert browser.app.post(url, data={"decision": "keep_local"}).status_code == 400, "without the form's token"
    assert browser.send(url, decision="none").status_code == 400
    assert story.record.state == "conflict"
    del stale["fingerprint"]
    assert browser.send(url, **stale).status_code in (200, 302)
    assert (story.dataset["title"], story.dataset["notes"]) == ("Ports de là-bas", f"Notes d'ici. {SCRIPT}")
    assert "Nothing is to be decided" in browser.get(url).body
    edited = text(Browser(app, people.outsider).get(f"/dataset/{name}").body)
    assert "Edited here: Description" in edited
    assert admin().send(url, decision="detach").status_code in (200, 302)
    assert "kept up here since" in text(Browser(app, people.outsider).get(f"/dataset/{name}").body)


def test_several_conflicts_are_decided_on_one_page(app: Any, people: People, neighbour: Pretended, source: str) -> None:
    stories = [Story(people, neighbour, f"voisin-{number}") for number in range(2)]
    for story in stories:
        story.here(title="Titre d'ici")
        story.there(title="Titre de là-bas")
    url = "/regional/sources/voisin/conflicts"
    assert Browser(app, people.editor).get(url).status_code == 403
    browser = Browser(app, people.org_admin)
    body = browser.get(url).body
    boxes = re.findall(r'name="record" value="([^"]+)"', body)
    assert len(boxes) == 2
    assert browser.send(url, decision="take_remote").status_code == 400, "nothing was chosen"
    stories[0].here(title="Encore un titre d'ici")
    answer = browser.app.post(url, data={**hidden(body), "decision": "take_remote", "record": boxes})
    assert "1 record decided" in answer.body
    assert "look again" in answer.body
    assert sorted(story.dataset["title"] for story in stories) == ["Encore un titre d'ici", "Titre de là-bas"]


def test_the_form_of_a_proposal_says_where_the_dataset_comes_from(app: Any, story: Story) -> None:
    copy = act("regional_revision_create", story.people.editor, id=story.dataset["id"])
    editor = Browser(app, story.people.editor)
    assert "kept up by" in editor.get(f"/dataset/edit/{copy['name']}").body
    resource = copy["resources"][0]["id"]
    assert "kept up by" in editor.get(f"/dataset/{copy['name']}/resource/{resource}/edit").body


def test_interconnection_without_neighbours(app: Any, people: People) -> None:
    Browser(app, None)
    answer = app.get("/interconnexion")
    assert answer.status_code == 200
    assert "No neighbour" in text(answer.body)


def test_interconnection_tells_what_came_from_where(app: Any, story: Story) -> None:
    third = str(uuid.uuid4())
    story.there()
    other = {
        "id": str(uuid.uuid4()), "site": third, "url": "https://tiers.example.org/dataset/x", "path": [third, SITE],
    }  # fmt: skip
    theirs = {**story.theirs, "id": str(uuid.uuid4()), "name": "tiers", "title": "D'un tiers"}
    theirs["origin"] = {**other, "dataset_id": other["id"]}
    story.neighbour.tells(theirs["id"], "upsert", dataset=theirs)
    story.run()
    Browser(app, None)
    public = text(app.get("/interconnexion").body)
    assert "This site" in public
    assert "directly · read today" in public
    assert "tiers.example.org" in public
    assert "by way of voisin" in public
    assert "Source and runs" not in public
    for site, count in ((SITE, 1), (third, 1)):
        address = tk.url_for("dataset.search", vocab_regional_origin=site)
        assert f'href="{address}"' in app.get("/interconnexion").body
        found = act("package_search", None, fq=f'vocab_regional_origin:"{site}"')["count"]
        assert found == count
    assert "by way of" in text(app.get("/dataset/tiers").body)
    story.here(title="Titre d'ici")
    story.there(title="Titre de là-bas")
    admin = text(Browser(app, story.people.org_admin).get("/interconnexion").body)
    assert "Source and runs" in admin
    assert "1 conflict" in admin


def test_interconnection_with_sixty_sources(app: Any, people: People) -> None:
    act(
        "regional_source_create",
        people.sysadmin,
        name="premier",
        url="https://premier.example.org",
        owner_org=people.organization,
        defaults={"steward": people.editor},
    )
    first = model.Session.query(Source).one()
    kept = {column.name: getattr(first, column.name) for column in Source.__table__.columns}
    for number in range(59):
        values = {"id": str(uuid.uuid4()), "name": f"s{number}", "title": f"Source {number}", "territory": BRETAGNE}
        model.Session.add(Source(**{**kept, **values, "url": f"https://s{number}.example.org"}))
    model.Session.commit()
    assert model.Session.query(Record).count() == 0
    # Nothing of theirs is public: only who administers them sees them.
    Browser(app, None)
    assert "Source 58" not in app.get("/interconnexion").body
    body = Browser(app, people.sysadmin).get("/interconnexion").body
    assert body.count("never read to its end") == 60
