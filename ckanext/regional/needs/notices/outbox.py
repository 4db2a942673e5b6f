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

from ckanext.regional import mailing, outbox
from ckanext.regional.database import now
from ckanext.regional.needs.asking import links
from ckanext.regional.needs.model import Mail, Need, Person, Step
from ckanext.regional.needs.notices import text
from ckanext.regional.speaking import speaking

#: What was sent so long ago is thrown away.
_KEPT = datetime.timedelta(days=30)


def work() -> datetime.datetime | None:
    """Send all that is due.

    :returns: when to come again; None when nothing is left
    """
    outbox.send_due(Mail, _deliver, "e-mails about needs", _told)
    model.Session.execute(sa.delete(Mail).where(Mail.state != "waiting", Mail.created < now() - _KEPT))
    following = model.Session.scalar(sa.select(sa.func.min(Mail.due)).where(Mail.state == "waiting"))
    model.Session.commit()
    model.Session.remove()
    return following


def _deliver(session: Session, mail: Mail) -> str:
    """Send an e-mail if its reader still wants it.

    :returns: the state that it is in then
    """
    person = session.get(Person, mail.person_id)
    need = session.get(Need, person.need_id) if person is not None else None
    if person is None or need is None:
        return "dropped"
    name, address = _recipient(session, person)
    if not address:
        return "dropped"
    if not mailing.has_server():
        raise mailing.MailDown("There is no address to send from: set smtp.server and smtp.mail_from.")
    with speaking(person.language):
        message = _message(session, mail, person, need)
        if message is None:
            return "dropped"
        one = mailing.Mail(mail.id, "need", message.subject, message.body, "", message.leave)
        mailing.send_to(name, address, one)
    return "sent"


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


def _told(error: Exception) -> str:
    """The server's answer repeats the address: it must not outlive it here."""
    return type(error.__cause__ or error).__name__
