"""The history as evidence: walked, handed out, and rid of words that must go."""

from __future__ import annotations

import csv
import datetime
import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, TextIO

import sqlalchemy as sa
from ckan import model
from sqlalchemy.orm import Session

from ckanext.regional.characters import is_blank
from ckanext.regional.curation.history import events
from ckanext.regional.curation.model import Event, EventSeal, EventText, Unsealed
from ckanext.regional.exceptions import InvalidInput, NotHere, RegionalError

#: Rows that are in memory at a time, however long the history is.
_ROWS = 1000

#: The columns of an export, in this order.
COLUMNS: tuple[str, ...] = (
    "seq", "at", "dataset_id", "case_id", "action", "actor_id", "actor", "from_state", "to_state", "subject", "reason",
    "fingerprint", "comment", "fields", "redacted", "id", "salt", "text_digest", "hash",
)  # fmt: skip

#: A cell that begins so is a formula to a spreadsheet.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


class ChainBroken(RegionalError):
    """The history is not what was sealed; ``seq`` is the first number at which that shows."""

    def __init__(self, seq: int, what: str) -> None:
        super().__init__(f"{seq}: {what}")
        self.seq = seq
        self.what = what


@dataclass(frozen=True, slots=True)
class Verified:
    """How far the chain holds: everything. Whoever notes ``seq`` and ``hash`` elsewhere can ask for them later."""

    seq: int
    hash: str


def verify(head: tuple[int, str] | None = None, latest: int | None = None) -> Verified:
    """Walk the chain from its beginning.

    :param latest: only its last so many events: each is looked at against the one before
    :param head: number and hash of an event, noted at an earlier time: they must still be in the chain, which shows
        whether its end was cut off
    :raises ChainBroken: at the first event that is not what was sealed
    """
    events.seal()
    last, previous = 0, events.GENESIS
    with _reading() as session:
        if latest is not None:
            last, previous = _before_the_last(session, latest)
        for seal, event, text in _rows(session, last + 1):
            _check_link(session, seal, event, text, last, previous)
            if head is not None and head[0] == seal.seq and head[1] != seal.hash:
                raise ChainBroken(seal.seq, "its hash is another one than you noted: the chain was written anew")
            last, previous = seal.seq, seal.hash
        if head is not None and head[0] > last:
            raise ChainBroken(last + 1, f"the chain ends before {head[0]}, which you noted: its end was cut off")
        _check_strangers(session, last)
    return Verified(last, previous)


def _before_the_last(session: Session, latest: int) -> tuple[int, str]:
    """Number and hash of the event before the last ``latest`` ones."""
    end = session.scalar(sa.select(sa.func.max(EventSeal.seq))) or 0
    sealed = session.get(EventSeal, end - latest)
    return (sealed.seq, sealed.hash) if sealed is not None else (0, events.GENESIS)


def _check_link(
    session: Session, seal: EventSeal, event: Event | None, text: EventText | None, last: int, previous: str
) -> None:
    if seal.seq != last + 1:
        raise ChainBroken(last + 1, f"missing; the next one is {seal.seq}")
    if event is None:
        raise ChainBroken(seal.seq, "its event was removed")
    if seal.hash != events.chained(previous, seal.seq, event):
        raise ChainBroken(seal.seq, "the event, its number or its seal was changed")
    if event.text_digest is None:
        return
    if text is not None and event.text_digest == events.text_digest(text.salt, _words(text)):
        return
    if text is not None and (text.salt or any(_words(text).values())):
        raise ChainBroken(seal.seq, "its words (comment, remarks, name) were changed")
    if not _was_redacted(session, event):
        raise ChainBroken(seal.seq, "its words (comment, remarks, name) were removed and no event says so")


def _check_strangers(session: Session, last: int) -> None:
    stranger = session.scalar(
        sa.select(Event.id)
        .outerjoin(EventSeal, EventSeal.event_id == Event.id)
        .outerjoin(Unsealed, Unsealed.event_id == Event.id)
        .where(EventSeal.seq.is_(None), Unsealed.event_id.is_(None))
        .limit(1)
    )
    if stranger is not None:
        raise ChainBroken(last + 1, f"the event {stranger} was never sealed: its seal, or its place in line, is gone")


def _was_redacted(session: Session, event: Event) -> bool:
    said = sa.select(Event.id).where(
        Event.dataset_id == event.dataset_id,
        sa.or_(sa.and_(Event.action == "redacted", Event.subject == event.id), Event.action == "erased"),
    )
    return session.scalar(sa.select(said.exists())) is True


def _words(text: EventText) -> dict[str, Any]:
    return {"actor_name": text.actor_name, "comment": text.comment, "fields": text.fields}


def rows(since: str | None = None) -> Iterator[dict[str, Any]]:
    """The history from its beginning, event by event, with what it takes to verify it elsewhere.

    :param since: a number (that one and those after it) or a date or time in ISO 8601 (without a zone: UTC)
    :raises InvalidInput: ``since`` is neither
    """
    first, moment = _since(since)
    events.seal()
    with _reading() as session:
        for seal, event, text in _rows(session, first, moment):
            if event is not None:
                yield _exported(seal, event, text)


def write(out: TextIO, form: str, since: str | None = None) -> int:
    """Write the history out.

    :param form: ``jsonl`` or ``csv``
    :returns: how many events
    """
    count = 0
    table = csv.DictWriter(out, list(COLUMNS), lineterminator="\n") if form == "csv" else None
    if table is not None:
        table.writeheader()
    for row in rows(since):
        if table is not None:
            table.writerow({key: _cell(value) for key, value in row.items()})
        else:
            out.write(json.dumps(row, ensure_ascii=False) + "\n")
        count += 1
    return count


def redact(seq: int, actor: model.User | None, reason: str) -> str:
    """Remove the words of an event for good and commit; the chain still holds, and an event says that it was done.

    :raises NotHere: there is no event of this number
    :raises InvalidInput: no reason is given, or the words are gone already
    :returns: id of the dataset that the event is about
    """
    if is_blank(reason):
        raise InvalidInput({"reason": ["Say why: the history keeps it."]})
    events.seal()
    event = model.Session.scalar(
        sa.select(Event).join(EventSeal, EventSeal.event_id == Event.id).where(EventSeal.seq == seq)
    )
    if event is None:
        raise NotHere(f"There is no event {seq}.")
    text = model.Session.get(EventText, event.id, with_for_update=True, populate_existing=True)
    if text is None or not text.salt:
        raise InvalidInput({"seq": [f"The words of event {seq} were removed before."]})
    dataset_id = event.dataset_id
    model.Session.execute(sa.update(EventText).where(EventText.event_id == event.id).values(_REMOVED))
    events.record(dataset_id, "redacted", actor, subject=event.id, comment=reason.strip())
    model.Session.commit()
    return dataset_id


def remove_words(dataset_id: str) -> None:
    """Remove the words of every event of a dataset, in the running transaction; an event ``erased`` must go with it."""
    model.Session.execute(
        sa.update(EventText)
        .where(EventText.event_id.in_(sa.select(Event.id).where(Event.dataset_id == dataset_id)))
        .values(_REMOVED)
        .execution_options(synchronize_session=False)
    )


#: Without the salt nobody can try out what the words may have been.
_REMOVED = {"salt": "", "actor_name": None, "comment": None, "fields": sa.null()}


def _since(since: str | None) -> tuple[int, datetime.datetime | None]:
    if since is None:
        return 0, None
    if since.isdecimal():
        return int(since), None
    try:
        moment = datetime.datetime.fromisoformat(since)
    except ValueError:
        text = f"“{since}” is neither a number nor a date such as 2027-12-31."
        raise InvalidInput({"since": [text]}) from None
    return 0, moment if moment.tzinfo else moment.replace(tzinfo=datetime.UTC)


def _reading() -> Session:
    """One consistent view of the tables, apart from the running transaction."""
    engine = model.meta.engine
    assert engine is not None
    return Session(engine.execution_options(isolation_level="REPEATABLE READ"))


def _rows(
    session: Session, first: int, moment: datetime.datetime | None = None
) -> Iterator[tuple[EventSeal, Event | None, EventText | None]]:
    query = (
        sa.select(EventSeal, Event, EventText)
        .outerjoin(Event, Event.id == EventSeal.event_id)
        .outerjoin(EventText, EventText.event_id == EventSeal.event_id)
        .order_by(EventSeal.seq)
        .limit(_ROWS)
    )
    if moment is not None:
        query = query.where(Event.at >= moment)
    after = first - 1
    while page := session.execute(query.where(EventSeal.seq > after)).tuples().all():
        after = page[-1][0].seq
        yield from page
        session.expunge_all()


def _exported(seal: EventSeal, event: Event, text: EventText | None) -> dict[str, Any]:
    row: dict[str, Any] = {
        "seq": seal.seq,
        "at": event.at.astimezone(datetime.UTC).isoformat(),
        "actor": text.actor_name if text else None,
        "comment": text.comment if text else None,
        "fields": text.fields if text else None,
        "redacted": text is not None and not text.salt,
        "salt": text.salt if text else None,
        "hash": seal.hash,
    }
    return {key: row[key] if key in row else getattr(event, key) for key in COLUMNS}


def _cell(value: Any) -> Any:
    text = json.dumps(value, ensure_ascii=False) if isinstance(value, dict) else value
    return f"'{text}" if isinstance(text, str) and text.startswith(_FORMULA) else text
