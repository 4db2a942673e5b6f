"""What the generated neighbour has: datasets as ``package_show`` of a CKAN 2.12 gives them, and the same in Turtle."""

from __future__ import annotations

import uuid
from typing import Any

RESOURCES = 3
#: With a fraction, as CKAN writes it: ckanext-harvest compares dates as texts, and takes a longer one for later.
BORN = "2026-01-05T08:00:00.123456"
ORGANISATION = {
    "id": "7b1d7a0e-0d8c-4d2f-9a51-33e34f1e8e0b",
    "name": "departement",
    "title": "Département",
    "type": "organization",
    "description": "",
    "image_url": "",
    "created": BORN,
    "is_organization": True,
    "approval_status": "approved",
    "state": "active",
}
_NAMESPACE = uuid.UUID("4b0f6a0c-54a2-5a2e-8b0e-2f7c0d9c1a11")
_NOTES = (
    "Ce que les collèges du département servent à midi, jour par jour, avec les allergènes, l'origine des produits et "
    "la part de l'agriculture biologique. Le fichier est mis à jour chaque semaine par le service de la restauration "
    "scolaire, et chaque collège relit ce qui le concerne avant la publication. Jeu numéro {number}."
)
_FORMATS = (("CSV", "text/csv"), ("JSON", "application/json"), ("XLSX", "application/vnd.ms-excel"))


def dataset(number: int, base: str) -> dict[str, Any]:
    """One dataset.

    :param number: the same number is the same dataset
    :param base: address of the site that serves it
    """
    dataset_id = str(uuid.uuid5(_NAMESPACE, str(number)))
    name = f"menus-du-college-{number:05}"
    return {
        "author": "Service de la restauration",
        "author_email": "restauration@departement.example.org",
        "creator_user_id": "a7a5c2f4-8a51-4d0b-9f0b-0c3e54f5a3a2",
        "id": dataset_id,
        "isopen": True,
        "license_id": "odc-odbl",
        "license_title": "Open Data Commons Open Database License (ODbL)",
        "license_url": "http://www.opendefinition.org/licenses/odc-odbl",
        "maintainer": "",
        "maintainer_email": "",
        "metadata_created": BORN,
        "metadata_modified": BORN,
        "name": name,
        "notes": _NOTES.format(number=number),
        "num_resources": RESOURCES,
        "num_tags": 3,
        "organization": ORGANISATION,
        "owner_org": ORGANISATION["id"],
        "private": False,
        "state": "active",
        "title": f"Menus du collège {number}",
        "type": "dataset",
        "url": f"https://departement.example.org/restauration/{number}",
        "version": "",
        "extras": [],
        "groups": [],
        "relationships_as_subject": [],
        "relationships_as_object": [],
        "resources": [_resource(dataset_id, number, place) for place in range(RESOURCES)],
        "tags": [_tag(word) for word in ("cantine", "college", f"canton-{number % 50}")],
    }


def _resource(dataset_id: str, number: int, place: int) -> dict[str, Any]:
    extension, mimetype = _FORMATS[place % len(_FORMATS)]
    return {
        "cache_last_updated": None,
        "cache_url": None,
        "created": BORN,
        "datastore_active": False,
        "description": f"Trimestre {place + 1}, un menu par ligne",
        "format": extension,
        "hash": "",
        "id": str(uuid.uuid5(_NAMESPACE, f"{number} {place}")),
        "last_modified": None,
        "metadata_modified": BORN,
        "mimetype": mimetype,
        "mimetype_inner": None,
        "name": f"Menus, trimestre {place + 1}",
        "package_id": dataset_id,
        "position": place,
        "resource_type": None,
        "size": None,
        "state": "active",
        "url": f"https://departement.example.org/fichiers/{number}/{place + 1}.{extension.lower()}",
        "url_type": None,
    }


def _tag(word: str) -> dict[str, Any]:
    return {
        "display_name": word,
        "id": str(uuid.uuid5(_NAMESPACE, word)),
        "name": word,
        "state": "active",
        "vocabulary_id": None,
    }


PREFIXES = """@prefix dcat: <http://www.w3.org/ns/dcat#> .
@prefix dct: <http://purl.org/dc/terms/> .
@prefix foaf: <http://xmlns.com/foaf/0.1/> .
@prefix hydra: <http://www.w3.org/ns/hydra/core#> .
@prefix vcard: <http://www.w3.org/2006/vcard/ns#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
"""
_DATASET = """
<{base}/dataset/{id}> a dcat:Dataset ;
    dct:identifier "{id}" ;
    dct:title "{title}" ;
    dct:description "{notes}" ;
    dct:issued "{issued}"^^xsd:dateTime ;
    dct:modified "{modified}"^^xsd:dateTime ;
    dct:publisher <{base}/organization/departement> ;
    dcat:contactPoint [ a vcard:Organization ; vcard:fn "{author}" ; vcard:hasEmail <mailto:{email}> ] ;
    dcat:keyword {keywords} ;
    dcat:landingPage <{page}> ;
    dcat:distribution {distributions} .
"""
_DISTRIBUTION = """
<{uri}> a dcat:Distribution ;
    dct:title "{name}" ;
    dct:description "{description}" ;
    dct:format "{format}" ;
    dcat:mediaType "{mimetype}" ;
    dct:license <http://www.opendefinition.org/licenses/odc-odbl> ;
    dcat:accessURL <{url}> .
"""


def turtle(datasets: list[dict[str, Any]], base: str) -> str:
    """The catalogue entry and all triples of some datasets."""
    entries = " ".join(f"dcat:dataset <{base}/dataset/{one['id']}> ;" for one in datasets)
    head = (
        f'<{base}> a dcat:Catalog ; {entries} dct:title "Département" .\n'
        f'<{base}/organization/departement> a foaf:Agent ; foaf:name "Département" .\n'
    )
    return head + "".join(_triples(one, base) for one in datasets)


def _triples(one: dict[str, Any], base: str) -> str:
    uris = [f"{base}/dataset/{one['id']}/resource/{resource['id']}" for resource in one["resources"]]
    described = _DATASET.format(
        base=base,
        id=one["id"],
        title=one["title"],
        notes=one["notes"],
        issued=one["metadata_created"],
        modified=one["metadata_modified"],
        author=one["author"],
        email=one["author_email"],
        keywords=" , ".join(f'"{tag["name"]}"' for tag in one["tags"]),
        page=one["url"],
        distributions=" , ".join(f"<{uri}>" for uri in uris),
    )
    files = zip(uris, one["resources"], strict=True)
    return described + "".join(_DISTRIBUTION.format(uri=uri, **resource) for uri, resource in files)
