"""Those who write and support needs: each once, their addresses only while they want to be told."""

from __future__ import annotations

import hashlib
import hmac
from typing import Any

import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from ckan import model
from itsdangerous import BadSignature, URLSafeSerializer

from ckanext.regional.database import now
from ckanext.regional.language import current
from ckanext.regional.needs import config
from ckanext.regional.needs.model import Need, Person

_SALT = "regional-needs"


def address_hash(address: str) -> str:
    """What is kept of an address to know it again: nobody can compute it without the site's secret."""
    return hmac.new(f"{_SALT}:{tk.config['SECRET_KEY']}".encode(), plain(address).encode(), hashlib.sha256).hexdigest()


def plain(address: str) -> str:
    """An address as it is compared and written to."""
    return address.strip().lower()


def of_user(need_id: str, user_id: str) -> Person | None:
    """The part of somebody with an account in a need."""
    return model.Session.scalar(sa.select(Person).where(Person.need_id == need_id, Person.user_id == user_id))


def of_address(need_id: str, address: str) -> Person | None:
    """The part of somebody known by an address."""
    known = Person.address_hash == address_hash(address)
    return model.Session.scalar(sa.select(Person).where(Person.need_id == need_id, known))


def with_account(need_id: str, user: model.User, role: str, *, notify: bool) -> Person:
    """Add somebody with an account, in the running transaction."""
    person = Person(
        need_id=need_id, user_id=user.id, role=role, confirmed=True, notify=notify, language=current(),
    )  # fmt: skip
    return _added(person)


def with_address(need_id: str, address: str, role: str, *, notify: bool) -> Person:
    """Add somebody known by an address, who has to confirm it, in the running transaction."""
    person = Person(
        need_id=need_id, address_hash=address_hash(address), address=plain(address), role=role, confirmed=False,
        notify=False, wishes=notify, language=current(), forget=now() + config.unconfirmed_for(),
    )  # fmt: skip
    return _added(person)


def wish(person: Person, address: str, *, notify: bool) -> None:
    """Keep the address of somebody who comes again until they have confirmed what they want; nothing is lost by it."""
    person.address, person.wishes = plain(address), notify or person.wishes
    person.forget = now() + config.unconfirmed_for()


def confirm(person: Person) -> None:
    """Note that an address is its owner's; it goes at once where they do not want to be told."""
    person.confirmed, person.notify, person.wishes = True, person.wishes, False
    if person.notify:
        person.forget = now() + config.address_for()
    else:
        person.address = person.forget = None


def stop_telling(person: Person) -> None:
    """Tell somebody nothing more; what they support stays supported, their address goes."""
    person.notify = person.wishes = False
    person.address = person.forget = None


def count(need: Need) -> None:
    """Bring the number of a need's supporters up to date, in the running transaction."""
    model.Session.flush()
    need.supports = (
        model.Session.scalar(
            sa.select(sa.func.count()).where(
                Person.need_id == need.id, Person.confirmed.is_(True), Person.role == "supporter"
            )
        )
        or 0
    )


def stop_token(person: Person) -> str:
    """What the link at the end of every e-mail carries."""
    return _serializer().dumps(person.id)


def by_stop_token(token: str) -> Person | None:
    """Whom such a link is about; None where it is none of ours, or they are not known any more."""
    try:
        found: Any = _serializer().loads(token)
    except BadSignature:
        return None
    return model.Session.get(Person, found) if isinstance(found, str) else None


def forget() -> int:
    """Delete what was never confirmed and the addresses whose time is over, in the running transaction.

    :returns: how many addresses
    """
    late = now() - config.unconfirmed_for()
    unconfirmed = sa.select(Need.id).where(Need.visibility == "unconfirmed", Need.created < late)
    model.Session.execute(sa.delete(Need).where(Need.id.in_(unconfirmed)).execution_options(synchronize_session=False))
    model.Session.execute(
        sa.delete(Person)
        .where(Person.confirmed.is_(False), Person.created < late)
        .execution_options(synchronize_session=False)
    )
    over = model.Session.execute(
        sa.update(Person)
        .where(Person.address.is_not(None), Person.forget < now())
        .values(address=None, forget=None, notify=False, wishes=False)
        .execution_options(synchronize_session=False)
    )
    return over.rowcount  # pyright: ignore[reportAttributeAccessIssue]


def _added(person: Person) -> Person:
    model.Session.add(person)
    model.Session.flush()
    return person


def _serializer() -> URLSafeSerializer:
    return URLSafeSerializer(tk.config["SECRET_KEY"], salt=f"{_SALT}-stop")
