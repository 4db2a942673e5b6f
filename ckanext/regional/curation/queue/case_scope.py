"""The columns by which the queue finds a case: kept in the transaction of the write that changes them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa
from ckan import model
from ckan.model.package import package_table
from sqlalchemy import event
from sqlalchemy.dialects.postgresql import Insert, insert

from ckanext.regional.curation import cases
from ckanext.regional.curation.applying.content import scope_of_extras
from ckanext.regional.curation.model import Case, CaseScope
from ckanext.regional.curation.scope import Scope, searched_words
from ckanext.regional.types import Waiting

#: Rows of a batch when everything is made anew.
_BATCH = 500
_COLUMNS = ("dataset_id", "territories", "sectors", "words")


@event.listens_for(Case, "after_insert")
def _note_with_case(_mapper: Any, connection: sa.Connection, case: Case) -> None:
    """A case that the queue cannot find would wait for ever: whoever opens one, its row comes with it."""
    row = connection.execute(
        sa.select(package_table.c.name, package_table.c.title, package_table.c.extras).where(
            package_table.c.id == case.dataset_id
        )
    ).one_or_none()
    if row is not None:
        connection.execute(_written([_values(case.dataset_id, row.name, row.title, scope_of_extras(row.extras or {}))]))


def note(package: model.Package) -> None:
    """Write what a dataset is about now into the running transaction, if it has ever had a case.

    :param package: a dataset, or the working copy of one, which may say what that is about
    """
    case = cases.of_copy(package.id) if package.private else None
    live = model.Session.get(model.Package, case.dataset_id) if case is not None else None
    values = _of(live or package)
    model.Session.execute(sa.update(CaseScope).where(CaseScope.dataset_id == values.pop("dataset_id")).values(values))


def rebuild() -> int:
    """Make every row anew from the datasets that have a case, and commit.

    :returns: how many rows said something else than their dataset
    """
    drifted = differing()
    wrong = [_of(package) for package in _with_a_case() if package.id in drifted]
    for start in range(0, len(wrong), _BATCH):
        model.Session.execute(_written(wrong[start : start + _BATCH]))
    gone = drifted - {values["dataset_id"] for values in wrong}
    model.Session.execute(sa.delete(CaseScope).where(CaseScope.dataset_id.in_(gone)))
    model.Session.commit()
    return len(drifted)


def waiting() -> Iterator[Waiting]:
    """What every case that waits for a decision is about."""
    rows = model.Session.execute(
        sa.select(CaseScope.territories, CaseScope.sectors)
        .join(Case, Case.dataset_id == CaseScope.dataset_id)
        .where(Case.state.in_(("submitted", "in_review")))
    )
    for territories, sectors in rows:
        yield Waiting(territories, sectors)


def differing() -> set[str]:
    """Ids of datasets whose row is missing, says something else than the dataset, or whose dataset is gone."""
    # Columns, not objects: what the session has seen before is not what the database has now.
    columns = [getattr(CaseScope, column) for column in _COLUMNS]
    kept = {row.dataset_id: dict(zip(_COLUMNS, row, strict=True)) for row in model.Session.execute(sa.select(*columns))}
    wanted = {package.id: _of(package) for package in _with_a_case()}
    wrong = {dataset_id for dataset_id, values in wanted.items() if kept.get(dataset_id) != values}
    known = set(model.Session.scalars(sa.select(model.Package.id).where(model.Package.id.in_(kept.keys() - wanted))))
    return wrong | (kept.keys() - wanted.keys() - known)


def _with_a_case() -> list[model.Package]:
    query = sa.select(model.Package).where(model.Package.id.in_(sa.select(Case.dataset_id)))
    return list(model.Session.scalars(query))


def _of(package: model.Package) -> dict[str, Any]:
    return _values(package.id, package.name, package.title, cases.scope_of(package))


def _values(dataset_id: str, name: str, title: str | None, scope: Scope) -> dict[str, Any]:
    return {
        "dataset_id": dataset_id,
        "territories": sorted(scope.territories),
        "sectors": sorted(scope.sectors),
        "words": searched_words(title, name),
    }


def _written(rows: list[dict[str, Any]]) -> Insert:
    statement = insert(CaseScope).values(rows)
    return statement.on_conflict_do_update(
        index_elements=["dataset_id"],
        set_={key: statement.excluded[key] for key in _COLUMNS[1:]},
    )
