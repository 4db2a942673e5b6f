"""What exactly was reviewed: one SHA-256 over a dataset's content. No CKAN import."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from typing import Any

#: Keys of a dataset dict that CKAN computes or that decisions change; they are no content.
VOLATILE = frozenset(
    {
        "creator_user_id", "id", "isopen", "license_title", "license_url", "metadata_created", "metadata_modified",
        "num_resources", "num_tags", "organization", "origin", "private", "regional_status", "steward_name",
        "relationships_as_object", "relationships_as_subject", "spatial_coverage", "state", "tracking_summary", "type",
    }
)  # fmt: skip

#: Keys of a resource dict that jobs and the datastore keep up by themselves.
RESOURCE_VOLATILE = frozenset(
    {
        "cache_last_updated", "cache_url", "created", "datastore_active",
        "datastore_contains_all_records_of_source_file", "hash", "last_modified", "metadata_modified", "mimetype",
        "mimetype_inner", "package_id", "position", "revision_id", "size", "state", "tracking_summary",
    }
)  # fmt: skip

#: SHA-256 of a resource's uploaded file and a stamp of its datastore table, None where there is none.
Stamps = Callable[[Mapping[str, Any]], tuple[str | None, str | None]]


def fingerprint(dataset: Mapping[str, Any], stamps: Stamps) -> str:
    """Hash the content of a dataset.

    :param dataset: as ``package_show`` returns it, read from the database
    :param stamps: looks up file and table of a resource dict
    :returns: 64 hexadecimal digits; a save that changes nothing gives the same ones
    """
    content = metadata(dataset)
    content["resources"] = [_resource(resource) | {"stamps": stamps(resource)} for resource in _resources(dataset)]
    return hashlib.sha256(canonical(content).encode()).hexdigest()


def same_content(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Whether two dataset dicts differ only in what CKAN, jobs and the datastore keep up by themselves.

    Keys that the second leaves out count as unchanged where CKAN keeps them (``resources``).
    """
    left, right = metadata(one), metadata(other)
    if "resources" in other:
        left["resources"] = [_resource(resource) for resource in _resources(one)]
        right["resources"] = [_resource(resource) for resource in _resources(other)]
    return canonical(left) == canonical(right)


def metadata(dataset: Mapping[str, Any]) -> dict[str, Any]:
    """The content of a dataset apart from its resources, empty values left out, unordered lists sorted."""
    content = {
        key: value
        for key, value in dataset.items()
        if key not in VOLATILE and key not in ("resources", "tags", "groups", "extras") and not _empty(value)
    }
    content["tags"] = sorted(tag["name"] for tag in dataset.get("tags") or [])
    content["groups"] = sorted(group.get("id") or group["name"] for group in dataset.get("groups") or [])
    content["extras"] = sorted((extra["key"], extra["value"]) for extra in dataset.get("extras") or [])
    return content


def canonical(value: Any) -> str:
    """One JSON text for one value, whatever the order of its keys."""
    return json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"), default=str)


def _resources(dataset: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    return list(dataset.get("resources") or [])


def _resource(resource: Mapping[str, Any]) -> dict[str, Any]:
    content = {key: value for key, value in resource.items() if key not in RESOURCE_VOLATILE and not _empty(value)}
    if content.get("url_type") == "upload" and isinstance(content.get("url"), str):
        # CKAN shows a full address, which changes with the site's; what is stored is the file's name.
        content["url"] = content["url"].rsplit("/", 1)[-1]
    return content


def _empty(value: Any) -> bool:
    return value in (None, "", [], {})
