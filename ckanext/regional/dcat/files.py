"""The files of a dataset: addresses, formats, checksums and the rest of a distribution."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rdflib import RDF, RDFS, XSD, BNode, Graph, Literal, URIRef
from rdflib.namespace import DCTERMS, FOAF, SKOS
from rdflib.term import Node

from ckanext.dcat.profiles.base import CleanedURIRef  # pyright: ignore[reportMissingImports]
from ckanext.regional.dcat import about, lists
from ckanext.regional.dcat.graph import (
    ADMS,
    DCAT,
    DCATAP,
    SPDX,
    describe_terms,
    read_said,
    read_terms,
    said,
    texts,
    write_said,
)

_FORMAT = DCTERMS["format"]
#: What this module writes; ckanext-dcat would write it otherwise.
WRITTEN = (
    "url", "access_url", "download_url", "language", "conforms_to", "documentation", "format", "mimetype", "size",
    "hash", "hash_algorithm",
)  # fmt: skip
#: What ckanext-dcat leaves in a resource for its own ends.
_INTERNAL = ("distribution_ref",)


def write(g: Graph, ref: Node, resource: Mapping[str, Any]) -> None:
    """Write one file into its distribution.

    :param ref: the distribution
    """
    _write_addresses(g, ref, resource)
    about.write_languages(g, ref, resource.get("language"))
    for standard in texts(resource.get("conforms_to")):
        write_said(g, ref, DCTERMS.conformsTo, standard, DCTERMS.Standard)
    for page in texts(resource.get("documentation")):
        write_said(g, ref, FOAF.page, page, FOAF.Document)
    _write_formats(g, ref, resource)
    _write_size(g, ref, resource.get("size"))
    _write_checksum(g, ref, resource)
    describe_terms(g, "planned_availability", g.objects(ref, DCATAP.availability))
    _describe_status(g, ref)


def read(g: Graph, ref: Node, resource: Mapping[str, Any]) -> dict[str, Any]:
    """Read one file back.

    :param resource: what ckanext-dcat read of the same distribution
    """
    found = {key: value for key, value in resource.items() if key not in (*WRITTEN, *_INTERNAL)}
    found |= _read_addresses(g, ref)
    found["language"] = about.read_languages(g, ref)
    found["conforms_to"] = read_said(g, ref, DCTERMS.conformsTo)
    found["documentation"] = read_said(g, ref, FOAF.page)
    found["applicable_legislation"] = read_said(g, ref, DCATAP.applicableLegislation)
    found["availability"] = next(read_terms(g, ref, DCATAP.availability, "planned_availability"), None)
    found["license"] = next(iter(read_said(g, ref, DCTERMS.license)), None)
    found["rights"] = next(iter(read_said(g, ref, DCTERMS.rights)), None)
    found |= _read_formats(g, ref)
    found |= _read_checksum(g, ref)
    found["size"] = _read_size(g, ref)
    return {key: value for key, value in found.items() if value not in (None, "", [])}


# Addresses ----------------------------------------------------------------------------------------------------------


def _write_addresses(g: Graph, ref: Node, resource: Mapping[str, Any]) -> None:
    """Every file can be got to somewhere; where the file itself is known, that is said too."""
    url, access, download = (str(resource.get(key) or "") for key in ("url", "access_url", "download_url"))
    if not download and url and (access or resource.get("url_type") == "upload"):
        download = url
    pages = {access or url or download}
    if url and url not in (access, download):
        pages.add(url)
    for predicate, addresses in ((DCAT.accessURL, pages), (DCAT.downloadURL, {download})):
        for address in filter(None, addresses):
            node = CleanedURIRef(address)
            g.add((ref, predicate, node))
            g.add((node, RDF.type, RDFS.Resource))


def _read_addresses(g: Graph, ref: Node) -> dict[str, str]:
    """The address of the file is the resource's; one that is said twice stands where it was."""
    downloads = sorted(str(node) for node in g.objects(ref, DCAT.downloadURL))
    pages = sorted(str(node) for node in g.objects(ref, DCAT.accessURL))
    download = next(iter(downloads), "")
    others = [page for page in pages if page != download]
    if not download:
        return {"url": pages[0]} if pages else {"url": ""}
    if len(others) > 1:
        return {"url": others[1], "access_url": others[0], "download_url": download}
    if others:
        return {"url": download, "access_url": others[0]}
    return {"url": download, "download_url": download}


# Formats, size, checksum --------------------------------------------------------------------------------------------


def _write_formats(g: Graph, ref: Node, resource: Mapping[str, Any]) -> None:
    form, media = (str(resource.get(key) or "").strip() for key in ("format", "mimetype"))
    if not media and lists.media_type_uri(form):
        form, media = "", form
    if media:
        write_said(g, ref, DCAT.mediaType, lists.media_type_uri(media) or media, DCTERMS.MediaType)
    if form:
        uri = lists.file_type_uri(form)
        node = write_said(g, ref, _FORMAT, uri or form, DCTERMS.MediaTypeOrExtent)
        if uri:
            g.add((node, SKOS.inScheme, URIRef(lists.FILE_TYPE_SCHEME)))


def _read_formats(g: Graph, ref: Node) -> dict[str, str]:
    form, media = _first(g, ref, _FORMAT), _first(g, ref, DCAT.mediaType)
    if not media and lists.media_type_uri(form):
        form, media = "", form
    return {"format": lists.file_type_name(form), "mimetype": lists.media_type(media)}


def _first(g: Graph, ref: Node, predicate: Node) -> str:
    return next(iter(read_said(g, ref, predicate)), "")


def _write_size(g: Graph, ref: Node, value: Any) -> None:
    text = str(value if value is not None else "").strip()
    if text.isascii() and text.isdigit():
        g.add((ref, DCAT.byteSize, Literal(int(text), datatype=XSD.nonNegativeInteger)))


def _read_size(g: Graph, ref: Node) -> int | None:
    for value in sorted(str(node) for node in g.objects(ref, DCAT.byteSize)):
        try:
            size = float(value)
        except ValueError:
            continue
        if 0 <= size < float(2**63):
            return int(value) if value.isdigit() else int(size)
    return None


def _write_checksum(g: Graph, ref: Node, resource: Mapping[str, Any]) -> None:
    value, algorithm = str(resource.get("hash") or ""), str(resource.get("hash_algorithm") or "") or None
    known = lists.checksum(value, algorithm) if value else None
    if known is None or known[1] is None:
        return
    node = BNode()
    g.add((ref, SPDX.checksum, node))
    g.add((node, RDF.type, SPDX.Checksum))
    g.add((node, SPDX.checksumValue, Literal(known[0], datatype=XSD.hexBinary)))
    write_said(g, node, SPDX.algorithm, lists.algorithm_uri(known[1]) or known[1], SPDX.ChecksumAlgorithm)


def _read_checksum(g: Graph, ref: Node) -> dict[str, str]:
    for node in sorted(g.objects(ref, SPDX.checksum), key=str):
        value = g.value(node, SPDX.checksumValue)
        algorithm = g.value(node, SPDX.algorithm)
        if value is not None:
            # The text as it is written: a Literal of this type would write its digits anew.
            name = lists.algorithm_name(said(g, algorithm)) if algorithm is not None else ""
            return {"hash": str(value), "hash_algorithm": name}
    return {}


def _describe_status(g: Graph, ref: Node) -> None:
    for status in list(g.objects(ref, ADMS.status)):
        if isinstance(status, URIRef):
            g.add((status, RDF.type, SKOS.Concept))
            g.add((status, SKOS.prefLabel, Literal(str(status).rpartition("/")[2], lang="en")))
