"""Working copies: how a change of a published dataset is prepared, looked at and taken over."""

from __future__ import annotations

from typing import Any

from ckan import model

from ckanext.regional.curation import content
from ckanext.regional.curation.model import Case

#: Key of a resource of a working copy: the id of the published resource that it stands for, None for a new one.
LIVE_ID = "live_id"


def pair(case: Case) -> tuple[dict[str, Any] | None, dict[str, Any] | None]:
    """What is published and what a case proposes instead, as ``package_show`` gives them from the database.

    Of a first publication the first is None; of a removal the second is. Every resource of a working copy has the key
    :data:`LIVE_ID`, so that the two can be compared resource by resource.
    """
    if case.kind == "publication":
        return None, content.current(case.dataset_id)
    live = content.current(case.dataset_id)
    if case.kind == "retirement" or not case.copy_id or model.Package.get(case.copy_id) is None:
        return live, None
    return live, with_live_ids(content.current(case.copy_id), case)


def with_live_ids(copy: dict[str, Any], case: Case) -> dict[str, Any]:
    """A working copy whose resources say which published one they stand for."""
    stands_for = {copied: live for live, copied in resources_of(case).items()}
    resources = [resource | {LIVE_ID: stands_for.get(resource["id"])} for resource in copy.get("resources") or []]
    return copy | {"resources": resources}


def resources_of(case: Case) -> dict[str, str]:
    """The copy's resource by that of the published dataset."""
    return dict((case.copy_map or {}).get("resources", {}))
