"""From a neighbour's dataset to the one that this site would write: pure, no CKAN.

Only what is named here gets through. Governance values that this site does not know are dropped with a note, and the
source's defaults fill what is missing.
"""

from __future__ import annotations

import hashlib
import json
import re
import unicodedata
import uuid
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from ckanext.regional import addresses, territory, vocabulary
from ckanext.regional.harvest.writing import structured

#: Made once; local ids follow from it, so it never changes.
_NAMESPACE = uuid.UUID("6f3d7c54-7a54-5d0c-9c52-0a4f7a0b8f11")

_TEXTS = ("title", "notes", "license_id")
_PEOPLE = ("author", "author_email", "maintainer", "maintainer_email")
_ONE_TERM = ("governance_level", "frequency", "access_rights", "personal_data_class")
GOVERNANCE = ("territory", "sector", *_ONE_TERM)
#: What ``defaults`` of a source may fill.
DEFAULTS = (
    "steward", "license_id", "notes", *GOVERNANCE, "theme", "publisher", "contact", "access_rights_reason",
    "legal_basis", "applicable_legislation",
)  # fmt: skip
RESOURCE_FIELDS = structured.RESOURCE_FIELDS
RESOURCE_TEXTS = ("name", "description", "format", "mimetype")
#: What an import writes, and so what a local edit of it can be seen in.
WRITTEN = (*_TEXTS, *_PEOPLE, "url", *GOVERNANCE, "steward", *structured.FIELDS)
#: Jobs set these on the resources of this site.
_BOOKKEEPING = ("size", "hash", "hash_algorithm")

_SCHEMES = {"http", "https", "ftp", "ftps", "sftp"}
_TAG_FORBIDDEN = re.compile(r"[^\w \-.]", re.UNICODE)
#: Looser than CKAN's own check is of no use: what that refuses would cost the whole dataset.
_EMAIL = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+")
_MOST_EXTRAS_NAMED = 10
_TAG_LENGTHS = (2, 100)
_NAME_LENGTHS = (2, 100)
#: Names that CKAN gives to no dataset, because its pages have them.
_RESERVED = ("new", "edit", "search")
_LONGEST_CODE = 100
_NO_LICENCE = ("", "notspecified")


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a dataset was born and the sites it came by: the identity that it keeps wherever it goes."""

    site: str
    dataset_id: str
    url: str
    path: tuple[str, ...]


@dataclass(slots=True)
class Mapped:
    """A dataset as this site would write it, its hash, and what was left out of it."""

    dataset: dict[str, Any]
    hash: str
    notes: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Incoming:
    """A dataset as the neighbour gave it and as it would be written."""

    remote_id: str
    remote: dict[str, Any]
    origin: Origin
    mapped: Mapped
    direct: bool


def local_id(site: str, dataset_id: str) -> str:
    """The id here of a dataset from elsewhere: always the same for the same origin."""
    return str(uuid.uuid5(_NAMESPACE, f"{site}\n{dataset_id}"))


def resource_id(dataset_id: str, remote: str) -> str:
    """The id here of a resource, so that views and the datastore's table stay."""
    return str(uuid.uuid5(uuid.UUID(dataset_id), remote))


def remote_resources(remote: Mapping[str, Any], origin: Origin) -> dict[str, str]:
    """The neighbour's ids of resources by those that they have here."""
    dataset_id = local_id(origin.site, origin.dataset_id)
    listed = remote.get("resources")
    ids = [_text(one.get("id")) or _text(one.get("url")) for one in listed or [] if isinstance(one, dict)]
    return {resource_id(dataset_id, one): one for one in ids}


def site_of(url: str) -> str:
    """The normalised address that names a site without a federation id: host and path, without scheme and slash."""
    parts = urlsplit(url if "//" in url else f"//{url}")
    host = (parts.hostname or "").lower()
    port = f":{parts.port}" if parts.port and parts.port not in (80, 443) else ""
    return f"{host}{port}{parts.path.rstrip('/')}"


def to_local(
    remote: Mapping[str, Any], origin: Origin, *, owner_org: str, defaults: Mapping[str, Any], place: str | None = None
) -> Mapped:
    """Map a dataset of a CKAN, with or without this extension, to a dataset of ours.

    :param remote: the neighbour's dataset dict, cleaned
    :param defaults: of the source; ``steward`` always comes from here
    :param place: the source's territory, for datasets that name none
    :returns: a dict for ``package_create`` without ``name`` and ``private``, whose hash is over its content
    """
    notes: list[str] = []
    dataset_id = local_id(origin.site, origin.dataset_id)
    dataset: dict[str, Any] = {key: _cut(key, remote.get(key), notes) for key in _TEXTS}
    dataset["title"] = dataset["title"] or _text(remote.get("name")) or origin.dataset_id
    dataset |= _people(remote, notes)
    dataset |= _governance(remote, notes)
    dataset |= structured.of_dataset(remote, notes)
    dataset |= structured.filled_from_plain(remote, dataset, notes)
    for key in DEFAULTS:
        if _is_missing(key, dataset.get(key)) and defaults.get(key):
            dataset[key] = defaults[key]
    if not dataset.get("territory") and place:
        dataset["territory"] = [place]
    # As the form does, but before this site's checks look at it.
    dataset["governance_level"] = dataset.get("governance_level") or territory.widest_level(dataset["territory"] or ())
    dataset["theme"] = dataset.get("theme") or vocabulary.themes_of_sectors(dataset.get("sector") or ())
    dataset = {key: value for key, value in dataset.items() if value not in ("", None, [])}
    dataset["tags"] = _tags(remote.get("tags"))
    dataset["resources"] = _resources(remote.get("resources"), dataset_id, notes)
    dataset |= {"id": dataset_id, "type": "dataset", "owner_org": owner_org}
    return Mapped(dataset, content_hash(dataset), notes)


#: What a local edit of a resource can be seen in, besides its address and texts.
RESOURCE_CONTENT = tuple(key for key in structured.RESOURCE_FIELDS if key not in _BOOKKEEPING)


def content_hash(dataset: Mapping[str, Any]) -> str:
    """SHA-256 over the canonical content of a mapped dataset: what it says, not when or by whom it was written."""
    return _digest({key: value for key, value in dataset.items() if key not in ("id", "name", "private", "state")})


def local_hash(dataset: Mapping[str, Any]) -> str:
    """SHA-256 over what an import writes, taken from a dataset of this site: another one tells a local edit."""
    content: dict[str, Any] = {key: normal(dataset.get(key)) for key in WRITTEN}
    # Fields that came with later versions count where they are filled: what was imported before is no local edit.
    content = {key: value for key, value in content.items() if value or key not in structured.FIELDS}
    content["tags"] = sorted(tag["name"] for tag in dataset.get("tags") or [])
    content["resources"] = [_resource_content(resource) for resource in dataset.get("resources") or []]
    return _digest(content)


def says_nothing_new(resource: Mapping[str, Any], here: Mapping[str, Any]) -> bool:
    """Whether a mapped resource says what is here already.

    A MIME type that only this site has was guessed by CKAN, and what jobs found out is no content.
    """
    said = {**resource, "mimetype": resource.get("mimetype") or here.get("mimetype")}
    return _resource_content(said) == _resource_content(here) and all(
        normal(here.get(key)) == normal(resource[key]) for key in _BOOKKEEPING if resource.get(key)
    )


def _resource_content(resource: Mapping[str, Any]) -> dict[str, Any]:
    texts = {key: resource.get(key) or "" for key in ("id", "url", *RESOURCE_TEXTS)}
    return texts | {key: normal(resource[key]) for key in RESOURCE_CONTENT if resource.get(key)}


def name_for(remote: Mapping[str, Any], dataset_id: str, is_taken: Callable[[str], bool]) -> str:
    """Choose the dataset's name here: the neighbour's where it is free, else with a suffix from the id."""
    plain = unicodedata.normalize("NFKD", _text(remote.get("name")) or _text(remote.get("title")))
    ascii_name = plain.encode("ascii", "ignore").decode().lower()
    name = re.sub(r"-{2,}", "-", re.sub(r"[^a-z0-9_-]+", "-", ascii_name)).strip("-")[: _NAME_LENGTHS[1]]
    if len(name) < _NAME_LENGTHS[0]:
        name = f"dataset-{dataset_id[:8]}"
    if name not in _RESERVED and not is_taken(name):
        return name
    return f"{name[: _NAME_LENGTHS[1] - 9].rstrip('-')}-{dataset_id[:8]}"


def _people(remote: Mapping[str, Any], notes: list[str]) -> dict[str, str]:
    """Who made the data and where they say more of it; what this site has no place for is named, not lost silently."""
    found = {key: _cut(key, remote.get(key), notes) for key in _PEOPLE}
    for key in ("author_email", "maintainer_email"):
        if found[key] and not _EMAIL.fullmatch(found[key]):
            notes.append(f"{key} “{_short(found[key])}” is no e-mail address")
            found[key] = ""
    url = _text(remote.get("url"))
    found["url"] = url if len(url) <= structured.LINE and addresses.is_page(url) else ""
    extras = remote.get("extras")
    keys = [_text(extra.get("key")) for extra in extras if isinstance(extra, dict)] if isinstance(extras, list) else []
    if keys:
        more = " …" if len(keys) > _MOST_EXTRAS_NAMED else ""
        notes.append(f"extras have no place here: {_short(', '.join(sorted(keys)[:_MOST_EXTRAS_NAMED]))}{more}")
    return found


def _governance(remote: Mapping[str, Any], notes: list[str]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key in _ONE_TERM:
        value = remote.get(key)
        if value in (None, "", []):
            continue
        code = vocabulary.normalise(key, value[0] if isinstance(value, list) else value)
        if code is None:
            notes.append(f"{key} “{_short(value)}” is not known here")
        else:
            found[key] = code
    found["territory"] = _known(remote, "territory", _territory, notes)
    found["sector"] = _sectors(remote, notes)
    return found


def territories(remote: Mapping[str, Any]) -> list[str]:
    """The territories that a neighbour's dataset names and this site knows, as codes."""
    return _known(remote, "territory", _territory, [])


def sectors(remote: Mapping[str, Any]) -> list[str]:
    """The sectors that a neighbour's dataset would get here, as codes."""
    return _sectors(remote, [])


def _sectors(remote: Mapping[str, Any], notes: list[str]) -> list[str]:
    """Its sectors that this site knows; without one, those that its EU themes stand for."""
    unknown: list[str] = []
    known = _known(remote, "sector", lambda code: vocabulary.normalise("sector", code), unknown)
    if known:
        notes += unknown
        return known
    found = _sectors_of_themes(remote.get("theme"))
    instead = f"; for its EU theme it is {', '.join(found)} here" if found else ""
    notes += [note + instead for note in unknown]
    return found


def _known(remote: Mapping[str, Any], key: str, look_up: Callable[[str], str | None], notes: list[str]) -> list[str]:
    known: list[str] = []
    for value in _listed(remote.get(key)):
        code = look_up(value)
        if code is None:
            notes.append(f"{key} “{_short(value)}” is not known here")
        elif code not in known:
            known.append(code)
    return sorted(known)


def _territory(value: str) -> str | None:
    code = territory.resolve(value).code
    return code if territory.exists(code) else None


def _sectors_of_themes(themes: Any) -> list[str]:
    """Sectors that stand for one EU theme alone, for a neighbour that has themes and no sectors of ours."""
    codes = {term.code for theme in _listed(themes) if (term := vocabulary.get("theme", theme))}
    return sorted(term.code for term in vocabulary.vocabulary("sector") if term.extra.get("close_theme") in codes)


def _tags(tags: Any) -> list[dict[str, str]]:
    names = [tag.get("name") if isinstance(tag, dict) else tag for tag in tags] if isinstance(tags, list) else []
    kept = {
        " ".join(_TAG_FORBIDDEN.sub(" ", name).split())[: _TAG_LENGTHS[1]].strip()
        for name in names
        if isinstance(name, str)
    }
    return [{"name": name} for name in sorted(kept) if len(name) >= _TAG_LENGTHS[0]]


def _resources(resources: Any, dataset_id: str, notes: list[str]) -> list[dict[str, Any]]:
    mapped: list[dict[str, Any]] = []
    seen: set[str] = set()
    for resource in resources if isinstance(resources, list) else []:
        url = _text(resource.get("url")) if isinstance(resource, dict) else ""
        if not _is_link(url) or len(url) > structured.LINE:
            notes.append(f"a resource without a usable address was left out: “{_short(url)}”")
            continue
        remote_id = _text(resource.get("id")) or url
        if remote_id in seen:
            continue
        seen.add(remote_id)
        texts = {key: _cut(key, resource.get(key), notes) for key in RESOURCE_TEXTS}
        kept = {key: value for key, value in texts.items() if value} | structured.of_resource(resource, notes)
        mapped.append({"id": resource_id(dataset_id, remote_id), "url": url, **kept})
    return mapped


def _is_link(url: str) -> bool:
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.scheme.lower() in _SCHEMES and bool(parts.netloc)


def _is_missing(key: str, value: Any) -> bool:
    return value in _NO_LICENCE or value is None if key == "license_id" else not value


def _cut(key: str, value: Any, notes: list[str]) -> str:
    """A text of a length that this site takes."""
    given = _text(value)
    most = structured.PAGE if key in ("notes", "description") else structured.LINE
    if len(given) > most:
        notes.append(f"{key} was cut after {most} characters")
    return given[:most].rstrip()


def _text(value: Any) -> str:
    return value.strip() if isinstance(value, str) else ""


def _listed(value: Any) -> list[str]:
    if isinstance(value, str) and value.startswith("["):
        try:
            value = json.loads(value)
        except (ValueError, RecursionError):
            return []
    items: Iterable[Any] = value if isinstance(value, list) else [value]
    return [item for item in items if isinstance(item, str) and item and len(item) <= _LONGEST_CODE]


def normal(value: Any) -> Any:
    """A list is a set here, and nothing is nothing however it is written."""
    if isinstance(value, list):
        return sorted(_canonical(item) if isinstance(item, dict) else str(item) for item in value)
    return "true" if value is True else value or ""


def _digest(content: Any) -> str:
    return hashlib.sha256(_canonical(content).encode("utf-8", "surrogatepass")).hexdigest()


def _canonical(content: Any) -> str:
    return json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def _short(value: Any) -> str:
    return str(value)[:80]
