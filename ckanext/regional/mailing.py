"""Sending one e-mail by CKAN's mailer: what it means when it does not go, and never waiting for ever."""

from __future__ import annotations

import smtplib
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from urllib.parse import urlsplit

import ckan.plugins.toolkit as tk
from ckan import model
from ckan import plugins as p
from ckan.lib import mailer

#: A mail server that says nothing for so long is taken for down; CKAN itself would wait for ever.
_PATIENCE = 20


class MailDown(Exception):
    """The mail server does not answer; everything else that is to be sent waits too."""


class Refused(Exception):
    """The mail server answers and does not take this mail."""


@dataclass(frozen=True, slots=True)
class Mail:
    """One e-mail. ``topic`` names the occasion to a plugin with ``INotifier``, ``url`` is where to go on."""

    #: The same for every attempt, so that a server that has it already can tell.
    id: str
    topic: str
    subject: str
    body: str
    url: str
    #: Where the reader says what they want to be told; empty where this site has no such page.
    settings: str = ""


def has_server() -> bool:
    """Whether CKAN knows a server and an address to send from. It names a server by default, an address it does not."""
    return bool(tk.config["smtp.server"] and tk.config["smtp.mail_from"])


def can_mail() -> bool:
    """Whether there is a way to send e-mails, or what a plugin makes of them."""
    return has_server() or any(True for _ in p.PluginImplementations(p.INotifier))


def send(reader: model.User, mail: Mail) -> None:
    """Send an e-mail to a user, or let a plugin with ``INotifier`` tell it its own way.

    :raises Refused: the server answers and does not take it
    :raises MailDown: the server does not answer
    """
    details = {"user": reader, "subject": mail.subject, "body": mail.body, "url": mail.url}
    if not _handed_over(f"regional_{mail.topic}", details):
        send_to(reader.display_name, reader.email or "", mail)


def send_to(name: str, address: str, mail: Mail) -> None:
    """Send an e-mail to an address.

    :raises Refused: the server answers and does not take it
    :raises MailDown: the server does not answer
    """
    host = urlsplit(tk.config["ckan.site_url"]).hostname or "localhost"
    headers = {"Message-ID": f"<{mail.id}@{host}>", "Auto-Submitted": "auto-generated"}
    if mail.settings:
        headers["List-Unsubscribe"] = f"<{mail.settings}>"
    try:
        with _patience():
            mailer.mail_recipient(name, address, mail.subject, mail.body, headers=headers)
    except (mailer.MailerException, smtplib.SMTPException, OSError) as error:
        behind = error.__context__ if isinstance(error, mailer.MailerException) else error
        if isinstance(behind, smtplib.SMTPRecipientsRefused | smtplib.SMTPDataError | smtplib.SMTPSenderRefused):
            raise Refused(str(error)) from error
        raise MailDown(str(error)) from error
    except Exception as error:
        raise Refused(f"{type(error).__name__}: {error}") from error


def _handed_over(topic: str, details: dict[str, object]) -> bool:
    """Whether a plugin has told the reader by a way of its own.

    :raises Refused: a plugin failed; the mail is tried again, and holds no other one up
    """
    handled = False
    for plugin in p.PluginImplementations(p.INotifier):
        try:
            handled = bool(plugin.notify_about_topic(handled, topic, details)) or handled
        except Exception as error:
            raise Refused(f"{plugin.name}: {type(error).__name__}: {error}") from error
    return handled


@contextmanager
def _patience() -> Iterator[None]:
    before = socket.getdefaulttimeout()
    socket.setdefaulttimeout(_PATIENCE)
    try:
        yield
    finally:
        socket.setdefaulttimeout(before)
