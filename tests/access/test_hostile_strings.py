"""Hostile strings in what programs read: tables for spreadsheets, the feed, e-mails. Pages are looked at in a browser,
by ``tests/e2e/everywhere``.
"""

from __future__ import annotations

import csv
import io
import re
from typing import Any
from xml.etree import ElementTree

import ckan.plugins.toolkit as tk
import pytest
from ckan.tests import factories
from ckan.tests.helpers import CKANTestApp

from ckanext.regional.curation.notices import outbox as notices
from ckanext.regional.needs.notices import outbox
from tests.conftest import BREST, People, act, complete, fingerprint
from tests.faults.hostile import HostileServer
from tests.harvest.local import DEFAULTS
from tests.harvest.pretending import Pretended, harvest
from tests.harvest.sites import dataset as of_any_ckan
from tests.hostile_strings import COMPUTED, CORPUS, FORMULAS, LINES
from tests.smtp import MailServer

#: How a spreadsheet knows a formula.
_FORMULA = re.compile(r"(^|[;\t\r\n])\s*[=+\-@＝＋－＠]\S")


def taken(action: str, user: str, field: str, **data: Any) -> dict[str, Any] | None:
    """What an action made of a hostile field; None where it refused that field by name."""
    try:
        return act(action, user, **data)
    except tk.ValidationError as error:
        named = set(error.error_dict)
    assert named == {field}, (data[field], named)
    return None


def test_tables_feeds_and_mails(
    named: People, app: CKANTestApp, mails: MailServer, ckan_config: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    for rate in ("rate_user", "rate_address", "rate_email"):
        monkeypatch.setitem(ckan_config, f"ckanext.regional.needs.{rate}", 10_000)
    kept = _needs(named)
    _datasets(named)
    notices.work()
    outbox.work()

    headers = {"Authorization": factories.APIToken(user=named.sysadmin)["token"]}
    for path in ("/besoin.csv", "/catalogue-scdl.csv", "/observatoire.csv"):
        answer = app.get(path, headers=headers)
        rows = list(csv.reader(io.StringIO(answer.text.lstrip("\ufeff"))))
        cells = [cell for row in rows[1:] for cell in row if not re.fullmatch(r"-?[\d.]+", cell)]
        assert [cell for cell in cells if _FORMULA.search(cell)] == [], path
        assert COMPUTED not in answer.text
    feed = ElementTree.fromstring(app.get("/besoin.atom").data)
    titles = [one.text or "" for one in feed.iter("{http://www.w3.org/2005/Atom}title")]
    assert len(titles) == min(len(kept), 50) + 1
    # As text: nothing within an entry is an element of its own.
    assert {one.tag.rpartition("}")[2] for one in feed.iter()} <= {
        "feed", "title", "id", "updated", "link", "entry", "summary", "content", "category", "published", "author",
        "name", "language", "subtitle", "generator",
    }  # fmt: skip
    assert len(mails.mails) >= len(LINES)
    for mail in mails.mails:
        assert not {"bcc", "location"} & {name.lower() for name in mail.keys()}  # noqa: SIM118  a mail is no dict
        assert mail["To"].count("@") == 1
        assert COMPUTED not in mail.get_content()
        assert not mail.is_multipart()


def _needs(people: People) -> list[dict[str, Any]]:
    """A need for each hostile string, published with it as the reason."""
    kept = []
    for text in CORPUS.values():
        data = {"title": f"{text[:140]} ici", "text": "Pour voir.", "territory": [BREST]}
        made = taken("regional_need_create", people.outsider, "title", **data)
        made = made or act("regional_need_create", people.outsider, **{**data, "title": "Un autre titre"})
        said = {"id": made["id"], "state": "studied", "reason": f"{text[:1500]} !"}
        if not taken("regional_need_update", people.steward, "reason", **said):
            act("regional_need_update", people.steward, id=made["id"], state="new")
        taken("regional_need_update", people.steward, "text", id=made["id"], text=f"{text[:1500]} vu")
        kept.append(made)
    return kept


def _datasets(people: People) -> None:
    """Datasets with hostile titles, submitted with hostile words and sent back or published with others."""
    for number, text in enumerate([*FORMULAS.values(), *LINES.values()]):
        name = f"hostile-{number}"
        data = complete(people, name=name, title=text, publisher=[{"name": text[:100]}], resources=[])
        made = taken("package_create", people.editor, "title", **data)
        if made is None:
            act("package_create", people.editor, **{**data, "title": "Un titre", "publisher": [{"name": "Ville"}]})
        act("regional_curation_submit", people.editor, id=name, comment=text)
        seen = fingerprint(people, {"id": name})
        decision = "approve" if number % 2 else "request_changes"
        act(f"regional_curation_{decision}", people.steward, id=name, fingerprint=seen, comment=text)


def test_what_a_neighbour_calls_its_datasets_is_no_formula(people: People, app: CKANTestApp) -> None:
    defaults = {**DEFAULTS, "steward": people.editor}
    with HostileServer() as server:
        neighbour = Pretended(server)
        act(
            "regional_source_create", people.sysadmin, name="voisin", url=neighbour.url, owner_org=people.organization,
            trust="publish", defaults=defaults,
        )  # fmt: skip
        for text in CORPUS.values():
            sent = {**of_any_ckan("ports"), "id": text, "name": text[:90], "title": text, "notes": text}
            neighbour.tells(text, "upsert", dataset=sent)
        counts = harvest(people, "voisin")["counts"]
    assert counts["seen"] == len(CORPUS)
    headers = {"Authorization": factories.APIToken(user=people.sysadmin)["token"]}
    told = app.get("/regional/sources/voisin/records.csv", headers=headers).text
    rows = list(csv.reader(io.StringIO(told.lstrip("\ufeff"))))
    assert len(rows) > 1
    assert {len(row) for row in rows} == {len(rows[0])}
    assert [cell for row in rows for cell in row if _FORMULA.search(cell)] == []
