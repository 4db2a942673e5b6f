"""The background jobs."""

from __future__ import annotations

from ckanext.regional.background import job_of
from ckanext.regional.needs import waking
from ckanext.regional.needs.notices import outbox, reminding
from ckanext.regional.needs.observatory import refreshing


@job_of("regional_needs")
def send_mail() -> None:
    """Send what is due, and come again when more is."""
    waking.answered("mail")
    reminding.work()
    following = outbox.work()
    if following is not None:
        waking.mail_later(following)


@job_of("regional_needs")
def refresh_all() -> None:
    """Write what was counted, forget what is over, make the figures anew."""
    waking.answered("refresh")
    refreshing.work()
    reminding.work()
