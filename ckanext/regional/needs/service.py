"""What people do with needs: say one, confirm, support, look at, answer, merge. Each ends in one commit."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from ckan import model

from ckanext.regional import indexing
from ckanext.regional.database import now
from ckanext.regional.exceptions import InvalidInput, NotHere, WrongState
from ckanext.regional.needs import answers, states
from ckanext.regional.needs.asking import links, people, rates
from ckanext.regional.needs.model import Mail, Need, Person, Step
from ckanext.regional.needs.showing import masking
from ckanext.regional.needs.showing.similarity import folded

#: After a merge an address stays so long where it was, for the e-mail that tells of it.
_LAST_MAIL = datetime.timedelta(days=3)


@dataclass(frozen=True, slots=True)
class Supported:
    """What became of a support: ``already`` says that it was there before, ``pending`` that an e-mail was sent."""

    need: Need
    already: bool = False
    pending: bool = False


def get(reference: Any) -> Need:
    """A need by id or by number.

    :raises NotHere: there is none
    """
    text = str(reference)
    if text.isdecimal() and len(text) < 10:
        need = model.Session.scalar(sa.select(Need).where(Need.number == int(text)))
    else:
        need = model.Session.get(Need, text)
    if need is None:
        raise NotHere(tk._("There is no such need."))
    return need


def followed(need: Need) -> Need:
    """The need that this one was merged into, at the end of the way; itself where it was not."""
    while need.merged_into is not None:
        following = model.Session.get(Need, need.merged_into)
        if following is None:
            break
        need = following
    return need


def create(data: dict[str, Any], user: model.User | None, *, address: str | None, notify: bool) -> Need:
    """Take a need: to be confirmed by e-mail, or, of somebody with an account, to be looked at.

    :param data: checked: ``title``, ``text``, ``kind``, ``territory``, ``sector``
    :param address: of somebody without an account
    :raises InvalidInput: with key ``rate`` when it was one too many
    """
    _spend(user, address)
    need = Need(
        title=data["title"], text=data["text"], kind=data["kind"], visibility="waiting" if user else "unconfirmed",
        author_id=user.id if user else None, waiting_since=now() if user else None,
    )  # fmt: skip
    _place(need, data["territory"], data["sector"])
    model.Session.add(need)
    model.Session.flush()
    if user is not None:
        people.with_account(need.id, user, "author", notify=notify)
    else:
        assert address is not None
        _ask(people.with_address(need.id, address, "author", notify=notify))
    model.Session.commit()
    return need


def support(need: Need, user: model.User | None, *, address: str | None, notify: bool) -> Supported:
    """Count somebody as one who needs this too, once; without an account, when they have confirmed it.

    :raises WrongState: it is not public
    :raises InvalidInput: with key ``rate``
    """
    if need.visibility != "public":
        raise WrongState(tk._("Only a public need can be supported."))
    need = _locked(need)
    if user is not None:
        known = people.of_user(need.id, user.id)
        if known is None:
            people.with_account(need.id, user, "supporter", notify=notify)
        else:
            known.notify = notify or known.notify
        people.count(need)
        model.Session.commit()
        return Supported(need, already=known is not None)
    assert address is not None
    _spend(None, address)
    known = people.of_address(need.id, address)
    # Whoever asks is told the same, so that nobody learns here what another one supports.
    if known is None:
        _ask(people.with_address(need.id, address, "supporter", notify=notify))
    elif not known.confirmed or (notify and not known.notify):
        people.wish(known, address, notify=notify)
        _ask(known)
    model.Session.commit()
    return Supported(need, pending=True)


def withdraw_support(need: Need, user: model.User) -> Need:
    """Take a support back."""
    need = _locked(need)
    known = people.of_user(need.id, user.id)
    if known is not None and known.role == "supporter":
        model.Session.delete(known)
    people.count(need)
    model.Session.commit()
    return need


def confirm(token: str) -> tuple[Need, Person]:
    """Follow the link of an e-mail.

    :raises links.LinkUnknown, links.LinkUsed, links.LinkExpired: it confirms nothing
    """
    link, person = links.read(token, lock=True)
    need = model.Session.get(Need, person.need_id, with_for_update=True)
    assert need is not None
    link.used = now()
    people.confirm(person)
    if need.visibility == "unconfirmed":
        need.visibility, need.waiting_since = "waiting", now()
    target = followed(need)
    if target is not need and person.role == "supporter":
        _move(person, target)
    people.count(target)
    model.Session.commit()
    return target, person


def send_again(token: str) -> None:
    """Send another link to whom an old one was sent; an unknown or used one does nothing.

    :raises InvalidInput: with key ``rate``
    """
    try:
        _link, person = links.read(token)
    except links.LinkExpired as expired:
        person = expired.person
    except (links.LinkUnknown, links.LinkUsed):
        return
    if person.address is None:
        return
    _spend(None, person.address)
    _ask(person)
    model.Session.commit()


def stop(person: Person) -> None:
    """Tell somebody nothing more of a need, nor of the one that it was merged into."""
    need = model.Session.get(Need, person.need_id)
    people.stop_telling(person)
    while need is not None and need.merged_into is not None:
        need = model.Session.get(Need, need.merged_into)
        there = _same_person(person, need.id) if need is not None else None
        if there is not None:
            people.stop_telling(there)
    model.Session.commit()


def update(need: Need, changes: dict[str, Any], actor: model.User) -> Need:
    """Look at a need, answer it, or correct what it says.

    :param changes: checked: any of ``state``, ``reason``, ``datasets`` (ids), ``title``, ``text``, ``kind``,
        ``territory``, ``sector``. A state makes a need that waits public.
    :raises InvalidInput: a reason or a dataset is missing
    :raises WrongState: it was merged, or nobody has confirmed it
    """
    need = _locked(need)
    if need.visibility in ("unconfirmed", "merged"):
        raise WrongState(tk._("This need was merged into another one, or its author has not confirmed it."))
    for field in ("title", "text", "kind"):
        if field in changes:
            setattr(need, field, changes[field])
    _place(need, changes.get("territory", need.territories), changes.get("sector", need.sectors))
    before = answers.of_need(need.id)
    after = changes.get("datasets", before)
    if after != before:
        answers.replace(need.id, after)
    step = _step(need, changes, actor, has_datasets=bool(after), answered_anew=after != before)
    need.changed = now()
    if step is not None:
        model.Session.add(step)
        model.Session.flush()
        if step.action != "edited":
            tell(need, step)
    model.Session.commit()
    answers.refresh_index(set(before) ^ set(after))
    return need


def reject(need: Need, reason: str, actor: model.User) -> Need:
    """Keep a need from the public for good: it asks for nothing that a catalogue could have, or it harms somebody.

    :raises WrongState: it was merged, or nobody has confirmed it
    """
    need = _locked(need)
    if need.visibility in ("unconfirmed", "merged"):
        raise WrongState(tk._("This need was merged into another one, or its author has not confirmed it."))
    need.visibility, need.reason, need.changed = "rejected", reason, now()
    step = Step(need_id=need.id, action="rejected", reason=reason, actor_id=actor.id)
    model.Session.add(step)
    model.Session.flush()
    tell(need, step, roles=("author",))
    model.Session.commit()
    answers.refresh_index(answers.of_need(need.id))
    return need


def merge(need: Need, into: Need, reason: str | None, actor: model.User) -> Need:
    """Let a need be one with another one, to which its supporters, its author and its address lead from now on.

    :raises WrongState: one of them cannot be merged
    """
    if need.id == into.id or into.visibility != "public" or need.visibility not in ("waiting", "public"):
        raise WrongState(tk._("Choose another need that is public to merge this one into."))
    # In one order, so that two who merge them into each other do not wait for ever.
    for one in sorted((need.id, into.id)):
        model.Session.get(Need, one, with_for_update=True, populate_existing=True)
    if into.visibility != "public" or need.visibility not in ("waiting", "public"):
        raise WrongState(tk._("One of the two was merged in the meantime."))
    linked = answers.of_need(need.id)
    need.visibility, need.merged_into, need.reason, need.changed = "merged", into.id, reason, now()
    model.Session.execute(sa.update(Need).where(Need.merged_into == need.id).values(merged_into=into.id))
    step = Step(need_id=need.id, action="merged", reason=reason, actor_id=actor.id)
    model.Session.add(step)
    model.Session.flush()
    tell(need, step)
    for person in model.Session.scalars(sa.select(Person).where(Person.need_id == need.id, Person.confirmed)).all():
        _move(person, into)
    answers.move(need.id, into.id)
    people.count(need)
    people.count(into)
    model.Session.commit()
    answers.refresh_index(linked)
    return into


def tell(need: Need, step: Step, roles: Sequence[str] = ("author", "supporter")) -> None:
    """Put an e-mail in the outbox for everybody who wants to be told, in the running transaction."""
    wanted = model.Session.scalars(
        sa.select(Person).where(Person.need_id == need.id, Person.confirmed, Person.notify, Person.role.in_(roles))
    )
    for person in wanted:
        model.Session.add(Mail(person_id=person.id, step_id=step.id))


def _step(
    need: Need, changes: dict[str, Any], actor: model.User, *, has_datasets: bool, answered_anew: bool
) -> Step | None:
    """Change state and reason; what is to be told of it, if anything."""
    wanted, reason = changes.get("state"), changes.get("reason")
    if wanted is None:
        if "reason" in changes:
            need.reason = reason
        return Step(need_id=need.id, action="edited", actor_id=actor.id)
    first = need.visibility != "public"
    refusal = states.refusal(need.state, wanted, has_datasets=has_datasets)
    if refusal == "datasets":
        raise InvalidInput({"datasets": [tk._("Name at least one dataset that answers it.")]})
    if states.needs_reason(wanted) and not reason:
        raise InvalidInput({"reason": [tk._("Say why, in a sentence that everybody may read.")]})
    same = refusal == "unchanged" and not first and not answered_anew and reason == need.reason
    need.visibility, need.state, need.reason = "public", wanted, reason
    need.published = need.published or now()
    if same:
        return None
    return Step(
        need_id=need.id, action="published" if first else "state", state=wanted, reason=reason, actor_id=actor.id
    )


def _place(need: Need, territories: list[str], sectors: list[str]) -> None:
    need.territories, need.sectors = list(territories), list(sectors)
    need.around = indexing.with_ancestors(list(territories))
    need.title_words = folded(masking.masked(need.title))
    need.words = folded(masking.masked(f"{need.title} {need.text}"))


def _same_person(person: Person, need_id: str) -> Person | None:
    mine = Person.user_id == person.user_id if person.user_id else Person.address_hash == person.address_hash
    return model.Session.scalar(sa.select(Person).where(Person.need_id == need_id, mine))


def _move(person: Person, into: Need) -> None:
    """Let somebody take part in another need; who did already does so once."""
    there = _same_person(person, into.id)
    if there is None:
        model.Session.add(
            Person(
                need_id=into.id, user_id=person.user_id, address_hash=person.address_hash, address=person.address,
                role="supporter", confirmed=True, notify=person.notify, language=person.language,
                forget=person.forget,
            )
        )  # fmt: skip
    elif person.notify and not there.notify:
        there.confirmed, there.notify = True, True
        there.address, there.forget = person.address, person.forget
    elif not there.confirmed:
        people.confirm(there)
    if person.address is not None:
        # Here it only serves for the last e-mail.
        person.forget = min(person.forget or now() + _LAST_MAIL, now() + _LAST_MAIL)


def _ask(person: Person) -> None:
    """Put the confirming e-mail in the outbox."""
    model.Session.add(Mail(person_id=person.id))


def _spend(user: model.User | None, address: str | None) -> None:
    if user is not None:
        rates.spend("user", user.id)
        return
    if where := rates.network_address():
        rates.spend("address", where)
    rates.spend("email", people.plain(address or ""))


def _locked(need: Need) -> Need:
    """The same need as it is now, held until the transaction ends."""
    found = model.Session.get(Need, need.id, with_for_update=True, populate_existing=True)
    if found is None:
        raise NotHere(tk._("There is no such need."))
    return found
