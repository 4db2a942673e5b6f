"""Vocabularies by address."""

from __future__ import annotations

import pytest
import rdflib
from ckan.tests.helpers import CKANTestApp
from rdflib.namespace import RDF, SKOS


@pytest.mark.parametrize(("kind", "mimetype"), [("json", "application/ld+json"), ("ttl", "text/turtle")])
def test_the_sectors(app: CKANTestApp, kind: str, mimetype: str) -> None:
    answer = app.get(f"/regional/vocabulary/sector.{kind}", status=200)
    graph = rdflib.Graph().parse(data=answer.text, format="json-ld" if kind == "json" else "turtle")
    assert answer.content_type.startswith(mimetype)
    assert len(set(graph.subjects(RDF.type, SKOS.Concept))) == 26


@pytest.mark.parametrize("name", ["colour.json", "sector.xml", "..%2Fsector.json", "%00.json", "x" * 5000 + ".ttl"])
def test_what_is_not_there(app: CKANTestApp, name: str) -> None:
    app.get(f"/regional/vocabulary/{name}", status=404)
