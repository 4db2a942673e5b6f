"""When a source is due: cron words, and a shift that keeps many sites from asking one neighbour in the same second."""

from __future__ import annotations

import datetime
import hashlib
import re

from croniter import croniter
from croniter.croniter import CroniterError

#: A source that is read only when somebody asks for it.
MANUAL = "manual"
#: What the form offers by name.
HOURLY, NIGHTLY, WEEKLY = "0 * * * *", "0 3 * * *", "0 4 * * 1"

#: croniter's own words for “some time” and “by hash”, and its short names; five plain words say when.
_NOT_OURS = re.compile(r"@|\b[RH]\b", re.IGNORECASE)
_WORDS = 5


def is_cron(words: str) -> bool:
    """Whether these are five cron words that name a time which comes some day."""
    if len(words.split()) != _WORDS or _NOT_OURS.search(words):
        return False
    try:
        croniter(words, datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC)).get_next(datetime.datetime)
    except (CroniterError, ValueError):
        # “0 0 31 2 *” is well formed and never comes.
        return False
    return True


def following(
    words: str, after: datetime.datetime, zone: datetime.tzinfo, *, jitter: datetime.timedelta, share: float
) -> datetime.datetime:
    """The first due time after a moment.

    Each time of the cron words is put off by ``share`` of the jitter, at most of half the way to the next one, so that
    it never meets that.

    :param words: five cron words, on the clock of ``zone``
    :param share: from 0 to 1, the same for a source each time (:func:`share_of`)
    :returns: an aware time in UTC
    """
    moments = croniter(words, (after - jitter).astimezone(zone))
    moment = moments.get_next(datetime.datetime)
    while True:
        later = moments.get_next(datetime.datetime)
        due = moment + share * min(jitter, (later - moment) / 2)
        if due > after:
            return due.astimezone(datetime.UTC)
        moment = later


def share_of(key: str) -> float:
    """A number from 0 to 1 that stays the same for a key and spreads evenly over keys."""
    return int.from_bytes(hashlib.sha256(key.encode()).digest()[:4]) / 2**32
