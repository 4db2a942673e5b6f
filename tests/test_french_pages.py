"""Who reads a French page of ours reads French: no English sentence that slipped through, no date of a machine."""

from __future__ import annotations

import re
from typing import Any

import pytest
from bs4 import BeautifulSoup
from ckan.tests.helpers import CKANTestApp

from tests.conftest import BREST, People, act, complete
from tests.curation.views.test_views import Browser
from tests.faults.hostile import HostileServer
from tests.harvest import neighbour

#: Words that stand in nearly every English sentence, and in no French one.
_ENGLISH = re.compile(r"\b(the|of|is|are|with|this|that|from|has|was|and|it|by|which|what)\b", re.IGNORECASE)
_OF_MACHINES = re.compile(r"\d{4}-\d{2}-\d{2}T|\b\d{4}-\d{2}-\d{2}\b|\bNone\b|\bTrue\b|\{\w*\}")


def words(browser: Browser, path: str) -> str:
    """What a page says in its middle, without addresses and what is code."""
    answer = browser.get(path)
    assert answer.status_code == 200, path
    page = BeautifulSoup(answer.get_data(as_text=True), "html.parser")
    main = page.find(class_="main") or page.find("main")
    assert main is not None
    for unwanted in main.find_all(["script", "style", "code", "pre", "kbd"]):
        unwanted.decompose()
    said = [main.get_text(" ")]
    said += [
        str(tag[name]) for name in ("aria-label", "title", "alt", "placeholder") for tag in main.select(f"[{name}]")
    ]
    return re.sub(r"https?://\S+|\S+[._]\w\S*", " ", " ".join(" ".join(said).split()))


@pytest.fixture
def busy(people: People, app: CKANTestApp, published: dict[str, Any]) -> dict[str, Any]:
    """A site on which something of everything has happened; the addresses of what is on it."""
    copy = act("regional_revision_create", people.editor, id="menus")
    act("package_patch", people.editor, id=copy["id"], notes="Ce que mangent les enfants de Brest, à midi.")
    act("regional_curation_submit", people.editor, id="menus", comment="Merci !")
    other = act(
        "package_create", people.editor, **complete(people, name="ports", title="Ports", contact=[], resources=[])
    )
    need = act(
        "regional_need_create",
        people.outsider,
        title="Les marées",
        text="Pour pêcher.",
        territory=[BREST],
        sector=["maritime"],
    )
    act("regional_need_update", people.steward, id=need["id"], state="studied", reason="Bientôt.")
    with HostileServer() as server:
        remotes = [neighbour.remote(1, maintainer_email="personne", sector=["autre"]), neighbour.remote(2)]
        server.be_a_ckan([*remotes, neighbour.remote(3, id="z" * 2000)])
        neighbour.add_source(people, server)
        run = neighbour.harvest(people)
        server.be_a_ckan([{**one, "name": "autre"} for one in remotes[:1]])
        server.actions["package_search"] = server.default
        failed = neighbour.harvest(people)
    record = act("regional_record_list", people.sysadmin, source="neighbour")["results"][0]
    return {"other": other, "need": need, "run": run, "failed": failed, "record": record}


def test_pages_are_french(people: People, app: CKANTestApp, busy: dict[str, Any]) -> None:
    pages = {
        people.steward: [
            "/regional/queue?show=all", "/regional/case/menus", "/regional/queue/together?id=menus",
            "/regional/stewards", "/regional/notices", f"/besoin/{busy['need']['number']}",
        ],
        people.editor: ["/regional/mine", "/regional/case/ports", "/regional/dataset/ports/submit"],
        people.sysadmin: [
            "/regional/sources", "/regional/sources/new", "/regional/sources/neighbour",
            f"/regional/runs/{busy['run']['id']}", f"/regional/runs/{busy['failed']['id']}",
            f"/regional/records/{busy['record']['id']}", "/regional/sources/neighbour/conflicts",
        ],
        None: [
            "/besoin", "/besoin/nouveau", "/observatoire", "/territoire/fr:departement:29", "/secteur/school",
            "/interconnexion",
        ],
    }  # fmt: skip
    found = {}
    for person, paths in pages.items():
        browser = Browser(app, person)
        for path in paths:
            text = words(browser, f"/fr{path}")
            wrong = [text[max(0, hit.start() - 40) : hit.end() + 40] for hit in _ENGLISH.finditer(text)]
            wrong += [text[max(0, hit.start() - 20) : hit.end() + 20] for hit in _OF_MACHINES.finditer(text)]
            if wrong:
                found[path] = wrong
    assert found == {}
