"""The history: nobody changes it unseen, and it outlives what it tells of."""

from __future__ import annotations

import hashlib
import threading
from typing import Any

import ckan.plugins.toolkit as tk
import pytest
import sqlalchemy as sa
from ckan import model
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from ckanext.regional.curation.history import audit, events
from ckanext.regional.curation.model import Event, EventSeal, EventText
from ckanext.regional.database import now
from ckanext.regional.volatile import canonical
from tests.conftest import People, act

STATEMENTS = (
    "UPDATE regional_event SET action = 'approve'",
    "UPDATE regional_event SET action = 'approve' WHERE false",
    "DELETE FROM regional_event",
    "TRUNCATE regional_event",
    "UPDATE regional_event_seal SET hash = ''",
    "DELETE FROM regional_event_seal",
    "TRUNCATE regional_event_seal",
    "TRUNCATE regional_event_text, regional_event CASCADE",
    "TRUNCATE regional_event_text",
    "DELETE FROM regional_event_text",
    "UPDATE regional_event_text SET comment = 'Non.'",
    "UPDATE regional_event_text SET comment = NULL, salt = 'other'",
)


def test_the_database_refuses_to_change_the_history(people: People, dataset: dict[str, Any]) -> None:
    events.seal()
    for statement in STATEMENTS:
        with pytest.raises(DBAPIError, match="append-only"):
            model.Session.execute(sa.text(statement))
        model.Session.rollback()


def chain() -> list[tuple[EventSeal, Event]]:
    query = sa.select(EventSeal, Event).join(Event, Event.id == EventSeal.event_id).order_by(EventSeal.seq)
    return list(model.Session.execute(query).tuples())


def broken() -> list[int]:
    """The number at which the chain does not hold."""
    try:
        audit.verify()
    except audit.ChainBroken as found:
        return [found.seq]
    return []


def test_the_chain_holds(people: People, published: dict[str, Any]) -> None:
    found = audit.verify()
    assert (len(chain()), found.seq, found.hash) == (3, 3, chain_hash(3))


def test_it_holds_when_sealed_piece_by_piece(people: People, submitted: dict[str, Any]) -> None:
    events.seal()
    act("regional_curation_withdraw", people.editor, id=submitted["id"])
    events.seal()
    assert (len(chain()), broken()) == (3, [])


def test_another_value_in_a_row_breaks_the_chain(people: People, submitted: dict[str, Any]) -> None:
    events.seal()
    _seal, event = chain()[1]
    sealed = chain_hash(2)
    for column in sa.inspect(Event).columns:
        value = getattr(event, column.key)
        with model.Session.no_autoflush:
            setattr(event, column.key, now() if column.key == "at" else "forged")
            assert events.chained(chain_hash(1), 2, event) != sealed, column.key
            setattr(event, column.key, value)


def chain_hash(number: int) -> str:
    found = model.Session.scalar(sa.select(EventSeal.hash).where(EventSeal.seq == number))
    assert found is not None
    return found


def test_the_words_are_bound_by_their_digest(people: People, submitted: dict[str, Any]) -> None:
    act("regional_curation_withdraw", people.editor, id=submitted["id"], comment="Trop tôt.")
    event = model.Session.scalars(sa.select(Event).where(Event.action == "withdraw")).one()
    text = model.Session.get(EventText, event.id)
    assert text is not None
    words = {"actor_name": people.editor, "comment": "Trop tôt.", "fields": None}
    assert event.text_digest == hashlib.sha256((text.salt + canonical(words)).encode()).hexdigest()


def _unsealed() -> Session:
    """A transaction that has written an event and is not at its end."""
    session = Session(model.meta.engine)
    session.add(Event(id="late", dataset_id="d", action="created"))
    session.flush()
    return session


def test_sealing_passes_over_what_is_not_committed(people: People, dataset: dict[str, Any]) -> None:
    late = _unsealed()
    act("regional_curation_submit", people.editor, id=dataset["id"])
    events.seal()
    late.rollback()
    late.close()
    assert [event.action for _seal, event in chain()] == ["created", "submit"]


def test_what_is_committed_later_is_sealed_later(people: People, dataset: dict[str, Any]) -> None:
    late = _unsealed()
    act("regional_curation_submit", people.editor, id=dataset["id"])
    events.seal()
    late.commit()
    late.close()
    events.seal()
    assert ([event.id for _seal, event in chain()][-1], broken()) == ("late", [])


def test_two_sealers_number_everything_once(people: People, submitted: dict[str, Any]) -> None:
    together = threading.Barrier(4)

    def seal() -> None:
        together.wait()
        events.seal()

    threads = [threading.Thread(target=seal) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(chain()), broken()) == (2, [])


def actions(user: str, dataset: str) -> list[str]:
    return [event["action"] for event in act("regional_curation_history", user, id=dataset)["results"]]


@pytest.mark.parametrize("key", ["id", "name"])
def test_the_history_is_found_by_id_and_name(people: People, submitted: dict[str, Any], key: str) -> None:
    assert actions(people.editor, submitted[key]) == ["created", "submit"]


def test_the_history_of_what_was_deleted(people: People, submitted: dict[str, Any]) -> None:
    act("package_delete", people.editor, id=submitted["id"])
    assert actions(people.editor, submitted["id"]) == ["created", "submit", "deleted"]


def test_a_purge_leaves_no_open_case(people: People, submitted: dict[str, Any]) -> None:
    act("dataset_purge", people.sysadmin, id=submitted["id"])
    query = sa.text("SELECT state FROM regional_case WHERE dataset_id = :id")
    assert list(model.Session.scalars(query, {"id": submitted["id"]})) == ["withdrawn"]


@pytest.mark.parametrize("role", ["editor", "steward", "outsider"])
def test_the_history_of_what_was_purged_is_for_sysadmins(people: People, submitted: dict[str, Any], role: str) -> None:
    act("dataset_purge", people.sysadmin, id=submitted["id"])
    with pytest.raises(tk.NotAuthorized):
        actions(getattr(people, role), submitted["id"])


def test_there_is_no_history_of_what_never_was(people: People) -> None:
    with pytest.raises(tk.ObjectNotFound):
        actions(people.sysadmin, "never")


def test_a_new_dataset_of_the_name_has_a_history_of_its_own(people: People, published: dict[str, Any]) -> None:
    from tests.conftest import complete

    act("dataset_purge", people.sysadmin, id=published["id"])
    act("package_create", people.editor, **complete(people))
    assert actions(people.editor, "menus") == ["created"]


def test_who_is_gone_is_still_named(people: People, submitted: dict[str, Any]) -> None:
    act("user_delete", people.sysadmin, id=people.editor)
    history = act("regional_curation_history", people.sysadmin, id=submitted["id"])["results"]
    assert {event["actor"] for event in history} == {people.editor}


def test_who_is_gone_from_the_database_is_still_named(people: People, submitted: dict[str, Any]) -> None:
    user = model.User.get(people.editor)
    assert user is not None
    model.Session.execute(sa.text("DELETE FROM activity WHERE user_id = :id"), {"id": user.id})
    model.Session.execute(sa.text("DELETE FROM dashboard WHERE user_id = :id"), {"id": user.id})
    model.Session.execute(sa.text('DELETE FROM "user" WHERE id = :id'), {"id": user.id})
    model.Session.commit()
    history = act("regional_curation_history", people.sysadmin, id=submitted["id"])["results"]
    assert {event["actor"] for event in history} == {people.editor}
