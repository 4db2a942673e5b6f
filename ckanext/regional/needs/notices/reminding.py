"""Tells those who look at needs that some wait for them: at most one e-mail a day, whatever comes in.

What they were told of is not told again the next day, only after a week in which it still waits. The page of what
waits is always up to date, and the counter beside its name in the menu.
"""

from __future__ import annotations

import datetime
from dataclasses import dataclass

import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from ckan import model
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from ckanext.regional import logs, mailing, preferences
from ckanext.regional.database import now
from ckanext.regional.needs.asking import moderation
from ckanext.regional.needs.model import Need, Reminder
from ckanext.regional.speaking import speaking

log = logs.get_logger(__name__)

#: A little less than a day, so that a job that runs each day tells each day.
_PAUSE = datetime.timedelta(hours=20)
_AGAIN = datetime.timedelta(days=7)


@dataclass(frozen=True, slots=True)
class _Waiting:
    """How many needs wait for somebody, and since when the youngest does."""

    count: int
    youngest: datetime.datetime


def work() -> int:
    """Tell everybody for whom something waits that they were not told of.

    :returns: how many were told
    """
    if not mailing.can_mail():
        return 0
    engine = model.meta.engine
    assert engine is not None
    told = 0
    try:
        for user_id, waiting in _by_moderator().items():
            told += _tell(engine, user_id, waiting)
    except mailing.MailDown as down:
        log.warning("The mail server does not answer, nobody is told yet of needs that wait: %s", down)
    model.Session.rollback()
    return told


def _by_moderator() -> dict[str, _Waiting]:
    query = sa.select(Need.around, Need.sectors, Need.waiting_since).where(Need.visibility == "waiting")
    needs = [(around, sectors, since) for around, sectors, since in model.Session.execute(query).tuples() if since]
    if not needs:
        return {}
    every = moderation.duties()
    standing = moderation.administrators() if every is None else moderation.sysadmins()
    found: dict[str, list[datetime.datetime]] = {}
    for around, sectors, since in needs:
        for user_id in moderation.in_charge(every or (), around, sectors) or standing:
            found.setdefault(user_id, []).append(since)
    return {user_id: _Waiting(len(times), max(times)) for user_id, times in sorted(found.items())}


def _tell(engine: sa.Engine, user_id: str, waiting: _Waiting) -> bool:
    """Tell one person. Their row is locked until that is written down, so that no other worker does.

    :raises mailing.MailDown: the mail server does not answer
    """
    with Session(engine) as session, session.begin():
        session.execute(insert(Reminder).values(user_id=user_id).on_conflict_do_nothing())
        row = session.scalar(sa.select(Reminder).where(Reminder.user_id == user_id).with_for_update(skip_locked=True))
        if row is None or not _is_due(row.at, waiting.youngest):
            return False
        user = session.get(model.User, user_id)
        if user is None or user.state != "active" or not user.email or not preferences.of(user).mail:
            return False
        try:
            mailing.send(user, _mail(user, waiting.count))
        except mailing.Refused as refusal:
            # It is tried again when the next one would be due.
            log.warning("The mail server does not take an e-mail about needs that wait: %s", type(refusal).__name__)
        row.at = now()
        return True


def _is_due(told: datetime.datetime | None, youngest: datetime.datetime) -> bool:
    if told is None:
        return True
    pause = _PAUSE if youngest > told else _AGAIN
    return told < now() - pause


def _mail(user: model.User, count: int) -> mailing.Mail:
    with speaking(preferences.language_of(user)):
        address = tk.h.url_for("regional_needs.waiting", qualified=True)
        one = tk._("A need waits for you")
        subject = one if count == 1 else tk._("{count} needs wait for you").format(count=count)
        lines = [
            tk._("Somebody has said what data they need. Nobody else can read it before one of you has looked at it."),
            address,
            tk._("This comes once a day at most. What still waits after a week is named once more."),
        ]
    identity = f"needs-waiting-{user.id}-{now():%Y%m%d}"
    return mailing.Mail(identity, "needs_waiting", subject, "\n\n".join(lines), address)
