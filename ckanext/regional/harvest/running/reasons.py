"""Why records were not taken, gathered: four hundred sentences that differ in a name are one reason."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from ckan import model

from ckanext.regional.harvest.model import Record

#: What differs between two sentences of one kind: what is quoted, ids, addresses, numbers.
_VARIES = (
    r"“[^”]*”|\"[^\"]*\"|'[^']*'|https?://\S+"
    r"|[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|\d+"
)
_MOST_CHARACTERS = 300
#: So many kinds are kept with a run.
_MOST_KINDS = 50

#: The outcomes of which a reason is told.
TOLD = ("skipped", "conflict", "failed")


def kind() -> sa.ColumnElement[str]:
    """The reason of a record without what is its own: “licence "x" is not known” becomes “licence … is not known”."""
    return sa.func.left(
        sa.func.regexp_replace(sa.func.coalesce(Record.reason, ""), _VARIES, "…", "g"), _MOST_CHARACTERS
    )


def of_run(run_id: str) -> list[dict[str, Any]]:
    """The kinds of reasons of a run, the most frequent first.

    :returns: ``[{"outcome", "reason", "count"}]``
    """
    reason = kind().label("reason")
    number = sa.func.count().label("number")
    rows = model.Session.execute(
        sa.select(Record.outcome, reason, number)
        .where(Record.run_id == run_id, Record.outcome.in_(TOLD))
        .group_by(Record.outcome, reason)
        .order_by(number.desc(), Record.outcome, reason)
        .limit(_MOST_KINDS)
    )
    return [{"outcome": outcome, "reason": text, "count": count} for outcome, text, count in rows]
