"""A source's next time, on this site's clock."""

from __future__ import annotations

import datetime

from ckanext.regional.database import now
from ckanext.regional.harvest import config
from ckanext.regional.harvest.model import Source
from ckanext.regional.harvest.scheduling import schedule


def next_time(source: Source) -> datetime.datetime | None:
    """When a source is due next, from now; None when nothing but a person begins its runs."""
    if not source.enabled or not schedule.is_cron(source.frequency):
        return None
    return at(source.frequency, source.id)


def at(words: str, key: str) -> datetime.datetime:
    """The next time of cron words.

    :param key: whose time it is; another key is put off by another while
    """
    return schedule.following(words, now(), config.clock(), jitter=config.jitter(), share=schedule.share_of(key))
