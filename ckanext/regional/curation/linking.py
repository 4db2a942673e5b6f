"""Links of datasets under review are looked at like those of public ones, so that a steward sees what came of it."""

from __future__ import annotations

from typing import Any

from ckan import model

from ckanext.regional import links
from ckanext.regional.curation import service
from ckanext.regional.curation.states import UNDECIDED


def saved(dataset_id: str) -> None:
    """Note the links of a dataset that was saved while it is under review; in the transaction of the save."""
    case = service.open_case(dataset_id)
    package = model.Package.get(dataset_id)
    if package is not None and case is not None and case.state in UNDECIDED:
        links.watch(package)


def decided(dataset_id: str, *, action: str, **_rest: Any) -> None:
    """Note the links of a dataset that has been submitted; commits."""
    package = model.Package.get(dataset_id)
    if action == "submit" and package is not None:
        links.watch(package)
        model.Session.commit()
