"""Tokens, passwords and links of e-mails: where they have to be, and nowhere else."""

from __future__ import annotations

import logging
import re
from typing import Any

import ckan.plugins.toolkit as tk
import pytest
import sqlalchemy as sa
from ckan import model
from ckan.tests import factories
from ckan.tests.helpers import CKANTestApp

from ckanext.regional.needs.notices import outbox
from tests.conftest import BREST, People, act
from tests.faults.hostile import Answer, HostileServer
from tests.harvest.local import DEFAULTS
from tests.harvest.pretending import harvest
from tests.smtp import MailServer

TOKEN = "very-secret-token-of-the-source"
PASSWORD = "very-secret-password-of-the-mail-server"


def holding(secret: str) -> set[str]:
    """The tables in which a secret stands, as it is."""
    assert model.meta.engine is not None
    with model.meta.engine.connect() as connection:
        tables = sa.inspect(connection).get_table_names()
        query = 'SELECT EXISTS (SELECT FROM "{}" t WHERE strpos(CAST(to_jsonb(t) AS text), :secret) > 0)'
        return {table for table in tables if connection.scalar(sa.text(query.format(table)), {"secret": secret})}


def test_a_sources_token_is_told_to_its_neighbour_alone(
    people: People, app: CKANTestApp, caplog: pytest.LogCaptureFixture
) -> None:
    """Though the neighbour repeats it in every answer, and sends us elsewhere with it in the address."""
    caplog.set_level(logging.DEBUG)

    def echo(request: Any) -> Answer:
        said = request.headers.get("Authorization", "nothing")
        if request.action == "status_show":
            return Answer(status=302, headers={"Location": f"http://localhost:1/?token={said}"})
        return Answer(f'{{"error": {{"message": "{said}"}}, "success": false}}'.encode(), status=403)

    with HostileServer() as server:
        server.default = echo
        source = {
            "url": server.url,
            "owner_org": people.organization,
            "defaults": {**DEFAULTS, "steward": people.editor},
        }
        told = [act("regional_source_create", people.sysadmin, name="sourd", token=TOKEN, **source)]
        for kind in ("ckan", "dcat", "regional", "auto"):
            told.append(act("regional_source_patch", people.sysadmin, id="sourd", kind=kind))
            told.append(harvest(people, "sourd"))
            with pytest.raises(tk.ValidationError) as refused:
                act("regional_source_preview", people.sysadmin, id="sourd")
            told.append(refused.value.error_dict)
        # That it asked with the token at all.
        assert TOKEN in [request.headers.get("Authorization") for request in server.requests]
    told += [act(name, people.sysadmin) for name in ("regional_source_list", "regional_run_list")]
    told += [act("regional_source_show", people.sysadmin, id="sourd"), act("regional_changes", None)]
    told += [act("recently_changed_packages_activity_list", people.sysadmin)]
    headers = {"Authorization": factories.APIToken(user=people.sysadmin)["token"]}
    run = act("regional_run_list", people.sysadmin, source="sourd")["results"][0]["id"]
    for path in (
        "/regional/sources", "/regional/sources/sourd", "/regional/sources/sourd/edit", f"/regional/runs/{run}",
        "/regional/sources/sourd/records.csv", "/interconnexion", "/regional/runs/nothing",
    ):  # fmt: skip
        told.append(app.get(path, headers=headers).text)
    assert [str(one)[:300] for one in told if TOKEN in str(one)] == []
    assert TOKEN not in caplog.text
    assert headers["Authorization"] not in caplog.text + str(told)
    assert holding(TOKEN) == {"regional_source"}


def test_links_and_passwords_of_mails(
    people: People, app: CKANTestApp, mails: MailServer, ckan_config: dict[str, Any], caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    """A link is in its e-mail only, and its page sends it nowhere; a mail server that is away costs no password."""
    caplog.set_level(logging.DEBUG)
    said = {"title": "Connaître les marées", "text": "Pour aller en mer.", "territory": [BREST]}
    act("regional_need_create", None, email="habitante@example.org", notify=True, **said)
    outbox.work()
    token = re.findall(r"/besoin/confirmer/([\w-]+)", mails.text())[0]
    stop = re.findall(r"/besoin/stop/([\w.-]+)", mails.mails[0]["List-Unsubscribe"])[0]
    assert holding(token) == holding(stop) == set()
    for path in (f"/besoin/confirmer/{token}", f"/besoin/stop/{stop}"):
        page = app.get(path)
        assert page.status_code == 200
        assert page.headers["Referrer-Policy"] == "same-origin"
        assert "no-store" in page.headers["Cache-Control"]
    act("regional_need_confirm", None, token=token)
    waiting = act("regional_need_list", people.sysadmin, visibility="waiting")
    assert not {token, stop, "habitante@example.org"} & set(re.split(r"[\s'\"]", str(waiting)))
    monkeypatch.setitem(ckan_config, "smtp.user", "ckan")
    monkeypatch.setitem(ckan_config, "smtp.password", PASSWORD)
    mails.stop()
    act("regional_need_create", None, email="habitante@example.org", **{**said, "title": "Connaître les vents"})
    outbox.work()
    headers = {"Authorization": factories.APIToken(user=people.sysadmin)["token"]}
    shown = [
        app.get("/api/action/config_option_list", headers=headers).text,
        app.get("/regional/needs", headers=headers).text,
    ]
    for secret in (token, stop, PASSWORD):
        assert secret not in caplog.text + str(shown)
    assert holding(PASSWORD) == set()
