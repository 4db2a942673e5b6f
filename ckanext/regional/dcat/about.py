"""What a dataset is about: its texts, themes, sectors, level, languages, identifiers, needs, relations and origin."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rdflib import PROV, RDF, RDFS, BNode, Graph, Literal, URIRef
from rdflib.namespace import DCTERMS, FOAF, SKOS
from rdflib.term import Node

from ckanext.dcat.profiles.base import CleanedURIRef  # pyright: ignore[reportMissingImports]
from ckanext.regional import vocabulary
from ckanext.regional.dcat import lists
from ckanext.regional.dcat.graph import (
    ADMS,
    DCAT,
    REGIONAL,
    filled,
    objects_of,
    read_said,
    read_terms,
    said,
    texts,
    write_said,
    write_term,
)

#: By field, what it is in RDF.
TEXTS = {"title": DCTERMS.title, "notes": DCTERMS.description}
_SECTORS = vocabulary.scheme("sector") + ":"
#: DCAT wants a role of every relation.
_ANY_ROLE = "http://www.iana.org/assignments/relation/related"


def write(g: Graph, ref: Node, dataset: Mapping[str, Any], lang: str) -> None:
    """Write it.

    :param lang: the site's language, which a text without one is in
    """
    for field, predicate in TEXTS.items():
        _write_translated(g, ref, predicate, dataset.get(field), dataset.get(f"{field}_translated"), lang)
    for sector in texts(dataset.get("sector")):
        if node := write_term(g, "sector", sector):
            g.add((ref, DCAT.theme, node))
    for theme in texts(dataset.get("theme")):
        write_term(g, "theme", theme)
    if level := write_term(g, "governance_level", str(dataset.get("governance_level") or "")):
        g.add((ref, REGIONAL.governanceLevel, level))
    write_languages(g, ref, dataset.get("language"))
    identifier = dataset.get("identifier") or dataset.get("guid") or dataset.get("id")
    if identifier:
        g.add((ref, DCTERMS.identifier, Literal(str(identifier))))
    for other in texts(dataset.get("alternate_identifier")):
        write_said(g, ref, ADMS.identifier, other, ADMS.Identifier, SKOS.notation)
        _note_uri(g, ref, other)
    for reference in texts(dataset.get("is_referenced_by")):
        write_said(g, ref, DCTERMS.isReferencedBy, reference, RDFS.Resource)
    _write_needs(g, ref, dataset)
    _write_relations(g, ref, dataset)
    _write_origin(g, ref, dataset.get("origin"))


def read(g: Graph, ref: Node, lang: str) -> dict[str, Any]:
    """Read it back, in the shapes of our schema."""
    found: dict[str, Any] = {}
    for field, predicate in TEXTS.items():
        found[field], found[f"{field}_translated"] = _read_translated(g, ref, predicate, lang)
    found["sector"], found["theme"] = _read_themes(g, ref)
    found["governance_level"] = next(read_terms(g, ref, REGIONAL.governanceLevel, "governance_level"), None)
    found["language"] = read_languages(g, ref)
    found["alternate_identifier"] = read_said(g, ref, ADMS.identifier, SKOS.notation)
    found["is_referenced_by"] = read_said(g, ref, DCTERMS.isReferencedBy)
    found["citizen_needs"] = _read_needs(g, ref)
    found["qualified_relation"] = _read_relations(g, ref)
    found["origin"] = _read_origin(g, ref)
    return found


def other_relations(g: Graph, ref: Node) -> list[str]:
    """The related resources that are no needs."""
    return sorted(
        said(g, node)
        for node in g.objects(ref, DCTERMS.relation)
        if (node, RDF.type, REGIONAL.CitizenNeed) not in g and said(g, node)
    )


# Texts --------------------------------------------------------------------------------------------------------------


def _write_translated(g: Graph, ref: Node, predicate: Node, text: Any, translated: Any, lang: str) -> None:
    """Write a text by language; without a language only where its translations do not say it."""
    known = _translations(translated)
    for language, value in known.items():
        g.add((ref, predicate, Literal(value, lang=language)))
    if isinstance(text, str) and text and text != _main(known, lang):
        g.add((ref, predicate, Literal(text)))


def _read_translated(g: Graph, ref: Node, predicate: Node, lang: str) -> tuple[str | None, dict[str, str]]:
    plain: list[str] = []
    known: dict[str, str] = {}
    for value in sorted(g.objects(ref, predicate), key=str):
        if isinstance(value, Literal) and value.language:
            known.setdefault(value.language, str(value))
        else:
            plain.append(str(value))
    return (plain[0] if plain else _main(known, lang)), known


def _main(known: Mapping[str, str], lang: str) -> str | None:
    """Of several translations the one that stands for all: in the site's language, else French, else English."""
    return next((known[language] for language in (lang, "fr", "en", *sorted(known)) if language in known), None)


def _translations(value: Any) -> dict[str, str]:
    if not isinstance(value, dict):
        return {}
    return {lang: text for lang, text in value.items() if isinstance(text, str) and text}


# Terms and identifiers ----------------------------------------------------------------------------------------------


def _read_themes(g: Graph, ref: Node) -> tuple[list[str], list[str]]:
    """Sectors and themes are themes in DCAT; what is neither stays a theme, for whoever maps it."""
    sectors, themes = [], []
    for uri in sorted(str(node) for node in g.objects(ref, DCAT.theme)):
        if sector := vocabulary.normalise("sector", uri):
            sectors.append(sector)
        elif uri.startswith(_SECTORS):
            sectors.append(uri.removeprefix(_SECTORS))
        else:
            themes.append(vocabulary.normalise("theme", uri) or uri)
    return sectors, themes


def write_languages(g: Graph, ref: Node, value: Any) -> None:
    """Write languages by the EU's table."""
    for text in texts(value):
        uri = lists.language_uri(text)
        node = write_said(g, ref, DCTERMS.language, uri or text, DCTERMS.LinguisticSystem)
        if uri:
            g.add((node, SKOS.inScheme, URIRef(lists.LANGUAGE_SCHEME)))


def read_languages(g: Graph, ref: Node) -> list[str]:
    """Read languages as codes."""
    return sorted({lists.language_code(text) for text in read_said(g, ref, DCTERMS.language)})


def _note_uri(g: Graph, ref: Node, value: str) -> None:
    """A web address as an identifier names a node; DCAT-AP wants the notation as well."""
    node = CleanedURIRef(value)
    if (ref, ADMS.identifier, node) in g:
        g.add((node, SKOS.notation, Literal(value)))


# Needs, relations and origin ----------------------------------------------------------------------------------------


def _write_needs(g: Graph, ref: Node, dataset: Mapping[str, Any]) -> None:
    for need in objects_of(dataset.get("citizen_needs")):
        node = CleanedURIRef(need["url"]) if need.get("url") else BNode()
        if (node, RDF.type, REGIONAL.CitizenNeed) in g and (ref, DCTERMS.relation, node) in g:
            # Two needs on one page: the second has no address of its own.
            node = BNode()
            g.add((node, FOAF.page, CleanedURIRef(need["url"])))
        g.add((ref, DCTERMS.relation, node))
        g.add((node, RDF.type, REGIONAL.CitizenNeed))
        if need.get("label"):
            g.add((node, RDFS.label, Literal(need["label"])))
        if need.get("need_id"):
            g.add((node, DCTERMS.identifier, Literal(need["need_id"])))


def _read_needs(g: Graph, ref: Node) -> list[dict[str, Any]]:
    needs = [
        filled(
            {
                "label": str(g.value(node, RDFS.label) or ""),
                "need_id": str(g.value(node, DCTERMS.identifier) or ""),
                "url": str(node) if isinstance(node, URIRef) else str(g.value(node, FOAF.page) or ""),
            }
        )
        for node in g.objects(ref, DCTERMS.relation)
        if (node, RDF.type, REGIONAL.CitizenNeed) in g
    ]
    return sorted(needs, key=lambda need: sorted(need.items()))


def _write_relations(g: Graph, ref: Node, dataset: Mapping[str, Any]) -> None:
    for relation in objects_of(dataset.get("qualified_relation")):
        if not relation.get("relation"):
            continue
        node = CleanedURIRef(relation["uri"]) if relation.get("uri") else BNode()
        g.add((ref, DCAT.qualifiedRelation, node))
        g.add((node, RDF.type, DCAT.Relationship))
        write_said(g, node, DCTERMS.relation, relation["relation"], RDFS.Resource)
        write_said(g, node, DCAT.hadRole, relation.get("role") or _ANY_ROLE, DCAT.Role)


def _read_relations(g: Graph, ref: Node) -> list[dict[str, Any]]:
    relations = [
        filled(
            {
                "relation": next(iter(read_said(g, node, DCTERMS.relation)), ""),
                "role": next(iter(read_said(g, node, DCAT.hadRole)), ""),
                "uri": str(node) if isinstance(node, URIRef) else "",
            }
        )
        for node in g.objects(ref, DCAT.qualifiedRelation)
    ]
    return sorted(relations, key=lambda relation: sorted(relation.items()))


def _write_origin(g: Graph, ref: Node, origin: Any) -> None:
    """Say where a harvested dataset was born.

    Not by ``dct:source``: DCAT-AP 3 wants a whole dataset there, with title and description.
    """
    if not isinstance(origin, dict) or not origin.get("site"):
        return
    node = CleanedURIRef(origin["url"]) if origin.get("url") else BNode()
    g.add((ref, PROV.wasDerivedFrom, node))
    g.add((node, RDF.type, PROV.Entity))
    g.add((node, REGIONAL.originSite, Literal(origin["site"])))
    for field, predicate in (("dataset_id", DCTERMS.identifier), ("harvested_at", REGIONAL.harvestedAt)):
        if origin.get(field):
            g.add((node, predicate, Literal(origin[field])))
    if origin.get("path"):
        # In order, and no site has a space in it.
        g.add((node, REGIONAL.originPath, Literal(" ".join(origin["path"]))))


def _read_origin(g: Graph, ref: Node) -> dict[str, Any] | None:
    for node in sorted(g.objects(ref, PROV.wasDerivedFrom), key=str):
        if site := g.value(node, REGIONAL.originSite):
            harvested = g.value(node, REGIONAL.harvestedAt)
            return {
                "site": str(site),
                "dataset_id": str(g.value(node, DCTERMS.identifier) or ""),
                "url": str(node) if isinstance(node, URIRef) else None,
                "path": str(g.value(node, REGIONAL.originPath) or "").split(),
                "harvested_at": str(harvested) if harvested else None,
            }
    return None
