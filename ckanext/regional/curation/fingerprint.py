"""What exactly was reviewed: one SHA-256 over a dataset's content. No CKAN import."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Mapping
from typing import Any

from ckanext.regional.characters import tidied
from ckanext.regional.volatile import RESOURCE_VOLATILE, VOLATILE, canonical

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

    Keys that the second leaves out count as unchanged where CKAN keeps them (``resources``). Texts are tidied when they
    are taken in; that is no change of what was stored before they were.
    """
    one, other = tidied(dict(one)), tidied(dict(other))
    left, right = metadata(one), metadata(other)
    if "resources" in other:
        left["resources"] = [_resource(resource) for resource in _resources(one)]
        right["resources"] = [_resource(resource) for resource in _resources(other)]
    return canonical(left) == canonical(right)


#: Prefix of the key of a resource among digests by field.
RESOURCE = "resources/"


def digests(dataset: Mapping[str, Any], feeds: Collection[str] = ()) -> dict[str, str]:
    """Hash the content of a dataset field by field, files and tables apart.

    :param feeds: ids of resources whose file comes from a named account and so may change at any time
    :returns: digest by field name; a resource is ``resources/<id>``, their order ``resources``
    """
    found = {key: _digest(value) for key, value in metadata(dataset).items() if not _empty(value)}
    for resource in _resources(dataset):
        found[RESOURCE + resource["id"]] = resource_digest(resource, fed=resource["id"] in feeds)
    found["resources"] = _digest([resource["id"] for resource in _resources(dataset)])
    return found


def resource_digest(resource: Mapping[str, Any], resource_id: str | None = None, *, fed: bool = False) -> str:
    """Hash the metadata of a resource.

    :param resource_id: stands for its own, to compare a copy with what it is a copy of
    """
    content = _resource(resource) | {"id": resource_id or resource["id"]}
    if fed:
        content.pop("url", None)
    return _digest(content)


def moved(base: Mapping[str, str], now: Mapping[str, str]) -> list[str]:
    """The fields whose digests differ, sorted."""
    return sorted(key for key in base.keys() | now.keys() if base.get(key) != now.get(key))


def _digest(value: Any) -> str:
    return hashlib.sha256(canonical(value).encode()).hexdigest()


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
