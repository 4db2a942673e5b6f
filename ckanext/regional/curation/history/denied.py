"""Steps that were refused: remembered in a transaction of their own, since the refused one is rolled back."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from contextlib import contextmanager

import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from ckan import authz, model
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from ckanext.regional import logs
from ckanext.regional.curation.history import events
from ckanext.regional.curation.model import OPEN_STATES, Case, Event
from ckanext.regional.database import new_id, now
from ckanext.regional.exceptions import NotAllowed, StaleFingerprint, WrongState

log = logs.get_logger(__name__)

#: The same attempt by the same person within this time is told once.
_ONCE_IN = datetime.timedelta(hours=1)
#: So many attempts of one person are told within that time: nobody fills the history on purpose.
_MOST = 50

_LONGEST = 200


@contextmanager
def kept(step: str, dataset_id: str, who: model.User | None, fingerprint: object = None) -> Iterator[None]:
    """Remember that a step was refused, if the block refuses it.

    Only of people with an account, about datasets that they can read: to others nothing is told, and theirs is not
    told either.

    :param fingerprint: of what the person says to have seen
    """
    actor = (who.id, who.name) if who is not None else None
    try:
        yield
    except (NotAllowed, WrongState, StaleFingerprint, tk.NotAuthorized) as error:
        model.Session.rollback()
        if actor is not None and _may_read(actor[1], dataset_id):
            seen = fingerprint[:_LONGEST] if isinstance(fingerprint, str) else None
            _note(step, dataset_id, actor, _rule(error), seen)
        raise


def _rule(error: Exception) -> str:
    if isinstance(error, NotAllowed):
        return error.rule
    if isinstance(error, StaleFingerprint):
        return "fingerprint"
    return "state" if isinstance(error, WrongState) else "role"


def _may_read(name: str, dataset_id: str) -> bool:
    context = {"user": name, "auth_user_obj": model.User.get(name)}
    return authz.is_authorized_boolean("package_show", context, {"id": dataset_id})  # pyright: ignore


def _note(step: str, dataset_id: str, actor: tuple[str, str], rule: str, fingerprint: str | None) -> None:
    engine = model.meta.engine
    assert engine is not None
    try:
        with Session(engine) as session, session.begin():
            # One attempt of a person at a time, so that two at once are not both the first.
            session.execute(sa.select(sa.func.pg_advisory_xact_lock(sa.func.hashtextextended(actor[0], 0))))
            if _is_enough(session, step, dataset_id, actor[0], rule):
                return
            case = session.scalar(sa.select(Case).where(Case.dataset_id == dataset_id, Case.state.in_(OPEN_STATES)))
            event, text = events.written(
                Event(
                    id=new_id(), dataset_id=dataset_id, case_id=case.id if case else None, at=now(),
                    actor_id=actor[0], action=events.DENIED, from_state=case.state if case else None,
                    to_state=case.state if case else None, fingerprint=fingerprint, subject=step, reason=rule,
                ),
                {"actor_name": actor[1], "comment": None, "fields": None},
            )  # fmt: skip
            session.add_all([event, text])
    except SQLAlchemyError:
        log.exception("A refused %s of %s could not be remembered", step, actor[1], ids={"dataset": dataset_id})


def _is_enough(session: Session, step: str, dataset_id: str, actor_id: str, rule: str) -> bool:
    lately = sa.select(Event.dataset_id, Event.subject, Event.reason).where(
        Event.action == events.DENIED, Event.actor_id == actor_id, Event.at > now() - _ONCE_IN
    )
    told = session.execute(lately.limit(_MOST)).tuples().all()
    return len(told) >= _MOST or (dataset_id, step, rule) in told


__all__ = ["kept"]
