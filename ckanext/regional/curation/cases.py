"""Which case is about which dataset; whoever asks may name the published dataset or its working copy."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from ckan import model

from ckanext.regional.curation.applying import content
from ckanext.regional.curation.model import OPEN_STATES, Case
from ckanext.regional.curation.scope import Scope
from ckanext.regional.curation.states import AGAIN, NO_CASE, Position
from ckanext.regional.curation.status import status_of, status_of_row
from ckanext.regional.exceptions import NotHere

#: Statements made once: every index and every page of a hidden dataset asks them.
_OF_COPY = sa.select(Case).where(Case.copy_id == sa.bindparam("id"))
_OPEN = sa.select(Case).where(Case.dataset_id == sa.bindparam("id"), Case.state.in_(OPEN_STATES))
_HOLDING = sa.select(Case).where(Case.dataset_id == sa.bindparam("id"), Case.copy_id.is_not(None))
_LAST = sa.select(Case).where(Case.dataset_id == sa.bindparam("id")).order_by(Case.created.desc()).limit(1)

#: The status of a working copy whose content was taken over or thrown away, until it is purged.
SPENT = "retired"


@dataclass(frozen=True, slots=True)
class Subject:
    """A dataset with its place in the review.

    ``package`` is what the case is about: never the working copy. ``copy`` is that, where there is one to work on.
    ``case`` is the open one, else the closed one that may be asked anew, else None.
    """

    package: model.Package
    copy: model.Package | None
    case: Case | None
    position: Position

    @property
    def content(self) -> model.Package:
        """What is looked at and decided on: of a revision, its working copy."""
        return self.copy if self.position.kind == "revision" and self.copy is not None else self.package


def open_case(dataset_id: str, *, lock: bool = False) -> Case | None:
    """The case of a dataset that waits for somebody, if there is one."""
    query = _OPEN
    if lock:
        # What an earlier read of this session saw may be old by the time the lock is ours.
        query = query.with_for_update().execution_options(populate_existing=True)
    return model.Session.scalar(query, {"id": dataset_id})


def last_case(dataset_id: str) -> Case | None:
    """The open case, else the last one that was closed."""
    return open_case(dataset_id) or model.Session.scalar(_LAST, {"id": dataset_id})


def of_copy(copy_id: str) -> Case | None:
    """The case that a working copy belongs to; None for every other dataset."""
    return model.Session.scalar(_OF_COPY, {"id": copy_id})


def holding_copy(dataset_id: str) -> Case | None:
    """The case, open or closed, that holds the working copy of a published dataset."""
    return model.Session.scalar(_HOLDING, {"id": dataset_id})


def copies_of(dataset_ids: Collection[str]) -> dict[str, Case]:
    """The cases that hold working copies of many datasets, by the dataset's id and by one query."""
    query = sa.select(Case).where(Case.dataset_id.in_(dataset_ids), Case.copy_id.is_not(None))
    return {case.dataset_id: case for case in model.Session.scalars(query)}


def copy_ids() -> set[str]:
    """The ids of all working copies."""
    return set(model.Session.scalars(sa.select(Case.copy_id).where(Case.copy_id.is_not(None))))  # pyright: ignore


def locate(package_id: str) -> Subject:
    """Find the place of a dataset in the review.

    :param package_id: of the dataset or of its working copy
    :raises NotHere: it was purged
    """
    case = of_copy(package_id)
    package = model.Session.get(model.Package, case.dataset_id if case else package_id)
    if package is None:
        raise _gone(package_id)
    return _subject(package, open_case(package.id), holding_copy(package.id))


def lock(package_id: str) -> Subject:
    """As :func:`locate`, and keep everybody else from changing dataset, working copy and case until the commit.

    Always in this order: the dataset, its working copy, its case.
    """
    case = of_copy(package_id)
    # Whatever was read before the lock was ours may be old, and what ``logic`` looked up may have been purged.
    package = _locked(case.dataset_id if case else package_id)
    if package is None:
        raise _gone(package_id)
    held = holding_copy(package.id)
    if held is not None and held.copy_id:
        _locked(held.copy_id)
    model.Session.expire_all()
    if package_id != package.id and of_copy(package_id) is None:
        raise _gone(package_id)
    return _subject(package, open_case(package.id, lock=True), holding_copy(package.id))


def scope_of(package: model.Package) -> Scope:
    """What a dataset is about, for those who decide about it.

    One that was public before the review came may name no territory or no sector; then its proposal says for it,
    else no steward of a territory could ever decide about the first change of it.
    """
    own = content.scope_of(package)
    if own.territories and own.sectors:
        return own
    case = holding_copy(package.id)
    copy = model.Session.get(model.Package, case.copy_id) if case is not None else None
    if copy is None:
        return own
    proposed = content.scope_of(copy)
    return Scope(own.territories or proposed.territories, own.sectors or proposed.sectors)


def _locked(package_id: str) -> model.Package | None:
    return model.Session.get(model.Package, package_id, with_for_update=True, populate_existing=True)


def _subject(package: model.Package, opened: Case | None, held: Case | None) -> Subject:
    copy = None
    if held is not None and held.copy_id and status_of_row(held.copy_id) != SPENT:
        copy = model.Session.get(model.Package, held.copy_id)
    status = status_of(package)
    if opened is not None:
        return Subject(package, copy, opened, Position(status, opened.kind, opened.state))  # pyright: ignore
    if status == "published":
        if held is None or copy is None:
            return Subject(package, None, None, Position(status, None, NO_CASE))
        return Subject(package, copy, held, Position(status, "revision", held.state))
    if status != "unpublished":
        return Subject(package, copy, None, Position(status, None, NO_CASE))
    last = last_case(package.id)
    if last is not None and last.kind == "publication" and last.state in AGAIN:
        return Subject(package, copy, last, Position(status, "publication", last.state))
    return Subject(package, copy, None, Position(status, "publication", NO_CASE))


def _gone(package_id: str) -> NotHere:
    return NotHere(tk._("There is no dataset “{id}”.").format(id=package_id))
