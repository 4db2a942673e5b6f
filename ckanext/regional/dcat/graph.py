"""Small steps on a graph: a URI or a text as a node of the class that DCAT-AP wants, and back."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from rdflib import RDF, RDFS, BNode, Graph, Literal, Namespace, URIRef
from rdflib.namespace import DCTERMS, SKOS
from rdflib.term import Node

from ckanext.dcat.profiles.base import URIRefOrLiteral  # pyright: ignore[reportMissingImports]
from ckanext.regional import vocabulary

#: What no standard has; a URN, as for our vocabularies (:mod:`ckanext.regional.vocabulary`).
REGIONAL = Namespace("urn:x-ckanext-regional:")
DCAT = Namespace("http://www.w3.org/ns/dcat#")
DCATAP = Namespace("http://data.europa.eu/r5r/")
GEODCAT = Namespace("http://data.europa.eu/930/")
#: Data Privacy Vocabulary 2, https://w3c.github.io/dpv/2.2/dpv/modules/personal_data.html
DPV = Namespace("https://w3id.org/dpv#")
ADMS = Namespace("http://www.w3.org/ns/adms#")
VCARD = Namespace("http://www.w3.org/2006/vcard/ns#")
SPDX = Namespace("http://spdx.org/rdf/terms#")
LOCN = Namespace("http://www.w3.org/ns/locn#")
ELI = Namespace("http://data.europa.eu/eli/ontology#")

PREFIXES = {"regional": REGIONAL, "geodcat": GEODCAT, "dpv": DPV, "eli": ELI}


def texts(value: Any) -> list[str]:
    """The texts of a list field, also where a list is one text."""
    values = value if isinstance(value, list) else [value]
    return [text.strip() for text in values if isinstance(text, str) and text.strip()]


def objects_of(value: Any) -> list[dict[str, Any]]:
    """The filled objects of a repeating field."""
    values = value if isinstance(value, list) else []
    return [item for item in values if isinstance(item, dict) and any(item.values())]


def write_said(g: Graph, subject: Node, predicate: Node, value: str, kind: Node, label: Node = RDFS.label) -> Node:
    """Write a value that is a web address as that, any other as a node of the same class that says it."""
    node: Node = URIRefOrLiteral(value)  # pyright: ignore[reportAssignmentType]
    if not isinstance(node, URIRef):
        node = BNode()
        g.add((node, label, Literal(value)))
    g.add((node, RDF.type, kind))
    g.add((subject, predicate, node))
    return node


def said(g: Graph, node: Node, label: Node = RDFS.label) -> str:
    """What :func:`write_said` wrote: an address, or what the node says."""
    if isinstance(node, BNode):
        return next(iter(sorted(str(value) for value in g.objects(node, label))), "")
    return str(node)


def read_said(g: Graph, subject: Node, predicate: Node, label: Node = RDFS.label) -> list[str]:
    """All that is said of a subject, in a steady order: a graph has none."""
    return sorted({text for node in g.objects(subject, predicate) if (text := said(g, node, label))})


def write_term(g: Graph, name: str, value: str, *kinds: Node) -> URIRef | None:
    """Describe a term of a vocabulary, so that a reader without it sees a class and a name.

    :returns: its node, or None where the vocabulary does not have it
    """
    term = vocabulary.get(name, value)
    if term is None:
        return None
    node = URIRef(term.uri)
    for kind in kinds or (SKOS.Concept,):
        g.add((node, RDF.type, kind))
    for lang, label in term.labels.items():
        g.add((node, SKOS.prefLabel, Literal(label, lang=lang)))
    g.add((node, SKOS.inScheme, URIRef(vocabulary.scheme(name))))
    return node


def describe_terms(g: Graph, name: str, nodes: Iterable[Node], *kinds: Node) -> None:
    """As :func:`write_term`, for what is in the graph already. One that is unknown gets its class all the same."""
    for node in list(nodes):
        if not isinstance(node, URIRef) or write_term(g, name, str(node), *kinds) is not None:
            continue
        for kind in kinds or (SKOS.Concept,):
            g.add((node, RDF.type, kind))
        if SKOS.Concept in (kinds or (SKOS.Concept,)) and (node, SKOS.prefLabel, None) not in g:
            g.add((node, SKOS.prefLabel, Literal(str(node).rstrip("/").rpartition("/")[2] or str(node))))


def read_terms(g: Graph, subject: Node, predicate: Node, name: str) -> Iterator[str]:
    """The terms of a vocabulary as datasets store them, in a steady order."""
    for value in sorted(str(node) for node in g.objects(subject, predicate)):
        if (stored := vocabulary.normalise(name, value)) is not None:
            yield stored


def filled(values: Mapping[str, Any]) -> dict[str, Any]:
    """What of an object says something."""
    return {key: value for key, value in values.items() if value not in ("", None, [], {})}


def add_all(g: Graph, subject: Node, predicate: Node, values: Iterable[Node]) -> None:
    """Write several values of one property."""
    for value in values:
        g.add((subject, predicate, value))


__all__ = [
    "ADMS",
    "DCAT",
    "DCATAP",
    "DCTERMS",
    "DPV",
    "ELI",
    "GEODCAT",
    "LOCN",
    "PREFIXES",
    "REGIONAL",
    "SKOS",
    "SPDX",
    "VCARD",
    "add_all",
    "describe_terms",
    "filled",
    "objects_of",
    "read_said",
    "read_terms",
    "said",
    "texts",
    "write_said",
    "write_term",
]
