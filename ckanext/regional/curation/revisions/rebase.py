"""Bringing a working copy up to a published dataset that has moved meanwhile. No CKAN import."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from ckanext.regional.curation.fingerprint import RESOURCE, digests, moved, resource_digest

#: Keys of a dataset dict that a copy has for itself.
OWN = ("id", "name", "resources")
#: Keys of a resource dict that a copy has for itself.
RESOURCE_OWN = ("id", "package_id", "position", "url_type")


def merged(
    incoming: dict[str, Any],
    before: Mapping[str, Any],
    live: Mapping[str, Any],
    base: Mapping[str, str],
    resources: dict[str, str],
    new_id: Callable[[], str],
) -> tuple[dict[str, Any], dict[str, str]]:
    """What an author saves, with what has changed in the published dataset and the author has not touched.

    What both changed stays the author's: they were told, and the steward sees the difference.

    :param incoming: what is about to be saved in the copy
    :param before: the copy as it is
    :param base: digests of the published dataset as the copy knows it
    :param resources: the copy's resource by that of the published dataset
    :returns: what to save, and the resources anew
    """
    changed = set(moved(base, digests(live)))
    result = dict(incoming)
    known = digests(before)
    for key in changed:
        if key in OWN or key.startswith(RESOURCE):
            continue
        untouched = known.get(key) == base.get(key) and _same(incoming.get(key), before.get(key))
        if untouched and key in live:
            result[key] = live[key]
        elif untouched:
            result.pop(key, None)
    if "resources" not in incoming or not any(key.startswith(RESOURCE) for key in changed):
        return result, resources
    return _with_resources(result, before, live, base, resources, new_id)


def _with_resources(
    result: dict[str, Any],
    before: Mapping[str, Any],
    live: Mapping[str, Any],
    base: Mapping[str, str],
    resources: dict[str, str],
    new_id: Callable[[], str],
) -> tuple[dict[str, Any], dict[str, str]]:
    of_copy = {resource["id"]: resource for resource in before.get("resources") or []}
    there = {resource["id"]: resource for resource in live.get("resources") or []}
    stands_for = {copied: lived for lived, copied in resources.items()}
    kept = []
    for resource in result["resources"]:
        lived = stands_for.get(resource.get("id", ""))
        stored = of_copy.get(resource.get("id", ""))
        if lived is None or stored is None:
            kept.append(resource)
            continue
        untouched = (
            resource_digest(stored, lived) == base.get(RESOURCE + lived)
            and not resource.get("upload")
            and all(_same(value, stored.get(key)) for key, value in resource.items() if key not in RESOURCE_OWN)
        )
        if not untouched:
            kept.append(resource)
        elif lived in there:
            own = {key: stored[key] for key in RESOURCE_OWN if key in stored}
            kept.append({**there[lived], **own})
    mapped = {lived: copied for lived, copied in resources.items() if lived in there}
    for lived, resource in there.items():
        if lived not in resources and RESOURCE + lived not in base:
            mapped[lived] = new_id()
            kept.append(
                {**{k: v for k, v in resource.items() if k not in ("package_id", "position")}, "id": mapped[lived]}
            )
    return result | {"resources": kept}, mapped


def _same(one: Any, other: Any) -> bool:
    return _plain(one) == _plain(other)


def _plain(value: Any) -> Any:
    """A value as a form and as the API give it, made one."""
    if isinstance(value, str):
        text = value.replace("\r\n", "\n").strip()
        if text[:1] in ("[", "{"):
            try:
                return json.loads(text)
            except ValueError:
                return text
        return text
    return "" if value in (None, [], {}) else value
