"""What ``ckan regional doctor`` says of the notices."""

from __future__ import annotations

import datetime
from collections.abc import Iterator

import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from ckan import model

from ckanext.regional import mailing
from ckanext.regional.curation.model import Notice
from ckanext.regional.curation.notices import outbox
from ckanext.regional.database import now
from ckanext.regional.types import Finding

#: A notice that waits longer than this has met a server or a worker that is down.
_LATE = datetime.timedelta(hours=1)


def notices() -> Iterator[Finding]:
    """Say whether notices can go out, and whether they do."""
    if not mailing.can_mail():
        yield Finding(
            "warning",
            "review.notices",
            "Notices are shown in CKAN only: there is no address to send e-mails from.",
            f"Set smtp.server and smtp.mail_from (smtp.server is {tk.config['smtp.server'] or 'empty'})",
        )
        return
    late = sa.and_(Notice.state.in_(("new", "waiting")), Notice.kind != "received", Notice.created < now() - _LATE)
    waiting, last = model.Session.execute(sa.select(sa.func.count(), sa.func.max(Notice.error)).where(late)).one()
    if not waiting:
        yield Finding("ok", "review.notices", "No notice has waited for more than an hour.")
        return
    yield Finding(
        "warning",
        "review.notices",
        f"{waiting} notices have waited for more than an hour" + (f": {last}" if last else "."),
        "Look whether the mail server answers and a worker runs; then: ckan regional curation notify",
        repair=_send,
    )


def _send() -> str:
    following = outbox.work()
    return f"Notices were sent; more is due at {following:%H:%M %Z}." if following else "The notices were sent."
