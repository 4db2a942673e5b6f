"""Who is told what, in which language, once; and nothing is lost while the mail server is away."""

from __future__ import annotations

import datetime
import threading
from collections.abc import Callable
from typing import Any

import ckan.plugins.toolkit as tk
import pytest
import sqlalchemy as sa
from ckan import model
from ckan import plugins as p
from ckan.tests import factories
from ckan.tests.helpers import CKANTestApp
from click.testing import CliRunner, Result

from ckanext.regional.admission import CONTEXT_KEY
from ckanext.regional.curation.cli.commands import curation
from ckanext.regional.curation.model import Notice
from ckanext.regional.curation.notices import health, jobs, outbox, text
from ckanext.regional.database import now
from ckanext.regional.types import Admission
from tests.conftest import BRETAGNE, People, act, appoint, complete
from tests.curation.conftest import outcome
from tests.smtp import MailServer


def send() -> None:
    """What a worker would do now."""
    outbox.work()


def hurry() -> None:
    """Let what waits for another try be tried now."""
    model.Session.execute(sa.update(Notice).where(Notice.state == "waiting").values(due=now()))
    model.Session.commit()


def states() -> list[str]:
    model.Session.rollback()
    return list(model.Session.scalars(sa.select(Notice.state).order_by(Notice.user_id)))


def decide(people: People, decision: str, **data: Any) -> None:
    seen = act("regional_curation_show", people.steward, id="menus")["fingerprint"]
    act(f"regional_curation_{decision}", people.steward, id="menus", fingerprint=seen, **data)


def test_a_submission_is_told_to_the_stewards_in_scope(
    mails: MailServer, named: People, submitted: dict[str, Any]
) -> None:
    send()
    assert mails.told() == [(named.steward, "To review: Menus des cantines")]
    assert "http://test.ckan.net/regional/case/menus" in mails.text()


def test_each_decision_is_told_to_author_and_contributors(
    mails: MailServer, named: People, dataset: dict[str, Any]
) -> None:
    act("package_patch", named.editor2, id="menus", notes="Autre chose.")
    told = {}
    for decision in ("request_changes", "reject", "approve"):
        act("regional_curation_submit", named.editor, id="menus")
        send()
        mails.mails.clear()
        decide(named, decision, comment="Le titre\nest trop long.", **_remarks(decision))
        send()
        told[decision] = mails.told()
        assert "> Le titre\n> est trop long." in mails.text()
    everybody = (named.editor, named.editor2)
    assert told == {
        "request_changes": [(name, "Changes requested: Menus des cantines") for name in everybody],
        "reject": [(name, "Rejected: Menus des cantines") for name in everybody],
        "approve": [(name, "Published: Menus des cantines") for name in everybody],
    }


def _remarks(decision: str) -> dict[str, Any]:
    return {"fields": {"title": "Plus court."}} if decision == "request_changes" else {}


def test_a_resubmission_is_told_to_whom_it_returns(mails: MailServer, named: People, submitted: dict[str, Any]) -> None:
    appoint(named.outsider, territory=BRETAGNE)
    decide(named, "request_changes", comment="Non.")
    send()
    mails.mails.clear()
    act("regional_curation_submit", named.editor, id="menus")
    send()
    assert mails.told() == [(named.steward, "To review again: Menus des cantines")]


def test_whom_four_eyes_excludes_is_not_asked(mails: MailServer, named: People, dataset: dict[str, Any]) -> None:
    act("package_patch", named.steward, id="menus", notes="Autre chose.")
    act("regional_curation_submit", named.editor, id="menus")
    send()
    assert [name for name, _subject in mails.told()] == [named.sysadmin]


def test_coordinators_come_before_sysadmins(mails: MailServer, named: People, dataset: dict[str, Any]) -> None:
    appoint(named.outsider, territory=BRETAGNE, role="coordinator")
    act("package_patch", named.steward, id="menus", notes="Autre chose.")
    act("regional_curation_submit", named.editor, id="menus")
    send()
    assert [name for name, _subject in mails.told()] == [named.outsider]


def test_who_is_gone_out_of_scope_or_does_not_want_it_is_not_told(
    mails: MailServer, named: People, submitted: dict[str, Any]
) -> None:
    appoint(named.outsider, territory=BRETAGNE)
    mine = appoint(named.member, territory=BRETAGNE)
    outbox.address()
    act("user_delete", named.sysadmin, id=named.outsider)
    act("regional_steward_delete", named.sysadmin, id=mine["id"])
    act("regional_notice_settings_update", named.steward, mail=False)
    send()
    assert mails.told() == []
    assert act("regional_notice_list", named.steward)["count"] == 1
    assert act("regional_notice_list", named.member)["results"] == []


def test_what_was_decided_meanwhile_is_not_asked(mails: MailServer, named: People, submitted: dict[str, Any]) -> None:
    decide(named, "approve")
    send()
    assert mails.told() == [(named.editor, "Published: Menus des cantines")]


def test_who_decides_about_their_own_is_not_told(mails: MailServer, named: People, submitted: dict[str, Any]) -> None:
    send()
    mails.mails.clear()
    act("regional_curation_withdraw", named.editor, id="menus")
    send()
    assert mails.told() == []


def test_it_is_told_in_the_readers_language(mails: MailServer, named: People, submitted: dict[str, Any]) -> None:
    act("regional_notice_settings_update", named.steward, language="fr")
    send()
    assert (mails.told()[0][1], "/fr/regional/case/menus" in mails.text()) == (
        "À relire\u00a0: Menus des cantines",
        True,
    )


def test_a_title_makes_no_further_header(mails: MailServer, named: People, dataset: dict[str, Any]) -> None:
    act("package_patch", named.editor, id="menus", title="Menus\r\nBcc: x@example.org")
    act("regional_curation_submit", named.editor, id="menus")
    send()
    assert [mail["Bcc"] for mail in mails.mails] == [None]


def test_nothing_is_lost_while_the_mail_server_is_away(
    mails: MailServer, named: People, dataset: dict[str, Any]
) -> None:
    mails.stop()
    act("regional_curation_submit", named.editor, id="menus")
    send()
    send()
    assert states() == ["waiting"]
    mails.start()
    mails.hangs_up = True
    hurry()
    send()
    assert states() == ["waiting"]
    mails.hangs_up = False
    hurry()
    send()
    hurry()
    send()
    assert ([name for name, _subject in mails.told()], states()) == ([named.steward], ["sent"])


def test_of_a_server_that_is_away_it_is_asked_less_and_less(
    mails: MailServer, named: People, submitted: dict[str, Any]
) -> None:
    mails.stop()
    waits = []
    for _ in range(12):
        before = now()
        send()
        due = model.Session.scalar(sa.select(Notice.due))
        assert due is not None
        waits.append(round((due - before).total_seconds() / 60))
        hurry()
    assert waits[:7] == [1, 2, 4, 8, 16, 32, 60]
    assert states() == ["waiting"]


def test_a_refused_address_holds_nobody_up(mails: MailServer, named: People, submitted: dict[str, Any]) -> None:
    appoint(named.outsider, territory=BRETAGNE)
    mails.refused.add(named.outsider)
    for _ in range(10):
        send()
        hurry()
    assert ([name for name, _subject in mails.told()], sorted(states())) == ([named.steward], ["failed", "sent"])


def test_one_that_cannot_be_said_holds_nobody_up(
    mails: MailServer, named: People, submitted: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    appoint(named.outsider, territory=BRETAGNE)
    said = text.of

    def stumbling(notice: Notice, reader: model.User) -> Any:
        if reader.name == named.outsider:
            raise KeyError("what a template asks for")
        return said(notice, reader)

    monkeypatch.setattr(text, "of", stumbling)
    for _ in range(10):
        send()
        hurry()
    assert ([name for name, _subject in mails.told()], sorted(states())) == ([named.steward], ["failed", "sent"])


def test_two_workers_send_it_once(mails: MailServer, named: People, submitted: dict[str, Any]) -> None:
    for name in (named.outsider, named.member, named.org_admin):
        appoint(name, territory=BRETAGNE)
    together = threading.Barrier(3)

    def worker() -> None:
        together.wait()
        send()

    threads = [threading.Thread(target=worker) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [name for name, _subject in mails.told()] == sorted(
        [named.steward, named.outsider, named.member, named.org_admin]
    )


def test_what_is_rolled_back_is_told_to_nobody(mails: MailServer, named: People, submitted: dict[str, Any]) -> None:
    send()
    mails.mails.clear()
    assert outcome(lambda: act("regional_curation_approve", named.steward, id="menus", fingerprint="0"))
    send()
    assert mails.told() == []


def test_a_commit_wakes_a_worker_once(named: People, dataset: dict[str, Any], ckan_config: dict[str, Any]) -> None:
    queue = tk.get_job_queue("default")

    def woken() -> int:
        return [job.func_name for job in queue.jobs].count("ckanext.regional.curation.notices.jobs.send")

    queue.empty()
    jobs.connect_to_redis().delete(jobs._flag())
    act("regional_curation_submit", named.editor, id="menus")
    act("regional_curation_withdraw", named.editor, id="menus")
    assert woken() == 1
    jobs.send()
    queue.empty()
    act("regional_curation_submit", named.editor, id="menus")
    assert woken() == 1


def _received(people: People, name: str) -> None:
    context: dict[str, Any] = {"user": people.editor2, "ignore_auth": True, CONTEXT_KEY: Admission("review", "")}
    tk.get_action("package_create")(context, complete(people, name=name, title=name))  # pyright: ignore


def test_what_was_harvested_is_one_list_a_day(mails: MailServer, named: People) -> None:
    for number in range(25):
        _received(named, f"recu-{number:02}")
    send()
    assert mails.told() == []
    yesterday = now() - datetime.timedelta(days=1)
    model.Session.execute(sa.update(Notice).values(created=yesterday))
    model.Session.commit()
    send()
    assert mails.told() == [(named.steward, "25 datasets came from other sites and wait for your review")]
    assert ("recu-00" in mails.text(), "… and 5 more" in mails.text()) == (True, True)


def test_what_is_late_is_recalled_but_not_daily(mails: MailServer, named: People, submitted: dict[str, Any]) -> None:
    send()
    mails.mails.clear()

    def remind() -> Result:
        return CliRunner().invoke(curation, ["remind"], catch_exceptions=False)

    assert remind().output == "0 people are reminded\n"
    model.Session.execute(sa.text("UPDATE regional_case SET due = now() - interval '1 day'"))
    model.Session.commit()
    assert (remind().output, remind().output) == ("1 people are reminded\n", "0 people are reminded\n")
    send()
    assert mails.told() == [(named.steward, "A review that waits for you is late")]


def test_without_a_mail_server_it_is_shown_in_ckan(named: People, submitted: dict[str, Any]) -> None:
    send()
    found = act("regional_notice_list", named.steward)
    assert (found["unread"], [one["kind"] for one in found["results"]], states()) == (1, ["submit"], ["shown"])


def test_notices_are_ones_own(named: People, submitted: dict[str, Any]) -> None:
    send()
    assert act("regional_notice_list", named.editor)["count"] == 0
    act("regional_notice_read", named.editor)
    assert act("regional_notice_list", named.steward)["unread"] == 1
    with pytest.raises(tk.NotAuthorized):
        act("regional_notice_list", None)


def test_the_page_shows_them_and_takes_them_for_read(
    app: CKANTestApp, named: People, submitted: dict[str, Any]
) -> None:
    send()
    headers = {"Authorization": factories.APIToken(user=named.steward)["token"]}
    badge = '<a href="/regional/notices">\n        <span>Notices'
    first = app.get("/regional/notices", headers=headers).get_data(as_text=True)
    second = app.get("/regional/notices", headers=headers).get_data(as_text=True)
    assert "asks you to review “Menus des cantines”" in first
    assert ("regional-new" in first, "regional-new" in second, badge in second) == (True, False, False)


def test_how_one_is_told_is_chosen_on_the_page(app: CKANTestApp, named: People) -> None:
    headers = {"Authorization": factories.APIToken(user=named.editor)["token"]}
    app.post("/regional/notices", headers=headers, data={"language": "fr"})
    assert act("regional_notice_settings_show", named.editor) == {"mail": False, "language": "fr"}
    wrong = app.post("/regional/notices", headers=headers, data={"language": "xx"}, status=400)
    assert "xx" in wrong.get_data(as_text=True)
    profile = app.get(f"/user/edit/{named.editor}", headers=headers).get_data(as_text=True)
    assert "They are shown in CKAN only." in profile


def test_a_setting_that_is_none_names_the_field(named: People) -> None:
    for data in ({"language": "xx"}, {"language": ["fr"]}, {"language": "\x00"}):
        with pytest.raises(tk.ValidationError) as refused:
            act("regional_notice_settings_update", named.editor, **data)
        assert list(refused.value.error_dict) == ["language"]


def test_nobody_reads_of_what_is_none_of_theirs(mails: MailServer, named: People, submitted: dict[str, Any]) -> None:
    send()
    mine = next(one for one in act("regional_steward_list", named.sysadmin) if one["user"] == named.steward)
    act("regional_steward_delete", named.sysadmin, id=mine["id"])
    act("organization_member_delete", named.sysadmin, id=named.organization, username=named.steward)
    assert act("regional_notice_list", named.steward)["results"] == []


class _Messenger(p.SingletonPlugin):
    """Tells people by a way of its own, as CKAN lets plugins do."""

    p.implements(p.INotifier, inherit=True)

    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings)
        self.topics: list[tuple[str, str]] = []
        self.recipients: list[str] = []
        self.takes = "topics"

    def notify_about_topic(self, already_notified: bool, topic: str, details: dict[str, Any] | None = None) -> bool:
        assert details is not None
        if self.takes == "nothing":
            raise ConnectionError("The messenger is away.")
        self.topics.append((topic, details["user"].name))
        return self.takes == "topics"

    def notify_recipient(self, already_notified: bool, recipient_name: str, *_rest: Any, **_more: Any) -> bool:
        self.recipients.append(recipient_name)
        return True


def test_a_plugin_tells_by_a_way_of_its_own(
    mails: MailServer, named: People, dataset: dict[str, Any], provide_plugin: Callable[..., Any]
) -> None:
    messenger = _Messenger(name="messenger")
    provide_plugin("messenger", lambda: messenger)
    p.load("messenger")
    try:
        act("regional_curation_submit", named.editor, id="menus")
        send()
        # What it does not take by its topic it is asked about as any mail.
        messenger.takes = "mails"
        decide(named, "request_changes", comment="Non.")
        send()
        # One that fails is asked again and holds nobody up.
        messenger.takes = "nothing"
        act("regional_curation_submit", named.editor, id="menus")
        send()
        waiting = states().count("waiting")
        messenger.takes = "topics"
        hurry()
        send()
    finally:
        p.unload("messenger")
    assert messenger.topics == [
        ("regional_submit", named.steward), ("regional_request_changes", named.editor),
        ("regional_submit", named.steward),
    ]  # fmt: skip
    editor = model.User.get(named.editor)
    assert editor is not None
    assert (messenger.recipients, mails.told(), waiting) == ([editor.display_name], [], 1)
    assert states() == ["sent"] * 3


def test_the_doctor_sees_what_waits(mails: MailServer, named: People, submitted: dict[str, Any]) -> None:
    def said() -> list[tuple[str, str]]:
        return [(finding.level, finding.message) for finding in health.notices()]

    assert said() == [("ok", "No notice has waited for more than an hour.")]
    mails.stop()
    send()
    model.Session.execute(sa.update(Notice).values(created=now() - datetime.timedelta(hours=2), due=now()))
    model.Session.commit()
    ((level, message),) = said()
    assert (level, message.startswith("1 notices have waited for more than an hour: SMTP server")) == ("warning", True)
    mails.start()
    (finding,) = health.notices()
    assert finding.repair is not None
    assert (finding.repair(), len(mails.mails)) == ("The notices were sent.", 1)


def test_the_doctor_says_that_there_is_no_mail(named: People) -> None:
    assert [finding.level for finding in health.notices()] == ["warning"]
