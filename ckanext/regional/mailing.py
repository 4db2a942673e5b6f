"""Sending one e-mail by CKAN's mailer: what it means when it does not go, and never waiting for ever."""

from __future__ import annotations

import datetime
import smtplib
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

import ckan.plugins.toolkit as tk
from ckan import plugins as p
from ckan.lib import mailer

#: A mail server that says nothing for so long is taken for down; CKAN itself would wait for ever.
_PATIENCE = 20
#: Waiting times after a failure: doubled each time, from the first to the longest.
_FIRST_WAIT = datetime.timedelta(minutes=1)
_LONGEST_WAIT = datetime.timedelta(hours=1)
#: A server that is up and refuses so often will not take the mail.
MOST_REFUSALS = 8


class MailDown(Exception):
    """The mail server does not answer; everything else that waits for it waits too."""


class MailRefused(Exception):
    """The mail server answers and does not take this mail."""


def has_server() -> bool:
    """Whether CKAN knows a server and an address to send from. It names a server by default, an address it does not."""
    return bool(tk.config["smtp.server"] and tk.config["smtp.mail_from"])


def can_mail() -> bool:
    """Whether there is a way to send e-mails, or what a plugin makes of them."""
    return has_server() or any(True for _ in p.PluginImplementations(p.INotifier))


def headers(message_id: str, leave: str) -> dict[str, str]:
    """The headers of a mail that no person wrote.

    :param message_id: the same for every attempt, so that a server that has it already can tell
    :param leave: address of the page where its reader stops more of them
    """
    host = urlsplit(tk.config["ckan.site_url"]).hostname or "localhost"
    return {
        "Message-ID": f"<{message_id}@{host}>",
        "Auto-Submitted": "auto-generated",
        "List-Unsubscribe": f"<{leave}>",
    }


def send(name: str, address: str, subject: str, body: str, headers: dict[str, Any]) -> None:
    """Send a mail to one person.

    :raises MailDown: the server does not answer
    :raises MailRefused: it answers and does not take the mail
    """
    try:
        with _patience():
            mailer.mail_recipient(name, address, subject, body, headers=headers)
    except (mailer.MailerException, smtplib.SMTPException, OSError) as error:
        behind = error.__context__ if isinstance(error, mailer.MailerException) else error
        if isinstance(behind, smtplib.SMTPRecipientsRefused | smtplib.SMTPDataError | smtplib.SMTPSenderRefused):
            raise MailRefused(str(error)) from error
        raise MailDown(str(error)) from error
    except Exception as error:
        raise MailRefused(f"{type(error).__name__}: {error}") from error


def wait(attempts: int) -> datetime.timedelta:
    """How long to wait after so many failed attempts."""
    return min(_FIRST_WAIT * 2 ** (attempts - 1), _LONGEST_WAIT)


@contextmanager
def _patience() -> Iterator[None]:
    before = socket.getdefaulttimeout()
    socket.setdefaulttimeout(_PATIENCE)
    try:
        yield
    finally:
        socket.setdefaulttimeout(before)
