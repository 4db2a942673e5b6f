"""Where and when: territories as places with their URIs and boxes, periods, and the codes that such URIs stand for."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any, Protocol

from rdflib import OWL, RDF, XSD, BNode, Graph, Literal, URIRef
from rdflib.namespace import DCTERMS, SKOS
from rdflib.term import Node

from ckanext.dcat.profiles.base import CleanedURIRef  # pyright: ignore[reportMissingImports]
from ckanext.regional import periods, territory
from ckanext.regional.data import territories as tables
from ckanext.regional.dcat.graph import DCAT, LOCN, REGIONAL, filled, objects_of, texts

_INSEE = re.compile(r"https?://id\.insee\.fr/geo/(region|departement|commune)/([0-9A-Z]+)")
_NUTS = re.compile(r"https?://data\.europa\.eu/nuts/code/([A-Z0-9]+)")
_GEOMETRIES = {"geom": LOCN.geometry, "bbox": DCAT.bbox, "centroid": DCAT.centroid}
#: What ckanext-dcat would write as a second geometry of the same place.
LEGACY = ("spatial", "spatial_uri", "spatial_text", "spatial_geom", "spatial_bbox", "spatial_centroid")


class Geometries(Protocol):
    """What ckanext-dcat's profiles know of geometries: GeoJSON in a dataset, WKT in RDF."""

    def _add_spatial_value_to_graph(self, spatial_ref: Node, predicate: Node, value: Any) -> None: ...

    def _parse_geodata(self, spatial: Node, datatype: Node, cur_value: str | None) -> str | None: ...


def write(g: Graph, ref: Node, dataset: Mapping[str, Any], profile: Geometries) -> None:
    """Write the places, and whether a period makes sense. The periods are ckanext-dcat's.

    Places come from the territories, not from what was stored of them, so that all datasets of a catalogue say the same
    of one place: two boxes of one place are an error in DCAT-AP.
    """
    codes = [territory.resolve(code).code for code in texts(dataset.get("territory"))]
    known = [code for code in dict.fromkeys(codes) if territory.exists(code)]
    for code in known:
        (place,) = territory.spatial_coverage([code])
        # La Réunion is a region and a departement, Bretagne a region and NUTS 1 and 2: each has a node of its own.
        uris = territory.uris(code)
        own = next((uri for uri in uris if code_of(uri) == code), "".join(uris[:1]))
        node = _write_place(g, ref, {**place, "uri": own, "text": ""}, profile)
        g.add((node, DCTERMS.identifier, Literal(code)))
        for same in uris:
            if same != own:
                g.add((node, OWL.sameAs, URIRef(same)))
        french, english = territory.label(code, "fr"), territory.label(code, "en")
        g.add((node, SKOS.prefLabel, Literal(french, lang="fr")))
        if english != french:
            g.add((node, SKOS.prefLabel, Literal(english, lang="en")))
    if not known:
        for place in objects_of(dataset.get("spatial_coverage")):
            _write_place(g, ref, place, profile)
    if dataset.get("temporal_coverage_not_applicable"):
        g.add((ref, REGIONAL.temporalCoverageNotApplicable, Literal(True)))


def _write_place(g: Graph, ref: Node, place: Mapping[str, Any], profile: Geometries) -> Node:
    node = CleanedURIRef(place["uri"]) if place.get("uri") else BNode()
    g.add((ref, DCTERMS.spatial, node))
    g.add((node, RDF.type, DCTERMS.Location))
    if place.get("text"):
        g.add((node, SKOS.prefLabel, Literal(place["text"])))
    for field, predicate in _GEOMETRIES.items():
        if place.get(field) and (node, predicate, None) not in g:
            profile._add_spatial_value_to_graph(node, predicate, place[field])
    return node


def read(g: Graph, ref: Node, profile: Geometries, lang: str) -> dict[str, Any]:
    """Read them back: territories where we know the place, else the place as it is.

    The periods come in a steady order and only where something is said.
    """
    codes: dict[str, None] = {}
    others: list[dict[str, Any]] = []
    for node in g.objects(ref, DCTERMS.spatial):
        if code := next(_codes(g, node), None):
            codes[code] = None
        elif place := _read_place(g, node, profile, lang):
            others.append(place)
    generated = territory.spatial_coverage(sorted(codes), lang)
    not_applicable = any(g.objects(ref, REGIONAL.temporalCoverageNotApplicable))
    return {
        "territory": sorted(codes),
        "spatial_coverage": [*generated, *sorted(others, key=lambda place: sorted(place.items()))],
        "temporal_coverage": _read_periods(g, ref),
        "temporal_coverage_not_applicable": True if not_applicable else None,
    }


def _read_periods(g: Graph, ref: Node) -> list[dict[str, Any]]:
    found = [
        filled({"start": str(g.value(node, DCAT.startDate) or ""), "end": str(g.value(node, DCAT.endDate) or "")})
        for node in g.objects(ref, DCTERMS.temporal)
    ]
    return sorted((period for period in found if period), key=lambda period: sorted(period.items()))


def _read_place(g: Graph, node: Node, profile: Geometries, lang: str) -> dict[str, Any]:
    if isinstance(node, Literal):
        return {"text": str(node)}
    names = sorted(g.objects(node, SKOS.prefLabel), key=lambda name: (getattr(name, "language", None) != lang, name))
    place = {"uri": str(node) if isinstance(node, URIRef) else "", "text": str(names[0]) if names else ""}
    return filled(
        place | {field: profile._parse_geodata(node, predicate, None) for field, predicate in _GEOMETRIES.items()}
    )


def _codes(g: Graph, node: Node) -> Iterator[str]:
    """The codes that a place goes by, ours first."""
    for identifier in sorted(g.objects(node, DCTERMS.identifier), key=str):
        code = territory.resolve(str(identifier)).code
        if territory.exists(code):
            yield code
    for uri in (node, *sorted(g.objects(node, OWL.sameAs), key=str)):
        if code := code_of(str(uri)):
            yield code


def code_of(uri: str) -> str | None:
    """The territory that a URI of the EU, INSEE or NUTS stands for; a retired commune's is its successor."""
    if match := _INSEE.fullmatch(uri):
        code = f"fr:{match[1]}:{match[2]}"
    elif match := _NUTS.fullmatch(uri):
        code = f"nuts:{match[1]}"
    else:
        return _by_uri().get(uri.replace("https://publications.europa.eu", "http://publications.europa.eu"))
    code = territory.resolve(code).code
    return code if territory.exists(code) else None


@cache
def _by_uri() -> dict[str, str]:
    """Territories by their first URI, the widest first: of a region and departement with one URI the region."""
    codes = (code for code, place in tables.territories().items() if place.type not in ("epci", "nuts"))
    found: dict[str, str] = {}
    for code in codes:
        for uri in territory.uris(code):
            found.setdefault(uri, code)
    return found


def write_moment(g: Graph, subject: Node, predicate: Node, value: Any) -> None:
    """Write a date with the datatype that it has: a year, a month, a day or a moment."""
    written = periods.iso(str(value))
    if written is None:
        g.add((subject, predicate, Literal(str(value))))
        return
    kinds = {4: XSD.gYear, 7: XSD.gYearMonth, 10: XSD.date}
    g.add((subject, predicate, Literal(written, datatype=kinds.get(len(written), XSD.dateTime))))
