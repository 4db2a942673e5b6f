"""What is known of each dataset of each source: reading and marking in bulk."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from ckan import model
from sqlalchemy.dialects.postgresql import insert

from ckanext.regional.database import new_id, now
from ckanext.regional.harvest.mapping import Origin
from ckanext.regional.harvest.model import Record
from ckanext.regional.harvest.reconcile import SEEN, Outcome

#: Outcomes of one run that a second look in the same run (after a crash, or a doubled page) must not replace.
_FIRST_WORD = ("created", "updated")

#: The key of a parked record that stands for a removal which failed; its value is the kind of page that does it.
REMOVAL = "regional_removal"

#: The counters of a run, in the order in which people read them.
COUNTERS = ("seen", *SEEN, "pending", "withdrawn")


@dataclass(frozen=True, slots=True)
class Mark:
    """What became of a record without a dataset being written."""

    remote_id: str
    outcome: Outcome
    origin: Origin
    name: str | None = None
    reason: str = ""
    parked: Any = None


def of_source(source_id: str, remote_ids: Iterable[str]) -> dict[str, Record]:
    """The source's own rows, by the id that the neighbour uses."""
    query = sa.select(Record).where(Record.source_id == source_id, Record.remote_id.in_(list(remote_ids)))
    return {record.remote_id: record for record in model.Session.scalars(query)}


def holders(dataset_ids: Iterable[str]) -> dict[str, Record]:
    """The rows that hold these datasets, by the dataset's id."""
    query = sa.select(Record).where(Record.dataset_id.in_(list(dataset_ids)))
    return {record.dataset_id: record for record in model.Session.scalars(query) if record.dataset_id}


def mark(source_id: str, run_id: str, marks: list[Mark]) -> None:
    """Write down what became of the records of a page, in the caller's transaction."""
    unchanged = [item.remote_id for item in marks if item.outcome == "unchanged"]
    if unchanged:
        model.Session.execute(
            sa.update(Record)
            .where(Record.source_id == source_id, Record.remote_id.in_(unchanged))
            .values(run_id=run_id, last_seen=now(), outcome=_unless_written(run_id, "unchanged"))
            .execution_options(synchronize_session=False)
        )
    for item in marks:
        if item.outcome != "unchanged":
            _put_aside(source_id, run_id, item)
    model.Session.expire_all()


def _put_aside(source_id: str, run_id: str, item: Mark) -> None:
    """Keep a record that was not written, with the reason; what was written of it before stays as it is."""
    values: dict[str, Any] = {
        "outcome": item.outcome,
        "run_id": run_id,
        "reason": item.reason,
        "parked": item.parked if item.parked is not None else sa.null(),
        "name": item.name,
        "last_seen": now(),
    }
    fixed = {
        "id": new_id(),
        "source_id": source_id,
        "remote_id": item.remote_id,
        "site": item.origin.site,
        "origin_id": item.origin.dataset_id,
        "origin_url": item.origin.url,
        "path": list(item.origin.path),
        "first_seen": now(),
    }
    # What was hidden here stays known as such, and what waits for a review as waiting: the next try goes by that.
    hidden = sa.and_(Record.state == "withdrawn", Record.dataset_id.is_not(None))
    state = sa.case((hidden, Record.state), else_=item.outcome)
    model.Session.execute(
        insert(Record)
        .values(**fixed, **values, state=item.outcome, pending=False)
        .on_conflict_do_update(index_elements=["source_id", "remote_id"], set_={**values, "state": state})
        .execution_options(synchronize_session=False)
    )


def _unless_written(run_id: str, outcome: Outcome) -> Any:
    return sa.case((sa.and_(Record.run_id == run_id, Record.outcome.in_(_FIRST_WORD)), Record.outcome), else_=outcome)


def forget(dataset_id: str) -> None:
    """Empty the row that holds a dataset which is being erased, in the caller's transaction; the origin stays known."""
    model.Session.execute(
        sa.update(Record)
        .where(Record.dataset_id == dataset_id)
        .values(
            name=None, hash=None, local_hash=None, parked=sa.null(), origin_url=None, pending=False,
            state="withdrawn", reason="it was erased",
        )
        .execution_options(synchronize_session=False)
    )  # fmt: skip


def unpark(source_id: str, remote_id: str) -> None:
    """Note that a removal which had failed is done, in the caller's transaction."""
    model.Session.execute(
        sa.update(Record)
        .where(Record.source_id == source_id, Record.remote_id == remote_id, Record.parked.is_not(None))
        .values(parked=sa.null(), state="withdrawn", reason=None)
        .execution_options(synchronize_session=False)
    )


def counts(run_id: str) -> dict[str, int]:
    """Count what a run made of the records that it saw.

    Each record has one row and one outcome, so a page that was worked twice counts once.
    """
    rows = model.Session.execute(
        sa.select(Record.outcome, sa.func.count(), sa.func.count().filter(Record.pending))
        .where(Record.run_id == run_id)
        .group_by(Record.outcome)
    ).all()
    found = {outcome: number for outcome, number, _pending in rows}
    result = {"seen": sum(found.get(outcome, 0) for outcome in SEEN)}
    result |= {outcome: found.get(outcome, 0) for outcome in SEEN}
    result["pending"] = sum(pending for outcome, _number, pending in rows if outcome in _FIRST_WORD)
    result["withdrawn"] = found.get("withdrawn", 0)
    return result


def present(source_id: str) -> Any:
    """The condition for rows of a source whose dataset is here and not withdrawn."""
    return sa.and_(Record.source_id == source_id, Record.dataset_id.is_not(None), Record.state != "withdrawn")
