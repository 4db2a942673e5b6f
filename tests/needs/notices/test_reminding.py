"""Those who look at needs are told that some wait: seldom, once, and only who is in charge."""

from __future__ import annotations

import datetime
from collections.abc import Callable

import pytest
import sqlalchemy as sa
from ckan import model

from ckanext.regional import preferences
from ckanext.regional.needs.model import Need, Reminder
from ckanext.regional.needs.notices import reminding
from tests.conftest import People, act
from tests.needs.conftest import a_need, give_addresses
from tests.smtp import MailServer

ANNE = "anne@example.org"


def told(mails: MailServer) -> list[str]:
    """Who is told now."""
    mails.mails.clear()
    reminding.work()
    return [name for name, _subject in mails.told()]


def passes(**time: float) -> None:
    """Let so much time pass."""
    passed = datetime.timedelta(**time)
    model.Session.execute(sa.update(Reminder).values(at=Reminder.at - passed))
    model.Session.execute(sa.update(Need).values(waiting_since=Need.waiting_since - passed))
    model.Session.commit()


@pytest.fixture(autouse=True)
def addresses(people: People) -> None:
    give_addresses(people)


def test_the_steward_in_scope_is_told_once(people: People, mails: MailServer) -> None:
    a_need(people.outsider)
    assert told(mails) == [people.steward]
    assert "/regional/needs" in mails.text()
    assert told(mails) == []
    # What they know of is told again when it has waited for a week.
    passes(days=2)
    assert told(mails) == []
    passes(days=8)
    assert told(mails) == [people.steward]


def test_many_at_once_make_one_mail_and_the_next_day_another(people: People, mails: MailServer) -> None:
    for number in range(3):
        a_need(people.outsider, title=f"Savoir où sont les défibrillateurs {number}")
    assert told(mails) == [people.steward]
    assert mails.told()[0][1] == "3 needs wait for you"
    a_need(people.outsider, title="Les menus des cantines")
    assert told(mails) == []
    passes(hours=21)
    assert told(mails) == [people.steward]


def test_what_nobody_confirmed_waits_for_nobody(people: People, mails: MailServer, token: Callable[[], str]) -> None:
    a_need(None, email=ANNE)
    assert told(mails) == []
    act("regional_need_confirm", None, token=token())
    assert told(mails) == [people.steward]


def test_where_nobody_is_in_charge_those_who_administer_the_site_are(people: People, mails: MailServer) -> None:
    for steward in act("regional_steward_list", people.sysadmin):
        act("regional_steward_delete", people.sysadmin, id=steward["id"])
    a_need(people.outsider)
    assert told(mails) == [people.sysadmin]


def test_who_wants_no_mail_gets_none(people: People, mails: MailServer) -> None:
    steward = model.User.get(people.steward)
    assert steward is not None
    preferences.save(steward, preferences.Preferences(mail=False))
    a_need(people.outsider)
    assert told(mails) == []


def test_a_mail_server_that_is_down_loses_nothing(people: People, mails: MailServer) -> None:
    a_need(people.outsider)
    mails.stop()
    assert reminding.work() == 0
    mails.start()
    assert told(mails) == [people.steward]
