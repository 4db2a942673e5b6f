"""Bytes as graphs: the same content in the same order, whatever its labels, its form and its size."""

from __future__ import annotations

from typing import Any

import pytest
from rdflib import BNode, Graph, URIRef

from ckanext.regional.harvest.clients import contexts, rdf
from ckanext.regional.harvest.clients.dcat import is_document, site_url


def no_fetch(url: str) -> Any:
    raise AssertionError(f"{url} was fetched")


def read(content: str, content_type: str = "text/turtle") -> Graph:
    return rdf.parse(content.encode(), content_type, "https://a.example/catalog", no_fetch)


def test_labels_and_order_of_the_document_do_not_matter() -> None:
    one = read('<urn:d> <urn:p> [ <urn:n> "a" ; <urn:q> [ <urn:n> "x" ] ], [ <urn:n> "a" ; <urn:q> [ <urn:n> "b" ] ] .')
    other = read(
        '_:z <urn:n> "a" . _:a <urn:n> "a" . _:z <urn:q> _:y . _:y <urn:n> "b" . _:a <urn:q> _:b . _:b <urn:n> "x" . '
        "<urn:d> <urn:p> _:a, _:z ."
    )

    def first(graph: Graph) -> str:
        node = next(graph.objects(URIRef("urn:d"), URIRef("urn:p")))
        return str(graph.value(graph.value(node, URIRef("urn:q")), URIRef("urn:n")))

    assert first(one) == first(other)


def test_many_blank_nodes_that_all_know_each_other_cost_no_more_than_their_triples() -> None:
    nodes = [BNode() for _ in range(60)]
    graph = Graph()
    for one in nodes:
        for other in nodes:
            graph.add((one, URIRef("urn:knows"), other))
    assert len(rdf.in_order(graph)) == 3600


@pytest.mark.parametrize(
    "content", ["@prefix owl: <http://www.w3.org/2002/07/owl#> . <> owl:imports <https://b.example/more> ."]
)
def test_imports_are_not_followed(content: str) -> None:
    assert len(read(content)) == 1


def test_contexts_are_put_where_they_are_named() -> None:
    there = {
        "https://a.example/c1": {"@context": {"name": "urn:name", "@import": "c2"}},
        "https://a.example/c2": {"@context": {"title": {"@id": "urn:title", "@context": "c3"}}},
        "https://a.example/c3": {"@context": [{"x": "urn:x"}, {"y": "urn:y"}]},
    }
    document = {"@context": ["c1", {"z": "urn:z"}], "title": "T", "list": [{"@context": "c3"}]}
    assert contexts.inline(document, "https://a.example/doc", there.__getitem__) == {
        "@context": [
            {"title": {"@id": "urn:title", "@context": [{"x": "urn:x"}, {"y": "urn:y"}]}, "name": "urn:name"},
            {"z": "urn:z"},
        ],
        "title": "T",
        "list": [{"@context": [{"x": "urn:x"}, {"y": "urn:y"}]}],
    }


def test_contexts_without_number_are_refused() -> None:
    document = [{"@context": f"c{number}"} for number in range(11)]
    with pytest.raises(contexts.ContextError, match="more than 10"):
        contexts.inline(document, "https://a.example/", lambda _url: {"@context": {}})


@pytest.mark.parametrize(
    ("url", "site", "document"),
    [
        ("https://a.example/catalog.ttl", "https://a.example", True),
        ("https://a.example/data/catalog.rdf?page=2", "https://a.example/data", True),
        ("https://a.example", "https://a.example", False),
        ("https://a.example/portal", "https://a.example/portal", False),
    ],
)
def test_a_catalogue_is_on_a_site(url: str, site: str, document: bool) -> None:
    assert (site_url(url), is_document(url)) == (site, document)
