"""The history: written with the change that it records, numbered and chained after the commit."""

from __future__ import annotations

import hashlib
import secrets
from typing import Any

import sqlalchemy as sa
from ckan import model
from sqlalchemy.orm import Session

from ckanext.regional.curation.fingerprint import canonical
from ckanext.regional.curation.model import Case, Event, EventSeal, EventText
from ckanext.regional.database import new_id, now

#: One sealer at a time, on any number of machines (the number is "rgnl" in ASCII).
_SEAL_LOCK = 0x72676E6C

_GENESIS = "0" * 64


def record(
    dataset_id: str,
    action: str,
    actor: model.User | None,
    *,
    case: Case | None = None,
    from_state: str | None = None,
    to_state: str | None = None,
    fingerprint: str | None = None,
    comment: str | None = None,
    fields: dict[str, str] | None = None,
) -> Event:
    """Write an event into the running transaction.

    :param fields: remarks of a steward by form field
    """
    salt = secrets.token_hex(16)
    text = {"actor_name": actor.name if actor else None, "comment": comment or None, "fields": fields or None}
    event = Event(
        id=new_id(),
        dataset_id=dataset_id,
        case_id=case.id if case else None,
        at=now(),
        actor_id=actor.id if actor else None,
        action=action,
        from_state=from_state,
        to_state=to_state,
        fingerprint=fingerprint,
        text_digest=hashlib.sha256((salt + canonical(text)).encode()).hexdigest(),
    )
    model.Session.add_all([event, EventText(event_id=event.id, salt=salt, **text)])
    return event


def seal() -> None:
    """Number the committed events and chain their hashes, in a short transaction of its own.

    A chain inside the writing transaction would let one publication through at a time.
    """
    unsealed = (
        sa.select(Event)
        .outerjoin(EventSeal, EventSeal.event_id == Event.id)
        .where(EventSeal.seq.is_(None))
        .order_by(Event.at, Event.id)
    )
    engine = model.meta.engine
    assert engine is not None
    with engine.connect() as connection:
        # Readers come far oftener than events: they do not queue for the lock where there is nothing to do.
        if not connection.scalar(sa.select(unsealed.with_only_columns(Event.id).order_by(None).exists())):
            return
    with Session(engine) as session, session.begin():
        session.execute(sa.select(sa.func.pg_advisory_xact_lock(_SEAL_LOCK)))
        last = session.execute(sa.select(EventSeal.seq, EventSeal.hash).order_by(EventSeal.seq.desc()).limit(1)).first()
        seq, previous = last or (0, _GENESIS)
        for event in session.scalars(unsealed):
            seq += 1
            previous = chained(previous, seq, event)
            session.add(EventSeal(seq=seq, event_id=event.id, hash=previous))


def chained(previous: str, seq: int, event: Event) -> str:
    """The hash of an event: SHA-256 over the one before, its number and everything in its row."""
    row = {column.key: getattr(event, column.key) for column in sa.inspect(Event).columns}
    row["at"] = event.at.astimezone(now().tzinfo).isoformat()
    return hashlib.sha256(canonical([previous, seq, row]).encode()).hexdigest()


def history(dataset_id: str) -> list[dict[str, Any]]:
    """The events of a dataset, the oldest first.

    :returns: ``[{"seq", "at", "actor", "action", "from_state", "to_state", "comment", "fields", "fingerprint",
        "hash"}]``; ``actor`` is a user name, as it was if the user is gone
    """
    seal()
    rows = model.Session.execute(
        sa.select(Event, EventSeal, EventText, model.User.name)
        .join(EventSeal, EventSeal.event_id == Event.id)
        .outerjoin(EventText, EventText.event_id == Event.id)
        .outerjoin(model.User, model.User.id == Event.actor_id)
        .where(Event.dataset_id == dataset_id)
        .order_by(EventSeal.seq)
    )
    return [
        {
            "seq": sealed.seq,
            "at": event.at.isoformat(),
            "actor": name or (text.actor_name if text else None),
            "action": event.action,
            "from_state": event.from_state,
            "to_state": event.to_state,
            "comment": text.comment if text else None,
            "fields": (text.fields if text else None) or {},
            "fingerprint": event.fingerprint,
            "hash": sealed.hash,
        }
        for event, sealed, text, name in rows
    ]
