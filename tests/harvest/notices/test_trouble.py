"""Whom a failed or held run is told to: once, in their language, and again when it is over; SMTP down loses none."""

from __future__ import annotations

import sqlalchemy as sa
from ckan import model

from ckanext.regional import preferences
from ckanext.regional.database import now
from ckanext.regional.harvest.model import RunNotice, Source
from ckanext.regional.harvest.notices import outbox
from tests.conftest import People, act
from tests.faults.hostile import Answer, HostileServer
from tests.harvest.neighbour import add_source, harvest, remote, work
from tests.smtp import MailServer


def broken(hostile: HostileServer) -> None:
    hostile.actions.clear()
    hostile.default = lambda _request: Answer(b"Gone fishing", status=404)


def states() -> list[str]:
    model.Session.rollback()
    return list(model.Session.scalars(sa.select(RunNotice.state).order_by(RunNotice.created)))


def test_a_failure_is_told_once_and_its_end(named: People, mails: MailServer, hostile: HostileServer) -> None:
    broken(hostile)
    add_source(named, hostile, frequency="0 3 * * *")
    assert harvest(named)["state"] == "failed"
    assert mails.told() == [(named.editor, "Harvest failed: Voisine")]
    text = mails.text()
    assert "HTTP 404" in text
    assert "It is tried again on" in text
    assert "http://test.ckan.net/regional/runs/" in text
    assert act("regional_source_show", named.org_admin, id="neighbour")["trouble"] == "failed"
    # The same each night is no news.
    harvest(named)
    harvest(named)
    assert len(mails.mails) == 1
    hostile.be_a_ckan([remote(1)])
    assert harvest(named)["state"] == "finished"
    assert [subject for _who, subject in mails.told()][1:] == ["Harvest works again: Voisine"]
    harvest(named)
    assert len(mails.mails) == 2
    assert act("regional_source_show", named.org_admin, id="neighbour")["trouble"] is None


def test_a_hold_is_told_in_the_readers_language(named: People, mails: MailServer, hostile: HostileServer) -> None:
    steward = model.User.get(named.editor)
    assert steward is not None
    preferences.save(steward, preferences.Preferences(True, "fr"))
    datasets = [remote(number) for number in range(4)]
    hostile.be_a_ckan(datasets)
    add_source(named, hostile)
    harvest(named)
    assert mails.mails == []
    del datasets[1:]
    held = harvest(named)
    assert (held["state"], held["held"]) == ("held", {"gone": 3, "of": 4})
    assert len(mails.mails) == 1
    assert "/fr/regional/runs/" in mails.text()
    # Whoever confirmed it is not told that it is over.
    act("regional_run_confirm", named.org_admin, id=held["id"])
    assert work(named, held["id"])["state"] == "finished"
    assert len(mails.mails) == 1
    assert states() == ["sent"]


def test_a_mail_server_that_is_down_loses_nothing(named: People, mails: MailServer, hostile: HostileServer) -> None:
    broken(hostile)
    add_source(named, hostile)
    mails.stop()
    harvest(named)
    assert states() == ["waiting"]
    mails.start()
    assert outbox.send_due() == 0
    model.Session.execute(sa.update(RunNotice).values(due=now()))
    model.Session.commit()
    assert outbox.send_due() == 1
    assert outbox.send_due() == 0
    assert len(mails.mails) == 1


def test_what_was_never_told_has_no_end(named: People, mails: MailServer, hostile: HostileServer) -> None:
    broken(hostile)
    add_source(named, hostile)
    mails.stop()
    harvest(named)
    hostile.be_a_ckan([remote(1)])
    harvest(named)
    mails.start()
    model.Session.execute(sa.update(RunNotice).values(due=now()))
    model.Session.commit()
    outbox.send_due()
    assert mails.mails == []
    assert states() == ["dropped", "dropped"]


def test_admins_are_told_where_the_steward_is_gone(named: People, mails: MailServer, hostile: HostileServer) -> None:
    broken(hostile)
    add_source(named, hostile)
    steward = model.User.get(named.editor)
    assert steward is not None
    steward.state = "deleted"
    model.Session.commit()
    harvest(named)
    assert [who for who, _subject in mails.told()] == [named.org_admin]


def test_who_wants_no_mail_gets_none(named: People, mails: MailServer, hostile: HostileServer) -> None:
    steward = model.User.get(named.editor)
    assert steward is not None
    preferences.save(steward, preferences.Preferences(False, None))
    broken(hostile)
    add_source(named, hostile)
    harvest(named)
    assert mails.mails == []
    assert states() == ["dropped"]


def test_a_title_makes_no_further_line_of_a_subject(named: People, mails: MailServer, hostile: HostileServer) -> None:
    broken(hostile)
    add_source(named, hostile)
    model.Session.execute(sa.update(Source).values(title="Voisine\r\nBcc: everybody@example.org {when}"))
    model.Session.commit()
    harvest(named)
    ((_who, subject),) = mails.told()
    assert subject == "Harvest failed: Voisine Bcc: everybody@example.org {when}"
