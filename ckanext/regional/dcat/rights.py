"""Rights, personal data and high-value categories of a dataset."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rdflib import RDF, Graph, Literal, URIRef
from rdflib.namespace import DCTERMS
from rdflib.term import Node

from ckanext.regional import high_value, vocabulary
from ckanext.regional.dcat.graph import (
    DCAT,
    DCATAP,
    DPV,
    ELI,
    describe_terms,
    read_said,
    read_terms,
    texts,
    write_said,
    write_term,
)

#: ckanext-dcat knows no kind of licence and says that of each; nothing is better than what is not so.
_UNKNOWN_KIND = URIRef("http://purl.org/adms/licencetype/UnknownIPR")


def write(g: Graph, ref: Node, dataset: Mapping[str, Any]) -> None:
    """Write them, and put right what is in the graph already."""
    describe_terms(g, "access_rights", g.objects(ref, DCTERMS.accessRights), DCTERMS.RightsStatement)
    reason = str(dataset.get("access_rights_reason") or "")
    if node := write_term(g, "access_rights_reason", reason, DCTERMS.RightsStatement):
        g.add((ref, DCTERMS.rights, node))
    if node := write_term(g, "personal_data_class", str(dataset.get("personal_data_class") or "")):
        # Not hasPersonalData: that is for kinds of personal data, and two of our classes are none.
        g.add((ref, DPV.hasData, node))
    for basis in texts(dataset.get("legal_basis")):
        write_said(g, ref, DPV.hasLegalBasis, basis, DPV.LegalBasis)
    for data in texts(dataset.get("personal_data")):
        write_said(g, ref, DPV.hasPersonalData, data, DPV.PersonalData)
    if texts(dataset.get("hvd_category")):
        _write_regulation(g, ref)
    describe_terms(g, "hvd_category", g.objects(ref, DCATAP.hvdCategory))
    describe_licences(g, ref)


def read(g: Graph, ref: Node) -> dict[str, Any]:
    """Read them back."""
    classes = {str(node) for node in (*g.objects(ref, DPV.hasData), *g.objects(ref, DPV.hasPersonalData))}
    known = [term for term in vocabulary.vocabulary("personal_data_class") if term.uri in classes]
    rights = next(read_terms(g, ref, DCTERMS.accessRights, "access_rights"), None)
    uris = {term.uri for term in known}
    return {
        "access_rights": rights or next(iter(read_said(g, ref, DCTERMS.accessRights)), None),
        "access_rights_reason": next(read_terms(g, ref, DCTERMS.rights, "access_rights_reason"), None),
        # Of two the stricter one: the vocabulary goes from none to sensitive.
        "personal_data_class": known[-1].code if known else None,
        "legal_basis": read_said(g, ref, DPV.hasLegalBasis),
        "personal_data": [text for text in read_said(g, ref, DPV.hasPersonalData) if text not in uris],
        "hvd_category": list(read_terms(g, ref, DCATAP.hvdCategory, "hvd_category")),
        "applicable_legislation": read_said(g, ref, DCATAP.applicableLegislation),
    }


def _write_regulation(g: Graph, ref: Node) -> None:
    """A high-value dataset and each of its files are published by the regulation (DCAT-AP HVD 3)."""
    regulation = URIRef(high_value.REGULATION)
    for subject in (ref, *g.objects(ref, DCAT.distribution)):
        g.add((subject, DCATAP.applicableLegislation, regulation))
    g.add((regulation, RDF.type, ELI.LegalResource))


def describe_licences(g: Graph, ref: Node) -> None:
    """Say that licences are some, also those that come from the dataset."""
    for distribution in g.objects(ref, DCAT.distribution):
        for licence in list(g.objects(distribution, DCTERMS.license)):
            g.remove((licence, DCTERMS.type, _UNKNOWN_KIND))
            if isinstance(licence, Literal):
                # A node, as everywhere: DCAT-AP takes no text here.
                g.remove((distribution, DCTERMS.license, licence))
                write_said(g, distribution, DCTERMS.license, str(licence), DCTERMS.LicenseDocument)
            else:
                g.add((licence, RDF.type, DCTERMS.LicenseDocument))
