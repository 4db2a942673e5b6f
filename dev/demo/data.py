"""The demonstration's data as Python objects, read from ``datasets/``."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, cast, get_args

import yaml

DATASETS = Path(__file__).parent / "datasets"
STORY_FILE = DATASETS / "story" / "saint-brieuc-marches.csv"
SITES = ("bretagne", "pays-de-la-loire")
#: A plain CKAN that only has a sysadmin.
NEIGHBOUR = "voisin"

#: The roles that ``.dev/demo.json`` gives an account for.
ROLES = ("sysadmin", "org_admin", "editor", "editor2", "member", "steward", "steward_elsewhere", "outsider")

#: What a role is in every organisation of the site; the other roles are members of none.
CAPACITIES = {"org_admin": "admin", "editor": "editor", "editor2": "editor", "steward": "editor", "member": "member"}

State = Literal["draft", "submitted", "in_review", "changes_requested", "rejected", "withdrawn", "approved"]
STATES: tuple[State, ...] = get_args(State)

_EU = "http://publications.europa.eu/resource/authority"
_AUTHORITIES = {"frequency": f"{_EU}/frequency/", "access_rights": f"{_EU}/access-right/"}
_STORY_KEYS = ("author", "reviewer", "state", "submitted_with", "comment", "fields", "resources", "tags", "steward")


class DataError(Exception):
    """A file of the demonstration is not as it should be."""


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody with an account on the site."""

    name: str
    fullname: str
    role: str | None
    password: str
    email: str


@dataclass(frozen=True, slots=True)
class Steward:
    """An appointment: who reviews what."""

    user: str
    territory: str | None
    sector: str | None
    role: str


@dataclass(frozen=True, slots=True)
class File:
    """A file that is uploaded as a resource."""

    path: Path
    name: str
    description: str


@dataclass(frozen=True, slots=True)
class Dataset:
    """A dataset and how far its review goes; users are given by name."""

    name: str
    metadata: dict[str, Any]
    files: tuple[File, ...]
    author: str
    reviewer: str | None
    state: State
    submitted_with: str
    comment: str
    fields: dict[str, str]


@dataclass(frozen=True, slots=True)
class Organization:
    """An organisation, what its datasets start with (fields of its own form), and its datasets."""

    name: str
    title: str
    description: str
    defaults: dict[str, str]
    datasets: tuple[Dataset, ...]


@dataclass(frozen=True, slots=True)
class SiteData:
    """All that one site is seeded with."""

    name: str
    main_organization: str
    people: tuple[Person, ...]
    stewards: tuple[Steward, ...]
    organizations: tuple[Organization, ...]

    @property
    def datasets(self) -> tuple[Dataset, ...]:
        """The datasets of all organisations, in the order of the files."""
        return tuple(dataset for organization in self.organizations for dataset in organization.datasets)

    def person(self, role: str) -> Person:
        """The account of a role."""
        return next(person for person in self.people if person.role == role)


def uri(field: str, code: str | None) -> str | None:
    """The EU authority's URI of a short code such as ``ANNUAL``."""
    return _AUTHORITIES[field] + code if code else None


def load_site(name: str) -> SiteData:
    """Read a site's data.

    :raises DataError: when the site is unknown or a file refers to something that is not there
    """
    folder = DATASETS / name
    if name not in (*SITES, NEIGHBOUR):
        raise DataError(f"There is no demonstration site {name!r}; there are {', '.join(SITES)} and {NEIGHBOUR}.")
    site = _read(folder / "site.yaml")
    people = _people(site, name)
    users = {person.role: person.name for person in people if person.role} | {p.name: p.name for p in people}
    main = site["organization"]
    # The main organisation first: it is what a visitor meets first.
    paths = sorted(set(folder.glob("*.yaml")) - {folder / "site.yaml"}, key=lambda path: (path.stem != main, path.stem))
    return SiteData(
        name=name,
        main_organization=main,
        people=people,
        stewards=tuple(
            Steward(item["user"], item.get("territory"), item.get("sector"), item.get("role", "steward"))
            for item in site["stewards"]
        ),
        organizations=tuple(_organization(path, users) for path in paths),
    )


def _people(site: dict[str, Any], domain: str) -> tuple[Person, ...]:
    def person(item: dict[str, str], role: str | None) -> Person:
        email = f"{item['name'].replace('-', '.')}@{domain}.example"
        return Person(item["name"], item["fullname"], role, f"demo-{role or item['name']}", email)

    with_role = [person(site["users"][role], role) for role in ROLES if role in site["users"]]
    return (*with_role, *(person(item, None) for item in site["reviewers"]))


def _organization(path: Path, users: dict[str, str]) -> Organization:
    content = _read(path)
    datasets = []
    for item in content["datasets"]:
        try:
            datasets.append(_dataset(content["defaults"] | item, path, users))
        except KeyError as error:
            raise DataError(f"{path.name}: {item.get('name')}: {error} is missing or unknown") from error
    own = dict(content["organization"])
    return Organization(path.stem, own.pop("title"), own.pop("description"), own, tuple(datasets))


def _dataset(item: dict[str, Any], path: Path, users: dict[str, str]) -> Dataset:
    state = item["state"]
    if state not in STATES:
        raise DataError(f"{path.name}: {item['name']}: unknown state {state!r}")
    metadata = {key: value for key, value in item.items() if key not in _STORY_KEYS and value is not None}
    if "notes" in metadata:
        metadata["notes"] = metadata["notes"].strip()
    for field in _AUTHORITIES:
        if metadata.get(field):
            metadata[field] = uri(field, metadata[field])
    metadata["tags"] = [{"name": tag} for tag in item.get("tags", [])]
    metadata["owner_org"] = path.stem
    if item.get("steward"):
        metadata["steward"] = users[item["steward"]]
    return Dataset(
        name=item["name"],
        metadata=metadata,
        files=tuple(
            File(path.parent / "files" / each["file"], each["name"], each.get("description", ""))
            for each in item["resources"]
        ),
        author=users[item["author"]],
        reviewer=users[item["reviewer"]] if item.get("reviewer") else None,
        state=state,
        submitted_with=item.get("submitted_with", ""),
        comment=item.get("comment", "").strip(),
        fields=item.get("fields", {}),
    )


def _read(path: Path) -> dict[str, Any]:
    try:
        return cast("dict[str, Any]", yaml.safe_load(path.read_text(encoding="utf-8")))
    except (OSError, yaml.YAMLError) as error:
        raise DataError(f"{path.name} cannot be read: {error}") from error
