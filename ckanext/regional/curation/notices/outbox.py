"""The outbox: gives notices their readers, and sends each once, whatever stops in between."""

from __future__ import annotations

import datetime

import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from ckan import model
from ckan.lib.helpers import get_display_timezone
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from ckanext.regional import mailing, outbox, preferences
from ckanext.regional.curation import config
from ckanext.regional.curation.model import Case, Event, Notice
from ckanext.regional.curation.notices import expiring, recipients, text
from ckanext.regional.database import new_id, now
from ckanext.regional.speaking import speaking

#: So many notices of harvested datasets are looked at together.
_BATCH = 500


def work() -> datetime.datetime | None:
    """Address and send all that is due.

    :returns: when to come again; None when nothing is left
    """
    address()
    outbox.send_due(Notice, _deliver, "notices")
    model.Session.remove()
    return _next()


def address() -> None:
    """Give every due notice that has no reader yet its readers; commits after each."""
    while _address_one():
        pass
    _gather_digests()
    expiring.notices().remove()


def _address_one() -> bool:
    """Of two workers each takes another one."""
    notice = model.Session.scalar(
        sa.select(Notice)
        .where(Notice.state == "new", Notice.kind != "received", Notice.due <= now())
        .order_by(Notice.created)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    if notice is None:
        model.Session.commit()
        return False
    event = model.Session.get(Event, notice.event_id) if notice.event_id else None
    readers = recipients.of_event(notice, event.actor_id if event is not None else None)
    for user_id in sorted(readers):
        values = {
            "id": new_id(), "event_id": notice.event_id, "kind": notice.kind, "state": "waiting",
            "dataset_id": notice.dataset_id, "case_id": notice.case_id, "user_id": user_id,
            "details": {}, "created": notice.created, "due": now(), "attempts": 0,
        }  # fmt: skip
        model.Session.execute(insert(Notice).values(values).on_conflict_do_nothing())
    model.Session.delete(notice)
    model.Session.commit()
    return True


def _gather_digests() -> None:
    """Make one list a day and reader of what came from other sites: a run of thousands is one mail."""
    waiting = (
        sa.select(Notice)
        .where(Notice.state == "new", Notice.kind == "received", Notice.created < _last_digest())
        .limit(_BATCH)
        .with_for_update(skip_locked=True)
    )
    by_reader: dict[str, list[str]] = {}
    while notices := model.Session.scalars(waiting).all():
        rows = recipients.with_datasets([notice.case_id or "" for notice in notices])
        for case_id, readers in recipients.deciders_of(rows).items():
            for user_id in readers:
                by_reader.setdefault(user_id, []).append(case_id)
        for notice in notices:
            model.Session.delete(notice)
        model.Session.flush()
        model.Session.expunge_all()
    for user_id, case_ids in sorted(by_reader.items()):
        model.Session.add(Notice(kind="digest", state="waiting", user_id=user_id, details={"cases": case_ids}))
    model.Session.commit()


def next_digest() -> datetime.datetime:
    """When the next lists are sent."""
    return _last_digest() + datetime.timedelta(days=1)


def _last_digest() -> datetime.datetime:
    here = datetime.datetime.now(get_display_timezone())
    today = here.replace(hour=config.digest_hour(), minute=0, second=0, microsecond=0)
    return today if today <= here else today - datetime.timedelta(days=1)


def _next() -> datetime.datetime | None:
    """When something in the outbox is due next."""
    soonest = model.Session.scalar(
        sa.select(sa.func.min(Notice.due)).where(
            sa.or_(Notice.state == "waiting", sa.and_(Notice.state == "new", Notice.kind != "received"))
        )
    )
    if model.Session.scalar(sa.select(sa.exists().where(Notice.state == "new", Notice.kind == "received"))):
        soonest = min(soonest, next_digest()) if soonest else next_digest()
    model.Session.remove()
    return soonest


def _deliver(_session: Session, notice: Notice) -> str | None:
    """Send a notice if its reader is still concerned and wants it.

    :returns: the state that it is in then; None where nobody has to be told any more
    """
    reader = model.Session.get(model.User, notice.user_id) if notice.user_id else None
    if reader is None or not recipients.is_concerned(notice, reader):
        return None
    with speaking(preferences.language_of(reader)):
        message = text.of(notice, reader)
        if message is None:
            return None
        notice.sent = now()
        if not _goes_out(reader):
            return "shown"
        settings = tk.h.url_for("regional_notices.index", qualified=True)
        mail = mailing.Mail(notice.id, notice.kind, message.subject, message.body, message.url, settings)
        mailing.send(reader, mail)
    return "sent"


def _goes_out(reader: model.User) -> bool:
    return config.mails() and preferences.of(reader).mail and bool(reader.email) and mailing.can_mail()


def unseen(user_id: str) -> int:
    """How many notices somebody has not looked at yet."""
    query = sa.select(sa.func.count()).select_from(Notice)
    query = query.where(Notice.user_id == user_id, Notice.seen.is_(None), Notice.state != "new")
    return model.Session.scalar(query) or 0


def remind() -> int:
    """Put a reminder of what is late into the outbox of each who can decide, and commit.

    Who was reminded a short time ago is left alone.

    :returns: how many people are reminded
    """
    # Two that remind at once would remind twice.
    model.Session.execute(sa.select(sa.func.pg_advisory_xact_lock(_REMINDING)))
    lately = set(
        model.Session.scalars(
            sa.select(Notice.user_id).where(Notice.kind == "overdue", Notice.created > now() - config.reminded_every())
        )
    )
    late = recipients.with_datasets(
        list(model.Session.scalars(sa.select(Case.id).where(Case.due < now(), Case.closed.is_(None))))
    )
    by_reader: dict[str, list[str]] = {}
    for case_id, readers in recipients.deciders_of(late).items():
        for user_id in readers - lately:
            by_reader.setdefault(user_id, []).append(case_id)
    for user_id, case_ids in sorted(by_reader.items()):
        model.Session.add(Notice(kind="overdue", state="waiting", user_id=user_id, details={"cases": case_ids}))
    model.Session.commit()
    return len(by_reader)


_REMINDING = 0x7267_6E72
