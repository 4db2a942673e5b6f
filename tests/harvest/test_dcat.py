"""DCAT catalogues: every format, in pages and in none, whole and broken, harvested by this process."""

from __future__ import annotations

import json
from typing import Any

import pytest
from rdflib import Graph

from tests.conftest import People
from tests.dcat.conftest import emitted
from tests.dcat.test_profile import FULL
from tests.faults.hostile import Answer, HostileServer, Request
from tests.harvest.local import Local
from tests.harvest.real import CATALOGUE, as_json_ld

PREFIXES = """
@prefix dcat: <http://www.w3.org/ns/dcat#> .
@prefix dct: <http://purl.org/dc/terms/> .
@prefix foaf: <http://xmlns.com/foaf/0.1/> .
@prefix hydra: <http://www.w3.org/ns/hydra/core#> .
"""
TURTLE = "text/turtle"


def described(number: int, title: str = "", more: str = "") -> str:
    """One dataset with a file and a publisher without a name of its own."""
    uri = f"https://data.example.org/dataset/{number}"
    return f"""
<{uri}> a dcat:Dataset ; dct:title "{title or f"Data {number}"}"@fr ; dct:identifier "{number}" ;
  dct:publisher [ a foaf:Agent ; foaf:name "Ville" ] {more} ;
  dcat:distribution [ a dcat:Distribution ; dcat:accessURL <{uri}.csv> ; dct:format "CSV" ] .
"""


def catalogue(*parts: str) -> bytes:
    return "\n".join([PREFIXES, "<https://data.example.org> a dcat:Catalog .", *parts]).encode()


def turtle(content: bytes) -> Answer:
    return Answer(content, headers={"Content-Type": TURTLE})


@pytest.fixture
def harvest(people: People, hostile: HostileServer) -> Local:
    """A source of kind ``dcat`` whose catalogue the test writes."""
    return Local(people, f"{hostile.url}/catalog.ttl", kind="dcat")


def serve(hostile: HostileServer, content: bytes, **headers: str) -> None:
    hostile.actions["catalog.ttl"] = lambda _request: Answer(content, headers={"Content-Type": TURTLE, **headers})


def test_a_catalogue_comes_changes_and_goes(harvest: Local, hostile: HostileServer) -> None:
    serve(hostile, catalogue(*(described(number) for number in range(3))))
    run = harvest()
    assert (run["kind"], run["state"], run["counts"]["created"]) == ("dcat", "finished", 3)
    one = harvest.dataset("https://data.example.org/dataset/1")
    assert (one["title"], one["publisher"], one["resources"][0]["url"]) == (
        "Data 1",
        [{"name": "Ville"}],
        "https://data.example.org/dataset/1.csv",
    )
    assert one["origin"]["url"] == "https://data.example.org/dataset/1"

    # In another order, with other labels of blank nodes: nothing is written.
    again = Graph().parse(data=catalogue(*(described(number) for number in (2, 0, 1))), format="turtle")
    serve(hostile, again.serialize(format="nt").encode(), **{"Content-Type": "application/n-triples"})
    run = harvest()
    assert (run["counts"]["unchanged"], run["counts"]["seen"]) == (3, 3)

    serve(hostile, catalogue(described(0), described(1, "Autre")))
    run = harvest()
    assert (run["counts"]["updated"], run["counts"]["unchanged"], run["counts"]["withdrawn"]) == (1, 1, 1)
    assert harvest.dataset("https://data.example.org/dataset/1")["title"] == "Autre"
    assert harvest.records()["https://data.example.org/dataset/2"]["state"] == "withdrawn"


@pytest.mark.parametrize(
    ("form", "content_type"),
    [
        ("xml", "application/rdf+xml"),
        ("xml", "application/octet-stream"),
        ("json-ld", "application/ld+json"),
        ("json-ld", "text/plain"),
        ("nt", "application/n-triples"),
        ("turtle", "text/plain; charset=utf-8"),
    ],
)
def test_every_format_is_read(harvest: Local, hostile: HostileServer, form: str, content_type: str) -> None:
    graph = Graph().parse(data=catalogue(described(1)), format="turtle")
    serve(hostile, graph.serialize(format=form).encode(), **{"Content-Type": content_type})
    assert harvest()["counts"]["created"] == 1


def test_what_our_profile_writes_comes_back_whole(harvest: Local, hostile: HostileServer) -> None:
    own = {key: value for key, value in FULL.items() if key != "origin"}
    serve(hostile, emitted(own, catalogue=True).serialize(format="turtle").encode())
    run = harvest()
    assert (run["counts"]["created"], run["counts"]["seen"]) == (1, 1)
    ((remote_id, record),) = harvest.records().items()
    here = harvest.dataset(remote_id)
    for field in ("title_translated", "theme", "territory", "publisher", "contact", "hvd_category", "legal_basis"):
        assert here[field] == FULL[field], (field, record["reason"])
    assert harvest()["counts"]["unchanged"] == 1


def paged(hostile: HostileServer, pages: list[list[int]], link: str, total: int | None = None) -> None:
    """Pages that name the next one as ``link`` says."""

    def answer(request: Request) -> Answer:
        number = int(request.parameters.get("page", 1))
        parts = [described(one) for one in pages[number - 1]] if number <= len(pages) else []
        if link and number < len(pages):
            address = f"{hostile.url}/catalog.ttl?page={number + 1}"
            parts.append(f'<#page> a hydra:PartialCollectionView ; hydra:{link} "{address}" .')
        if total is not None:
            parts.append(f"<#page> hydra:totalItems {total} .")
        return turtle(catalogue(*parts))

    hostile.actions["catalog.ttl"] = answer


@pytest.mark.parametrize("link", ["next", "nextPage"])
def test_hydra_pages_are_followed(harvest: Local, hostile: HostileServer, link: str) -> None:
    # One dataset moved to the next page while the first one was read.
    paged(hostile, [[1, 2], [2, 3], [4]], link)
    run = harvest()
    assert (run["counts"]["created"], run["counts"]["seen"]) == (4, 4)
    assert len(hostile.requests) == 3


def test_numbered_pages_are_counted_on(people: People, hostile: HostileServer) -> None:
    harvest = Local(people, f"{hostile.url}/catalog.ttl?page=1", kind="dcat")
    paged(hostile, [[1, 2], [3, 4]], "")
    assert harvest()["counts"]["created"] == 4
    paged(hostile, [[1, 2], [3]], "")
    assert harvest()["counts"]["withdrawn"] == 1


def test_pages_in_a_circle_end(harvest: Local, hostile: HostileServer) -> None:
    def answer(request: Request) -> Answer:
        number = int(request.parameters.get("page", 1))
        following = f"{hostile.url}/catalog.ttl?page={3 - number}"
        return turtle(catalogue(described(number), f"<#p> hydra:next <{following}> ."))

    hostile.actions["catalog.ttl"] = answer
    run = harvest()
    assert (run["state"], run["counts"]["seen"]) == ("finished", 2)


def test_what_a_catalogue_hides_from_us_is_not_gone(harvest: Local, hostile: HostileServer) -> None:
    paged(hostile, [[1, 2], [3, 4]], "next", total=4)
    assert harvest()["counts"]["created"] == 4
    paged(hostile, [[1, 2]], "next", total=4)
    run = harvest()
    assert (run["state"], run["counts"]["unchanged"], run["counts"]["withdrawn"]) == ("finished", 2, 0)


def test_a_page_that_fails_keeps_what_came_before(harvest: Local, hostile: HostileServer) -> None:
    paged(hostile, [[1, 2], [3]], "next")
    whole = hostile.actions["catalog.ttl"]
    hostile.actions["catalog.ttl"] = lambda request: (
        Answer(b"<html>down</html>", status=404) if "page" in request.parameters else whole(request)
    )
    run = harvest()
    assert (run["state"], run["counts"]["created"]) == ("failed", 2)
    assert "there is no such page" in run["error"]


ENTITY = b"""<?xml version="1.0"?><!DOCTYPE r [<!ENTITY x %s>]>
<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:dcat="http://www.w3.org/ns/dcat#"
  xmlns:dct="http://purl.org/dc/terms/">
<dcat:Dataset rdf:about="https://data.example.org/1"><dct:title>&x;</dct:title></dcat:Dataset></rdf:RDF>"""

NONSENSE = {
    "a page": (b"<!doctype html><title>Maintenance</title>", "it is a web page"),
    "nothing": (b"", "it is empty"),
    "cut": (catalogue(described(1))[:-40], "cannot be read as turtle"),
    "prose": (b"Bonjour.", "cannot be read as turtle"),
    "cut xml": (b"<?xml version='1.0'?><rdf:RDF>", "cannot be read as xml"),
    "cut json": (b'{"@graph": [', "cannot be read as json-ld"),
    "no catalogue": (b"<https://a.example> a <https://b.example> .", "describes no dcat:Catalog"),
    "external entity": (ENTITY % b'SYSTEM "file:///etc/passwd"', "fetched from elsewhere"),
    "growing entity": (ENTITY % b'"&#38;y;&#38;y;&#38;y;"', "grows"),
    "deep json": (b'{"a":' * 3000 + b"1" + b"}" * 3000, "deep"),
    "private context": (b'{"@context": "http://10.1.2.3/context", "@graph": []}', "10.1.2.3 is private"),
    "file as context": (b'{"@context": "file:///etc/passwd", "@graph": []}', "no web address"),
}


@pytest.mark.parametrize("case", NONSENSE)
def test_nonsense_fails_in_a_sentence(case: str, harvest: Local, hostile: HostileServer) -> None:
    content, says = NONSENSE[case]
    serve(hostile, content)
    run = harvest()
    assert (run["state"], run["counts"]["seen"]) == ("failed", 0)
    assert says in run["error"]
    assert "catalog.ttl" in run["error"] or "context" in run["error"] or "passwd" in run["error"]


def test_short_names_for_namespaces_are_read(harvest: Local, hostile: HostileServer) -> None:
    serve(hostile, ENTITY % b'"Menus"')
    harvest()
    assert harvest.dataset("https://data.example.org/1")["title"] == "Menus"


def test_a_context_elsewhere_is_fetched_once_by_the_guarded_way(harvest: Local, hostile: HostileServer) -> None:
    terms = {"Dataset": "http://www.w3.org/ns/dcat#Dataset", "title": "http://purl.org/dc/terms/title"}
    hostile.actions["context.jsonld"] = lambda _request: Answer(json.dumps({"@context": terms}).encode())
    graph: list[dict[str, Any]] = [
        {"@id": f"https://a.example/{n}", "@context": "context.jsonld", "@type": "Dataset", "title": f"T{n}"}
        for n in range(3)
    ]
    serve(hostile, json.dumps({"@context": f"{hostile.url}/context.jsonld", "@graph": graph}).encode())
    assert harvest()["counts"]["created"] == 3
    assert [one.action for one in hostile.requests].count("context.jsonld") == 1


def test_a_graph_with_a_name_is_read(harvest: Local, hostile: HostileServer) -> None:
    dataset = {"@id": "https://a.example/1", "@type": "http://www.w3.org/ns/dcat#Dataset"}
    serve(hostile, json.dumps({"@id": "https://a.example/graph", "@graph": [dataset]}).encode())
    assert harvest()["counts"]["created"] == 1


def test_contexts_in_a_circle_are_refused(harvest: Local, hostile: HostileServer) -> None:
    hostile.actions["context.jsonld"] = lambda _request: Answer(b'{"@context": "context.jsonld"}')
    serve(hostile, json.dumps({"@context": f"{hostile.url}/context.jsonld", "@graph": []}).encode())
    assert "names itself" in harvest()["error"]


def test_untidy_datasets_are_all_accounted_for(harvest: Local, hostile: HostileServer) -> None:
    serve(
        hostile,
        catalogue(
            described(1, more='; dct:spatial "\\u0000 somewhere" ; dct:issued "soon" ; dcat:landingPage "no page"'),
            '[] a dcat:Dataset ; dct:title "Known by its identifier" ; dct:identifier "B" .',
            '[] a dcat:Dataset ; dct:title "The same again" ; dct:identifier "B" .',
            '[] a dcat:Dataset ; dct:title "Known by nothing" .',
            "<https://data.example.org/4> a dcat:Dataset .",
            '<https://data.example.org/5> a dcat:Dataset ; dct:title 5 ; dcat:distribution "none", [], <http://[bad> .',
            "<https://data.example.org/6> a dcat:Dataset ; dct:title '''<script>alert(1)</script>''' .",
        ),
    )
    run = harvest()
    counts = run["counts"]
    assert (run["state"], counts["seen"], counts["created"], counts["failed"]) == ("finished", 7, 5, 2)
    records = harvest.records()
    assert {records[key]["state"] for key in ("B", "https://data.example.org/4")} == {"current"}
    reasons = sorted(one["reason"] for one in records.values() if one["state"] == "failed")
    assert "neither a URI nor a dct:identifier" in reasons[1]
    assert "another dataset of the catalogue has the identifier “B”" in reasons[0]


def test_the_same_file_twice_is_two_files_with_lasting_ids(harvest: Local, hostile: HostileServer) -> None:
    file = 'dcat:distribution [ a dcat:Distribution ; dcat:accessURL <https://f.example> ; dct:format "{}" ]'
    forms = ("CSV", "JSON")

    def write(order: tuple[str, ...]) -> bytes:
        files = " ; ".join(file.format(form) for form in order)
        return catalogue(f'<https://data.example.org/1> a dcat:Dataset ; dct:title "T" ; {files} .')

    serve(hostile, write(forms))
    harvest()
    first = {one["format"]: one["id"] for one in harvest.dataset("https://data.example.org/1")["resources"]}
    assert len(set(first.values())) == 2
    serve(hostile, write(forms[::-1]))
    assert harvest()["counts"]["unchanged"] == 1


def test_a_dataset_of_ours_does_not_come_back(people: People, harvest: Local, hostile: HostileServer) -> None:
    site = harvest.act("regional_federation")["site"]
    claim = (
        '; <http://www.w3.org/ns/prov#wasDerivedFrom> [ <urn:x-ckanext-regional:originSite> "%s" ; dct:identifier "x" ]'
    )
    serve(hostile, catalogue(described(1, more=claim % site)))
    assert harvest()["counts"]["skipped"] == 1


@pytest.mark.skipif(not CATALOGUE.exists(), reason=f"no real catalogue: {CATALOGUE.name} is not here")
def test_the_real_catalogue_comes_in(harvest: Local, hostile: HostileServer) -> None:
    # To write all of them takes minutes, and test_real_catalogue does that.
    document, number = as_json_ld(CATALOGUE, every=8)
    serve(hostile, document, **{"Content-Type": "application/ld+json"})
    run = harvest()
    reasons = {key: one["reason"] for key, one in harvest.records(state="failed").items()}
    assert (run["state"], run["counts"]["seen"], reasons) == ("finished", number, {})
    assert harvest()["counts"]["unchanged"] == number
