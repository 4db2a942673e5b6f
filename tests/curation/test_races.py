"""Two people at once: whoever comes second meets what the first one did, and nothing is done twice or by halves."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import ckan.plugins.toolkit as tk
import pytest
import sqlalchemy as sa
from ckan import model
from ckan.tests.helpers import CKANTestApp

from tests.conftest import BRETAGNE, People, act, appoint, fingerprint
from tests.curation.conftest import rows_of

Call = Callable[[], Any]

#: More often than this nobody has to ask the database whether a thread has come to the lock.
_MOST_LOOKS = 50_000


def one_after_the_other(app: CKANTestApp, package_id: str, *calls: Call) -> list[str]:
    """Let calls meet at the lock of a dataset, in this order; the name of the error that each ends in, or nothing.

    The lock is held until all of them wait, so each has read what was there before any has written.
    """
    outcomes = [""] * len(calls)

    def run(number: int, call: Call) -> None:
        with app.flask_app.test_request_context():
            try:
                call()
            except Exception as error:  # noqa: BLE001 - whatever it is, it is what the test asks about
                outcomes[number] = type(error).__name__
            finally:
                model.Session.remove()

    threads = [threading.Thread(target=run, args=one) for one in enumerate(calls)]
    model.Session.remove()
    assert model.meta.engine is not None
    with model.meta.engine.connect() as holder, model.meta.engine.connect() as watcher:
        holder.execute(sa.text("SELECT 1 FROM package WHERE id = :id FOR UPDATE"), {"id": package_id})
        for number, thread in enumerate(threads, 1):
            thread.start()
            _wait_until_blocked(watcher, number)
        holder.rollback()
        for thread in threads:
            thread.join()
    return outcomes


def _wait_until_blocked(watcher: sa.Connection, expected: int) -> None:
    blocked = None
    for _ in range(_MOST_LOOKS):
        blocked = watcher.scalar(
            sa.text(
                "SELECT count(*) FROM pg_stat_activity"
                " WHERE datname = current_database() AND cardinality(pg_blocking_pids(pid)) > 0"
            )
        )
        watcher.rollback()
        if blocked == expected:
            return
    raise AssertionError(f"{blocked} calls wait for the dataset, not {expected}")


@pytest.fixture
def second_steward(people: People) -> str:
    appoint(people.outsider, territory=BRETAGNE)
    return people.outsider


def decide(decision: str, steward: str, dataset: dict[str, Any], seen: str) -> Call:
    return lambda: act(f"regional_curation_{decision}", steward, id=dataset["id"], fingerprint=seen, comment="Lu.")


def events(dataset: dict[str, Any]) -> list[str]:
    model.Session.rollback()
    # That the second one was refused is remembered too; here it is about what was done.
    query = sa.text("SELECT action FROM regional_event WHERE dataset_id = :id AND action <> 'denied' ORDER BY at")
    return list(model.Session.scalars(query, {"id": dataset["id"]}))


@pytest.fixture
def seen(people: People, submitted: dict[str, Any]) -> str:
    return fingerprint(people, submitted)


def test_of_two_approvals_one_is_done(
    app: CKANTestApp, people: People, submitted: dict[str, Any], seen: str, second_steward: str
) -> None:
    calls = [decide("approve", steward, submitted, seen) for steward in (people.steward, second_steward)]
    outcomes = one_after_the_other(app, submitted["id"], *calls)
    assert (outcomes, events(submitted)) == (["", "ValidationError"], ["created", "submit", "approve"])


@pytest.mark.parametrize("decisions", [("approve", "reject"), ("reject", "approve"), ("request_changes", "approve")])
def test_of_two_decisions_the_first_holds(
    app: CKANTestApp,
    people: People,
    submitted: dict[str, Any],
    seen: str,
    second_steward: str,
    decisions: tuple[str, str],
) -> None:
    first, second = decisions
    outcomes = one_after_the_other(
        app,
        submitted["id"],
        decide(first, people.steward, submitted, seen),
        decide(second, second_steward, submitted, seen),
    )
    assert (outcomes, events(submitted)) == (["", "ValidationError"], ["created", "submit", first])


def test_of_two_submissions_one_opens_a_case(app: CKANTestApp, people: People, dataset: dict[str, Any]) -> None:
    outcomes = one_after_the_other(
        app,
        dataset["id"],
        lambda: act("regional_curation_submit", people.editor, id=dataset["id"]),
        lambda: act("regional_curation_submit", people.editor2, id=dataset["id"]),
    )
    assert (outcomes, len(rows_of(dataset["id"])["regional_case"])) == (["", "ValidationError"], 1)


#: What changes a dataset by another way than ``package_update``, and the error that it ends in once it is published.
CHANGES: dict[str, tuple[str, Callable[[dict[str, Any]], dict[str, Any]]]] = {
    "edit": ("package_patch", lambda one: {"id": one["id"], "title": "X"}),
    "delete": ("package_delete", lambda one: {"id": one["id"]}),
    "resource": ("resource_create", lambda one: {"package_id": one["id"], "url": "https://example.org/b"}),
    "view": (
        "resource_view_create",
        lambda one: {"resource_id": one["resources"][0]["id"], "title": "X", "view_type": "text_view"},
    ),
    "table": (
        "datastore_create",
        lambda one: {
            "resource_id": one["resources"][0]["id"],
            "force": True,
            "fields": [{"id": "a", "type": "text"}],
            "records": [{"a": "X"}],
        },
    ),
    "move": ("package_owner_org_update", lambda one: {"id": one["id"], "organization_id": "elsewhere"}),
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_change_that_comes_after_the_approval_is_refused(
    app: CKANTestApp, people: People, submitted: dict[str, Any], seen: str, change: str
) -> None:
    action, data = CHANGES[change]
    outcomes = one_after_the_other(
        app,
        submitted["id"],
        decide("approve", people.steward, submitted, seen),
        lambda: act(action, people.org_admin, **data(submitted)),
    )
    assert (outcomes, events(submitted)) == (["", "RegionalRefused"], ["created", "submit", "approve"])


@pytest.mark.parametrize("change", ["edit", "delete", "resource", "table"])
def test_an_approval_that_comes_after_a_change_is_refused(
    app: CKANTestApp, people: People, submitted: dict[str, Any], seen: str, change: str
) -> None:
    action, data = CHANGES[change]
    outcomes = one_after_the_other(
        app,
        submitted["id"],
        lambda: act(action, people.org_admin, **data(submitted)),
        decide("approve", people.steward, submitted, seen),
    )
    assert (outcomes, "approve" in events(submitted)) == (["", "ValidationError"], False)


def test_an_approval_that_comes_after_the_purge_finds_nothing(
    app: CKANTestApp, people: People, submitted: dict[str, Any], seen: str
) -> None:
    outcomes = one_after_the_other(
        app,
        submitted["id"],
        lambda: act("dataset_purge", people.sysadmin, id=submitted["id"]),
        decide("approve", people.steward, submitted, seen),
    )
    assert outcomes == ["", tk.ObjectNotFound.__name__]


def test_an_approval_that_comes_after_the_withdrawal_is_refused(
    app: CKANTestApp, people: People, submitted: dict[str, Any], seen: str
) -> None:
    outcomes = one_after_the_other(
        app,
        submitted["id"],
        lambda: act("regional_curation_withdraw", people.editor, id=submitted["id"]),
        decide("approve", people.steward, submitted, seen),
    )
    assert (outcomes, events(submitted)[-1]) == (["", "ValidationError"], "withdraw")


def test_a_resubmission_that_meets_an_edit_is_of_what_is_there(
    app: CKANTestApp, people: People, dataset: dict[str, Any]
) -> None:
    one_after_the_other(
        app,
        dataset["id"],
        lambda: act("package_patch", people.editor, id=dataset["id"], title="X"),
        lambda: act("regional_curation_submit", people.editor, id=dataset["id"]),
    )
    shown = act("regional_curation_show", people.editor, id=dataset["id"])
    assert shown["case"]["fingerprint"] == shown["fingerprint"]
