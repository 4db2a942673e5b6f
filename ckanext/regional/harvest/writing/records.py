"""What is known of each dataset of each source: reading and marking in bulk."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from ckan import model
from sqlalchemy.dialects.postgresql import insert

from ckanext.regional.database import new_id, now
from ckanext.regional.harvest.conflicts import bases
from ckanext.regional.harvest.model import Record
from ckanext.regional.harvest.running import reasons
from ckanext.regional.harvest.writing.mapping import Origin
from ckanext.regional.harvest.writing.reconcile import SEEN, Outcome

#: Outcomes of one run that a second look in the same run (after a crash, or a doubled page) must not replace.
_FIRST_WORD = ("created", "updated")

#: Why nothing of a record is taken any more.
DETACHED = "it was detached here: this site keeps it as its own"
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
    #: For an unchanged one: the stamp by which it is told next time without mapping it.
    seen: str | None = None


def of_source(source_id: str, remote_ids: Iterable[str]) -> dict[str, Record]:
    """The source's own rows, by the id that the neighbour uses."""
    query = sa.select(Record).where(Record.source_id == source_id, Record.remote_id.in_(list(remote_ids)))
    return {record.remote_id: record for record in model.Session.scalars(query)}


def holders(dataset_ids: Iterable[str]) -> dict[str, Record]:
    """The rows that hold these datasets, by the dataset's id."""
    query = sa.select(Record).where(Record.dataset_id.in_(list(dataset_ids)))
    return {record.dataset_id: record for record in model.Session.scalars(query) if record.dataset_id}


def kept_ids(source_id: str, origins: dict[str, Origin]) -> dict[str, str]:
    """Which datasets here have another id than follows from their origin, because they were here before (moved from
    another harvester): it stays theirs.

    :param origins: of datasets that came, by the id that the neighbour uses
    :returns: dataset ids, by the id that the neighbour uses
    """
    born = {(origin.site, origin.dataset_id): remote_id for remote_id, origin in origins.items()}
    query = sa.select(Record.source_id, Record.remote_id, Record.site, Record.origin_id, Record.hash, Record.dataset_id)
    query = query.where(
        Record.dataset_id.is_not(None),
        Record.harvested_at.is_not(None),
        sa.or_(
            sa.tuple_(Record.site, Record.origin_id).in_(born),
            # Not written by us yet: under which site's id it goes is not known before the first run.
            sa.and_(Record.source_id == source_id, Record.remote_id.in_(origins), Record.hash.is_(None)),
        ),
    )
    found: dict[str, str] = {}
    for source, remote_id, site, origin_id, content_hash, dataset_id in model.Session.execute(query):
        if source == source_id and remote_id in origins and content_hash is None:
            found[remote_id] = dataset_id
        elif (site, origin_id) in born:
            found.setdefault(born[site, origin_id], dataset_id)
    return found


def of_one(source_id: str, remote_id: str, dataset_id: str) -> tuple[Record | None, Record | None]:
    """The source's own row for a record, and the row that holds its dataset, in one query; mostly they are the same."""
    query = sa.select(Record).where(
        sa.or_(sa.and_(Record.source_id == source_id, Record.remote_id == remote_id), Record.dataset_id == dataset_id)
    )
    found = list(model.Session.scalars(query.execution_options(populate_existing=True)))
    own = next((row for row in found if row.source_id == source_id and row.remote_id == remote_id), None)
    return own, next((row for row in found if row.dataset_id == dataset_id), None)


def mark(source_id: str, run_id: str, marks: list[Mark]) -> None:
    """Write down what became of the records of a page, in the caller's transaction."""
    unchanged = {item.remote_id: item.seen for item in marks if item.outcome == "unchanged"}
    saw(source_id, run_id, unchanged)
    _stamp(source_id, {remote_id: seen for remote_id, seen in unchanged.items() if seen})
    for item in marks:
        if item.outcome != "unchanged":
            _put_aside(source_id, run_id, item)
    model.Session.expire_all()


def saw(source_id: str, run_id: str, remote_ids: Iterable[str]) -> None:
    """Count records as seen and unchanged, in the caller's transaction."""
    if seen := list(remote_ids):
        model.Session.execute(
            sa.update(Record)
            .where(Record.source_id == source_id, Record.remote_id.in_(seen))
            .values(run_id=run_id, last_seen=now(), outcome=_unless_written(run_id, "unchanged"))
            .execution_options(synchronize_session=False)
        )


def _stamp(source_id: str, stamps: dict[str, str]) -> None:
    if not stamps:
        return
    given = sa.values(sa.column("remote_id", sa.Text), sa.column("seen", sa.Text), name="given")
    given = given.data(list(stamps.items()))
    model.Session.execute(
        sa.update(Record)
        .where(Record.source_id == source_id, Record.remote_id == given.c.remote_id)
        .values(seen=given.c.seen)
        .execution_options(synchronize_session=False)
    )


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
        .on_conflict_do_update(
            index_elements=["source_id", "remote_id"], set_={**values, **_born(item, fixed), "state": state}
        )
        .execution_options(synchronize_session=False)
    )


def _born(item: Mark, fixed: dict[str, Any]) -> dict[str, Any]:
    """Where a dataset was born that another harvester had brought is known only when it first comes to us."""
    if item.outcome != "conflict":
        return {}
    columns = [Record.__table__.c[key] for key in ("site", "origin_id", "origin_url", "path")]
    return {
        column.name: sa.case((Record.hash.is_(None), sa.literal(fixed[column.name], column.type)), else_=column)
        for column in columns
    }


def _unless_written(run_id: str, outcome: Outcome) -> Any:
    return sa.case((sa.and_(Record.run_id == run_id, Record.outcome.in_(_FIRST_WORD)), Record.outcome), else_=outcome)


def forget(dataset_id: str) -> None:
    """Empty all that is kept of a dataset which is being erased, in the caller's transaction; the origin stays known.

    By the same origin other sources may have brought it too, and have a version of it waiting.
    """
    bases.drop([dataset_id])
    holder = model.Session.scalar(sa.select(Record).where(Record.dataset_id == dataset_id))
    if holder is None:
        return
    model.Session.execute(
        sa.update(Record)
        .where(Record.site == holder.site, Record.origin_id == holder.origin_id)
        .values(
            name=None, hash=None, local_hash=None, seen=None, parked=sa.null(), origin_url=None, pending=False,
            state="withdrawn", reason="it was erased",
        )
        .execution_options(synchronize_session=False)
    )  # fmt: skip
    model.Session.expire_all()


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


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which records of a source; ``vanishing`` is a query for ids that the neighbour uses."""

    source_id: str
    run_id: str | None = None
    states: list[str] | None = None
    outcomes: list[str] | None = None
    reason: str | None = None
    text: str | None = None
    vanishing: sa.Select[Any] | None = None

    def conditions(self) -> list[sa.ColumnElement[bool]]:
        """The same in SQL."""
        found: list[sa.ColumnElement[bool]] = [Record.source_id == self.source_id]
        if self.run_id and self.vanishing is None:
            found.append(Record.run_id == self.run_id)
        if self.vanishing is not None:
            found += [Record.remote_id.in_(self.vanishing), present(self.source_id)]
        if self.states:
            found.append(Record.state.in_(self.states))
        if self.outcomes:
            found.append(Record.outcome.in_(self.outcomes))
        if self.reason is not None:
            found += [Record.outcome.in_(reasons.TOLD), reasons.kind() == self.reason]
        if self.text:
            columns = (Record.name, Record.remote_id, Record.reason)
            found.append(sa.or_(*(column.icontains(self.text, autoescape=True) for column in columns)))
        return found


def page(wanted: Wanted, *, after: str | None = None, start: int = 0, rows: int) -> list[Record]:
    """Records by the id that the neighbour uses, which an index keeps in order.

    :param after: only those after this id
    """
    query = sa.select(Record).where(*wanted.conditions()).order_by(Record.remote_id).offset(start).limit(rows)
    if after:
        query = query.where(Record.remote_id > after)
    return list(model.Session.scalars(query))


def count(wanted: Wanted) -> int:
    """How many there are."""
    return model.Session.scalar(sa.select(sa.func.count()).select_from(Record).where(*wanted.conditions())) or 0


def numbers_present(source_ids: list[str]) -> dict[str, int]:
    """How many datasets of each source are here and not withdrawn."""
    query = (
        sa.select(Record.source_id, sa.func.count())
        .where(Record.source_id.in_(source_ids), Record.dataset_id.is_not(None), Record.state != "withdrawn")
        .group_by(Record.source_id)
    )
    return {source_id: number for source_id, number in model.Session.execute(query) if source_id}


def present(source_id: str) -> Any:
    """The condition for rows of a source whose dataset is here and not withdrawn."""
    return sa.and_(
        Record.source_id == source_id,
        Record.dataset_id.is_not(None),
        Record.state != "withdrawn",
        Record.detached.is_(None),
    )
