"""Every field of the schema as RDF and back, and RDF that others wrote."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
import pytest
from rdflib import Graph, Literal, Namespace, URIRef
from rdflib.compare import isomorphic
from rdflib.namespace import DCTERMS, PROV

from ckanext.regional.dcat import lists, places
from ckanext.regional.high_value import REGULATION
from tests.conftest import ANNUAL, BREST, BRETAGNE
from tests.dcat.conftest import emitted, parsed

pytestmark = pytest.mark.usefixtures("our_plugins")

DCAT = Namespace("http://www.w3.org/ns/dcat#")
DPV = Namespace("https://w3id.org/dpv#")
_EU = "http://publications.europa.eu/resource/authority"
_ID = "0b1f4f0e-6a4f-4f0e-9a50-5d8d2f5b7a10"
_AGENT = {
    "name": "Syndicat mixte",
    "identifier": "242900314",
    "type": "http://purl.org/adms/publishertype/LocalAuthority",
    "email": "sm@brest.example",
    "url": "https://sm.example/",
    "uri": "https://sm.example/#us",
}
#: As ``package_show`` answers it; its values are in the order in which they are read back.
FULL: dict[str, Any] = {
    "id": _ID,
    "name": "menus",
    "title": "Menus des cantines",
    "title_translated": {"en": "School menus", "fr": "Menus des cantines"},
    "notes": "Ce que mangent\nles enfants de « Brest ».",
    "notes_translated": {"en": "What the children of Brest eat."},
    "tags": [{"name": "cantine"}, {"name": "menu"}],
    "sector": ["medical", "school"],
    "theme": [f"{_EU}/data-theme/EDUC", f"{_EU}/data-theme/HEAL"],
    "citizen_needs": [
        {"label": "Allergènes"},
        {"label": "Savoir ce que mangent les enfants", "need_id": "42", "url": "https://brest.example/besoins/42"},
    ],
    "language": ["br", "fr", "langue des signes"],
    "url": "https://brest.example/menus",
    "identifier": "https://doi.org/10.5555/12345678",
    "alternate_identifier": ["MENU-29", "https://doi.org/10.5555/1"],
    "version": "2026-2",
    "version_notes": "Les allergènes en plus",
    "territory": [BREST, "fr:departement:974", "fr:epci:242900314", "fr:region:04", BRETAGNE, "nuts:FRH0"],
    "governance_level": "local",
    "temporal_coverage": [{"end": "2026-12-18", "start": "2026-12-01"}, {"start": "2026"}],
    "temporal_coverage_not_applicable": True,
    "frequency": ANNUAL,
    "issued": "2026-11",
    "modified": "2026-11-20",
    "publisher": [{"name": "Ville de Brest", "identifier": "212900195"}],
    "contact": [
        {"name": "Restauration", "email": "menus@brest.example", "url": "https://brest.example/c", "identifier": "C1"},
        {"name": "Standard"},
    ],
    "creator": [_AGENT | {"uri": "https://cuisine.example/#us", "name": "Cuisine"}, {"name": "Cuisine centrale"}],
    "custodian": [_AGENT],
    "access_rights": f"{_EU}/access-right/RESTRICTED",
    "access_rights_reason": "http://inspire.ec.europa.eu/metadata-codelist/LimitationsOnPublicAccess/"
    "INSPIRE_Directive_Article13_1b",
    "license_id": "lov2",
    "personal_data_class": "pseudonymised",
    "legal_basis": ["RGPD, article 6.1 e)", "https://w3id.org/dpv/legal/eu/gdpr#A6-1-e"],
    "personal_data": ["https://w3id.org/dpv/pd#Allergy", "nom"],
    "hvd_category": ["http://data.europa.eu/bna/c_e1da4e07"],
    "applicable_legislation": [REGULATION, "https://www.legifrance.gouv.fr/loda/id/1"],
    "provenance": "Saisie par la diététicienne.\nDeux relectures.",
    "conforms_to": ["Charte maison", "https://schema.data.gouv.fr/scdl/menus-collectifs/"],
    "documentation": ["https://brest.example/doc"],
    "is_referenced_by": ["Ouest-France, 3 mai 2026", "https://appli.example/"],
    "qualified_relation": [
        {"relation": "https://autre.example/1", "role": "http://www.iana.org/assignments/relation/related"},
        {"relation": "https://autre.example/2", "role": "suite", "uri": "https://brest.example/lien"},
    ],
    "provenance_activity": [
        {
            "label": "Relevé des menus",
            "startedAtTime": "2026-09",
            "seeAlso": "https://brest.example/releve",
            "dct_type": "https://brest.example/types/releve",
            "uri": "https://brest.example/releves/1",
            "wasAssociatedWith": [
                {
                    "name": "Bureau d'études",
                    "identifier": "B 7",
                    "type": "société",
                    "email": "be@be.example",
                    "homepage": "https://be.example/",
                    "url": "https://be.example/brest",
                    "actedOnBehalfOf": [{"name": "Ville de Brest"}],
                }
            ],
        }
    ],
    "origin": {
        "site": "9e1d3f52-5b36-4b39-8f5e-0a4ad4f8c001",
        "dataset_id": "11111111-6a4f-4f0e-9a50-5d8d2f5b7a10",
        "url": "https://nantes.example/dataset/menus",
        "path": ["9e1d3f52-5b36-4b39-8f5e-0a4ad4f8c001", "nantes.example"],
        "harvested_at": "2026-11-20T10:00:00+00:00",
    },
    "resources": [
        {
            "id": "1c1f4f0e-6a4f-4f0e-9a50-5d8d2f5b7a10",
            "package_id": _ID,
            "url": "https://brest.example/menus.csv",
            "access_url": "https://brest.example/acces",
            "name": "Menus",
            "description": "Une ligne par plat",
            "format": "CSV",
            "mimetype": "text/csv",
            "language": ["fr"],
            "issued": "2026-11-01",
            "modified": "2026-11-20T08:30:00",
            "license": "https://brest.example/licence-menus",
            "rights": "Citer la Ville de Brest",
            "applicable_legislation": [REGULATION],
            "conforms_to": ["https://schema.data.gouv.fr/scdl/menus-collectifs/"],
            "documentation": ["https://brest.example/doc"],
            "availability": f"{_EU}/planned-availability/STABLE",
            "status": "http://purl.org/adms/status/Completed",
            "size": 0,
            "hash": "0123456789abcdef0123456789abcdef",
            "hash_algorithm": "MD5",
        },
        {
            "id": "2c1f4f0e-6a4f-4f0e-9a50-5d8d2f5b7a10",
            "package_id": _ID,
            "url": "https://brest.example/menus.boisson",
            "name": "Boissons",
            "format": "Format maison",
            "issued": "2026",
            "modified": "2026-11",
            "size": 12345,
            "applicable_legislation": [REGULATION],
        },
    ],
}
#: What RDF has no use for: ids are URIs there, and places come from the territories.
_NOT_BACK = ("id", "name", "resources")


def full(**changes: Any) -> dict[str, Any]:
    return {**FULL, **changes}


class TestThereAndBack:
    def test_every_field_comes_back_as_it_was(self) -> None:
        back = parsed(emitted(FULL))
        expected = {key: value for key, value in FULL.items() if key not in _NOT_BACK}
        assert {key: back.get(key) for key in expected} == expected
        for given, read in zip(FULL["resources"], back["resources"], strict=True):
            wanted = {key: value for key, value in given.items() if key not in ("id", "package_id")}
            assert {key: read.get(key) for key in wanted} == wanted

    def test_every_field_of_the_schema_is_in_it(self) -> None:
        """A field that the schema gains and this profile forgets is missed here."""
        schema = tk.get_action("scheming_dataset_schema_show")({}, {"type": "dataset"})
        elsewhere = {"name", "tag_string", "owner_org", "steward", "spatial_coverage"}
        fields = {field["field_name"] for field in schema["dataset_fields"]} - elsewhere
        assert fields - set(FULL) == set()
        files = {field["field_name"] for field in schema["resource_fields"]} - {"download_url"}
        assert files - set(FULL["resources"][0]) == set()

    def test_the_graph_is_the_same(self) -> None:
        first = emitted(FULL)
        assert isomorphic(emitted(parsed(first)), first)

    def test_no_extra_has_the_name_of_a_field(self) -> None:
        assert [extra["key"] for extra in parsed(emitted(FULL))["extras"]] == ["uri"]

    def test_what_is_given_stays_as_it_is(self) -> None:
        given = full(resources=[dict(resource) for resource in FULL["resources"]])
        before = repr(given)
        emitted(given)
        assert repr(given) == before

    @pytest.mark.parametrize(
        "addresses",
        [
            {"url": "https://a.example/1"},
            {"url": "https://a.example/1", "url_type": "upload"},
            {"url": "https://a.example/1", "download_url": "https://a.example/1"},
            {"url": "https://a.example/1", "access_url": "https://a.example/1"},
            {"url": "https://a.example/1", "access_url": "https://a.example/2"},
            {"url": "https://a.example/1", "download_url": "https://a.example/3"},
            {"url": "https://a.example/1", "access_url": "https://a.example/2", "download_url": "https://a.example/3"},
            {"url": "", "access_url": "https://a.example/2"},
            {"url": "https://a.example/é (1).csv"},
        ],
    )
    def test_addresses_of_files(self, addresses: dict[str, str]) -> None:
        dataset = full(resources=[{"id": "r", "package_id": _ID, **addresses}])
        first = emitted(dataset)
        said = {str(node) for node in first.objects(None, DCAT.accessURL | DCAT.downloadURL)}  # pyright: ignore
        assert len(said) == len({value for key, value in addresses.items() if key != "url_type" and value})
        assert list(first.objects(None, DCAT.accessURL))
        assert isomorphic(emitted(parsed(first)), first)


class TestWritten:
    def test_nothing_of_the_steward(self) -> None:
        text = emitted(full(steward="anne-le-goff")).serialize(format="turtle")
        assert "anne-le-goff" not in text
        assert "role:steward" not in text

    def test_a_steward_who_agreed_is_named_and_not_read_back(self) -> None:
        graph = emitted(full(steward="anne-le-goff", steward_name="Anne Le Goff"))
        person = next(iter(graph.subjects(None, Literal("Anne Le Goff"))))
        assert (None, DCAT.contactPoint, person) in graph
        (attribution,) = graph.subjects(PROV.agent, person)
        assert (None, PROV.qualifiedAttribution, attribution) in graph
        assert "anne-le-goff" not in graph.serialize(format="turtle")
        back = parsed(graph)
        assert back["contact"] == FULL["contact"]
        assert not {"steward", "steward_name"} & set(back)

    def test_the_custodian_twice_as_geodcat_wants(self) -> None:
        graph = emitted(FULL)
        node = URIRef(_AGENT["uri"])
        assert (None, URIRef("http://data.europa.eu/930/custodian"), node) in graph
        (attribution,) = graph.subjects(PROV.agent, node)
        role = "http://inspire.ec.europa.eu/metadata-codelist/ResponsiblePartyRole/custodian"
        assert (attribution, DCAT.hadRole, URIRef(role)) in graph

    def test_high_value_brings_its_regulation_to_dataset_and_files(self) -> None:
        bare = [
            {key: value for key, value in one.items() if key != "applicable_legislation"} for one in FULL["resources"]
        ]
        graph = emitted(full(applicable_legislation=[], resources=bare))
        applies = URIRef("http://data.europa.eu/r5r/applicableLegislation")
        assert len(list(graph.subjects(applies, URIRef(REGULATION)))) == 3

    def test_agents_once(self) -> None:
        assert len(list(emitted(FULL).objects(None, DCTERMS.publisher))) == 1
        assert (
            len(list(emitted(full(maintainer="M", maintainer_email="m@a.example")).objects(None, DCAT.contactPoint)))
            == 2
        )

    def test_the_maintainer_stands_in_for_a_contact(self) -> None:
        back = parsed(emitted(full(contact=[], maintainer="M", maintainer_email="m@a.example")))
        assert back["contact"] == [{"name": "M", "email": "m@a.example"}]

    def test_one_box_for_a_place_whatever_was_stored(self) -> None:
        old = [
            {
                "uri": "http://id.insee.fr/geo/commune/29019",
                "text": "Brest",
                "bbox": '{"type":"Point","coordinates":[0,0]}',
            }
        ]
        graph = emitted(full(territory=[BREST], spatial_coverage=old))
        assert len(list(graph.objects(None, DCAT.bbox))) == 1

    def test_values_that_no_rdf_has_do_not_stop_the_rest(self) -> None:
        odd = full(
            language="fr",
            theme="[",
            hvd_category=None,
            territory=["fr:commune:99999"],
            citizen_needs="no list",
            custodian=[None, {}],
            provenance_activity=[{"startedAtTime": "hier", "wasAssociatedWith": [{"type": "a b", "email": "x"}]}],
            frequency="souvent",
            resources=[{"id": "r", "package_id": _ID, "url": "", "size": "12 ko", "hash": "zz", "mimetype": "a b"}],
        )
        graph = emitted(odd)
        assert parsed(graph)["title"] == FULL["title"]
        assert graph.serialize(format="xml")


class TestRead:
    def test_a_dataset_of_somebody_else(self) -> None:
        graph = Graph().parse(format="turtle", data=_FOREIGN)
        back = parsed(graph)
        assert back["title"] == "Trees"  # the tests' site speaks English
        assert back["title_translated"] == {"fr": "Arbres", "en": "Trees"}
        assert back["territory"] == ["fr:departement:29", "fr:region:53"]
        assert [place["text"] for place in back["spatial_coverage"]][-1] == "Somewhere"
        assert back["language"] == ["fr"]
        assert back["custodian"] == [{"name": "Ville"}]
        assert back["personal_data_class"] == "sensitive"
        assert back["sector"] == ["their-own"]
        assert back["theme"] == ["http://eurovoc.europa.eu/1", f"{_EU}/data-theme/ENVI"]
        assert back["license_id"] == "odbl"
        assert "steward" not in back
        (file,) = back["resources"]
        assert (file["format"], file["mimetype"], file["size"]) == ("CSV", "text/csv", 12)
        assert "license" not in file

    def test_codes_of_places(self) -> None:
        assert places.code_of("http://id.insee.fr/geo/commune/29019") == BREST
        assert places.code_of("https://id.insee.fr/geo/commune/29019") == BREST
        assert places.code_of(f"{_EU}/atu/FRA_RG_BRE") == BRETAGNE
        assert places.code_of(f"{_EU}/country/FRA") == "country:fr"
        assert places.code_of(f"{_EU}/country/REU") == "fr:region:04"
        assert places.code_of("http://data.europa.eu/nuts/code/FRH02") == "nuts:FRH02"
        assert places.code_of("http://id.insee.fr/geo/commune/99999") is None
        assert places.code_of("https://example.org/") is None


class TestLists:
    def test_languages(self) -> None:
        for code, uri in {"fr": "FRA", "fr-FR": "FRA", "br": "BRE", "gsw": "GSW"}.items():
            assert lists.language_uri(code) == f"{_EU}/language/{uri}"
        assert lists.language_uri("breton") is None
        assert lists.language_code(f"{_EU}/language/GSW") == "gsw"

    def test_formats(self) -> None:
        assert lists.file_type_uri("geojson") == f"{_EU}/file-type/GEOJSON"
        assert lists.file_type_name(f"{_EU}/file-type/GEOJSON") == "GeoJSON"
        assert lists.file_type_uri("Format maison") is None
        assert (
            lists.media_type_uri("text/csv; charset=utf-8") == "https://www.iana.org/assignments/media-types/text/csv"
        )
        assert lists.media_type_uri("a b/c") is None

    def test_checksums(self) -> None:
        assert lists.checksum("sha256:" + "ab" * 32, None) == ("ab" * 32, "sha256")
        assert lists.checksum("ab" * 20, None) == ("ab" * 20, "SHA-1")
        assert lists.checksum("no hash", "MD5") is None
        assert lists.algorithm_name(str(lists.algorithm_uri("sha256"))) == "SHA-256"


_FOREIGN = """
@prefix dct: <http://purl.org/dc/terms/> . @prefix dcat: <http://www.w3.org/ns/dcat#> .
@prefix prov: <http://www.w3.org/ns/prov#> . @prefix foaf: <http://xmlns.com/foaf/0.1/> .
@prefix dpv: <https://w3id.org/dpv#> . @prefix skos: <http://www.w3.org/2004/02/skos/core#> .
<https://nantes.example/d/1> a dcat:Dataset ;
  dct:title "Arbres"@fr, "Trees"@en ; dct:description "Des arbres" ;
  dcat:theme <http://publications.europa.eu/resource/authority/data-theme/ENVI>, <http://eurovoc.europa.eu/1>,
    <urn:x-ckanext-regional:sector:their-own> ;
  dct:language <http://publications.europa.eu/resource/authority/language/FRA> ;
  dct:spatial <http://id.insee.fr/geo/departement/29>, <http://publications.europa.eu/resource/authority/atu/FRA_RG_BRE>,
    [ a dct:Location ; skos:prefLabel "Somewhere" ] ;
  prov:qualifiedAttribution [ prov:agent [ a foaf:Agent ; foaf:name "Ville" ] ;
    dcat:hadRole <http://inspire.ec.europa.eu/metadata-codelist/ResponsiblePartyRole/custodian> ],
    [ prov:agent [ foaf:name "Someone" ] ; dcat:hadRole <urn:x-ckanext-regional:role:steward> ] ;
  dpv:hasPersonalData dpv:PersonalData, dpv:SpecialCategoryPersonalData ;
  dcat:distribution <https://nantes.example/r/1> .
<https://nantes.example/r/1> a dcat:Distribution ; dcat:accessURL <https://nantes.example/r/1.csv> ;
  dct:license <https://opendatacommons.org/licenses/odbl/1-0/> ; dcat:byteSize 12.0 ;
  dct:format <http://publications.europa.eu/resource/authority/file-type/CSV> ;
  dcat:mediaType <http://www.iana.org/assignments/media-types/text/csv> .
"""
