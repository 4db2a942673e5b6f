"""The queue: which cases wait, for whom; one query for the cases, one for what belongs to them."""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa
from ckan import authz, model

from ckanext.regional.curation import stewards
from ckanext.regional.curation.content import scope_of
from ckanext.regional.curation.model import Case, Check, Contributor
from ckanext.regional.curation.scope import Reviewers, Scope, covers, reviewers
from ckanext.regional.curation.states import UNDECIDED
from ckanext.regional.database import now
from ckanext.regional.exceptions import InvalidInput
from ckanext.regional.indexing import listed

#: How cases can be sorted; the default puts what is due first.
SORTS = {
    "due": (Case.due.asc().nulls_last(), Case.id),
    "submitted": (Case.submitted_at.desc().nulls_last(), Case.id),
    "title": (sa.func.lower(model.Package.title), Case.id),
}

_MOST_ROWS = 1000


@dataclass(frozen=True, slots=True)
class Filters:
    """What of the queue is asked for; see the action ``regional_curation_queue``."""

    states: Collection[str] = UNDECIDED
    territory: str | None = None
    sector: str | None = None
    kind: str | None = None
    mine: bool = False
    unassigned: bool = False
    overdue: bool = False
    q: str | None = None
    sort: str = "due"
    start: int = 0
    rows: int = 20


@dataclass(slots=True)
class Entry:
    """A case with its dataset and what the reader needs to decide where to begin."""

    case: Case
    package: model.Package
    scope: Scope
    who: Reviewers
    checks: list[Check] = field(default_factory=list)


def entries(user: model.User, filters: Filters) -> tuple[int, list[Entry], dict[str, Counter[str]]]:
    """The cases that ``user`` may know of and that pass the filters.

    :returns: how many there are, those of the page asked for, and the facets: ``territory``, ``sector`` and ``kind``,
        each counting the cases by value
    """
    found = [entry for entry in _readable(user, filters) if _passes(user, entry, filters)]
    page = found[filters.start : filters.start + min(filters.rows, _MOST_ROWS)]
    _add_checks(page)
    return len(found), page, _facets(found)


def waiting_for(user: model.User) -> int:
    """How many undecided cases wait for ``user`` to decide."""
    return entries(user, Filters(mine=True, rows=0))[0]


def _readable(user: model.User, filters: Filters) -> list[Entry]:
    query = (
        sa.select(Case, model.Package)
        .join(model.Package, model.Package.id == Case.dataset_id)
        .where(Case.state.in_(filters.states), model.Package.state != "deleted")
        .order_by(*_sorted(filters.sort))
    )
    if filters.kind:
        query = query.where(Case.kind == filters.kind)
    if filters.overdue:
        query = query.where(Case.due < now())
    if filters.q:
        pattern = "%" + filters.q.replace("\\", r"\\").replace("%", r"\%").replace("_", r"\_") + "%"
        query = query.where(sa.or_(model.Package.title.ilike(pattern), model.Package.name.ilike(pattern)))
    rows = model.Session.execute(query).tuples().all()
    appointed, today = stewards.appointed(), datetime.date.today()
    mine = [one for one in appointed if one.user_id == user.id]
    everything = authz.is_sysadmin(user.name)
    organisations = set() if everything else stewards.organisations_of(user)
    contributors = _contributors([case.dataset_id for case, _package in rows])
    result = []
    for case, package in rows:
        scope = scope_of(package)
        mine_to_review = any(covers(one, scope, today) for one in mine)
        if not (everything or mine_to_review or package.owner_org in organisations):
            continue
        excluded = contributors.get(package.id, set()) | {package.creator_user_id or "", case.submitted_by or ""}
        result.append(Entry(case, package, scope, reviewers(appointed, scope, excluded, today)))
    return result


def _passes(user: model.User, entry: Entry, filters: Filters) -> bool:
    if filters.territory and filters.territory not in entry.scope.territories:
        return False
    if filters.sector and filters.sector not in entry.scope.sectors:
        return False
    if filters.unassigned and not entry.who.unassigned:
        return False
    return not filters.mine or _is_mine(user, entry)


def _is_mine(user: model.User, entry: Entry) -> bool:
    if user.id in entry.who.approvers:
        return True
    if not entry.who.unassigned:
        return False
    return user.id in entry.who.coordinators or (entry.who.sysadmins_decide and authz.is_sysadmin(user.name))


def _sorted(sort: str) -> tuple[Any, ...]:
    if sort not in SORTS:
        raise InvalidInput({"sort": [f"“{sort}”: {', '.join(SORTS)}"]})
    return SORTS[sort]


def _contributors(dataset_ids: list[str]) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    rows = model.Session.execute(
        sa.select(Contributor.dataset_id, Contributor.user_id).where(Contributor.dataset_id.in_(dataset_ids))
    )
    for dataset_id, user_id in rows:
        found.setdefault(dataset_id, set()).add(user_id)
    return found


def _add_checks(page: list[Entry]) -> None:
    by_dataset: dict[str, list[Check]] = {}
    ids = [entry.package.id for entry in page]
    for check in model.Session.scalars(sa.select(Check).where(Check.dataset_id.in_(ids))):
        by_dataset.setdefault(check.dataset_id, []).append(check)
    for entry in page:
        entry.checks = by_dataset.get(entry.package.id, [])


def _facets(found: list[Entry]) -> dict[str, Counter[str]]:
    return {
        "territory": Counter(code for entry in found for code in listed(entry.package.extras.get("territory"))),
        "sector": Counter(code for entry in found for code in entry.scope.sectors),
        "kind": Counter(entry.case.kind for entry in found),
    }
