"""Whether a dataset has been let out."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from ckan import model
from flask import has_request_context
from sqlalchemy.dialects.postgresql import insert

from ckanext.regional.curation import remembered
from ckanext.regional.curation.model import DatasetStatus

_SEEN = "status"

#: Statements on columns, made once: every page, search and index of a dataset asks them.
_TABLE = DatasetStatus.__table__.c
_STATUS = sa.select(_TABLE.status).where(_TABLE.dataset_id == sa.bindparam("id"))
_IDS = _TABLE.dataset_id.in_(sa.bindparam("ids", expanding=True))
_STATUSES = sa.select(_TABLE.dataset_id, _TABLE.status).where(_IDS)
_AHEAD = (
    sa.select(model.Package, _TABLE.status)
    .outerjoin(DatasetStatus, _TABLE.dataset_id == model.Package.id)
    .where(sa.or_(model.Package.id == sa.bindparam("reference"), model.Package.name == sa.bindparam("reference")))
)
_REVIEWED = sa.select(_TABLE.dataset_id).where(_IDS, _TABLE.status == "published", _TABLE.fingerprint.is_not(None))


def is_exempt(dataset_type: str | None) -> bool:
    """Whether the review leaves datasets of this type alone."""
    return dataset_type in tk.config["ckanext.regional.curation.exempt_types"]


def status_of(package: model.Package) -> str:
    """``unpublished``, ``published`` or ``retired``.

    A dataset that the review never met is what CKAN says: public ones were published before the review came.
    """
    return status_of_row(package.id) or _from_ckan(package.state, package.private)


def seen_status(package: model.Package) -> str:
    """As :func:`status_of`, for who only reads: asked once in each transaction of a request.

    Never for a decision or a write: those wait for a lock, and what was read before is old by then.
    """
    known = remembered.once((_SEEN, package.id), lambda: status_of_row(package.id))
    return known or _from_ckan(package.state, package.private)


def read_ahead(reference: str) -> model.Package | None:
    """Read a dataset and what :func:`seen_status` will be asked about it by one query.

    CKAN asks four times for a dataset that is called by its name: as id and as name, to read and to decide who may.

    :param reference: id or name, in that order
    :returns: the dataset; CKAN finds it by its id without asking, as long as somebody holds it
    """
    if not has_request_context():
        return None
    rows = model.Session.execute(_AHEAD, {"reference": reference}).tuples().all()
    package, status = max(rows, key=lambda row: row[0].id == reference, default=(None, None))
    if package is not None:
        remembered.keep((_SEEN, package.id), status)
    return package


def remember_statuses(dataset_ids: Iterable[str]) -> None:
    """Read what :func:`seen_status` will be asked about many datasets, by one query."""
    ids = list(dataset_ids)
    known = dict(model.Session.execute(_STATUSES, {"ids": ids}).tuples().all())
    for dataset_id in ids:
        remembered.keep((_SEEN, dataset_id), known.get(dataset_id))


def status_of_row(package_id: str) -> str | None:
    """What the review itself knows of a dataset; None where it never met it."""
    return model.Session.scalar(_STATUS, {"id": package_id})


def statuses(packages: Iterable[tuple[str, str, bool]]) -> dict[str, str]:
    """The status by id of many ``(id, state, private)``, by one query."""
    packages = list(packages)
    if not packages:
        return {}
    ids = [package_id for package_id, _state, _private in packages]
    known = dict(model.Session.execute(_STATUSES, {"ids": ids}).tuples().all())
    return {package_id: known.get(package_id) or _from_ckan(state, private) for package_id, state, private in packages}


def reviewed(dataset_ids: Sequence[str]) -> set[str]:
    """Of some datasets, the public ones that somebody has looked at; trusted sources leave no fingerprint."""
    return set(model.Session.scalars(_REVIEWED, {"ids": list(dataset_ids)}))


def set_status(package_id: str, status: str, **values: object) -> None:
    """Write the status into the running transaction."""
    row = {"dataset_id": package_id, "status": status, "index_behind": False, **values}
    statement = insert(DatasetStatus).values(row)
    model.Session.execute(
        statement.on_conflict_do_update(
            index_elements=["dataset_id"], set_={key: row[key] for key in row if key != "dataset_id"}
        )
    )
    remembered.forget((_SEEN, package_id))


def _from_ckan(state: str, private: bool) -> str:
    return "published" if state == "active" and not private else "unpublished"
