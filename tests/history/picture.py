"""What people see of a catalogue: asked over HTTP, as they ask, and kept to be compared with what they see later."""

from __future__ import annotations

import hashlib
import itertools
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import requests
from rdflib import DCAT, DCTERMS, BNode, Graph

from dev.site import Site

ANONYMOUS = "anonymous"
READERS = (ANONYMOUS, "member", "editor", "elsewhere", "sysadmin")
#: Of each kind, a copy, and one that ckanext-harvest brought.
SAMPLE = (
    "open-01", "open-01-1", "file-00", "table-00", "private-00", "private-01", "draft-00", "deleted-00", "staff-00",
    "loire-01",
)  # fmt: skip
_PAGES = (
    "/", "/dataset/", "/organization/ville", "/group/transports", "/en/dataset/?q=menus", "/feeds/dataset.atom",
    "/en/dataset/open-01", *(f"/dataset/{name}" for name in SAMPLE),
)  # fmt: skip
_ACTIVE = ("open-01", "private-00", "staff-00")
_RDF = ("/catalog.ttl?fq=name:open-0%3F", "/dataset/open-01.ttl", "/dataset/private-00.ttl")

#: A text in ckanext-dcat's profile, an entry of a European list in ours.
_BY_PROFILE = (DCTERMS["format"], DCAT.mediaType)

Key = tuple[str, ...]
Picture = dict[Key, Any]


@dataclass
class Camera:
    """Asks a site as each of its readers."""

    site: Site
    #: By role.
    tokens: dict[str, str]

    def look(self) -> Picture:
        """What lists and searches say, and each dataset of the sample with its files and tables."""
        return self._all([self._lists, *(self._dataset(name) for name in SAMPLE)])

    def look_closely(self) -> Picture:
        """As :meth:`look`, with pages, feeds, RDF and activities."""
        return self.look() | self._all([self._pages])

    def act(self, reader: str, action: str, **data: Any) -> Any:
        """What an action answers; an error is its status."""
        answer = self._get(reader, "POST", f"/api/action/{action}", json=data)
        return answer.json()["result"] if answer.ok else _refused(answer)

    def _all(self, views: Iterable[Any]) -> Picture:
        asked = list(itertools.product(views, READERS))
        with ThreadPoolExecutor(4) as pool:
            seen = pool.map(lambda pair: pair[0](pair[1]), asked)
        return {key: value for picture in seen for key, value in picture.items()}

    def _lists(self, reader: str) -> Picture:
        found = self.act(
            reader, "package_search", rows=1000, include_private=True, include_drafts=True, fl=["id", "name"],
            **{"facet.field": ["organization", "groups", "license_id"]},
        )  # fmt: skip
        facets = {facet: dict(sorted(counts.items())) for facet, counts in found["facets"].items()}
        return {
            (reader, "search"): (found["count"], sorted((one["id"], one["name"]) for one in found["results"])),
            (reader, "facets"): facets,
            (reader, "words"): self.act(reader, "package_search", q="relus", rows=0)["count"],
            (reader, "organisation"): self.act(reader, "organization_show", id="ville")["package_count"],
            (reader, "package_list"): self.act(reader, "package_list"),
        }

    def _dataset(self, name: str) -> Any:
        def look(reader: str) -> Picture:
            shown = self.act(reader, "package_show", id=name)
            picture: Picture = {(reader, "show", name): shown}
            for resource in shown["resources"] if isinstance(shown, dict) else []:
                key = (name, resource["name"])
                if resource.get("url_type") == "upload":
                    path = resource["url"].removeprefix(self.site.url)
                    picture[(reader, "file", *key)] = self._bytes(reader, path)
                if resource.get("datastore_active"):
                    rows = self.act(reader, "datastore_search", resource_id=resource["id"])
                    picture[(reader, "table", *key)] = rows["records"] if isinstance(rows, dict) else rows
            return picture

        return look

    def _pages(self, reader: str) -> Picture:
        picture: Picture = {(reader, "page", path): self.status(reader, path) for path in _PAGES}
        for name in _ACTIVE:
            picture[(reader, "page", "activity", name)] = self.status(reader, f"/dataset/activity/{name}")
            picture[(reader, "activity", name)] = _short(self.act(reader, "package_activity_list", id=name))
        for path in _RDF:
            picture[(reader, "rdf", path)] = self._triples(reader, path)
        return picture

    def status(self, reader: str, path: str) -> int | str:
        """What a page answers."""
        answer = self._get(reader, "GET", path)
        return answer.status_code if answer.ok else _refused(answer)

    def _bytes(self, reader: str, path: str) -> str:
        answer = self._get(reader, "GET", path)
        return hashlib.sha256(answer.content).hexdigest() if answer.ok else _refused(answer)

    def _triples(self, reader: str, path: str) -> Any:
        """Those of datasets and files; blank nodes are called otherwise each time."""
        answer = self._get(reader, "GET", path)
        if not answer.ok:
            return _refused(answer)
        triples = Graph().parse(data=answer.text, format="turtle")
        named = (
            one for one in triples if one[1] not in _BY_PROFILE and not any(isinstance(node, BNode) for node in one)
        )
        return {" ".join(node.n3() for node in one): True for one in named if "/dataset/" in str(one[0])}

    def _get(self, reader: str, method: str, path: str, **options: Any) -> requests.Response:
        headers = {} if reader == ANONYMOUS else {"Authorization": self.tokens[reader]}
        with requests.Session() as session:
            session.trust_env = False
            return session.request(
                method, self.site.url + path, headers=headers, timeout=120, allow_redirects=False, **options
            )


def changes(before: Picture, after: Picture, *, more: bool = True) -> dict[Key, tuple[Any, Any]]:
    """What has changed, as ``(before, after)``; a look is compared with what a closer one saw of the same.

    :param more: whether a dataset may say more than it did: keys and triples that were not there count for nothing
    """
    found = {}
    kinds = {kind for _reader, kind, *_rest in before} & {kind for _reader, kind, *_rest in after}
    for key in (key for key in before | after if key[1] in kinds):
        old, new = before.get(key), after.get(key)
        if more and isinstance(old, dict) and isinstance(new, dict):
            old, new = _differing(old, new)
        if old != new:
            found[key] = (old, new)
    return found


def _differing(old: dict[str, Any], new: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Of two dicts what is not the same in both, whatever the second has besides; resources likewise."""
    differing = {}
    for key, value in old.items():
        other = new.get(key)
        if key == "resources" and isinstance(other, list) and len(other) == len(value):
            if any(any(_differing(*pair)) for pair in zip(value, other, strict=True)):
                differing[key] = (value, other)
        elif value != other:
            differing[key] = (value, other)
    return {key: pair[0] for key, pair in differing.items()}, {key: pair[1] for key, pair in differing.items()}


def _short(activities: Any) -> Any:
    if not isinstance(activities, list):
        return activities
    return [(one["id"], one["activity_type"], one["user_id"], one["timestamp"]) for one in activities]


def _refused(answer: requests.Response) -> str:
    """CKAN alone tells 403 from 404; what is hidden by the review is as if it were not there."""
    if answer.status_code in (403, 404):
        return "not for you"
    if answer.is_redirect:
        return "to the login" if "/user/login" in answer.headers["Location"] else answer.headers["Location"]
    return f"HTTP {answer.status_code}"
