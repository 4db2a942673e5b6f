"""The history: written with the change that it records, numbered and chained after the commit."""

from __future__ import annotations

import hashlib
import secrets
from typing import Any

import sqlalchemy as sa
from ckan import model
from sqlalchemy.orm import Session

from ckanext.regional import logs
from ckanext.regional.curation.model import Case, Contributor, Event, EventSeal, EventText, Notice, Unsealed
from ckanext.regional.database import new_id, now
from ckanext.regional.volatile import canonical

log = logs.get_logger(__name__)

#: One sealer at a time, on any number of machines (the number is "rgnl" in ASCII).
_SEAL_LOCK = 0x72676E6C

#: The action of an event that tells of a step which was refused.
DENIED = "denied"

#: Decisions that the author and everybody who took part are told of.
DECIDED = ("approve", "request_changes", "reject", "override")

#: Events of which somebody is told.
NOTIFIED = (*DECIDED, "submit", "retire", "suspend", "assign", "withdraw", "received")

#: What the session carries of them to its commit.
NOTED = "regional_noted"

#: What it carries of all of them, for the log.
RECORDED = "regional_recorded"

#: The hash before the first.
GENESIS = "0" * 64

#: So many events are sealed by one transaction, so that a long backlog keeps nobody waiting.
_BATCH = 1000

#: Columns that came later: left out of the hash where they are empty, so that older events keep theirs.
_LATER = ("subject", "reason")


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
    subject: str | None = None,
    reason: str | None = None,
) -> Event:
    """Write an event into the running transaction.

    :param fields: remarks of a steward by form field
    :param subject: what it is about besides the dataset
    :param reason: why, in a word for programs
    """
    event, text = written(
        Event(
            id=new_id(),
            dataset_id=dataset_id,
            case_id=case.id if case else None,
            at=now(),
            actor_id=actor.id if actor else None,
            action=action,
            from_state=from_state,
            to_state=to_state,
            fingerprint=fingerprint,
            subject=subject,
            reason=reason,
        ),
        {"actor_name": actor.name if actor else None, "comment": comment or None, "fields": fields or None},
    )
    model.Session.add_all([event, text])
    if action in NOTIFIED:
        _note(event, case)
    moved = f"{action}: {from_state or '-'} → {to_state or '-'}"
    model.Session.info.setdefault(RECORDED, []).append((moved, {"case": event.case_id, "dataset": dataset_id}))
    return event


def tell(session: Any) -> None:
    """Write what a commit has recorded into the log, without who did it and what they said: the history knows."""
    for moved, ids in session.info.pop(RECORDED, ()):
        log.info("%s", moved, ids=ids)


def _note(event: Event, case: Case | None) -> None:
    """Remember in the same transaction that people have to be told; who and how is found out after the commit."""
    details: dict[str, Any] = {}
    if event.action in DECIDED:
        # Who took part is forgotten with the decision, so it is kept here.
        about = [one for one in (event.dataset_id, case.copy_id if case else None) if one]
        query = sa.select(Contributor.user_id).where(Contributor.dataset_id.in_(about))
        details["people"] = list(model.Session.scalars(query))
    model.Session.info.setdefault(NOTED, set()).add(event.action)
    model.Session.add(
        Notice(
            event_id=event.id, kind=event.action, dataset_id=event.dataset_id, case_id=event.case_id,
            details=details, created=event.at, due=event.at,
        )
    )  # fmt: skip


def written(event: Event, text: dict[str, Any]) -> tuple[Event, EventText]:
    """Bind an event to its words: the chain knows their salted digest, so that they can be removed later.

    :param text: ``{"actor_name", "comment", "fields"}``
    """
    salt = secrets.token_hex(16)
    event.text_digest = text_digest(salt, text)
    return event, EventText(event_id=event.id, salt=salt, **text)


def text_digest(salt: str, text: dict[str, Any]) -> str:
    """SHA-256 over the salt and the words of an event."""
    return hashlib.sha256((salt + canonical(text)).encode()).hexdigest()


def seal() -> None:
    """Number the committed events and chain their hashes, in a short transaction of its own.

    A chain inside the writing transaction would let one publication through at a time.
    """
    engine = model.meta.engine
    assert engine is not None
    with engine.connect() as connection:
        # Readers come far oftener than events: they do not queue for the lock where there is nothing to do.
        if not connection.scalar(sa.select(sa.exists(sa.select(Unsealed.event_id)))):
            return
    while _seal_some(engine) == _BATCH:
        pass


def _seal_some(engine: sa.Engine) -> int:
    waiting = sa.select(Event).join(Unsealed, Unsealed.event_id == Event.id).order_by(Event.at, Event.id).limit(_BATCH)
    with Session(engine) as session, session.begin():
        session.execute(sa.select(sa.func.pg_advisory_xact_lock(_SEAL_LOCK)))
        last = session.execute(sa.select(EventSeal.seq, EventSeal.hash).order_by(EventSeal.seq.desc()).limit(1)).first()
        seq, previous = last or (0, GENESIS)
        seals = []
        for event in session.scalars(waiting):
            seq += 1
            previous = chained(previous, seq, event)
            seals.append({"seq": seq, "event_id": event.id, "hash": previous})
        if seals:
            session.execute(sa.insert(EventSeal), seals)
            session.execute(sa.delete(Unsealed).where(Unsealed.event_id.in_([seal["event_id"] for seal in seals])))
    return len(seals)


def chained(previous: str, seq: int, event: Event) -> str:
    """The hash of an event: SHA-256 over the one before, its number and everything in its row."""
    row = {column.key: getattr(event, column.key) for column in sa.inspect(Event).columns}
    for column in _LATER:
        if row[column] is None:
            del row[column]
    row["at"] = event.at.astimezone(now().tzinfo).isoformat()
    return hashlib.sha256(canonical([previous, seq, row]).encode()).hexdigest()


def history(dataset_id: str, *, proposals: bool = True) -> list[dict[str, Any]]:
    """The events of a dataset, the oldest first.

    :param proposals: whether those of changes of what is published are told, too
    :returns: ``[{"seq", "at", "actor", "action", "from_state", "to_state", "comment", "fields", "fingerprint",
        "hash", "subject", "reason", "redacted"}]``; ``actor`` is a user name, as it was if the user is gone
    """
    seal()
    query = (
        sa.select(Event, EventSeal, EventText, model.User.name)
        .join(EventSeal, EventSeal.event_id == Event.id)
        .outerjoin(EventText, EventText.event_id == Event.id)
        .outerjoin(model.User, model.User.id == Event.actor_id)
        .where(Event.dataset_id == dataset_id)
        .order_by(EventSeal.seq)
    )
    if not proposals:
        of_proposals = sa.select(Case.id).where(Case.dataset_id == dataset_id, Case.kind == "revision")
        query = query.where(sa.or_(Event.case_id.is_(None), Event.case_id.not_in(of_proposals)))
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
            "subject": event.subject,
            "reason": event.reason,
            "redacted": text is not None and not text.salt,
        }
        for event, sealed, text, name in model.Session.execute(query)
    ]
