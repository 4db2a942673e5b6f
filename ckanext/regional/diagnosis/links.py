"""Whether somebody looks at the links of resources."""

from __future__ import annotations

import datetime
from collections.abc import Iterator

from ckan import model

from ckanext.regional.database import now
from ckanext.regional.links import config, entries, jobs, statistics
from ckanext.regional.types import Finding

#: A worker that runs looks at new links within minutes and at old ones within the hour.
_LATE = datetime.timedelta(days=1)


def waiting() -> Iterator[Finding]:
    """Count the links that should have been looked at, and those that nobody has noted."""
    if not config.enabled():
        yield Finding("ok", "links", "Links are not looked at: ckanext.regional.links.enabled is off.")
        return
    counted = statistics.count()
    late = counted.oldest_due is not None and counted.oldest_due < now() - _LATE
    if late:
        yield Finding(
            "warning",
            "links",
            f"{counted.due} links wait to be looked at, some for more than a day, and {counted.never} never were.",
            f"Let a worker run (ckan jobs worker {config.queue()}), or from cron: ckan regional links check --due",
        )
    unknown = entries.public_urls()
    if unknown:
        yield Finding(
            "warning",
            "links.new",
            f"{len(unknown)} links of public datasets were there before the link checks and were never looked at.",
            "Run: ckan regional links check --due",
            repair=lambda: f"{_note()} links were noted; a worker looks at them.",
        )
    if not late and not unknown:
        yield Finding("ok", "links", f"Somebody looks at the links: {sum(counted.by_outcome.values())} are known.")


def _note() -> int:
    new = entries.enter(entries.public_urls())
    model.Session.commit()
    jobs.wake()
    return new
