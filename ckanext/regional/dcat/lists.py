"""Codes that datasets store and the URIs that the EU's tables, IANA and SPDX have for them. Pure tables."""

from __future__ import annotations

import re

_EU = "http://publications.europa.eu/resource/authority"
LANGUAGE_SCHEME = f"{_EU}/language"
FILE_TYPE_SCHEME = f"{_EU}/file-type"
_IANA = "https://www.iana.org/assignments/media-types/"
_IANA_SHAPE = re.compile(r"https?://www\.iana\.org/assignments/media-types/(.+)")
_MEDIA_TYPE = re.compile(r"[A-Za-z0-9!#$&^_.+-]+/[A-Za-z0-9!#$&^_.+-]+")
_SPDX = "http://spdx.org/rdf/terms#checksumAlgorithm_"

#: ISO 639-1 → the EU's language table, which goes by ISO 639-3: the languages of the Union and of its neighbours, and
#: those of the regions of France.
_LANGUAGES = {
    "ar": "ARA", "bg": "BUL", "br": "BRE", "ca": "CAT", "co": "COS", "cs": "CES", "cy": "CYM", "da": "DAN",
    "de": "DEU", "el": "ELL", "en": "ENG", "es": "SPA", "et": "EST", "eu": "EUS", "fi": "FIN", "fr": "FRA",
    "ga": "GLE", "gd": "GLA", "gl": "GLG", "hr": "HRV", "ht": "HAT", "hu": "HUN", "is": "ISL", "it": "ITA",
    "lb": "LTZ", "lt": "LIT", "lv": "LAV", "mt": "MLT", "nl": "NLD", "no": "NOR", "oc": "OCI", "pl": "POL",
    "pt": "POR", "rm": "ROH", "ro": "RON", "ru": "RUS", "sk": "SLK", "sl": "SLV", "sq": "SQI", "sr": "SRP",
    "sv": "SWE", "tr": "TUR", "ty": "TAH", "uk": "UKR", "zh": "ZHO",
}  # fmt: skip
_LANGUAGES_BACK = {f"{LANGUAGE_SCHEME}/{letters}": code for code, letters in _LANGUAGES.items()}

#: CKAN's name of a format → the EU's file-type table.
_FILE_TYPES = {
    "XLS": "XLS", "XLSX": "XLSX", "CSV": "CSV", "TSV": "TSV", "JSON": "JSON", "GeoJSON": "GEOJSON", "XML": "XML",
    "KML": "KML", "KMZ": "KMZ", "GML": "GML", "SHP": "SHP", "GPKG": "GPKG", "GTFS": "GTFS", "HTML": "HTML",
    "PDF": "PDF", "ODS": "ODS", "ODT": "ODT", "DOC": "DOC", "DOCX": "DOCX", "PPT": "PPT", "PPTX": "PPTX",
    "TXT": "TXT", "RTF": "RTF", "ZIP": "ZIP", "7Z": "7Z", "RAR": "RAR", "GZIP": "GZIP", "TAR": "TAR", "RDF": "RDF",
    "TTL": "RDF_TURTLE", "N3": "N3", "JSON-LD": "JSON_LD", "PNG": "PNG", "JPEG": "JPEG", "GIF": "GIF",
    "TIFF": "TIFF", "GeoTIFF": "GEOTIFF", "SVG": "SVG", "RSS": "RSS", "ATOM": "ATOM", "WMS": "WMS_SRVC",
    "WFS": "WFS_SRVC", "WMTS": "WMTS_SRVC", "WCS": "WCS_SRVC", "ICS": "ICS", "DBF": "DBF", "MDB": "MDB",
    "EPUB": "EPUB", "SQL": "SQL", "NetCDF": "NETCDF", "GPX": "GPX", "YAML": "YAML",
}  # fmt: skip
_FILE_TYPES_BY_NAME = {name.casefold(): code for name, code in _FILE_TYPES.items()}
_FILE_TYPES_BACK = {f"{FILE_TYPE_SCHEME}/{code}": name for name, code in _FILE_TYPES.items()}

_ALGORITHMS = {
    "MD5": "md5", "SHA-1": "sha1", "SHA-224": "sha224", "SHA-256": "sha256", "SHA-384": "sha384",
    "SHA-512": "sha512",
}  # fmt: skip
_ALGORITHMS_BACK = {f"{_SPDX}{code}": name for name, code in _ALGORITHMS.items()}
_ALGORITHMS_BY_LENGTH = {32: "MD5", 40: "SHA-1", 56: "SHA-224", 64: "SHA-256", 96: "SHA-384", 128: "SHA-512"}
_HEXADECIMAL = re.compile(r"(?:[0-9a-fA-F]{2})+")


def language_uri(text: str) -> str | None:
    """The EU's URI of a language given as code (``fr``, ``fr-FR``, ``gsw``) or as that URI."""
    if text.startswith(f"{LANGUAGE_SCHEME}/"):
        return text
    code = text.strip().replace("_", "-").split("-")[0].casefold()
    if code in _LANGUAGES:
        return f"{LANGUAGE_SCHEME}/{_LANGUAGES[code]}"
    return f"{LANGUAGE_SCHEME}/{code.upper()}" if text == code and re.fullmatch(r"[a-z]{3}", code) else None


def language_code(uri: str) -> str:
    """A language as datasets store it; what is no URI of the EU's stays as it is."""
    if uri in _LANGUAGES_BACK:
        return _LANGUAGES_BACK[uri]
    letters = uri.removeprefix(f"{LANGUAGE_SCHEME}/")
    return letters.casefold() if letters != uri and re.fullmatch(r"[A-Z]{3}", letters) else uri


def file_type_uri(text: str) -> str | None:
    """The EU's URI of a format as CKAN names it."""
    code = _FILE_TYPES_BY_NAME.get(text.strip().lstrip(".").casefold())
    return f"{FILE_TYPE_SCHEME}/{code}" if code else None


def file_type_name(uri: str) -> str:
    """A format as CKAN names it; of one that we do not know the code."""
    return _FILE_TYPES_BACK.get(uri) or uri.removeprefix(f"{FILE_TYPE_SCHEME}/")


def media_type_uri(text: str) -> str | None:
    """IANA's URI of a media type such as ``text/csv``, without parameters."""
    plain = text.split(";")[0].strip()
    if _IANA_SHAPE.fullmatch(plain):
        return plain
    return _IANA + plain if _MEDIA_TYPE.fullmatch(plain) else None


def media_type(uri: str) -> str:
    """The media type of IANA's URI; anything else as it is."""
    match = _IANA_SHAPE.fullmatch(uri)
    return match[1] if match else uri


def algorithm_uri(text: str) -> str | None:
    """SPDX's URI of an algorithm as people write it: ``SHA-256``, ``sha256``."""
    if text in _ALGORITHMS_BACK:
        return text
    code = re.sub(r"[^a-z0-9]", "", text.casefold())
    return _SPDX + code if code in _ALGORITHMS.values() else None


def algorithm_name(uri: str) -> str:
    """The name of SPDX's algorithm; anything else as it is."""
    return _ALGORITHMS_BACK.get(uri, uri)


def checksum(value: str, algorithm: str | None) -> tuple[str, str | None] | None:
    """Read a checksum as SPDX has it.

    :param value: hexadecimal, also behind the algorithm's name (``sha256:…``)
    :returns: the digits, and the algorithm, guessed by their number where none is given; None for what is not
        hexadecimal, which has no place in RDF
    """
    before, _colon, after = value.strip().rpartition(":")
    if not _HEXADECIMAL.fullmatch(after) or (before and algorithm_uri(before) is None):
        return None
    return after, algorithm or before or _ALGORITHMS_BY_LENGTH.get(len(after))
