"""Which ids and names are in use here, asked once for a whole page."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa
from ckan import model

from ckanext.regional.harvest.writing import mapping


@dataclass(slots=True)
class Taken:
    """The ids and names that datasets of this site have, of those that a page is about."""

    ids: set[str] = field(default_factory=set)
    names: set[str] = field(default_factory=set)

    @classmethod
    def among(cls, arrived: Mapping[str, Mapping[str, Any]]) -> Taken:
        """Ask for the ids of datasets, and for the names that they would get, in one query.

        :param arrived: the neighbour's datasets by the ids that they have here
        """
        names = {mapping.name_for(remote, dataset_id, _is_free) for dataset_id, remote in arrived.items()}
        package: Any = model.package_table
        # A name can be another dataset's id: both find a dataset.
        query = sa.select(package.c.id, package.c.name).where(
            sa.or_(package.c.id.in_(arrived.keys() | names), package.c.name.in_(names))
        )
        rows = model.Session.execute(query).tuples().all()
        return cls({id_ for id_, _name in rows}, _words(rows))


def _words(rows: Iterable[tuple[str, str]]) -> set[str]:
    return {word for row in rows for word in row}


def _is_free(_name: str) -> bool:
    return False
