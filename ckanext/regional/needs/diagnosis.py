"""What ``ckan regional doctor`` looks at for the needs."""

from __future__ import annotations

import datetime
from collections.abc import Iterator

import sqlalchemy as sa
from ckan import model

from ckanext.regional import mailing
from ckanext.regional.database import now
from ckanext.regional.interfaces import Check
from ckanext.regional.needs import config
from ckanext.regional.needs.model import Mail
from ckanext.regional.needs.notices import outbox
from ckanext.regional.needs.observatory import reading, refreshing
from ckanext.regional.needs.showing import listing
from ckanext.regional.types import Finding

#: An e-mail that waits longer than this has met a server or a worker that is down.
_LATE = datetime.timedelta(hours=1)
#: Figures older than this are nobody's idea of now.
_OLD = datetime.timedelta(days=2)


def checks() -> dict[str, Check]:
    """The checks by name."""
    return {"needs.mail": mail, "needs.similar": similar, "needs.observatory": observatory}


def mail() -> Iterator[Finding]:
    """Say whether people without an account can take part, and whether e-mails go out."""
    if not mailing.has_server():
        yield Finding(
            "warning" if config.anonymous() else "ok",
            "needs.mail",
            "Only people with an account can say what they need: there is no address to send e-mails from.",
            "Set smtp.server and smtp.mail_from, or ckanext.regional.needs.anonymous = false",
        )
        return
    late = sa.and_(Mail.state == "waiting", Mail.created < now() - _LATE)
    waiting, error = model.Session.execute(sa.select(sa.func.count(), sa.func.max(Mail.error)).where(late)).one()
    if not waiting:
        yield Finding("ok", "needs.mail", "No e-mail about a need has waited for more than an hour.")
        return
    yield Finding(
        "warning",
        "needs.mail",
        f"{waiting} e-mails about needs have waited for more than an hour" + (f": {error}" if error else "."),
        "Look whether the mail server answers and a worker runs; then: ckan regional needs notify",
        repair=_send,
    )


def similar() -> Iterator[Finding]:
    """Say whether the database compares needs itself."""
    if listing.has_trigrams():
        yield Finding("ok", "needs.similar", "PostgreSQL finds similar needs (pg_trgm).")
        return
    yield Finding(
        "warning",
        "needs.similar",
        "Similar needs are looked for without PostgreSQL's pg_trgm: slower, and among the latest 5,000 only.",
        "As a superuser of the database: CREATE EXTENSION pg_trgm; CREATE INDEX regional_need_title_words_idx"
        " ON regional_need USING gin (title_words gin_trgm_ops);",
    )


def observatory() -> Iterator[Finding]:
    """Say how old the observatory's figures are."""
    made = reading.refreshed()
    if made is not None and now() - made < _OLD:
        yield Finding("ok", "needs.observatory", "The observatory's figures are up to date.")
        return
    yield Finding(
        "warning",
        "needs.observatory",
        "The observatory's figures were never made."
        if made is None
        else f"The observatory's figures are of {made:%Y-%m-%d}.",
        "Run: ckan regional needs refresh, by cron where no worker runs",
        repair=lambda: f"{refreshing.work()['cells']} figures were made.",
    )


def _send() -> str:
    following = outbox.work()
    return f"E-mails were sent; more is due at {following:%H:%M %Z}." if following else "The e-mails were sent."
