"""The texts of a dataset in which personal data have no place; who is responsible may be named. No CKAN import."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

#: People and organisations that a dataset names on purpose, and what no person wrote.
_NOT_LOOKED_AT = frozenset(
    {
        "author", "author_email", "contact", "creator", "creator_user_id", "custodian", "groups", "id", "license_id",
        "license_title", "license_url", "maintainer", "maintainer_email", "metadata_created", "metadata_modified",
        "name", "organization", "origin", "owner_org", "producer", "publisher", "qualified_attribution",
        "regional_status", "relationships_as_object", "relationships_as_subject", "resources", "spatial",
        "spatial_coverage", "state", "steward", "type", "uri", "url", "version",
    }
)  # fmt: skip
#: Of a resource only what people write.
_OF_RESOURCES = ("name", "description", "name_translated", "description_translated")

#: As the pages of the review name a resource.
RESOURCE = "resources/"


def texts(dataset: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield the texts of a dataset dict with the field that each stands in."""
    for field, value in dataset.items():
        if field not in _NOT_LOOKED_AT:
            yield from ((field, text) for text in _strings(value))
    for resource in dataset.get("resources") or []:
        for key in _OF_RESOURCES:
            yield from ((f"{RESOURCE}{resource.get('id', '')}", text) for text in _strings(resource.get(key)))


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for part in value.values():
            yield from _strings(part)
    elif isinstance(value, list):
        for part in value:
            yield from _strings(part)
