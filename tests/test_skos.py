"""Vocabularies as SKOS: complete, linked, and RDF that others read."""

from __future__ import annotations

import json

import pytest
import rdflib
from rdflib.namespace import RDF, SKOS

from ckanext.regional import skos, vocabulary

EU = "http://publications.europa.eu/resource/authority/data-theme"


def read(name: str) -> rdflib.Graph:
    return rdflib.Graph().parse(data=json.dumps(skos.scheme(name)), format="json-ld")


@pytest.mark.parametrize("name", vocabulary.NAMES)
def test_every_term_is_a_concept_of_the_scheme(name: str) -> None:
    graph = read(name)
    concepts = {str(concept) for concept in graph.subjects(RDF.type, SKOS.Concept)}
    schemes = set(graph.objects(None, SKOS.inScheme))
    assert concepts == {term.uri for term in vocabulary.vocabulary(name)}
    assert schemes == {rdflib.URIRef(vocabulary.scheme(name))} == set(graph.subjects(RDF.type, SKOS.ConceptScheme))


@pytest.mark.parametrize("name", vocabulary.NAMES)
def test_every_label_is_there_in_its_language(name: str) -> None:
    labels = {(str(uri), label.language) for uri, label in read(name).subject_objects(SKOS.prefLabel)}  # pyright: ignore[reportAttributeAccessIssue]
    assert labels == {(term.uri, lang) for term in vocabulary.vocabulary(name) for lang in term.labels}


def test_sectors_lead_to_themes() -> None:
    graph = read("sector")
    medical, tourist = (rdflib.URIRef(f"urn:x-ckanext-regional:sector:{code}") for code in ("medical", "tourist"))
    assert set(graph.objects(medical, SKOS.closeMatch)) == {rdflib.URIRef(f"{EU}/HEAL")}
    assert set(graph.objects(medical, SKOS.broadMatch)) == set()
    assert set(graph.objects(tourist, SKOS.broadMatch)) == {rdflib.URIRef(f"{EU}/{code}") for code in ("ECON", "EDUC")}


def test_only_the_six_categories_are_on_top() -> None:
    assert len(set(read("hvd_category").objects(None, SKOS.hasTopConcept))) == 6


def test_an_unknown_vocabulary_is_named() -> None:
    with pytest.raises(ValueError, match="'colour'"):
        skos.scheme("colour")
