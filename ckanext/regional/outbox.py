"""Sends what waits in a table of e-mails: each row once, whatever stops in between.

The row is locked until it is written down what became of it, so that no other worker sends it. What the mail server
does not take is tried again, later each time; while the server is down everything waits.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable
from typing import TypeVar

import sqlalchemy as sa
from ckan import model
from sqlalchemy.orm import Mapped, Session, mapped_column

from ckanext.regional import logs, mailing
from ckanext.regional.database import Base, now, uuid_key

log = logs.get_logger(__name__)

#: A server that is up and refuses so often will not take the mail.
MOST_REFUSALS = 8
#: Waiting times after a failure: doubled each time, from the first to the longest.
_FIRST_WAIT = datetime.timedelta(minutes=1)
_LONGEST_WAIT = datetime.timedelta(hours=1)
_TIME = sa.DateTime(timezone=True)


class Outgoing(Base):
    """A row of an outbox. One in state ``waiting`` is sent when it is due; after too many refusals it is ``failed``."""

    __abstract__ = True

    id: Mapped[str] = uuid_key()
    state: Mapped[str] = mapped_column(sa.Text, default="waiting")
    created: Mapped[datetime.datetime] = mapped_column(_TIME, default=now)
    #: When to try next.
    due: Mapped[datetime.datetime] = mapped_column(_TIME, default=now)
    attempts: Mapped[int] = mapped_column(sa.Integer, default=0)
    error: Mapped[str | None] = mapped_column(sa.Text)


Row = TypeVar("Row", bound=Outgoing)
#: Sends a row in the session that holds its lock, and gives the state that it is in then; None: the row may go.
Deliver = Callable[[Session, Row], str | None]


def send_due(kind: type[Row], deliver: Deliver[Row], what: str, told: Callable[[Exception], str] = str) -> int:
    """Send all that is due. While the mail server does not answer, it waits.

    :param what: what the log calls them
    :param told: what is kept of a failure, of which the mail server's answer repeats the address
    :returns: how many are ``sent`` now
    """
    number = 0
    try:
        while (state := _send_one(kind, deliver, told)) is not None:
            number += state == "sent"
    except mailing.MailDown as down:
        log.warning("The mail server does not answer, %s wait: %s", what, told(down))
    model.Session.rollback()
    return number


def _send_one(kind: type[Row], deliver: Deliver[Row], told: Callable[[Exception], str]) -> str | None:
    """Send one row.

    :returns: its new state, empty where it went; None where none was due
    :raises mailing.MailDown: the mail server does not answer; the row waits
    """
    engine = model.meta.engine
    assert engine is not None
    down: mailing.MailDown | None = None
    with Session(engine) as session, session.begin():
        row = session.scalar(
            sa.select(kind)
            .where(kind.state == "waiting", kind.due <= now())
            .order_by(kind.due, kind.id)
            .limit(1)
            .with_for_update(skip_locked=True)
        )
        if row is None:
            return None
        try:
            # What was written for a mail that did not go must not stay.
            with session.begin_nested():
                state = deliver(session, row)
            if state is None:
                session.delete(row)
            else:
                row.state, row.error = state, None
        except mailing.MailDown as error:
            down = error
            _try_later(row, told(error))
            # A server that is down has refused nothing.
            row.attempts = min(row.attempts, MOST_REFUSALS - 1)
            state = row.state
        except Exception as error:  # noqa: BLE001  one that cannot be said holds up no other
            _try_later(row, told(error))
            if row.attempts >= MOST_REFUSALS:
                row.state = "failed"
            state = row.state
    model.Session.rollback()
    if down is not None:
        raise down
    return state or ""


def _try_later(row: Outgoing, error: str) -> None:
    row.attempts += 1
    row.error = error[:1000]
    row.due = now() + min(_FIRST_WAIT * 2 ** (row.attempts - 1), _LONGEST_WAIT)
