"""What would be a violation of the DCAT-AP 3.0.1 shapes (SEMIC, ``shapes.ttl``), without making the RDF.

Only what a dataset of this extension can get wrong: the writer of the RDF sees to the rest (blank nodes, datatypes).
A warning of the shapes is none here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from ckanext.regional import periods, vocabulary
from ckanext.regional.score.reading import Record, access_address, is_address, records, resources, text, texts

_HEX = re.compile(r"(?:[0-9A-Fa-f]{2})+")
_URI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[^\s<>\"{}|\\^`]+")
_AGENTS = ("publisher", "creator", "custodian")
_DATES = ("issued", "modified")


@dataclass(frozen=True, slots=True)
class Violation:
    """Something that the shapes refuse.

    :param code: what is wrong, by name.
    :param field: where it is mended; of the file ``resource`` where that is given.
    """

    code: str
    field: str
    resource: str | None = None


def violations(dataset: Record) -> list[Violation]:
    """List what the shapes would refuse, in the order of the form."""
    return [*_of_dataset(dataset), *(found for one in resources(dataset) for found in _of_resource(one))]


def _of_dataset(dataset: Record) -> Iterator[Violation]:
    for field in ("title", "notes"):
        if not text(dataset, field):
            yield Violation("dcat_ap_missing", field)
    for field in ("theme", "applicable_legislation"):
        if any(not _URI.fullmatch(value) for value in texts(dataset, field)):
            yield Violation("dcat_ap_uri", field)
    frequency = text(dataset, "frequency")
    if frequency and vocabulary.get("frequency", frequency) is None:
        yield Violation("dcat_ap_frequency", "frequency")
    for field in _DATES:
        if not _is_date(dataset, field):
            yield Violation("dcat_ap_date", field)
    for period in records(dataset, "temporal_coverage"):
        if not all(_is_date(period, side) for side in ("start", "end")):
            yield Violation("dcat_ap_date", "temporal_coverage")
            break
    if len(records(dataset, "publisher")) > 1:
        yield Violation("dcat_ap_publishers", "publisher")
    for field in _AGENTS:
        if any(not text(agent, "name") for agent in records(dataset, field)):
            yield Violation("dcat_ap_name", field)


def _of_resource(resource: Record) -> Iterator[Violation]:
    id_ = text(resource, "id") or None
    if not is_address(access_address(resource)):
        yield Violation("dcat_ap_address", "url", id_)
    for field in _DATES:
        if not _is_date(resource, field):
            yield Violation("dcat_ap_date", field, id_)
    if any(not _URI.fullmatch(value) for value in texts(resource, "applicable_legislation")):
        yield Violation("dcat_ap_uri", "applicable_legislation", id_)
    size = resource.get("size")
    if size not in (None, "") and not str(size).isdecimal():
        yield Violation("dcat_ap_size", "size", id_)
    checksum = text(resource, "hash")
    if checksum and not _HEX.fullmatch(checksum):
        yield Violation("dcat_ap_hash", "hash", id_)
    elif checksum and not text(resource, "hash_algorithm"):
        yield Violation("dcat_ap_hash_algorithm", "hash_algorithm", id_)


def _is_date(record: Record, field: str) -> bool:
    """Whether a field is empty or a date."""
    value = record.get(field)
    if value in (None, ""):
        return True
    return isinstance(value, str) and periods.iso(value) is not None
