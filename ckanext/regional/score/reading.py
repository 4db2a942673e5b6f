"""A dataset dict as the scores read it: of any schema, so a list may be JSON text and a field may hold anything."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit

from ckanext.regional.indexing import listed

Record = Mapping[str, Any]

_NO_LICENCE = "notspecified"
#: Schemes under which a program can ask for data.
_REACHABLE = ("http", "https", "ftp", "ftps")


def text(record: Record, field: str) -> str:
    """A field as one line of text; empty for what is none."""
    value = record.get(field)
    return value.strip() if isinstance(value, str) else ""


def texts(record: Record, field: str) -> list[str]:
    """A field as a list of texts."""
    return [item.strip() for item in listed(record.get(field)) if item.strip()]


def records(record: Record, field: str) -> list[Record]:
    """A field as a list of objects, without those that hold nothing."""
    value = record.get(field)
    if isinstance(value, str):
        try:
            value = json.loads(value)
        except (ValueError, RecursionError):
            return []
    found = value if isinstance(value, list) else [value]
    return [item for item in found if isinstance(item, Mapping) and any(item.values())]


def resources(dataset: Record) -> list[Record]:
    """The files and links of a dataset."""
    return [item for item in dataset.get("resources") or () if isinstance(item, Mapping)]


def is_uploaded(resource: Record) -> bool:
    """Whether the file lies on this site."""
    return resource.get("url_type") == "upload"


def access_address(resource: Record) -> str:
    """Where somebody gets to the data, as it becomes ``dcat:accessURL``."""
    return text(resource, "access_url") or text(resource, "url")


def download_address(resource: Record) -> str:
    """What gives the file itself, as it becomes ``dcat:downloadURL``: what the form says, or the uploaded file."""
    return text(resource, "download_url") or (text(resource, "url") if is_uploaded(resource) else "")


def is_address(value: str) -> bool:
    """Whether a text can be asked for."""
    try:
        parts = urlsplit(value)
    except ValueError:
        return False
    return parts.scheme.lower() in _REACHABLE and bool(parts.netloc)


def addresses(dataset: Record) -> list[str]:
    """Every address whose last check the scores want to know, once."""
    found: dict[str, None] = {}
    for resource in resources(dataset):
        for address in (text(resource, "url"), access_address(resource), download_address(resource)):
            if address:
                found[address] = None
    return list(found)


def licences(dataset: Record) -> Iterator[tuple[Record, str, str]]:
    """Each file with its licence: its own, else the dataset's; as id and address, both empty where there is none."""
    known = text(dataset, "license_id")
    known = "" if known == _NO_LICENCE else known
    for resource in resources(dataset):
        own = text(resource, "license")
        yield (resource, "", own) if own else (resource, known, text(dataset, "license_url") if known else "")


def has_period(dataset: Record) -> bool:
    """Whether the dataset says for when it holds, or that there is no such time."""
    periods = records(dataset, "temporal_coverage")
    if any(period.get("start") or period.get("end") for period in periods):
        return True
    return str(dataset.get("temporal_coverage_not_applicable") or "").lower() in ("true", "1", "yes", "on")


def has_place(dataset: Record) -> bool:
    """Whether the dataset says where it holds."""
    return bool(texts(dataset, "territory") or records(dataset, "spatial_coverage") or text(dataset, "spatial"))
