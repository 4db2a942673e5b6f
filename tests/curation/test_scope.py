"""Who reviews what, and what labels say of it: the two must always agree."""

from __future__ import annotations

import datetime
import itertools

import pytest

from ckanext.regional.curation.scope import (
    Scope,
    Stewardship,
    covers,
    dataset_labels,
    reviewers,
    user_labels,
)

TODAY = datetime.date(2026, 3, 1)
YESTERDAY, TOMORROW = TODAY - datetime.timedelta(1), TODAY + datetime.timedelta(1)
BREST = Scope(
    frozenset({"fr:commune:29019", "fr:departement:29", "fr:region:53", "country:fr"}), frozenset({"school", "medical"})
)
NOWHERE = Scope(frozenset(), frozenset())


def steward(
    territory: str | None = None, sector: str | None = None, role: str = "steward", until: datetime.date | None = None,
    user: str = "anna",
) -> Stewardship:  # fmt: skip
    return Stewardship(user, territory, sector, role, until)


@pytest.mark.parametrize(
    ("one", "covered"),
    [
        (steward(), True),
        (steward("fr:commune:29019"), True),
        (steward("fr:region:53"), True),
        (steward("country:fr"), True),
        (steward("fr:region:52"), False),
        (steward("fr:commune:29018"), False),
        (steward(None, "school"), True),
        (steward(None, "tourist"), False),
        (steward("fr:region:53", "medical"), True),
        (steward("fr:region:53", "tourist"), False),
        (steward("fr:region:52", "school"), False),
        (steward("", ""), True),
        (steward(until=TOMORROW), True),
        (steward(until=TODAY), True),
        (steward(until=YESTERDAY), False),
    ],
)
def test_coverage(one: Stewardship, covered: bool) -> None:
    assert covers(one, BREST, TODAY) is covered


@pytest.mark.parametrize(("one", "covered"), [(steward(), True), (steward("country:fr"), False)])
def test_a_dataset_of_no_territory_is_for_those_of_all(one: Stewardship, covered: bool) -> None:
    assert covers(one, NOWHERE, TODAY) is covered


@pytest.mark.parametrize("scope", [BREST, NOWHERE])
@pytest.mark.parametrize(
    ("territory", "sector", "until"),
    itertools.product(
        (None, "fr:region:53", "fr:region:52"), (None, "school", "tourist"), (None, YESTERDAY, TODAY, TOMORROW)
    ),
)
def test_labels_open_exactly_what_is_covered(
    scope: Scope, territory: str | None, sector: str | None, until: datetime.date | None
) -> None:
    one = steward(territory, sector, until=until)
    opened = bool(set(user_labels([one], TODAY)) & set(dataset_labels(scope)))
    assert opened is covers(one, scope, TODAY)


@pytest.mark.parametrize("text", ["*", "*|*", "fr:region:53|school"])
def test_no_territory_code_reads_as_a_label_of_more(text: str) -> None:
    assert not set(user_labels([steward(text, "tourist")], TODAY)) & set(dataset_labels(BREST))


@pytest.mark.parametrize(
    ("role", "expected"),
    [
        ("steward", ({"anna"}, {"anna"}, set())),
        ("deputy", ({"anna"}, {"anna"}, set())),
        ("coordinator", (set(), set(), {"anna"})),
        ("dpo", (set(), set(), set())),
    ],
)
def test_what_a_role_may(role: str, expected: tuple[set[str], set[str], set[str]]) -> None:
    who = reviewers([steward(role=role)], BREST, (), TODAY)
    assert (who.stewards, who.approvers, who.coordinators) == expected


def test_four_eyes_leave_a_steward_who_may_send_back() -> None:
    who = reviewers([steward()], BREST, {"anna"}, TODAY)
    assert (who.stewards, who.approvers) == ({"anna"}, frozenset())


@pytest.mark.parametrize(
    ("appointed", "excluded", "expected"),
    [
        ([], set(), (True, True)),
        ([steward()], set(), (False, False)),
        ([steward()], {"anna"}, (True, True)),
        ([steward(), steward(user="bob")], {"anna"}, (False, False)),
        ([steward(), steward(user="carl", role="coordinator")], {"anna"}, (True, False)),
        ([steward(), steward(user="carl", role="coordinator")], {"anna", "carl"}, (True, True)),
        ([steward(until=YESTERDAY)], set(), (True, True)),
        ([steward("fr:region:52")], set(), (True, True)),
    ],
)
def test_who_is_left(appointed: list[Stewardship], excluded: set[str], expected: tuple[bool, bool]) -> None:
    who = reviewers(appointed, BREST, excluded, TODAY)
    assert (who.unassigned, who.sysadmins_decide) == expected
