"""A neighbour's DCAT catalogue: RDF in pages, read by ckanext-dcat through our profile."""

from __future__ import annotations

import importlib.util
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin, urlsplit

from ckanext.regional import logs
from ckanext.regional.harvest.clients import formats
from ckanext.regional.harvest.clients.ckan import USER_AGENT
from ckanext.regional.harvest.clients.clean import clean
from ckanext.regional.harvest.clients.errors import UNREADABLE, AskedTooMuch, NeighbourError
from ckanext.regional.outgoing.session import GuardedSession, Limits

if TYPE_CHECKING:
    from rdflib import Graph
    from rdflib.term import Node

log = logs.get_logger(__name__)

_BIGGEST_CONTEXT = 1 << 20
_HYDRA = "http://www.w3.org/ns/hydra/core#"
_DCAT = "http://www.w3.org/ns/dcat#"
#: Addresses that stand for blank nodes, so they change with every fetch.
_NUMBER = re.compile(r"[0-9]{1,12}")
_SKOLEM = "/.well-known/genid/"
#: What ckanext-dcat leaves among the extras for its own ends.
_INTERNAL_EXTRAS = ("uri", "guid", "identifier")


class PageMissing(NeighbourError):
    """There is no such page."""


@dataclass(frozen=True, slots=True)
class Catalogue:
    """One page: its graph, the address of the next one, and how many datasets the whole has, where it says so."""

    graph: Graph
    next: str | None
    total: int | None
    #: What its datasets are known by, in order; None for one that is known by nothing.
    identities: list[tuple[str | None, Node]]

    def items(self, after: str | None = None) -> Iterator[dict[str, Any]]:
        """The page's datasets in the shapes of our schema, each with ``id``, ``organization`` and ``page``.

        What one of them says never keeps the others out: such a one has the key :data:`UNREADABLE`.

        :param after: begin after the dataset that has this ``id``
        """
        from ckanext.regional.dcat.profile import RegionalDCATAP3Profile

        profile = RegionalDCATAP3Profile(self.graph, dataset_type="dataset", compatibility_mode=False)
        for name, identity, reference in self._left(after):
            if name is None:
                yield {UNREADABLE: "it has neither a URI nor a dct:identifier", "title": _title(self.graph, reference)}
                continue
            if name != identity:
                text = f"another dataset of the catalogue has the identifier “{identity[:200]}” too"
                yield {"id": name, UNREADABLE: text}
                continue
            try:
                yield _item(profile.parse_dataset({}, reference), identity, reference)
            except Exception as error:
                log.warning("A dataset could not be read", exc_info=True, ids={"record": str(identity)})
                yield {"id": identity, UNREADABLE: f"its RDF cannot be read ({type(error).__name__}: {error})"[:2000]}

    def _left(self, after: str | None) -> list[tuple[str | None, str, Node]]:
        """The datasets after the one of a name: what each is called here, its identity, and where it stands."""
        named = list(self._named())
        if after is None:
            return named
        names = [name for name, _, _ in named]
        if after in names:
            return named[names.index(after) + 1 :]
        # It has gone since: what stood before it was read.
        return [one for one in named if one[0] is None or one[1] > after]

    def _named(self) -> Iterator[tuple[str | None, str, Node]]:
        seen: Counter[str] = Counter()
        for identity, reference in self.identities:
            if identity is None:
                yield None, "", reference
                continue
            seen[identity] += 1
            yield identity if seen[identity] == 1 else f"{identity} ({seen[identity]})", identity, reference


class DcatClient:
    """Reads one catalogue; a token is sent to its host and nowhere else."""

    def __init__(self, url: str, limits: Limits, token: str | None = None) -> None:
        self.url = url
        self.session = GuardedSession(limits, USER_AGENT)
        self._token = token
        self._contexts: dict[str, Any] = {}
        self._looked_at: dict[str, Catalogue] = {}

    def look(self, url: str) -> None:
        """Fetch one page and keep it for :meth:`read`, which is asked for it next; raises the same."""
        self._looked_at = {url: self.read(url)}

    def read(self, url: str) -> Catalogue:
        """Fetch one page.

        :raises PageMissing: when there is none.
        :raises NeighbourError: when it is no RDF, or describes no catalogue.
        """
        from ckanext.regional.harvest.clients import rdf

        if (kept := self._looked_at.pop(url, None)) is not None:
            return kept
        asked = f"GET {url}"
        response = self._get(url, rdf.ACCEPT)
        if response.status_code in (404, 410):
            raise PageMissing(asked, f"HTTP {response.status_code}: there is no such page")
        if response.status_code != 200:
            kind = AskedTooMuch if response.status_code >= 500 else NeighbourError
            raise kind(asked, f"HTTP {response.status_code} came in place of a catalogue")
        try:
            graph = rdf.parse(response.content, response.headers.get("Content-Type", ""), response.url, self._context)
        except rdf.NotRdf as error:
            raise NeighbourError(asked, f"what came is no catalogue in RDF: {error}") from error
        return _catalogue(graph, response.url, asked)

    def close(self) -> None:
        """End the connections."""
        self.session.close()

    def _get(self, url: str, accept: str) -> Any:
        headers = {"Accept": accept}
        if self._token and urlsplit(url).netloc == urlsplit(self.url).netloc:
            headers["Authorization"] = self._token
        return self.session.get(url, headers=headers)

    def _context(self, url: str) -> Any:
        """A JSON-LD context, by the same guarded way as everything else."""
        if url not in self._contexts:
            asked = f"GET {url}"
            if urlsplit(url).scheme not in ("http", "https"):
                raise NeighbourError(asked, "the catalogue names a context that is no web address")
            response = self._get(url, "application/ld+json, application/json;q=0.9")
            if response.status_code != 200 or len(response.content) > _BIGGEST_CONTEXT:
                size = len(response.content)
                came = f"HTTP {response.status_code}, {size} bytes"
                raise NeighbourError(asked, f"no usable JSON-LD context came: {came}")
            try:
                self._contexts[url] = response.json()
            except (ValueError, RecursionError):
                raise NeighbourError(asked, "the JSON-LD context that came is no JSON") from None
        return self._contexts[url]


def is_possible() -> bool:
    """Whether ckanext-dcat is installed."""
    return importlib.util.find_spec("ckanext.dcat") is not None


def site_url(url: str) -> str:
    """The address of the site that a catalogue is on: without the document's name and what follows ``?``."""
    parts = urlsplit(url)
    path, _slash, name = parts.path.rpartition("/")
    return f"{parts.scheme}://{parts.netloc}{path if '.' in name else parts.path}"


def is_document(url: str) -> bool:
    """Whether an address names an RDF document, not a site."""
    return bool(urlsplit(url).query) or formats.of_address(url) is not None


def _catalogue(graph: Graph, url: str, asked: str) -> Catalogue:
    from rdflib import RDF, URIRef

    references = list(graph.subjects(RDF.type, URIRef(f"{_DCAT}Dataset"), unique=True))
    if not references and not any(graph.subjects(RDF.type, URIRef(f"{_DCAT}Catalog"))):
        raise NeighbourError(asked, f"its RDF ({len(graph)} triples) describes no dcat:Catalog and no dcat:Dataset")
    identities = [(_identity(graph, reference), reference) for reference in references]
    identities.sort(key=lambda pair: (pair[0] is None, pair[0] or ""))
    return Catalogue(graph, _next(graph, url), _total(graph), identities)


def _identity(graph: Graph, reference: Node) -> str | None:
    """What a dataset is known by at every fetch: its URI, else its identifier."""
    from rdflib import URIRef
    from rdflib.namespace import DCTERMS

    if isinstance(reference, URIRef) and _SKOLEM not in str(reference):
        return str(reference)
    identifiers = sorted(str(value).strip() for value in graph.objects(reference, DCTERMS.identifier))
    return next((identifier for identifier in identifiers if identifier), None)


def _next(graph: Graph, url: str) -> str | None:
    from rdflib import URIRef

    for name in ("next", "nextPage"):
        for value in sorted(str(node) for node in graph.objects(None, URIRef(_HYDRA + name))):
            return urljoin(url, value)
    return None


def _total(graph: Graph) -> int | None:
    from rdflib import URIRef

    totals = [str(node) for node in graph.objects(None, URIRef(f"{_HYDRA}totalItems"))]
    return max((int(total) for total in totals if _NUMBER.fullmatch(total)), default=None)


def _title(graph: Graph, reference: Node) -> str:
    from rdflib.namespace import DCTERMS

    return next(iter(sorted(str(title) for title in graph.objects(reference, DCTERMS.title))), "")


def _item(dataset: dict[str, Any], identity: str, reference: Node) -> dict[str, Any]:
    """A dataset as the rest of the harvester takes one."""
    dataset["id"] = identity
    dataset.pop("name", None)
    dataset["extras"] = [extra for extra in dataset.get("extras") or [] if extra["key"] not in _INTERNAL_EXTRAS]
    dataset["resources"] = _resources(dataset.get("resources") or [])
    for publisher in (dataset.get("publisher") or [])[:1]:
        names = {"id": publisher.get("uri") or publisher.get("identifier"), "title": publisher.get("name")}
        dataset["organization"] = {key: value for key, value in names.items() if value}
    pages = (dataset.get("url"), str(reference))
    dataset["page"] = next((page for page in pages if str(page or "").startswith(("http://", "https://"))), None)
    return clean(dataset)


def _resources(resources: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Files with ids that are the same at every fetch: their URI, else their address, else that and a number."""
    keys = ("uri", "url", "format", "name", "description")
    ordered = sorted(resources, key=lambda resource: [str(resource.get(key) or "") for key in keys])
    taken: dict[str, int] = {}
    for resource in ordered:
        uri = str(resource.get("uri") or "")
        plain = uri if uri and _SKOLEM not in uri else str(resource.get("url") or "")
        taken[plain] = taken.get(plain, 0) + 1
        resource["id"] = plain if taken[plain] == 1 else f"{plain} ({taken[plain]})"
    return ordered
