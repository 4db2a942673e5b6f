"""What ``ckan regional doctor --leaving`` says of the exchange: what becomes of what was harvested."""

from __future__ import annotations

from collections.abc import Iterator

import sqlalchemy as sa
from ckan import model

from ckanext.regional.harvest.model import Record, Run, Source
from ckanext.regional.harvest.running import runs
from ckanext.regional.interfaces import Check
from ckanext.regional.types import Finding


def checks() -> dict[str, Check]:
    """The checks by name."""
    return {"leaving.harvested": harvested, "leaving.runs": under_way}


def harvested() -> Iterator[Finding]:
    """Say of each source what it brought."""
    brought = sa.func.count(Record.dataset_id)
    query = sa.select(Source.name, brought).outerjoin(Record, Record.source_id == Source.id)
    rows = model.Session.execute(query.group_by(Source.name).order_by(Source.name)).tuples().all()
    if not rows:
        yield Finding("ok", "leaving.harvested", "Nothing is harvested here.")
        return
    said = ", ".join(f"{name} ({number} datasets)" for name, number in rows)
    yield Finding(
        "warning",
        "leaving.harvested",
        f"What came from {said} stays as it is, with its addresses; nothing updates or withdraws it any more, and "
        "nobody knows where it comes from.",
        "To keep where each comes from, save the records as CSV on the page of each source, /regional/sources/NAME. "
        "To hide what a source brought, remove the source and withdraw its datasets.",
    )


def under_way() -> Iterator[Finding]:
    """Name the sources that are being harvested."""
    running = sa.select(Source.name).join(Run, Run.source_id == Source.id).where(Run.state.in_(runs.RUNNING))
    names = model.Session.scalars(running.order_by(Source.name)).all()
    if names:
        yield Finding(
            "warning",
            "leaving.runs",
            f"Harvests are under way: {', '.join(names)}.",
            "Wait for their end, or end them: ckan regional harvest abort SOURCE",
        )
    else:
        yield Finding("ok", "leaving.runs", "No harvest is under way.")
