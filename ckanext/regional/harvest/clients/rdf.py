"""Bytes from outside as an RDF graph: nothing is fetched while reading, and the same content gives the same order."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable
from typing import Any
from xml.parsers import expat

from rdflib import BNode, Dataset, Graph, Literal
from rdflib.term import Node

from ckanext.regional.harvest.clients import contexts, formats
from ckanext.regional.harvest.clients.errors import NeighbourError

#: Turtle first: of what a CKAN offers it is the smallest, and the quickest to read.
ACCEPT = "text/turtle, application/ld+json;q=0.9, application/rdf+xml;q=0.8, application/n-triples;q=0.7, */*;q=0.1"

#: An object, or a list of them; in Turtle, nothing begins so.
_JSON = re.compile(rb"\{|\[\s*\{")
_LONGEST_ENTITY = 2_000
_ROUNDS = 3


class NotRdf(ValueError):
    """The document cannot be read; the text says why."""


def parse(content: bytes, content_type: str, url: str, fetch: contexts.Fetch) -> Graph:
    """Read a document.

    :param content_type: as its server says
    :param url: where it came from, which relative addresses count from
    :param fetch: fetches the contexts that a JSON-LD document names
    :raises NotRdf: when it is none, or wants more than a document may.
    :raises NeighbourError: what ``fetch`` raises.
    """
    form = _format(content, content_type, url)
    # JSON-LD may put its triples into graphs with names; what they say counts all the same.
    graph = Dataset(default_union=True) if form == "json-ld" else Graph()
    try:
        if form == "json-ld":
            content = json.dumps(contexts.inline(json.loads(content), url, fetch)).encode()
        elif form == "xml":
            _refuse_entities(content)
        graph.parse(data=content, format=form, publicID=url)
    except (NotRdf, contexts.ContextError) as error:
        raise NotRdf(str(error)) from error
    except (NeighbourError, MemoryError):
        raise
    except RecursionError:
        raise NotRdf("it is nested too deep") from None
    except Exception as error:  # rdflib's readers have no error in common
        raise NotRdf(f"it cannot be read as {form} ({type(error).__name__}: {_brief(error)})") from error
    return in_order(graph)


def in_order(graph: Graph) -> Graph:
    """The same triples, added in an order that follows from what they say and not from the document or its labels.

    Readers that take one of several values take the first: so that is the same one at every fetch.
    """
    triples = list(graph.triples((None, None, None)))
    signatures = _signatures(triples)

    def key(node: Node) -> str:
        return signatures[node] if isinstance(node, BNode) else _text(node)

    ordered = Graph()
    for triple in sorted(triples, key=lambda triple: (key(triple[0]), str(triple[1]), key(triple[2]))):
        ordered.add(triple)
    return ordered


def _signatures(triples: Iterable[tuple[Node, Node, Node]]) -> dict[Node, str]:
    """What each blank node says, and in some rounds what those say that it leads to: its label says nothing."""
    said: dict[Node, list[tuple[str, Node]]] = {}
    for subject, predicate, value in triples:
        if isinstance(subject, BNode):
            said.setdefault(subject, []).append((str(predicate), value))
        if isinstance(value, BNode):
            said.setdefault(value, [])
    found = dict.fromkeys(said, "")
    for _ in range(_ROUNDS):
        found = {
            node: _digest(
                f"{predicate} {found[value] if isinstance(value, BNode) else _text(value)}"
                for predicate, value in statements
            )
            for node, statements in said.items()
        }
    return found


def _digest(statements: Iterable[str]) -> str:
    return "_:" + hashlib.sha256("\n".join(sorted(statements)).encode("utf-8", "surrogatepass")).hexdigest()


def _text(node: Node) -> str:
    if isinstance(node, Literal):
        return f'"{node}"@{node.language or ""}^^{node.datatype or ""}'
    return str(node)


def _format(content: bytes, content_type: str, url: str) -> str:
    """What a document is: what it plainly looks like, else what its server says, else its ending."""
    begin = content[:400].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if not begin:
        raise NotRdf("it is empty")
    if begin.startswith((b"<!doctype html", b"<html")):
        raise NotRdf("it is a web page")
    if begin.startswith((b"<?xml", b"<rdf:rdf", b"<!doctype rdf")):
        return "xml"
    if _JSON.match(begin):
        return "json-ld"
    said = formats.of_type(content_type)
    named = formats.of_address(url)
    return said or named or "turtle"


def _refuse_entities(content: bytes) -> None:
    """Refuse entities that would have something fetched, or that grow; short names for namespaces are usual.

    :raises NotRdf: when there is one.
    """
    if b"ENTITY" not in content and b"\x00" not in content[:4]:
        return

    def declared(
        name: str, is_parameter: bool, value: str | None, base: Any, system: Any, public: Any, notation: Any
    ) -> None:
        if system or public or is_parameter:
            raise NotRdf(f"its entity “{name}” is to be fetched from elsewhere")
        if value is not None and (len(value) > _LONGEST_ENTITY or re.search(r"&(?!#)", value)):
            raise NotRdf(f"its entity “{name}” grows")

    parser = expat.ParserCreate()
    parser.EntityDeclHandler = declared
    parser.StartElementHandler = _stop
    try:
        parser.Parse(content, True)
    except (_RootReached, expat.ExpatError):
        return


class _RootReached(Exception):
    """Entities are declared before the first element."""


def _stop(name: str, attributes: Any) -> None:
    raise _RootReached


def _brief(error: Exception) -> str:
    return " ".join(str(error).split())[:160]
