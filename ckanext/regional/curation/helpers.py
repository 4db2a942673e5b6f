"""Template helpers of the review."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
from ckan import model

from ckanext.regional.curation import queue, service, stewards
from ckanext.regional.curation.status import is_exempt

__all__ = ["regional_curation_status", "regional_curation_waiting"]


def regional_curation_waiting() -> int:
    """How many cases wait for the reader to decide; 0 for who reviews nothing."""
    user = tk.current_user
    if not user.is_authenticated:
        return 0
    return queue.waiting_for(user) if stewards.of_user(user.id) or user.sysadmin else 0


def regional_curation_status(dataset: dict[str, Any]) -> dict[str, Any] | None:
    """Where a dataset stands, for those whom its review concerns; None for others and for exempt types.

    :returns: as the action ``regional_curation_show``
    """
    user = tk.current_user
    if not user.is_authenticated or is_exempt(dataset.get("type")):
        return None
    package = model.Package.get(dataset["id"])
    if package is None or not stewards.concerns(user, package):
        return None
    case = service.last_case(package.id)
    if case is None and dataset.get("regional_status") == "published":
        return None
    return tk.get_action("regional_curation_show")({"user": user.name}, {"id": dataset["id"]})
