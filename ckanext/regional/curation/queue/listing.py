"""The queue: which cases wait, for whom. The number of questions to the database does not grow with the cases."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

import sqlalchemy as sa
from ckan import authz, model
from ckan.common import g
from flask import has_request_context, request

from ckanext.regional.curation.cases import scope_of
from ckanext.regional.curation.model import Case, CaseScope, Check, Contributor
from ckanext.regional.curation.people import stewards
from ckanext.regional.curation.queue import rules as rules
from ckanext.regional.curation.scope import REVIEWING, Reviewers, in_force, reviewers
from ckanext.regional.curation.states import UNDECIDED
from ckanext.regional.data.names import fold_query
from ckanext.regional.database import now
from ckanext.regional.exceptions import InvalidInput

#: How cases can be sorted, by the columns of the base; the default puts what is due first.
SORTS: dict[str, Callable[[Any], tuple[Any, ...]]] = {
    "due": lambda columns: (columns.due.asc().nulls_last(), columns.id),
    "submitted": lambda columns: (columns.submitted_at.desc().nulls_last(), columns.id),
    "title": lambda columns: (columns.words, columns.id),
}

#: States that the facet offers besides those asked for: what is at work and what waits for its author.
_OFFERED = (*UNDECIDED, "changes_requested")

_MOST_ROWS = 1000
#: Of each facet: nobody reads further down, and a region has thousands of communes.
_MOST_VALUES = 50

_COUNT = sa.func.count().label("count")

Facets = dict[str, list[tuple[str, int]]]


@dataclass(frozen=True, slots=True)
class Filters:
    """What of the queue is asked for; see the action ``regional_curation_queue``."""

    states: tuple[str, ...] = UNDECIDED
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
    who: Reviewers
    checks: list[Check] = field(default_factory=list)


def entries(user: model.User, filters: Filters) -> tuple[int, list[Entry], Facets]:
    """The cases that ``user`` may know of and that pass the filters.

    :returns: how many there are, those of the page asked for, and the facets ``territory`` (with what contains each),
        ``sector``, ``kind``, ``state`` and ``overdue``: values with their numbers of cases, the most frequent first.
        What ``state`` and ``overdue`` count is not narrowed by the filter of the same name, so that they offer a way
        back.
    """
    counted, ids = _counted(_asked(user, filters), filters)
    total = sum(count for _name, count in counted.pop("count"))
    _remember(user, filters, total)
    query = _joined(sa.select(Case, model.Package)).where(Case.id.in_(ids))
    rows = model.Session.execute(query).tuples().all() if ids else []
    return total, _entries(sorted(rows, key=lambda row: ids.index(row[0].id))), counted


def waiting_for(user: model.User, most: int | None = None) -> int:
    """How many undecided cases wait for ``user`` to decide.

    :param most: count no further, for who shows the number on every page; may be given more, where it is known
    """
    return _count(user, Filters(mine=True), most)


def late_for(user: model.User) -> int:
    """How many of these are late."""
    return _count(user, Filters(mine=True, overdue=True))


def unassigned_for(user: model.User) -> int:
    """How many of the undecided cases that ``user`` may know of have no steward who may approve."""
    return _count(user, Filters(unassigned=True))


def _count(user: model.User, filters: Filters, most: int | None = None) -> int:
    known = _remembered().get((user.id, _plain(filters)))
    if known is not None:
        return known
    conditions = [*_asked(user, filters, most), Case.state.in_(filters.states)]
    conditions += [Case.due < now()] if filters.overdue else []
    rows = _joined(sa.select(Case.id)).where(*conditions).limit(most).subquery()
    total = model.Session.scalar(sa.select(sa.func.count()).select_from(rows)) or 0
    if most is None or total < most:
        _remember(user, filters, total)
    return total


def _remember(user: model.User, filters: Filters, total: int) -> None:
    """Every page shows how much waits: a page of the queue has counted it already."""
    _remembered()[user.id, _plain(filters)] = total


def _remembered() -> dict[tuple[str, Filters], int]:
    """The counts of this request, forgotten with it; nothing is kept for jobs and the command line."""
    if not has_request_context() or request.method != "GET":
        return {}
    return g.setdefault("regional_queue_counts", {})


def _plain(filters: Filters) -> Filters:
    return replace(filters, sort="due", start=0, rows=0)


def _joined(query: Any) -> Any:
    return (
        query.select_from(Case)
        .join(model.Package, model.Package.id == Case.dataset_id)
        .join(CaseScope, CaseScope.dataset_id == Case.dataset_id)
        .where(model.Package.state != "deleted")
    )


def _asked(user: model.User, filters: Filters, most: int | None = None) -> list[rules.Condition]:
    """Every condition but those on state and lateness, whose facets also count what the filter leaves out.

    :param most: where no exact number is wanted, so that none is counted on the way
    """
    today = datetime.date.today()
    mine = in_force(stewards.of_user(user.id), today)
    conditions = [_for_me(user, mine, today, most) if filters.mine else _readable(user, mine)]
    if filters.unassigned:
        conditions.append(rules.unassigned(today))
    if filters.territory:
        conditions.append(CaseScope.territories.contains([filters.territory]))
    if filters.sector:
        conditions.append(CaseScope.sectors.contains([filters.sector]))
    if filters.kind:
        conditions.append(Case.kind == filters.kind)
    conditions += [CaseScope.words.contains(word) for word in fold_query(filters.q or "").split()]
    return conditions


def _readable(user: model.User, mine: list[stewards.Stewardship]) -> rules.Condition:
    if authz.is_sysadmin(user.name):
        return sa.true()
    # Of a proposal only those know who edit the dataset or review it, and of what is hidden its whole organisation.
    read = sa.and_(Case.kind != "revision", model.Package.owner_org.in_(stewards.organisations_of(user)))
    return sa.or_(rules.covered_by(mine), read, model.Package.owner_org.in_(stewards.edits_in(user.id)))


def _for_me(
    user: model.User, mine: list[stewards.Stewardship], today: datetime.date, most: int | None
) -> rules.Condition:
    """What ``user`` may decide about now: as the one to approve, or where nobody is left to."""
    reviewed = [one for one in mine if one.role in REVIEWING]
    if not reviewed and not _count(user, Filters(unassigned=True), None if most is None else 1):
        # Who only stands in has nothing where every case has its steward; the number is shown beside it anyway.
        return sa.false()
    ways = [rules.covered_by(reviewed)]
    coordinated = [one for one in mine if one.role == "coordinator"]
    if coordinated:
        ways.append(sa.and_(rules.covered_by(coordinated), rules.unassigned(today)))
    if authz.is_sysadmin(user.name):
        ways.append(sa.and_(rules.unassigned(today), rules.no_coordinator(today)))
    return sa.and_(~rules.excludes(user.id), sa.or_(sa.false(), *ways))


def _counted(asked: list[rules.Condition], filters: Filters) -> tuple[Facets, list[str]]:
    """Total, facets and the ids of the page by one statement that goes through the cases once."""
    if filters.sort not in SORTS:
        raise InvalidInput({"sort": [f"“{filters.sort}”: {', '.join(SORTS)}"]})
    late = sa.func.coalesce(Case.due < now(), sa.false()).label("late")
    base = _joined(
        sa.select(
            Case.id, Case.kind, Case.state, Case.due, Case.submitted_at, late,
            CaseScope.territories, CaseScope.sectors, CaseScope.words,
        )
    )  # fmt: skip
    states = {*filters.states, *_OFFERED}
    base = base.where(*asked, Case.state.in_(states)).cte("base").prefix_with("MATERIALIZED", dialect="postgresql")
    in_state = base.c.state.in_(filters.states)
    found = [in_state, base.c.late] if filters.overdue else [in_state]
    parts = [
        _alone("count", found),
        _alone("overdue", [in_state, base.c.late]),
        _grouped("state", base.c.state, [base.c.late] if filters.overdue else []),
        _grouped("kind", base.c.kind, found),
        _grouped("sector", sa.func.unnest(base.c.sectors), found),
        _grouped("territory", sa.func.unnest(base.c.territories), found),
        sa.select(sa.literal("row").label("facet"), base.c.id.label("name"), sa.literal(1).label("count"))
        .where(*found)
        .order_by(*SORTS[filters.sort](base.c))
        .offset(filters.start)
        .limit(min(filters.rows, _MOST_ROWS)),
    ]
    counted: Facets = {}
    for facet, name, count in model.Session.execute(sa.union_all(*(sa.select(part.subquery()) for part in parts))):
        values = counted.setdefault(facet, [])
        if count:
            values.append((name, count))
    facets = {
        name: sorted(counted.get(name, []), key=lambda one: (-one[1], one[0]))
        for name in ("count", "overdue", "state", "kind", "sector", "territory")
    }
    return facets, [case_id for case_id, _one in counted.get("row", [])]


def _alone(facet: str, where: list[Any]) -> Any:
    return sa.select(sa.literal(facet).label("facet"), sa.literal("1").label("name"), _COUNT).where(*where)


def _grouped(facet: str, value: Any, where: list[Any]) -> Any:
    name = value.label("name")
    query = sa.select(sa.literal(facet).label("facet"), name, _COUNT).where(sa.true(), *where).group_by(name)
    return query.order_by(_COUNT.desc(), name).limit(_MOST_VALUES)


def _entries(rows: list[tuple[Case, model.Package]]) -> list[Entry]:
    """The page's cases with who may decide and what the checks said; the questions are the same for any page."""
    ids = [package.id for _case, package in rows]
    appointed, today = stewards.appointed() if ids else [], datetime.date.today()
    contributors, checks = _contributors(ids), _checks(ids)
    result = []
    for case, package in rows:
        excluded = contributors.get(package.id, set()) | {package.creator_user_id or "", case.submitted_by or ""}
        who = reviewers(appointed, scope_of(package), excluded, today)
        result.append(Entry(case, package, who, checks.get(package.id, [])))
    return result


def _contributors(dataset_ids: list[str]) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    rows = model.Session.execute(
        sa.select(Contributor.dataset_id, Contributor.user_id).where(Contributor.dataset_id.in_(dataset_ids))
    )
    for dataset_id, user_id in rows:
        found.setdefault(dataset_id, set()).add(user_id)
    return found


def _checks(dataset_ids: list[str]) -> dict[str, list[Check]]:
    found: dict[str, list[Check]] = {}
    for check in model.Session.scalars(sa.select(Check).where(Check.dataset_id.in_(dataset_ids))):
        found.setdefault(check.dataset_id, []).append(check)
    return found
