"""Sends what people are to be told of runs: each once, in their language, as soon as the mail server takes it."""

from __future__ import annotations

from dataclasses import dataclass

import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from ckan import model
from flask import current_app
from sqlalchemy.orm import Session

from ckanext.regional import dates, mailing, outbox, preferences
from ckanext.regional.database import now
from ckanext.regional.harvest import config, dictize, wording
from ckanext.regional.harvest.model import Run, RunNotice, Source
from ckanext.regional.harvest.notices import trouble
from ckanext.regional.speaking import speaking


@dataclass(frozen=True, slots=True)
class Message:
    """The text of an e-mail and where it leads."""

    subject: str
    body: str
    url: str
    settings: str


def send_due() -> int:
    """Send all that is due. While the mail server does not answer, it waits.

    :returns: how many went out
    """
    return outbox.send_due(RunNotice, _deliver, "notices of runs")


def _deliver(_session: Session, notice: RunNotice) -> str:
    """Send a notice if it is still true and its reader still wants it.

    :returns: the state that it is in then
    """
    reader = model.Session.get(model.User, notice.user_id)
    run = model.Session.get(Run, notice.run_id)
    source = model.Session.get(Source, run.source_id) if run is not None else None
    if reader is None or run is None or source is None or not _concerns(notice, source, reader):
        return "dropped"
    if not (config.mails() and preferences.of(reader).mail and reader.email and mailing.can_mail()):
        return "dropped"
    with speaking(preferences.language_of(reader)):
        message = _message(notice, run, source, reader)
        mail = mailing.Mail(
            notice.id, f"harvest_{notice.kind}", message.subject, message.body, message.url, message.settings
        )
        mailing.send(reader, mail)
    notice.sent = now()
    return "sent"


def _concerns(notice: RunNotice, source: Source, reader: model.User) -> bool:
    """Whether it still concerns its reader: a failure that is over by now is no news, nor is the end of one untold."""
    if reader.state != "active" or reader.id not in trouble.readers(source):
        return False
    if notice.kind != "recovered":
        return source.trouble == notice.kind
    before = model.Session.scalar(
        sa.select(RunNotice.state)
        .join(Run, Run.id == RunNotice.run_id)
        .where(
            Run.source_id == source.id,
            RunNotice.user_id == reader.id,
            RunNotice.kind != "recovered",
            RunNotice.created < notice.created,
        )
        .order_by(RunNotice.created.desc())
        .limit(1)
    )
    return source.trouble is None and before == "sent"


def _message(notice: RunNotice, run: Run, source: Source, reader: model.User) -> Message:
    shown = dictize.run(run, source.name)
    obstacle = "\n".join(f"> {line}" for line in wording.obstacle(shown).splitlines())
    when = dates.moment(shown["finished"] or shown["started"] or shown["created"])
    url = tk.h.url_for("regional_harvest.run_show", id=run.id, qualified=True)
    if notice.kind == "failed":
        subject = tk._("Harvest failed: {source}")
        said = [
            tk._("The run of “{source}” of {when} failed:"),
            obstacle,
            _next(source),
            tk._("You are told once, and again when it works."),
        ]
    elif notice.kind == "held":
        subject = tk._("A harvest waits for you: {source}")
        said = [
            tk._("The run of “{source}” of {when} waits for a decision:"),
            obstacle,
            tk._("Look which ones they are, then hide them here or leave them as they are:"),
        ]
    else:
        subject = tk._("Harvest works again: {source}")
        said = [tk._("The run of “{source}” of {when} went well. You need to do nothing more.")]
    title = " ".join(source.title.split())
    texts = [text.format(source=title, when=when) if "{when}" in text else text for text in said if text]
    greeting = tk._("Hello {name},").format(name=reader.display_name)
    settings = ""
    end = tk._("— {site}. You get this because you answer there for what comes from this source.").format(
        site=tk.config["ckan.site_title"]
    )
    if "regional_notices.index" in current_app.view_functions:
        settings = tk.h.url_for("regional_notices.index", qualified=True)
        end += " " + tk._("E-mails off, or in another language: {url}").format(url=settings)
    body = "\n\n".join([greeting, *texts, url, end]) + "\n"
    return Message(subject.format(source=title)[:200], body, url, settings)


def _next(source: Source) -> str:
    if source.next_run is None:
        return tk._("What came before stays as it is. Nothing tries again until somebody does.")
    return tk._("What came before stays as it is. It is tried again on {day}.").format(
        day=dates.moment(source.next_run.isoformat())
    )
