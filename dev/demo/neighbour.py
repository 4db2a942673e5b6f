"""Load a catalogue in DCAT-US 1.1 (``data.json``) into a plain CKAN through its API.

This plays the neighbour whose data are as real ones are: null dates, licences of their own, tags with characters that
CKAN refuses. What CKAN has a field for goes there; the rest goes into extras as it came; what had to be changed is
counted and what was refused is named with CKAN's reason.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
import threading
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import requests

ORGANIZATION = "voisin"
THREADS = 4
TIMEOUT = (10, 120)

Log = Callable[[str], None]
Record = Mapping[str, Any]

#: Licences that CKAN knows, by the URL that catalogues name them with.
_LICENCES = {
    "creativecommons.org/licenses/by/": "cc-by",
    "creativecommons.org/licenses/by-sa/": "cc-by-sa",
    "creativecommons.org/publicdomain/zero/": "cc-zero",
    "opendatacommons.org/licenses/odbl": "odc-odbl",
    "opendatacommons.org/licenses/by": "odc-by",
    "opendatacommons.org/licenses/pddl": "odc-pddl",
}
#: Fields that become CKAN's own; any other one is kept as an extra.
_MAPPED = frozenset({"title", "description", "keyword", "distribution", "landingPage"})
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
# CKAN's tag_name_validator and its bounds.
_NOT_IN_TAG = re.compile(r"[^\w \-.]", re.UNICODE)
_TAG_LENGTH = (2, 100)
_NAME_LENGTH = (2, 100)


class LoadError(Exception):
    """The catalogue could not be loaded at all."""


@dataclass(slots=True)
class LoadResult:
    """What became of a catalogue's records."""

    created: int = 0
    resources: int = 0
    refused: list[tuple[str, str]] = field(default_factory=list)
    notes: Counter[str] = field(default_factory=Counter)


def load(records_file: Path, url: str, token: str, log: Log = print, threads: int = THREADS) -> LoadResult:
    """Create a dataset for each record of the catalogue.

    :param records_file: a DCAT-US 1.1 catalogue: an object with a list ``dataset``
    :param url: the CKAN to load into
    :param token: API token of one of its sysadmins
    :param log: called with each sentence about what happened
    :raises LoadError: when the file is no such catalogue or the site does not take the organisation
    """
    records = read(records_file)
    site = _Site(url, token)
    site.ensure_organization()
    result = LoadResult()
    datasets = [to_dataset(record, name, result.notes) for record, name in _named(records)]
    with ThreadPoolExecutor(threads) as pool:
        for record, dataset, reason in zip(records, datasets, pool.map(site.create, datasets), strict=True):
            if reason:
                result.refused.append((str(record.get("identifier") or record.get("title")), reason))
            else:
                result.created += 1
                result.resources += len(dataset["resources"])
    created = f"{result.created} datasets created with {result.resources} resources"
    log(f"{len(records)} records read: {created}, {len(result.refused)} refused")
    for note, count in sorted(result.notes.items()):
        log(f"  {count} x {note}")
    for identifier, reason in result.refused:
        log(f"  refused {identifier}: {reason}")
    return result


def read(records_file: Path) -> list[Record]:
    """Read the records of a DCAT-US catalogue.

    :raises LoadError: when it cannot be read as one
    """
    try:
        content = json.loads(records_file.read_text(encoding="utf-8"))
        records = content["dataset"]
    except OSError as error:
        raise LoadError(f"{records_file.name} cannot be read: {error.strerror}") from error
    except (ValueError, KeyError, TypeError) as error:
        raise LoadError(f"{records_file.name} is no DCAT-US catalogue: it has no list named dataset") from error
    if not isinstance(records, list) or not all(isinstance(record, dict) for record in records):
        raise LoadError(f"{records_file.name} is no DCAT-US catalogue: dataset is not a list of objects")
    return records


def to_dataset(record: Record, name: str, notes: Counter[str]) -> dict[str, Any]:
    """Map a record to a dict for ``package_create``.

    :param notes: counts what was changed on the way
    """
    contact = record.get("contactPoint") or {}
    email = str(contact.get("hasEmail") or "").removeprefix("mailto:").strip()
    extras = {key: _text(value) for key, value in record.items() if key not in _MAPPED and not _empty(value)}
    dataset: dict[str, Any] = {
        "name": name,
        "title": record.get("title"),
        "notes": record.get("description") or "",
        "url": record.get("landingPage") or "",
        "owner_org": ORGANIZATION,
        "tags": [{"name": tag} for tag in tags(record.get("keyword") or [], notes)],
        "maintainer": contact.get("fn") or "",
        "author": (record.get("publisher") or {}).get("name") or "",
        "resources": [_resource(distribution, notes) for distribution in record.get("distribution") or []],
    }
    if _EMAIL.fullmatch(email):
        dataset["maintainer_email"] = email
    elif email:
        notes["e-mail address kept only as it came, since CKAN would refuse it"] += 1
    licence = next((id for part, id in _LICENCES.items() if part in str(record.get("license"))), None)
    if licence:
        dataset["license_id"] = licence
    elif record.get("license"):
        notes["licence kept only as its address, since CKAN has none like it"] += 1
    dataset["extras"] = [{"key": key, "value": value} for key, value in extras.items()]
    return dataset


def tags(keywords: Iterable[object], notes: Counter[str]) -> list[str]:
    """Keywords as tags that CKAN takes, without doubles, in order."""
    result: dict[str, None] = {}
    for keyword in keywords:
        text = str(keyword)
        tag = " ".join(_NOT_IN_TAG.sub(" ", text).split())[: _TAG_LENGTH[1]].strip()
        if len(tag) < _TAG_LENGTH[0]:
            notes[f"keyword left out, too short for CKAN: {text!r}"] += 1
        elif tag in result:
            notes["keyword given twice"] += 1
        else:
            if tag != text:
                notes[f"keyword changed for CKAN: {text!r} is {tag!r}"] += 1
            result[tag] = None
    return list(result)


def slug(text: str) -> str:
    """Text as a name that CKAN takes."""
    ascii_text = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    name = re.sub(r"[^a-z0-9_-]+", "-", ascii_text).strip("-_")[: _NAME_LENGTH[1]].rstrip("-_")
    return name if len(name) >= _NAME_LENGTH[0] else f"dataset-{name}".rstrip("-")


def _named(records: Iterable[Record]) -> Iterable[tuple[Record, str]]:
    """Each record with a name of its own."""
    taken: set[str] = set()
    for record in records:
        base = slug(str(record.get("identifier") or record.get("title") or ""))
        name, number = base, 1
        while name in taken:
            number += 1
            suffix = f"-{number}"
            name = base[: _NAME_LENGTH[1] - len(suffix)] + suffix
        taken.add(name)
        yield record, name


def _resource(distribution: Record, notes: Counter[str]) -> dict[str, Any]:
    download, access = distribution.get("downloadURL"), distribution.get("accessURL")
    resource = {
        "url": download or access or "",
        "name": distribution.get("title") or "",
        "description": distribution.get("description") or "",
        "format": distribution.get("format") or "",
        "mimetype": distribution.get("mediaType") or "",
    }
    if download and access and access != download:
        resource["access_url"] = access
    if not resource["url"]:
        notes["distribution without an address"] += 1
    return resource


def _empty(value: object) -> bool:
    return value is None or value in ("", [], {})


def _text(value: object) -> str:
    """Write an extra's value: text as it is, anything else as JSON."""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, sort_keys=True)


class _Site:
    """The API of the CKAN that is loaded; a connection for each thread."""

    def __init__(self, url: str, token: str) -> None:
        self._url = url.rstrip("/")
        self._token = token
        self._local = threading.local()

    def ensure_organization(self) -> None:
        """Create the organisation that owns the datasets, unless it is there."""
        status, _ = self._call("organization_show", {"id": ORGANIZATION})
        if status == 200:
            return
        status, reason = self._call("organization_create", {"name": ORGANIZATION, "title": "Voisin"})
        if status != 200:
            raise LoadError(f"{self._url} did not take the organisation: {reason}")

    def create(self, dataset: dict[str, Any]) -> str | None:
        """Create a dataset; CKAN's reason when it does not."""
        status, reason = self._call("package_create", dataset)
        return None if status == 200 else reason

    def _call(self, action: str, data: dict[str, Any]) -> tuple[int, str]:
        if not hasattr(self._local, "session"):
            self._local.session = requests.Session()
            self._local.session.headers["Authorization"] = self._token
        try:
            answer = self._local.session.post(f"{self._url}/api/3/action/{action}", json=data, timeout=TIMEOUT)
        except requests.RequestException as error:
            return 0, f"{self._url} does not answer: {type(error).__name__}"
        if answer.ok:
            return 200, ""
        try:
            error_dict = answer.json()["error"]
        except (ValueError, KeyError):
            return answer.status_code, f"HTTP {answer.status_code}"
        return answer.status_code, "; ".join(
            f"{key}: {value}" for key, value in error_dict.items() if key not in ("__type", "help")
        )


def main() -> int:
    """Load the file named on the command line; the exit code."""
    parser = argparse.ArgumentParser(prog="python -m dev.demo.neighbour", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("file", type=Path)
    parser.add_argument("--url", required=True)
    parser.add_argument("--token", required=True)
    arguments = parser.parse_args()
    try:
        load(arguments.file, arguments.url, arguments.token)
    except LoadError as error:
        print(f"neighbour: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
