"""Steps that were refused are remembered, once, and told to stewards only."""

from __future__ import annotations

import threading
from typing import Any

import ckan.plugins.toolkit as tk
import pytest
import sqlalchemy as sa
from ckan import model
from ckan.tests import factories
from ckan.tests.helpers import CKANTestApp

from ckanext.regional.curation.history import audit, denied
from ckanext.regional.curation.model import Event
from tests.conftest import People, act, appoint, fingerprint
from tests.curation.conftest import outcome


def told(dataset: dict[str, Any]) -> list[tuple[str | None, str | None, str]]:
    """What was refused to whom on which ground."""
    model.Session.rollback()
    query = (
        sa.select(Event.subject, Event.reason, model.User.name)
        .join(model.User, model.User.id == Event.actor_id)
        .where(Event.dataset_id == dataset["id"], Event.action == "denied")
        .order_by(Event.at)
    )
    return [(step, rule, name) for step, rule, name in model.Session.execute(query)]


def test_each_rule_by_its_name(people: People, submitted: dict[str, Any]) -> None:
    seen = fingerprint(people, submitted)
    decide = {"id": submitted["id"], "fingerprint": seen, "comment": "Lu."}
    appoint(people.editor, territory="fr:region:53")
    outcome(lambda: act("regional_curation_approve", people.editor, **decide))
    outcome(lambda: act("regional_curation_reject", people.member, **decide))
    outcome(lambda: act("regional_curation_release", people.steward, id=submitted["id"]))
    outcome(lambda: act("regional_curation_approve", people.steward, **decide | {"fingerprint": "0" * 64}))
    assert told(submitted) == [
        ("approve", "four_eyes", people.editor),
        ("reject", "scope", people.member),
        ("release", "state", people.steward),
        ("approve", "fingerprint", people.steward),
    ]
    assert audit.verify().seq == 6


def test_the_refused_step_itself_did_nothing(people: People, submitted: dict[str, Any]) -> None:
    outcome(lambda: act("regional_curation_approve", people.editor, id=submitted["id"], fingerprint="0"))
    shown = act("regional_curation_show", people.steward, id=submitted["id"])
    assert (shown["status"], shown["case"]["state"]) == ("unpublished", "submitted")


def test_of_whom_the_dataset_is_hidden_nothing_is_told(people: People, submitted: dict[str, Any]) -> None:
    for user in (people.outsider, people.steward_elsewhere, None):
        assert outcome(lambda user=user: act("regional_curation_approve", user, id=submitted["id"], fingerprint="0"))
    assert told(submitted) == []


def test_a_stranger_is_told_of_what_everybody_can_read(people: People, published: dict[str, Any]) -> None:
    outcome(lambda: act("regional_curation_approve", people.outsider, id=published["id"], fingerprint="0"))
    outcome(lambda: act("regional_curation_approve", None, id=published["id"], fingerprint="0"))
    assert told(published) == [("approve", "role", people.outsider)]


def test_the_same_attempt_again_and_again_is_one(people: People, submitted: dict[str, Any]) -> None:
    for comment in ("Un", "Deux", "Trois"):
        outcome(lambda comment=comment: act("regional_curation_reject", people.member, id="menus", comment=comment))
    assert len(told(submitted)) == 1


def test_nobody_fills_the_history(people: People, submitted: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(denied, "_MOST", 2)
    for step in ("approve", "reject", "claim", "release"):
        outcome(lambda step=step: act(f"regional_curation_{step}", people.member, id="menus", comment="Lu."))
    assert len(told(submitted)) == 2


def test_many_at_once_are_one(people: People, submitted: dict[str, Any]) -> None:
    together = threading.Barrier(4)

    def attempt() -> None:
        together.wait()
        outcome(lambda: act("regional_curation_reject", people.member, id="menus", comment="Non."))
        model.Session.remove()

    threads = [threading.Thread(target=attempt) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(told(submitted)) == 1


def test_words_of_a_refused_step_are_not_kept(people: People, submitted: dict[str, Any]) -> None:
    outcome(lambda: act("regional_curation_reject", people.member, id="menus", comment="Secret."))
    assert model.Session.scalar(sa.text("SELECT count(*) FROM regional_event_text WHERE comment = 'Secret.'")) == 0


def test_only_stewards_are_told(people: People, submitted: dict[str, Any]) -> None:
    outcome(lambda: act("regional_curation_reject", people.member, id="menus", comment="Non."))
    sees = {}
    for role in ("steward", "sysadmin", "editor", "org_admin"):
        found = act("regional_curation_history", getattr(people, role), id="menus")
        sees[role] = "denied" in [event["action"] for event in found["results"]]
    assert sees == {"steward": True, "sysadmin": True, "editor": False, "org_admin": False}


def test_the_case_page_tells_stewards_who_tried(app: CKANTestApp, people: People, submitted: dict[str, Any]) -> None:
    outcome(lambda: act("regional_curation_reject", people.member, id="menus", comment="Non."))
    pages = {}
    for role in ("steward", "editor"):
        token = factories.APIToken(user=getattr(people, role))["token"]
        pages[role] = app.get("/regional/case/menus", headers={"Authorization": token}).get_data(as_text=True)
    assert ["Refused: reject" in page for page in pages.values()] == [True, False]
    assert "Only a steward" not in pages["steward"]


def test_what_is_not_there_is_not_told(people: People, submitted: dict[str, Any]) -> None:
    with pytest.raises(tk.ObjectNotFound):
        act("regional_curation_reject", people.member, id="nowhere", comment="Non.")
    assert told(submitted) == []
