"""When a source begins to fail or to wait for a person, and when that is over: told once, not each night again."""

from __future__ import annotations

from typing import cast

import sqlalchemy as sa
from ckan import model

from ckanext.regional.harvest.model import NoticeKind, Run, RunNotice, Source, Trouble


def note(run: Run) -> None:
    """Put what a run's new state means for people into the outbox, in the caller's transaction."""
    source = model.Session.get(Source, run.source_id, populate_existing=True)
    if source is None or run.state not in ("finished", "failed", "held"):
        return
    now = cast("Trouble | None", None if run.state == "finished" else run.state)
    if now == source.trouble:
        return
    kind: NoticeKind = now or "recovered"
    # Whoever confirmed what a run waited for knows that it is over.
    if kind != "recovered" or "gone" not in run.plan:
        for user_id in readers(source):
            model.Session.add(RunNotice(run_id=run.id, kind=kind, user_id=user_id))
    model.Session.execute(
        sa.update(Source)
        .where(Source.id == source.id)
        .values(trouble=now, modified=Source.modified)
        .execution_options(synchronize_session=False)
    )


def readers(source: Source) -> list[str]:
    """Ids of those who are told of a source: its steward; where that account is gone, the organisation's admins."""
    steward = model.User.get(str(source.defaults.get("steward") or ""))
    if steward is not None and steward.state == "active":
        return [steward.id]
    query = (
        sa.select(model.User.id)
        .join(model.Member, model.Member.table_id == model.User.id)
        .where(
            model.Member.table_name == "user",
            model.Member.group_id == source.owner_org,
            model.Member.capacity == "admin",
            model.Member.state == "active",
            model.User.state == "active",
        )
    )
    return sorted(set(model.Session.scalars(query)))
