"""RDF by address, with ckanext-dcat on: only what is public, all of it, and pages that lead to it."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import ckan.plugins.toolkit as tk
import pytest
from bs4 import BeautifulSoup
from ckan import plugins as p
from ckan.config.middleware import make_app
from ckan.tests.helpers import CKANTestApp
from rdflib import Graph, Literal, Namespace, URIRef
from rdflib.namespace import DCTERMS

from tests.conftest import BREST, People, act, complete, fingerprint

DCAT = Namespace("http://www.w3.org/ns/dcat#")


@pytest.fixture
def with_dcat(ckan_config: dict[str, Any], clean_regional: None) -> Any:
    """Start CKAN with more plugins; afterwards the next test loads its own."""

    def start(*more: str) -> CKANTestApp:
        ckan_config["ckan.plugins"] = " ".join([*ckan_config["ckan.plugins"], *more])
        p.unload_all()
        p.load_all()
        return CKANTestApp(make_app(ckan_config))

    yield start
    p.unload_all()


def test_rdf_of_what_is_public(with_dcat: Callable[..., CKANTestApp], request: pytest.FixtureRequest) -> None:
    app = with_dcat("dcat", "structured_data")
    people: People = request.getfixturevalue("people")
    made = act("package_create", people.editor, **complete(people))
    hidden = act("package_create", people.editor, **complete(people, name="hidden", title="Rien pour le public"))
    act("regional_curation_submit", people.editor, id=made["id"])
    act("regional_curation_approve", people.steward, id=made["id"], fingerprint=fingerprint(people, made))

    for answer in ("ttl", "xml", "jsonld", "n3"):
        app.get(f"/dataset/{hidden['id']}.{answer}", status=403)
        assert app.get(f"/dataset/{made['id']}.{answer}", status=200).data
    ref = URIRef(f"http://test.ckan.net/dataset/{made['id']}")
    graph = Graph().parse(data=app.get(f"/dataset/{made['id']}.ttl").data, format="turtle")
    assert (ref, DCTERMS.title, Literal("Menus des cantines")) in graph
    assert len(list(graph.objects(None, DCTERMS.license))) == 1
    assert people.editor not in graph.serialize(format="turtle")

    ways = dict(tk.h.regional_ways_on({"vocab_regional_territory": BREST}))
    about = next(address for address in ways.values() if "catalog.ttl" in address).partition("catalog.ttl")[2]
    assert "29019" in about
    for query in ("", "?fq=vocab_regional_origin:local", about):
        catalogue = Graph().parse(data=app.get(f"/catalog.ttl{query}").data, format="turtle")
        assert list(catalogue.objects(None, DCAT.dataset)) == [ref]
        assert list(catalogue.objects(URIRef("http://test.ckan.net"), DCTERMS.publisher))
        assert "Rien pour le public" not in catalogue.serialize(format="turtle")
    elsewhere = app.get("/catalog.ttl?fq=vocab_regional_origin:elsewhere").data
    assert not list(Graph().parse(data=elsewhere, format="turtle").objects(None, DCAT.dataset))

    page = BeautifulSoup(app.get(f"/dataset/{made['name']}").text, "html.parser")
    links = {str(link.get("type")): str(link["href"]) for link in page.find_all("link", rel="alternate")}
    assert links["text/turtle"].endswith(f"/dataset/{made['id']}.ttl")
    assert links["application/ld+json"].endswith(f"/dataset/{made['id']}.jsonld")
    script = page.find("script", type="application/ld+json")
    assert script is not None
    assert "Menus des cantines" in json.dumps(json.loads(script.text), ensure_ascii=False)


def test_a_steward_who_agreed_is_named_in_rdf(
    with_dcat: Callable[..., CKANTestApp], request: pytest.FixtureRequest
) -> None:
    app = with_dcat("dcat")
    people: People = request.getfixturevalue("people")
    made = act("package_create", people.editor, **complete(people))
    act("regional_curation_submit", people.editor, id=made["id"])
    act("regional_curation_approve", people.steward, id=made["id"], fingerprint=fingerprint(people, made))
    act("user_patch", people.editor, id=people.editor, fullname="Anne Le Goff")
    addresses = (f"/dataset/{made['id']}.ttl", "/catalog.ttl")
    assert all("Anne Le Goff" not in app.get(address).text for address in addresses)
    act("user_patch", people.editor, id=people.editor, regional_public_name=True)
    assert all(app.get(address).text.count("Anne Le Goff") == 2 for address in addresses)
    act("user_patch", people.editor, id=people.editor, regional_public_name=False)
    assert all("Anne Le Goff" not in app.get(address).text for address in addresses)


def test_without_the_plugin_pages_work_and_offer_no_rdf(app: CKANTestApp, published: dict[str, Any]) -> None:
    assert not p.plugin_loaded("dcat")
    page = app.get(f"/dataset/{published['name']}", status=200).text
    assert ".ttl" not in page
    app.get(f"/dataset/{published['id']}.ttl", status=404)
    assert tk.config["ckanext.dcat.rdf.profiles"] == "regional_dcat_ap_3"
