"""Who: publisher, producer, custodian, contact, the activity that made the data, and a steward who agreed to it.

A steward is written only by a name that they let be public, and never read: stewards are always of this site.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

from rdflib import PROV, RDF, RDFS, BNode, Graph, Literal, URIRef
from rdflib.namespace import DCTERMS, FOAF, SKOS
from rdflib.term import Node

from ckanext.dcat.profiles.base import CleanedURIRef  # pyright: ignore[reportMissingImports]
from ckanext.regional.dcat import places
from ckanext.regional.dcat.graph import (
    DCAT,
    GEODCAT,
    REGIONAL,
    VCARD,
    describe_terms,
    filled,
    objects_of,
    said,
    write_said,
)

CUSTODIAN = URIRef("http://inspire.ec.europa.eu/metadata-codelist/ResponsiblePartyRole/custodian")
#: INSPIRE's roles are of organisations; a person who answers for data has none there.
STEWARD = REGIONAL["role:steward"]
_ROLE_LABELS = {
    CUSTODIAN: {"fr": "Gestionnaire", "en": "Custodian"},
    STEWARD: {"fr": "Responsable des données", "en": "Data steward"},
}
_AGENTS = {"publisher": DCTERMS.publisher, "creator": DCTERMS.creator, "custodian": GEODCAT.custodian}
_AGENT_KEYS = ("name", "identifier", "type", "email", "url", "uri")


class Agents(Protocol):
    """What ckanext-dcat's profiles know of agents and contacts."""

    def _add_agents(
        self, dataset_ref: Node, dataset_dict: Mapping[str, Any], agent_key: str, rdf_predicate: Node
    ) -> None: ...

    def _agents_details(self, subject: Node, predicate: Node) -> list[dict[str, Any]]: ...

    def _add_contact_to_graph(self, subject: Node, predicate: Node, contact: Mapping[str, Any]) -> None: ...

    def _contact_details(self, subject: Node, predicate: Node) -> list[dict[str, Any]]: ...


def contacts(dataset: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The contacts, or the maintainer or author of a dataset that has none."""
    given = objects_of(dataset.get("contact"))
    for person in ("maintainer", "author"):
        if not given:
            plain = {"name": dataset.get(person), "email": dataset.get(f"{person}_email")}
            given = objects_of([plain])
    return given


def write(g: Graph, ref: Node, dataset: Mapping[str, Any], profile: Agents) -> None:
    """Write them; publisher, producer and contact are in the graph already."""
    profile._add_agents(ref, {"custodian": objects_of(dataset.get("custodian"))}, "custodian", _AGENTS["custodian"])
    for custodian in list(g.objects(ref, GEODCAT.custodian)):
        _attribute(g, ref, custodian, CUSTODIAN)
    for predicate in _AGENTS.values():
        for agent in g.objects(ref, predicate):
            describe_terms(g, "publisher_type", g.objects(agent, DCTERMS.type))
    for activity in objects_of(dataset.get("provenance_activity")):
        _write_activity(g, ref, activity)
    if isinstance(dataset.get("steward_name"), str) and dataset["steward_name"]:
        _write_steward(g, ref, dataset["steward_name"])
    for contact in g.objects(ref, DCAT.contactPoint):
        for predicate in (VCARD.hasEmail, VCARD.hasURL):
            # The shapes for high-value datasets want the class; whoever infers it may have it twice.
            for address in list(g.objects(contact, predicate)):
                g.add((address, RDF.type, RDFS.Resource))


def read(g: Graph, ref: Node, profile: Agents) -> dict[str, Any]:
    """Read them back, in a steady order, without what is empty."""
    found: dict[str, Any] = {
        field: _sorted(_agent(agent) for agent in profile._agents_details(ref, predicate))
        for field, predicate in _AGENTS.items()
    }
    if not found["custodian"]:
        found["custodian"] = _sorted(
            _agent(agent)
            for attribution in g.objects(ref, PROV.qualifiedAttribution)
            if (attribution, DCAT.hadRole, CUSTODIAN) in g
            for agent in profile._agents_details(attribution, PROV.agent)
        )
    found["contact"] = _sorted(
        filled({key: contact.get(key) for key in ("name", "email", "url", "identifier", "uri")})
        for contact in _contacts(g, ref, profile)
    )
    found["provenance_activity"] = _sorted(_read_activity(g, node) for node in g.objects(ref, PROV.wasGeneratedBy))
    return found


def _attribute(g: Graph, ref: Node, agent: Node, role: URIRef) -> None:
    attribution = BNode()
    g.add((ref, PROV.qualifiedAttribution, attribution))
    g.add((attribution, RDF.type, PROV.Attribution))
    g.add((attribution, PROV.agent, agent))
    g.add((attribution, DCAT.hadRole, role))
    g.add((role, RDF.type, DCAT.Role))
    for lang, label in _ROLE_LABELS[role].items():
        g.add((role, SKOS.prefLabel, Literal(label, lang=lang)))


def _write_steward(g: Graph, ref: Node, name: str) -> None:
    """One node that is both the agent and a contact. It has no address: the public one is the dataset's contact's."""
    person = BNode()
    for kind in (FOAF.Agent, FOAF.Person, VCARD.Kind, VCARD.Individual):
        g.add((person, RDF.type, kind))
    g.add((person, FOAF.name, Literal(name)))
    g.add((person, VCARD.fn, Literal(name)))
    g.add((ref, DCAT.contactPoint, person))
    _attribute(g, ref, person, STEWARD)


def _contacts(g: Graph, ref: Node, profile: Agents) -> list[dict[str, Any]]:
    """The contacts that are no stewards."""
    stewards = {
        agent
        for attribution in g.objects(ref, PROV.qualifiedAttribution)
        if (attribution, DCAT.hadRole, STEWARD) in g
        for agent in g.objects(attribution, PROV.agent)
    }
    # ckanext-dcat reads all of a subject's contacts, so those that count stand at a node of their own meanwhile.
    meanwhile = BNode()
    for node in g.objects(ref, DCAT.contactPoint):
        if node not in stewards:
            g.add((meanwhile, DCAT.contactPoint, node))
    found = profile._contact_details(meanwhile, DCAT.contactPoint)
    g.remove((meanwhile, None, None))
    return found


def _agent(details: Mapping[str, Any]) -> dict[str, Any]:
    return filled({key: details.get(key) for key in _AGENT_KEYS})


def _sorted(values: Any) -> list[dict[str, Any]]:
    return sorted((value for value in values if value), key=lambda value: sorted((k, str(v)) for k, v in value.items()))


# Activities ---------------------------------------------------------------------------------------------------------


def _write_activity(g: Graph, ref: Node, activity: Mapping[str, Any]) -> None:
    """Write the activity that made the data.

    Not left to ckanext-dcat, which takes any text for a URI and any date for a moment: neither could be read again.
    """
    node = CleanedURIRef(activity["uri"]) if activity.get("uri") else BNode()
    g.add((ref, PROV.wasGeneratedBy, node))
    g.add((node, RDF.type, PROV.Activity))
    if activity.get("label"):
        g.add((node, RDFS.label, Literal(activity["label"])))
    if activity.get("seeAlso"):
        g.add((node, RDFS.seeAlso, CleanedURIRef(activity["seeAlso"])))
    if activity.get("dct_type"):
        g.add((node, DCTERMS.type, CleanedURIRef(activity["dct_type"])))
    if activity.get("startedAtTime"):
        places.write_moment(g, node, PROV.startedAtTime, activity["startedAtTime"])
    for agent in objects_of(activity.get("wasAssociatedWith")):
        _write_body(g, node, PROV.wasAssociatedWith, agent)


def _write_body(g: Graph, subject: Node, predicate: Node, agent: Mapping[str, Any]) -> None:
    node = CleanedURIRef(agent["uri"]) if agent.get("uri") else BNode()
    g.add((subject, predicate, node))
    g.add((node, RDF.type, FOAF.Agent))
    # DCAT-AP wants a name of every agent.
    name = agent.get("name") or next((str(agent[key]) for key in ("identifier", "email", "url") if agent.get(key)), "–")
    g.add((node, FOAF.name, Literal(name)))
    if agent.get("identifier"):
        g.add((node, DCTERMS.identifier, Literal(agent["identifier"])))
    if agent.get("type"):
        kind = write_said(g, node, DCTERMS.type, agent["type"], SKOS.Concept, SKOS.prefLabel)
        describe_terms(g, "publisher_type", [kind])
    if agent.get("email"):
        g.add((node, VCARD.hasEmail, CleanedURIRef(f"mailto:{agent['email']}")))
    for field, page in (("homepage", FOAF.homepage), ("url", FOAF.page)):
        if agent.get(field):
            g.add((node, page, CleanedURIRef(agent[field])))
    for other in objects_of(agent.get("actedOnBehalfOf")):
        _write_body(g, node, PROV.actedOnBehalfOf, other)


def _read_activity(g: Graph, node: Node) -> dict[str, Any]:
    return filled(
        {
            "label": _value(g, node, RDFS.label),
            "startedAtTime": _value(g, node, PROV.startedAtTime),
            "seeAlso": _value(g, node, RDFS.seeAlso),
            "dct_type": _value(g, node, DCTERMS.type),
            "uri": str(node) if isinstance(node, URIRef) else "",
            "wasAssociatedWith": _sorted(_read_body(g, agent) for agent in g.objects(node, PROV.wasAssociatedWith)),
        }
    )


def _read_body(g: Graph, node: Node) -> dict[str, Any]:
    kind = g.value(node, DCTERMS.type)
    return filled(
        {
            "name": _value(g, node, FOAF.name),
            "identifier": _value(g, node, DCTERMS.identifier),
            "type": said(g, kind, SKOS.prefLabel) if kind is not None else "",
            "email": (_value(g, node, VCARD.hasEmail) or _value(g, node, FOAF.mbox)).removeprefix("mailto:"),
            "homepage": _value(g, node, FOAF.homepage),
            "url": _value(g, node, FOAF.page),
            "uri": str(node) if isinstance(node, URIRef) else "",
            "actedOnBehalfOf": _sorted(
                filled({"name": _value(g, other, FOAF.name)}) for other in g.objects(node, PROV.actedOnBehalfOf)
            ),
        }
    )


def _value(g: Graph, subject: Node, predicate: Node) -> str:
    return next(iter(sorted(str(value) for value in g.objects(subject, predicate))), "")
