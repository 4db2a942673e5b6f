"""Formats and licences as data.europa.eu knows them (``data/SOURCES.md`` says where the lists come from)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from ckanext.regional.data import load_json

_FILE_TYPES = "http://publications.europa.eu/resource/authority/file-type/"
_LICENCES = "http://publications.europa.eu/resource/authority/licence/"
_MEDIA_TYPES = ("http://www.iana.org/assignments/media-types/", "https://www.iana.org/assignments/media-types/")
#: Names that people and CKAN use, by the code of the EU's table; punctuation does not count.
_ALIASES = {
    "JPG": "JPEG", "TIF": "TIFF", "HTM": "HTML", "EXCEL": "XLS", "WORD": "DOC", "GEOPACKAGE": "GPKG",
    "SHAPEFILE": "SHP", "ESRISHAPEFILE": "SHP", "SHAPE": "SHP", "SHPZIP": "SHP", "TEXT": "TXT", "TEXTE": "TXT",
    "TTL": "RDF_TURTLE", "TURTLE": "RDF_TURTLE", "NT": "RDF_N_TRIPLES", "NTRIPLES": "RDF_N_TRIPLES",
    "NQUADS": "RDF_N_QUADS", "NQ": "RDF_N_QUADS", "TRIG": "RDF_TRIG", "GZ": "GZIP", "TGZ": "TAR_GZ", "BZ2": "BZIP2",
    "WMS": "WMS_SRVC", "WFS": "WFS_SRVC", "WCS": "WCS_SRVC", "WMTS": "WMTS_SRVC", "ICAL": "ICS", "ICALENDAR": "ICS",
    "YML": "YAML", "SPARQL": "SPARQLQ", "NC": "NETCDF", "OPENDOCUMENTSPREADSHEET": "ODS", "JP2": "JPEG2000",
    "API": "REST", "TEXTCSV": "CSV", "TEXTPLAIN": "TXT", "TEXTHTML": "HTML", "APPLICATIONJSON": "JSON",
    "APPLICATIONGEOJSON": "GEOJSON", "APPLICATIONVNDGEOJSON": "GEOJSON", "APPLICATIONPDF": "PDF",
    "APPLICATIONXML": "XML", "TEXTXML": "XML", "APPLICATIONZIP": "ZIP", "APPLICATIONVNDMSEXCEL": "XLS",
    "APPLICATIONVNDOPENXMLFORMATSOFFICEDOCUMENTSPREADSHEETMLSHEET": "XLSX", "APPLICATIONRDFXML": "RDF_XML",
    "APPLICATIONLDJSON": "JSON_LD", "TEXTTURTLE": "RDF_TURTLE",
    "APPLICATIONVNDOASISOPENDOCUMENTSPREADSHEET": "ODS", "APPLICATIONVNDGOOGLEEARTHKMLXML": "KML",
}  # fmt: skip
#: Licences of CKAN's list and of ours, which have other addresses than the EU's table gives, or no version.
_LICENCES_BY_ID = {
    "lov2": "ETALAB_2_0", "odbl": "ODC_BL", "odc-odbl": "ODC_BL", "odc-by": "ODC_BY", "odc-pddl": "ODC_PDDL",
    "cc-by": "CC_BY", "cc-by-sa": "CC_BYSA", "cc-nc": "CC_BYNC", "cc-zero": "CC0", "gfdl": "GNU_FDL",
    "uk-ogl": "OGL_3_0", "fr-lo": "ETALAB_2_0", "notspecified": "",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class FileType:
    """A file type of the EU's table."""

    code: str
    machine_readable: bool
    non_proprietary: bool


@cache
def _file_types() -> dict[str, FileType]:
    types = {row[0]: FileType(*row) for row in load_json("score/file_types.json")}
    named = {_plain(code): known for code, known in types.items()}
    return {**{alias: types[code] for alias, code in _ALIASES.items()}, **named}


@cache
def _media_types() -> frozenset[str]:
    return frozenset(load_json("score/media_types.json"))


@cache
def _licences() -> frozenset[str]:
    rows = load_json("score/licences.json")
    return frozenset(_bare(address) for code, own in rows for address in (_LICENCES + code, own) if address)


def file_type(value: str) -> FileType | None:
    """Look a format up by the EU's URI or code, or by a name in use (``GeoJSON``, ``.csv``, ``text/csv``)."""
    name = value.strip().removeprefix(_FILE_TYPES).removeprefix(_FILE_TYPES.replace("http:", "https:"))
    for prefix in _MEDIA_TYPES:
        name = name.removeprefix(prefix)
    return _file_types().get(_plain(name))


def is_media_type(value: str) -> bool:
    """Say whether IANA has registered a media type, given by name or URI."""
    name = value.strip()
    for prefix in _MEDIA_TYPES:
        name = name.removeprefix(prefix)
    return name.split(";")[0].strip().lower() in _media_types()


def is_known_licence(licence_id: str, address: str) -> bool:
    """Say whether a licence is in the EU's table.

    :param licence_id: CKAN's name of it, or an empty text.
    :param address: its URI; the EU's, or the one that the EU's table gives.
    """
    return bool(_LICENCES_BY_ID.get(licence_id)) or (bool(address) and _bare(address) in _licences())


def _plain(name: str) -> str:
    return re.sub(r"[^A-Z0-9]", "", name.upper())


def _bare(address: str) -> str:
    """An address without what people write in more than one way."""
    bare = re.sub(r"^https?://(www\.)?", "", address.strip().lower())
    return bare.removesuffix("deed.fr").removesuffix("legalcode").rstrip("/")
