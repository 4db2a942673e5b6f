"""The forms that RDF comes in, by what a server says and by how an address ends; needs no RDF library."""

from __future__ import annotations

from urllib.parse import urlsplit

_BY_TYPE = {
    "text/turtle": "turtle", "application/x-turtle": "turtle", "text/n3": "turtle", "text/rdf+n3": "turtle",
    "application/n-triples": "nt", "application/rdf+xml": "xml", "application/xml": "xml", "text/xml": "xml",
    "application/ld+json": "json-ld", "application/json": "json-ld",
}  # fmt: skip
_BY_ENDING = {
    "ttl": "turtle", "n3": "turtle", "nt": "nt", "rdf": "xml", "xml": "xml", "owl": "xml", "jsonld": "json-ld",
    "json": "json-ld",
}  # fmt: skip


def of_type(content_type: str) -> str | None:
    """The form that a ``Content-Type`` names, as rdflib calls it."""
    return _BY_TYPE.get(content_type.split(";")[0].strip().lower())


def of_address(url: str) -> str | None:
    """The form that the ending of an address names."""
    name = urlsplit(url).path.rsplit("/", 1)[-1]
    return _BY_ENDING.get(name.rpartition(".")[2].lower()) if "." in name else None
