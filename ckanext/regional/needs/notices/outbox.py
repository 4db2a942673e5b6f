"""The outbox: sends each e-mail once, whatever stops in between.

What confirms something goes to an address that somebody typed, and carries a link that is made when it is sent. What
tells of a step goes to those who confirmed that they want to be told: to the address that they left, or to that of
their account.
"""

from __future__ import annotations

import datetime

import sqlalchemy as sa
from ckan import model
from sqlalchemy.orm import Session

from ckanext.regional import logs, mailing
from ckanext.regional.database import now
from ckanext.regional.needs import links
from ckanext.regional.needs.model import Mail, Need, Person, Step
from ckanext.regional.needs.notices import text
from ckanext.regional.speaking import speaking

log = logs.get_logger(__name__)

#: What was sent so long ago is thrown away.
_KEPT = datetime.timedelta(days=30)


def work() -> datetime.datetime | None:
    """Send all that is due.

    :returns: when to come again; None when nothing is left
    """
    engine = model.meta.engine
    assert engine is not None
    try:
        while _send_one(engine):
            pass
    except mailing.MailDown as down:
        log.warning("The mail server does not answer, e-mails about needs wait: %s", down)
    with Session(engine) as session, session.begin():
        session.execute(sa.delete(Mail).where(Mail.state != "waiting", Mail.created < now() - _KEPT))
        following = session.scalar(sa.select(sa.func.min(Mail.due)).where(Mail.state == "waiting"))
    model.Session.remove()
    return following


def _send_one(engine: sa.Engine) -> bool:
    """Send one e-mail. Its row is locked until that is written down, so that no other worker sends it.

    :returns: whether there was one
    :raises mailing.MailDown: the mail server does not answer; the e-mail waits
    """
    down: mailing.MailDown | None = None
    with Session(engine) as session, session.begin():
        mail = session.scalar(
            sa.select(Mail)
            .where(Mail.state == "waiting", Mail.due <= now())
            .order_by(Mail.due, Mail.id)
            .limit(1)
            .with_for_update(skip_locked=True)
        )
        if mail is None:
            return False
        try:
            # A link that was not sent must not end the one that was.
            with session.begin_nested():
                sent = _deliver(session, mail)
            mail.state = "sent" if sent else "dropped"
            mail.error = None
        except mailing.Refused as refusal:
            _try_later(mail, refusal)
            if mail.attempts >= mailing.MOST_REFUSALS:
                mail.state = "failed"
        except mailing.MailDown as error:
            down = error
            mail.attempts = min(mail.attempts, mailing.MOST_REFUSALS - 2)
            _try_later(mail, error)
    model.Session.rollback()
    if down is not None:
        raise down
    return True


def _deliver(session: Session, mail: Mail) -> bool:
    """Send an e-mail if its reader still wants it.

    :returns: whether it went out
    """
    person = session.get(Person, mail.person_id)
    need = session.get(Need, person.need_id) if person is not None else None
    if person is None or need is None:
        return False
    name, address = _recipient(session, person)
    if not address:
        return False
    if not mailing.has_server():
        raise mailing.MailDown("There is no address to send from: set smtp.server and smtp.mail_from.")
    with speaking(person.language):
        message = _message(session, mail, person, need)
        if message is None:
            return False
        one = mailing.Mail(mail.id, "need", message.subject, message.body, "", message.leave)
        mailing.send_to(name, address, one)
    return True


def _message(session: Session, mail: Mail, person: Person, need: Need) -> text.Message | None:
    if mail.step_id is None:
        return text.confirming(need, person, links.make(session, person.id))
    step = session.get(Step, mail.step_id)
    if step is None or not person.notify:
        return None
    target = need
    while target.merged_into is not None and (following := session.get(Need, target.merged_into)) is not None:
        target = following
    return text.of_step(need, step, person, target)


def _recipient(session: Session, person: Person) -> tuple[str, str]:
    """Name and address; an empty address for whom none is known any more."""
    if person.user_id is None:
        return person.address or "", person.address or ""
    user = session.get(model.User, person.user_id)
    if user is None or user.state != "active":
        return "", ""
    return user.display_name, user.email or ""


def _try_later(mail: Mail, error: Exception) -> None:
    mail.attempts += 1
    # The server's answer repeats the address: it must not outlive it here.
    mail.error = type(error.__cause__ or error).__name__
    mail.due = now() + mailing.wait_after(mail.attempts)
