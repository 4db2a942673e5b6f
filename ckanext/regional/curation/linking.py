"""Links of datasets under review are looked at like those of public ones, so that a steward sees what came of it."""

from __future__ import annotations

from typing import Any

from ckan import model

from ckanext.regional import links
from ckanext.regional.curation import cases
from ckanext.regional.curation.states import UNDECIDED


def saved(dataset_id: str) -> None:
    """Note the links of a dataset that was saved while it is under review; in the transaction of the save."""
    case = cases.of_copy(dataset_id) or cases.open_case(dataset_id)
    if case is None or case.state not in UNDECIDED:
        return
    package = model.Session.get(model.Package, dataset_id)
    if package is not None:
        links.watch(package)


def decided(package_id: str, *, action: str, **_rest: Any) -> None:
    """Note the links of what has been submitted; commits."""
    if action == "submit" and model.Package.get(package_id) is not None:
        # Of a change, those of the working copy.
        links.watch(cases.locate(package_id).content)
        model.Session.commit()
