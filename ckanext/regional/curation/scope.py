"""Who reviews what: pure functions over stewardships. No CKAN import."""

from __future__ import annotations

import datetime
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from ckanext.regional import territory
from ckanext.regional.data.names import fold

#: Roles that review; ``coordinator`` steps in where nobody is left, ``dpo`` looks at personal data only.
REVIEWING = ("steward", "deputy")

ROLES = (*REVIEWING, "coordinator", "dpo")

_LABEL = "regional-scope:"
_ALL = "*"


@dataclass(frozen=True, slots=True)
class Stewardship:
    """One appointment; an empty territory or sector means all."""

    user_id: str
    territory: str | None
    sector: str | None
    role: str
    until: datetime.date | None = None


@dataclass(frozen=True, slots=True)
class Scope:
    """What a dataset is about: its territories with their ancestors, and its sectors."""

    territories: frozenset[str]
    sectors: frozenset[str]


@dataclass(frozen=True, slots=True)
class Reviewers:
    """Who may decide about a dataset (user ids).

    ``stewards`` are in scope; ``approvers`` are those of them whom four eyes does not exclude. With no approver left
    the case is ``unassigned``: coordinators decide, and where there is none, sysadmins.
    """

    stewards: frozenset[str]
    approvers: frozenset[str]
    coordinators: frozenset[str]

    @property
    def unassigned(self) -> bool:
        return not self.approvers

    @property
    def sysadmins_decide(self) -> bool:
        return self.unassigned and not self.coordinators


def in_force(stewardships: Iterable[Stewardship], today: datetime.date) -> list[Stewardship]:
    """Those appointments that have not ended; the last day counts."""
    return [one for one in stewardships if one.until is None or one.until >= today]


def covers(stewardship: Stewardship, scope: Scope, today: datetime.date) -> bool:
    """Whether an appointment is in force and covers a dataset of this scope."""
    if not in_force([stewardship], today):
        return False
    if stewardship.territory and stewardship.territory not in scope.territories:
        return False
    return not stewardship.sector or stewardship.sector in scope.sectors


def includes(stewardship: Stewardship, territory: str | None, sector: str | None) -> bool:
    """Whether all of a territory and a sector, empty for every one, lies in what an appointment is for."""
    if stewardship.territory and (not territory or stewardship.territory not in with_ancestors([territory])):
        return False
    return not stewardship.sector or stewardship.sector == sector


def gaps(
    stewardships: Iterable[Stewardship], places: Iterable[str], sectors: Iterable[str]
) -> tuple[list[str], dict[str, list[str]]]:
    """What nobody reviews.

    :param stewardships: those in force
    :returns: the sectors that nobody reviews in any of the places, and by sector the places where nobody does
    """
    reviewing = [one for one in stewardships if one.role in REVIEWING]
    around = {place: with_ancestors([place]) for place in places}
    nowhere: list[str] = []
    partly: dict[str, list[str]] = {}
    for sector in sectors:
        mine = [one for one in reviewing if not one.sector or one.sector == sector]
        missing = [
            place
            for place, above in around.items()
            if not any(not one.territory or one.territory in above for one in mine)
        ]
        if missing and len(missing) == len(around) and not mine:
            nowhere.append(sector)
        elif missing:
            partly[sector] = missing
    return nowhere, partly


def reviewers(
    stewardships: Iterable[Stewardship], scope: Scope, excluded: Collection[str], today: datetime.date
) -> Reviewers:
    """Sort the appointed into those who may review, approve or stand in.

    :param excluded: ids of those whom four eyes keeps from approving
    """
    in_scope = [one for one in stewardships if covers(one, scope, today)]
    stewards = frozenset(one.user_id for one in in_scope if one.role in REVIEWING)
    coordinators = frozenset(one.user_id for one in in_scope if one.role == "coordinator")
    return Reviewers(stewards, stewards.difference(excluded), coordinators.difference(excluded))


def with_ancestors(codes: Iterable[str]) -> frozenset[str]:
    """Territories and everything that contains them: what an appointment is compared with."""
    codes = frozenset(codes)
    return codes.union(above for code in codes for above in territory.ancestors(code))


def searched_words(title: str | None, name: str) -> str:
    """A dataset's title and name as the queue searches and sorts them: small letters without accents."""
    return fold(f"{title or name} {name}")


def dataset_labels(scope: Scope) -> list[str]:
    """The permission labels that let the stewards of ``scope`` read a dataset."""
    return [
        f"{_LABEL}{territory}|{sector}"
        for territory in (_ALL, *sorted(scope.territories))
        for sector in (_ALL, *sorted(scope.sectors))
    ]


def user_labels(stewardships: Iterable[Stewardship], today: datetime.date) -> list[str]:
    """The permission labels of somebody with these appointments."""
    return [f"{_LABEL}{one.territory or _ALL}|{one.sector or _ALL}" for one in in_force(stewardships, today)]
