"""Links that confirm one thing once, for some hours. What is kept is a hash: nobody reads a link from the database."""

from __future__ import annotations

import hashlib
import secrets

import sqlalchemy as sa
from ckan import model
from sqlalchemy.orm import Session

from ckanext.regional.database import now
from ckanext.regional.needs import config
from ckanext.regional.needs.model import Link, Person


class LinkUnknown(Exception):
    """There never was such a link, or what it was for is gone."""


class LinkUsed(Exception):
    """It has done what it was for."""

    def __init__(self, person: Person) -> None:
        self.person = person


class LinkExpired(Exception):
    """It is too old; ``person`` may get another one."""

    def __init__(self, person: Person) -> None:
        self.person = person


def make(session: Session, person_id: str) -> str:
    """Make a link for somebody in the given session; those sent before it end.

    :returns: the token; it is not kept
    """
    token = secrets.token_urlsafe(32)
    session.execute(sa.delete(Link).where(Link.person_id == person_id, Link.used.is_(None), Link.expires > now()))
    session.add(Link(token_hash=_hash(token), person_id=person_id, expires=now() + config.confirm_for()))
    return token


def read(token: str, *, lock: bool = False) -> tuple[Link, Person]:
    """Whom a link is about.

    :param lock: hold it until the transaction ends, so that of two clicks one comes second
    :raises LinkUnknown, LinkUsed, LinkExpired: it confirms nothing
    """
    query = sa.select(Link).where(Link.token_hash == _hash(token))
    link = model.Session.scalar(query.with_for_update() if lock else query)
    person = model.Session.get(Person, link.person_id) if link is not None else None
    if link is None or person is None:
        raise LinkUnknown
    if link.used is not None:
        raise LinkUsed(person)
    if link.expires < now():
        raise LinkExpired(person)
    return link, person


def forget() -> None:
    """Delete links that have said all that they could say, in the running transaction."""
    late = now() - config.unconfirmed_for()
    model.Session.execute(sa.delete(Link).where(Link.expires < late).execution_options(synchronize_session=False))


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
