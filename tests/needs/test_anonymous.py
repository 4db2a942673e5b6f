"""Somebody without an account: confirmed by e-mail once, counted once, forgotten as soon as they wish."""

from __future__ import annotations

import datetime
import json
import logging
from collections.abc import Callable
from typing import Any

import ckan.plugins.toolkit as tk
import pytest
import sqlalchemy as sa
from ckan import model
from ckan.tests.helpers import CKANTestApp

from ckanext.regional.database import now
from ckanext.regional.needs.asking import people as persons
from ckanext.regional.needs.model import Link, Mail, Need, Person
from ckanext.regional.needs.notices import outbox
from ckanext.regional.needs.observatory import refreshing
from tests.conftest import People, act
from tests.needs.conftest import TITLE, a_need, give_addresses
from tests.needs.forms import send
from tests.smtp import MailServer

ANNE = "Anne.LeGall@example.org"


def known() -> list[tuple[str, str | None, bool, bool]]:
    model.Session.rollback()
    rows = model.Session.execute(
        sa.select(Person.role, Person.address, Person.confirmed, Person.notify).order_by(Person.created)
    )
    return [tuple(row) for row in rows]  # pyright: ignore[reportReturnType]


def age(table: Any, **values: datetime.timedelta) -> None:
    """Let everything in a table be older."""
    changes = {name: getattr(table, name) - by for name, by in values.items()}
    model.Session.execute(sa.update(table).values(**changes))
    model.Session.commit()


def refused(token: str) -> str:
    with pytest.raises(tk.ValidationError) as error:
        act("regional_need_confirm", None, token=token)
    return " ".join(error.value.error_summary.values())


def test_a_need_is_confirmed_once(people: People, mails: MailServer, token: Callable[[], str]) -> None:
    assert a_need(None, email=ANNE) == {"pending": True, "visibility": "unconfirmed"}
    assert act("regional_need_list", people.steward, visibility="waiting")["count"] == 0
    link = token()
    assert mails.mails[0]["To"].addresses[0].addr_spec == ANNE.lower()
    done = act("regional_need_confirm", None, token=link)
    assert (done["title"], done["visibility"], done["role"]) == (TITLE, "waiting", "author")
    # They did not ask to be told, so nobody has to know their address any more.
    assert known() == [("author", None, True, False)]
    assert "already" in refused(link)
    assert "not know" in refused("nothing-like-it")
    assert act("regional_need_list", people.steward, visibility="waiting")["count"] == 1


def test_an_old_link_loses_nothing(
    app: CKANTestApp, people: People, mails: MailServer, token: Callable[[], str]
) -> None:
    a_need(None, email=ANNE)
    old = token()
    age(Link, expires=datetime.timedelta(hours=49))
    assert "too old" in refused(old)
    page = app.get(f"/besoin/confirmer/{old}", status=410)
    assert "Send me a fresh link" in page.text
    refreshing.work()
    sent = send(app, f"/besoin/confirmer/{old}", f"/besoin/confirmer/{old}/encore")
    assert sent.status_code == 302
    fresh = token()
    assert act("regional_need_confirm", None, token=fresh)["visibility"] == "waiting"
    assert "already" in refused(fresh)


def test_a_second_link_ends_the_first(people: People, public: dict[str, Any], token: Callable[[], str]) -> None:
    act("regional_need_support", None, id=public["id"], email=ANNE)
    first = token()
    act("regional_need_support", None, id=public["id"], email=ANNE)
    second = token()
    assert "not know" in refused(first)
    assert act("regional_need_confirm", None, token=second)["supports"] == 1


def test_what_nobody_confirms_is_deleted(people: People, mails: MailServer, token: Callable[[], str]) -> None:
    a_need(None, email=ANNE)
    link = token()
    for table, column in ((Need, "created"), (Person, "created"), (Link, "expires")):
        age(table, **{column: datetime.timedelta(days=15)})
    refreshing.work()
    assert known() == []
    assert model.Session.scalar(sa.select(sa.func.count()).select_from(Need)) == 0
    assert "not know" in refused(link)


def test_an_address_supports_once(
    people: People, public: dict[str, Any], mails: MailServer, token: Callable[[], str]
) -> None:
    def support(**data: Any) -> dict[str, Any]:
        return act("regional_need_support", None, id=public["id"], email=ANNE, **data)

    first = support()
    assert (first["supports"], first["pending"]) == (0, True)
    assert act("regional_need_confirm", None, token=token())["supports"] == 1
    # Whoever types this address again learns nothing, sends nothing, and takes nothing away.
    assert support() == {**first, "supports": 1}
    outbox.work()
    assert [name for name, _subject in mails.told() if name == "anne.legall"] == ["anne.legall"]
    support(notify=True)
    assert known()[-1] == ("supporter", ANNE.lower(), True, False)
    assert act("regional_need_show", None, id=public["id"])["supports"] == 1
    act("regional_need_confirm", None, token=token())
    assert known()[-1] == ("supporter", ANNE.lower(), True, True)
    assert act("regional_need_show", None, id=public["id"])["supports"] == 1


def test_who_asks_is_told_and_who_stops_is_forgotten(
    app: CKANTestApp, people: People, public: dict[str, Any], mails: MailServer, token: Callable[[], str]
) -> None:
    give_addresses(people)
    act("regional_need_support", None, id=public["id"], email=ANNE, notify=True)
    act("regional_need_confirm", None, token=token())
    act("regional_need_support", people.member, id=public["id"], notify=True)
    act("regional_need_support", people.editor, id=public["id"])
    mails.mails.clear()
    act("regional_need_update", people.steward, id=public["id"], state="planned", reason="Pour l'été.")
    outbox.work()
    outbox.work()
    assert mails.told() == [
        ("anne.legall", f"Planned: {TITLE}"), ("member", f"Planned: {TITLE}"), ("outsider", f"Planned: {TITLE}"),
    ]  # fmt: skip
    (mail,) = [one for one in mails.mails if "anne" in str(one["To"])]
    assert "Pour l'été." in mail.get_content()
    leave = mail["List-Unsubscribe"].strip("<>").partition("//")[2].partition("/")[2]
    page = app.get(f"/{leave}")
    assert "Delete my address" in page.text
    assert known()[1][1] == ANNE.lower()
    assert send(app, f"/{leave}", f"/{leave}").status_code == 302
    assert known()[1] == ("supporter", None, True, False)
    act("regional_need_update", people.steward, id=public["id"], state="studied")
    mails.mails.clear()
    outbox.work()
    assert [name for name, _subject in mails.told()] == ["member", "outsider"]
    assert app.get("/besoin/stop/invented", status=404)


def test_supporters_follow_a_merge(
    people: People, public: dict[str, Any], mails: MailServer, token: Callable[[], str]
) -> None:
    other = act("regional_need_update", people.steward, id=a_need(people.member, title="Une borne")["id"], state="new")
    act("regional_need_support", None, id=other["id"], email=ANNE, notify=True)
    waiting = act("regional_need_support", None, id=other["id"], email="bob@example.org")
    assert waiting["pending"]
    outbox.work()
    asked = [mail for mail in mails.mails if "/besoin/confirmer/" in mail.get_content()]
    links = {str(mail["To"]): mail.get_content().split("/besoin/confirmer/")[1].split()[0] for mail in asked}
    act("regional_need_confirm", None, token=next(link for to, link in links.items() if "anne" in to))
    act("regional_need_merge", people.steward, id=other["id"], into=public["id"], reason="La même.")
    # Anne, and the author of the other one.
    assert act("regional_need_show", None, id=public["id"])["supports"] == 2
    act("regional_need_confirm", None, token=next(link for to, link in links.items() if "bob" in to))
    assert act("regional_need_show", None, id=public["id"])["supports"] == 3
    mails.mails.clear()
    act("regional_need_update", people.steward, id=public["id"], state="planned")
    outbox.work()
    subjects = [subject for name, subject in mails.told() if name == "anne.legall"]
    assert subjects == ["Joined with another need: Une borne", f"Planned: {TITLE}"]


def test_addresses_are_kept_a_year_at_most(
    people: People, public: dict[str, Any], token: Callable[[], str], ckan_config: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(ckan_config, "ckanext.regional.needs.address_days", 10_000)
    act("regional_need_support", None, id=public["id"], email=ANNE, notify=True)
    act("regional_need_confirm", None, token=token())
    forget = model.Session.scalar(sa.select(Person.forget).where(Person.address.is_not(None)))
    assert forget is not None
    assert forget <= now() + datetime.timedelta(days=365)
    age(Person, forget=datetime.timedelta(days=366))
    refreshing.work()
    assert known()[-1] == ("supporter", None, True, False)
    assert act("regional_need_show", None, id=public["id"])["supports"] == 1


def test_no_address_is_ever_told(
    app: CKANTestApp, people: People, mails: MailServer, token: Callable[[], str], caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        a_need(None, email=ANNE, notify=True)
        act("regional_need_confirm", None, token=token())
        (row,) = act("regional_need_list", people.sysadmin, visibility="waiting")["results"]
        shown = [row, act("regional_need_update", people.steward, id=row["id"], state="new")]
        shown += [act("regional_need_show", user, id=row["id"]) for user in (None, people.steward, people.sysadmin)]
        mails.refused.add(ANNE.lower())
        act("regional_need_update", people.steward, id=row["id"], state="planned")
        outbox.work()
        texts = [json.dumps(shown), app.get("/besoin.csv").text, app.get("/besoin.atom").text]
        texts.append(app.get(f"/besoin/{row['number']}").text)
    errors = model.Session.scalars(sa.select(Mail.error).where(Mail.error.is_not(None))).all()
    assert errors
    ours = [record.getMessage() for record in caplog.records if record.name.startswith("ckanext.regional")]
    for text in (*texts, *errors, *ours):
        assert "legall" not in str(text).lower()


def test_mail_down_loses_none(people: People, mails: MailServer) -> None:
    mails.stop()
    a_need(None, email=ANNE)
    assert outbox.work() is not None
    mails.start()
    model.Session.execute(sa.update(Mail).values(due=now()))
    model.Session.commit()
    assert outbox.work() is None
    assert len(mails.mails) == 1


def test_one_address_gets_a_few_e_mails_a_day(people: People, public: dict[str, Any], mails: MailServer) -> None:
    for _number in range(5):
        act("regional_need_support", None, id=public["id"], email=ANNE)
    with pytest.raises(tk.ValidationError) as error:
        act("regional_need_support", None, id=public["id"], email=ANNE.upper())
    assert list(error.value.error_dict) == ["rate"]
    act("regional_need_support", None, id=public["id"], email="bob@example.org")


@pytest.mark.parametrize("email", ["", "nobody", "a@b", "a" * 300 + "@example.org", "x@example.org, y@example.org"])
def test_a_wrong_address_is_named(people: People, mails: MailServer, email: str) -> None:
    with pytest.raises(tk.ValidationError) as error:
        a_need(None, email=email)
    assert list(error.value.error_dict) == ["email"]


def test_a_site_can_ask_for_accounts(
    people: People, mails: MailServer, ckan_config: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(ckan_config, "ckanext.regional.needs.anonymous", False)
    with pytest.raises(tk.NotAuthorized):
        a_need(None, email=ANNE)
    assert a_need(people.outsider)["visibility"] == "waiting"


def test_without_a_mail_server_nobody_is_promised_an_e_mail(people: People) -> None:
    with pytest.raises(tk.ValidationError) as error:
        a_need(None, email=ANNE)
    assert list(error.value.error_dict) == ["email"]


def test_a_hash_is_no_address() -> None:
    assert persons.address_hash(ANNE) == persons.address_hash(f" {ANNE.lower()} ")
    assert persons.address_hash(ANNE) != persons.address_hash("bob@example.org")
