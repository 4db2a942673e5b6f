"""What an approval writes into the published dataset, prepared in its transaction: ids, files and views are kept."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from ckan import model

from ckanext.regional.curation.applying import content, files, journal
from ckanext.regional.curation.cases import SPENT, Subject
from ckanext.regional.curation.model import Case, FeedGrant
from ckanext.regional.curation.status import set_status
from ckanext.regional.volatile import RESOURCE_VOLATILE

#: In the name of every working copy; nobody else may use it.
MARK = "--proposition-"

#: What of a published dataset no proposal changes.
_KEPT = ("id", "creator_user_id", "type")


def reserved_name(package: model.Package) -> str:
    """The name of a dataset's working copy; a change of it proposes a new name for the dataset."""
    return f"{package.name[:70]}{MARK}{package.id[:8]}"


def resources_of(case: Case) -> dict[str, str]:
    """The copy's resource by that of the published dataset."""
    return dict((case.copy_map or {}).get("resources", {}))


def prepared(subject: Subject, feeds: set[str]) -> dict[str, Any]:
    """Prepare everything in the running transaction, and say what ``package_update`` shall write.

    :param feeds: ids of published resources whose file and table come from a named account and stay as they are
    """
    package, copy, case = subject.package, subject.copy, subject.case
    assert copy is not None
    assert case is not None
    live, proposed = content.current(package.id), content.current(copy.id)
    stands_for = {copied: lived for lived, copied in resources_of(case).items()}
    there = {resource["id"]: resource for resource in live["resources"]}
    dataset = {key: value for key, value in proposed.items() if key not in ("resources", "organization")}
    dataset |= {key: live[key] for key in _KEPT if key in live}
    dataset["name"] = _name(package, copy)
    dataset["resources"] = []
    for resource in proposed["resources"]:
        lived = stands_for.get(resource["id"])
        if lived is None:
            _move(resource["id"], package.id)
            dataset["resources"].append(resource | {"package_id": package.id})
        elif lived not in there:
            # A harvester gives its resources ids that stay the same.
            dataset["resources"].append(resource | {"id": lived, "package_id": package.id})
        else:
            dataset["resources"].append(_replaced(there[lived], resource, package.id, fed=lived in feeds))
    _views(case, {copied: lived for copied, lived in stands_for.items() if lived in there})
    _drop_grants(there, dataset["resources"])
    spend(case)
    model.Session.flush()
    model.Session.expire_all()
    return dataset


def spend(case: Case) -> None:
    """Keep everybody from a working copy that is done with, and have it purged, in the running transaction."""
    assert case.copy_id is not None
    set_status(case.copy_id, SPENT)
    rows = sa.select(model.Resource.id).where(model.Resource.package_id == case.copy_id)
    journal.add(case.dataset_id, "purge_copy", copy=case.copy_id, resources=sorted(model.Session.scalars(rows)))


def _name(package: model.Package, copy: model.Package) -> str:
    """The name that the proposal gives the dataset; the copy lets go of it."""
    reserved = reserved_name(package)
    if copy.name == reserved:
        return package.name
    wanted, copy.name = copy.name, reserved
    model.Session.flush()
    return wanted


def _move(resource_id: str, package_id: str) -> None:
    """Give a new resource to the published dataset as it is: its file, table and views hang on its id."""
    model.Session.execute(
        sa.update(model.Resource).where(model.Resource.id == resource_id).values(package_id=package_id)
    )


def _replaced(live: Mapping[str, Any], copied: Mapping[str, Any], package_id: str, *, fed: bool) -> dict[str, Any]:
    """A resource of the copy as the published one that it stands for; its file and table follow it."""
    result = dict(copied) | {"id": live["id"], "package_id": package_id}
    same_file = fed or not _take_file(live, copied)
    for key in RESOURCE_VOLATILE - {"package_id", "position", "state"}:
        # What machines know of the file goes with the file.
        if key == "created" or same_file:
            result.pop(key, None)
            if key in live:
                result[key] = live[key]
    if fed:
        result["url"], result["url_type"] = live["url"], live.get("url_type")
        return result
    if copied.get("datastore_active"):
        result["datastore_active"] = True
        if _table_changed(live, copied):
            journal.add(package_id, "take_over_table", live=live["id"], copy=copied["id"])
    elif live.get("datastore_active"):
        result["datastore_active"] = False
        journal.add(package_id, "drop_tables", resources=[live["id"]])
    return result


def _take_file(live: Mapping[str, Any], copied: Mapping[str, Any]) -> bool:
    """Switch the file in the running transaction.

    :returns: whether it is another one
    """
    if copied.get("url_type") != "upload":
        return live.get("url_type") == "upload" or live.get("url") != copied.get("url")
    package_id = live["package_id"]
    if not files.are_shared():
        journal.add(package_id, "copy_file", source=copied["id"], target=live["id"])
        return True
    key = files.key_of(copied["id"])
    if key == files.key_of(live["id"]):
        return False
    files.share(live["id"], key)
    journal.add(package_id, "settle_file", live=live["id"], key=key)
    return True


def _table_changed(live: Mapping[str, Any], copied: Mapping[str, Any]) -> bool:
    return not live.get("datastore_active") or content.datastore_stamp(live) != content.datastore_stamp(copied)


def _views(case: Case, stands_for: dict[str, str]) -> None:
    """Let the published resources have the copy's views; those that there were keep their ids."""
    known = {copied: lived for lived, copied in (case.copy_map or {}).get("views", {}).items()}
    of_copy = sa.select(model.ResourceView).where(model.ResourceView.resource_id.in_(stands_for))
    seen = set()
    for view in model.Session.scalars(of_copy).all():
        lived = known.get(view.id)
        row = model.Session.get(model.ResourceView, lived) if lived else None
        if row is None:
            view.resource_id = stands_for[view.resource_id]
            continue
        seen.add(row.id)
        row.resource_id = stands_for[view.resource_id]
        row.title, row.description, row.view_type = view.title, view.description, view.view_type
        row.order, row.config = view.order, view.config
    gone = set(known.values()) - seen
    if gone:
        model.Session.execute(sa.delete(model.ResourceView).where(model.ResourceView.id.in_(gone)))


def _drop_grants(there: Mapping[str, Any], kept: list[dict[str, Any]]) -> None:
    gone = set(there) - {resource["id"] for resource in kept}
    model.Session.execute(sa.delete(FeedGrant).where(FeedGrant.resource_id.in_(gone)))
