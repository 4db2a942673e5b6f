"""Territories: what a code such as ``fr:commune:29019`` means, what lies around it, and how to find it.

Codes follow data.gouv.fr, with NUTS added:

========================  =====================================================================
``fr:region:53``          region (INSEE, 2 digits; overseas collectivities 3)
``fr:departement:29``     departement (INSEE: ``29``, ``2A``, ``971``)
``fr:epci:242900314``     group of communes with its own taxes (SIREN, 9 digits)
``fr:commune:29019``      commune (INSEE, 5 characters: ``29019``, ``2A004``)
``country:fr``            country (ISO 3166-1 alpha-2, lower case)
``country-group:ue``      European Union; ``country-group:world`` is everything
``nuts:FRH0``             NUTS 2024 unit of a member state, level 0 (``nuts:FR``) to 3 (``nuts:FRH02``)
========================  =====================================================================

The data are files of one vintage (``data/territory/sources.json``). Small tables load at the first question, communes
at the first question about a commune. No CKAN here: sentences come in French or English by ``lang``.
"""

from __future__ import annotations

import json
import re
from bisect import bisect_left
from collections.abc import Collection, Iterable, Iterator
from functools import lru_cache
from itertools import islice
from typing import Literal, NamedTuple, cast, get_args

from ckanext.regional import geometry
from ckanext.regional.data import territories as tables
from ckanext.regional.data.names import fold, fold_query
from ckanext.regional.data.territories import EUROPEAN_UNION, FRANCE, WORLD, Territory, TerritoryType

__all__ = [
    "EUROPEAN_UNION",
    "FRANCE",
    "TYPES",
    "WORLD",
    "Level",
    "ParsedCode",
    "Resolution",
    "Territory",
    "TerritoryType",
    "ancestors",
    "bbox",
    "children",
    "exists",
    "get",
    "label",
    "long_label",
    "of_type",
    "parse",
    "resolve",
    "search",
    "spatial_coverage",
    "type_label",
    "uris",
    "widest_level",
]

Level = Literal["local", "national", "international"]

TYPES: tuple[TerritoryType, ...] = get_args(TerritoryType)

_SHAPES: dict[TerritoryType, re.Pattern[str]] = {
    "country-group": re.compile(r"country-group:([a-z]+)", re.ASCII),
    "country": re.compile(r"country:([a-z]{2})", re.ASCII),
    "region": re.compile(r"fr:region:(\d{2,3})", re.ASCII),
    "departement": re.compile(r"fr:departement:(\d{2,3}|2[AB])", re.ASCII),
    "epci": re.compile(r"fr:epci:(\d{9})", re.ASCII),
    "commune": re.compile(r"fr:commune:(\d{5}|2[AB]\d{3})", re.ASCII),
    "nuts": re.compile(r"nuts:([A-Z]{2}[A-Z0-9]{0,3})", re.ASCII),
}
_BEGINNINGS: dict[TerritoryType, str] = {
    type_: f"{type_}:" if type_ in ("country-group", "country", "nuts") else f"fr:{type_}:" for type_ in TYPES
}
_NUTS_0 = len("FR")
_EXAMPLES = (
    "fr:region:53, fr:departement:29, fr:epci:242900314, fr:commune:29019, country:fr, country-group:ue, nuts:FRH0"
)
_TYPE_LABELS: dict[TerritoryType, tuple[str, str]] = {
    "country-group": ("groupe de pays", "group of countries"),
    "country": ("pays", "country"),
    "region": ("région", "region"),
    "departement": ("département", "departement"),
    "epci": ("intercommunalité", "intermunicipal body"),
    "commune": ("commune", "commune"),
    "nuts": ("NUTS", "NUTS"),
}
_NOTICES: dict[str, tuple[str, str]] = {
    "merged": (
        "Le code {old} n'est plus celui d'une commune ; il est remplacé par {new} ({name}).",
        "{old} is no longer the code of a commune; it is replaced by {new} ({name}).",
    ),
    "delegated": (
        "{former} ({old}) est une commune déléguée ; le code est remplacé par celui de la commune, {new} ({name}).",
        "{former} ({old}) is a delegated commune; its code is replaced by that of the commune, {new} ({name}).",
    ),
    "associated": (
        "{former} ({old}) est une commune associée ; le code est remplacé par celui de la commune, {new} ({name}).",
        "{former} ({old}) is an associated commune; its code is replaced by that of the commune, {new} ({name}).",
    ),
    "arrondissement": (
        "{former} ({old}) est un arrondissement ; le code est remplacé par celui de la commune, {new} ({name}).",
        "{former} ({old}) is an arrondissement; its code is replaced by that of the commune, {new} ({name}).",
    ),
    "country": (
        "Le code {old} est remplacé par celui de la région, {new} ({name}).",
        "{old} is replaced by the code of the region, {new} ({name}).",
    ),
}

_EU_AUTHORITY = "http://publications.europa.eu/resource/authority"
_NUTS_URI = "http://data.europa.eu/nuts/code"
_INSEE = "http://id.insee.fr/geo"
# The EU's table of territorial units writes letters where INSEE writes numbers.
_ATU_REGIONS = {
    "11": "IDF", "24": "CVL", "27": "BFC", "28": "NOR", "32": "HDF", "44": "GES", "52": "PDL", "53": "BRE",
    "75": "NAQ", "76": "OCC", "84": "ARA", "93": "PAC", "94": "COR",
}  # fmt: skip
# DCAT-AP takes GeoNames where the EU's tables have nothing, as for the world.
_GROUP_URIS = {EUROPEAN_UNION: f"{_EU_AUTHORITY}/country/EUR", WORLD: "https://sws.geonames.org/6295630/"}
# INSEE writes these as collectivities, and has no URI for the Southern Lands and Clipperton.
_COLLECTIVITIES = frozenset({"975", "977", "978", "986", "987", "988"})
_UNINHABITED = frozenset({"984", "989"})


class ParsedCode(NamedTuple):
    """The two halves of a code: ``fr:commune:29019`` → ``("commune", "29019")``."""

    type: TerritoryType
    value: str


class Resolution(NamedTuple):
    """A code to store, and a sentence for the person who typed another one."""

    code: str
    notice: str | None


# Lookups ------------------------------------------------------------------------------------------------------------


def parse(code: str) -> ParsedCode:
    """Split a code, after its shape alone: :func:`exists` says whether there is such a territory.

    :raises ValueError: no code has this shape; the sentence names the value and gives examples.
    """
    if isinstance(code, str):
        for type_, shape in _SHAPES.items():
            match = shape.fullmatch(code)
            if match:
                return ParsedCode(type_, match[1])
    raise ValueError(f"{code!r} is not a territory code. Codes look like {_EXAMPLES}.")


def get(code: str) -> Territory | None:
    """Look a territory up.

    :returns: None for a code that is unknown, replaced (:func:`resolve`) or no code at all.
    """
    if not isinstance(code, str):
        return None
    if code.startswith("fr:commune:"):
        commune = tables.communes().get(code)
        if commune is None:
            return None
        postal_codes = tuple(commune.postal_codes.split())
        parents = tables.commune_parents(commune)
        return Territory(code, commune.name, "commune", parents, "", commune.population, postal_codes)
    return tables.territories().get(code)


def exists(code: str) -> bool:
    """Say whether this is the code of a territory of the current vintage; False for a replaced one."""
    if not isinstance(code, str):
        return False
    return code in (tables.communes() if code.startswith("fr:commune:") else tables.territories())


def of_type(type_: TerritoryType) -> tuple[Territory, ...]:
    """List all territories of a type, by name."""
    if type_ == "commune":
        found = [cast(Territory, get(code)) for code in tables.communes()]
    else:
        found = [territory for territory in tables.territories().values() if territory.type == type_]
    return tuple(sorted(found, key=lambda territory: (fold(territory.name), territory.code)))


def resolve(code: str, lang: str = "fr") -> Resolution:
    """Replace a code that is no longer in use by its successor's.

    Codes of merged, delegated and associated communes and of the arrondissements of Paris, Lyon and Marseille become
    the commune's; country codes of overseas France (``country:re``) become the region's.

    :param lang: language of the notice, ``fr`` or else English.
    :returns: ``(successor, notice)``; ``(code, None)`` where there is nothing to replace, also for an unknown code.
    """
    former = None if exists(code) else _former_code(code)
    if former is None:
        return Resolution(code, None)
    sentence = _pick(_NOTICES[former.kind], lang)
    name = label(former.successor, lang)
    old, new = (code, former.successor) if former.kind == "country" else (_value(code), _value(former.successor))
    return Resolution(former.successor, sentence.format(former=former.name, old=old, new=new, name=name))


def ancestors(code: str) -> tuple[str, ...]:
    """List everything that contains a territory, nearest first, without itself.

    A commune has its EPCI, departement, region, ``country:fr``, ``country-group:ue`` and ``country-group:world``; of an
    EPCI that crosses borders, all departements and regions. A French NUTS unit also has the region or departement that
    it is. A replaced code has its successor and the successor's, so that stored values outlive a change of vintage.

    :returns: ``()`` for an unknown code.
    """
    return _ancestors(code) if isinstance(code, str) else ()


@lru_cache(maxsize=8192)
def _ancestors(code: str) -> tuple[str, ...]:
    former = None if exists(code) else _former_code(code)
    if former is not None:
        return (former.successor, *ancestors(former.successor))
    territory = get(code)
    if territory is None:
        return ()
    if territory.type == "commune":  # not by its EPCI, which may reach into other departements
        return (*territory.parents, *ancestors(territory.parents[-1]))
    found: dict[str, None] = {}
    nearest = list(territory.parents)
    while nearest:
        found |= dict.fromkeys(nearest)
        nearest = [parent for known in nearest for parent in tables.territories()[known].parents if parent not in found]
    return tuple(sorted(found, key=_size))


def children(code: str, types: Collection[TerritoryType] | None = None) -> tuple[str, ...]:
    """List what a territory directly contains, by type, then by name.

    A departement has its EPCI and its communes, an EPCI its communes. NUTS units are only listed below NUTS units, or
    when asked for.

    :param types: only these.
    """
    if not isinstance(code, str):
        return ()
    if types is None:
        types = TYPES if code.startswith("nuts:") else [type_ for type_ in TYPES if type_ != "nuts"]
    beginnings = tuple(_BEGINNINGS[type_] for type_ in types)
    return tuple(child for child in _sorted_children(code) if child.startswith(beginnings))


@lru_cache(maxsize=512)
def _sorted_children(code: str) -> tuple[str, ...]:
    found = tables.children().get(code, ())
    if code.startswith(("fr:departement:", "fr:epci:")):
        found += tables.communes_within().get(code, ())
    known = [territory for territory in map(get, found) if territory is not None]
    known.sort(key=lambda territory: (TYPES.index(territory.type), fold(territory.name), territory.code))
    return tuple(territory.code for territory in known)


def label(code: str, lang: str = "fr") -> str:
    """Give the name to show: French, or English for countries where ``lang`` is not French.

    :returns: the former name for a replaced code, and the code itself where nothing is known, so a page never fails.
    """
    territory = get(code)
    if territory is not None:
        return _name(territory, lang)
    former = _former_code(code)
    if former is None:
        return code
    return former.name or label(former.successor, lang)


def long_label(code: str, lang: str = "fr") -> str:
    """Give the name with what tells it from its namesakes: ``Brest (29)``, ``Paris (département)``."""
    territory = get(code)
    if territory is None or territory.type in ("country", "country-group"):
        return label(code, lang)
    if territory.type == "commune":
        detail = _value(territory.parents[-1])
    elif territory.type == "nuts":
        detail = f"NUTS {_value(code)}"
    else:
        detail = _pick(_TYPE_LABELS[territory.type], lang)
    return f"{_name(territory, lang)} ({detail})"


def type_label(type_: TerritoryType, lang: str = "fr") -> str:
    """Give a type's name in the singular: ``région``, ``intercommunalité``."""
    return _pick(_TYPE_LABELS[type_], lang)


def widest_level(codes: Iterable[str]) -> Level | None:
    """Say which level of governance the widest of some territories stands for.

    A group of countries, or territories of two countries, are international; a country, or its NUTS 0, national; all
    else local.

    :returns: None where no code is known.
    """
    resolved = [territory for territory in (get(resolve(code).code) for code in codes) if territory is not None]
    if not resolved:
        return None
    countries = {country for country in map(_country, resolved) if country}
    if len(countries) > 1 or any(territory.type == "country-group" for territory in resolved):
        return "international"
    return "national" if any(_is_whole_country(territory) for territory in resolved) else "local"


def _former_code(code: str) -> tables.Former | None:
    return tables.former().get(code) if isinstance(code, str) else None


def _country(territory: Territory) -> str:
    if territory.type == "country":
        return territory.code
    if territory.type == "country-group":
        return ""
    return next((code for code in ancestors(territory.code) if code.startswith("country:")), "")


def _is_whole_country(territory: Territory) -> bool:
    return territory.type == "country" or (territory.type == "nuts" and len(_value(territory.code)) == _NUTS_0)


def _size(code: str) -> tuple[int, int]:
    """Order ancestors from near to far; sorting is stable, so the order among equals stays."""
    type_, value = parse(code)
    rank = {"epci": 0, "departement": 1, "region": 3, "country": 5, "country-group": 6}
    if type_ == "nuts":
        return 5 - len(value) + 2, 1  # NUTS 3, 2, 1, 0 beside departement, between, region, country
    return (7 if code == WORLD else rank[type_]), 0


def _name(territory: Territory, lang: str) -> str:
    return territory.name_en if territory.name_en and not lang.startswith("fr") else territory.name


def _pick(pair: tuple[str, str], lang: str) -> str:
    return pair[0] if lang.startswith("fr") else pair[1]


def _value(code: str) -> str:
    return code.rsplit(":", 1)[1]


# URIs and places ----------------------------------------------------------------------------------------------------


def uris(code: str) -> tuple[str, ...]:
    """List the URIs under which others know a territory, that of the European Union first, then INSEE's, then NUTS.

    Countries and France overseas have those of the EU's country table, which DCAT-AP asks for; regions and departements
    of the mainland those of its table of territorial units. Communes have INSEE's alone. An EPCI has none: INSEE's
    URIs of them are random and not in the published codes.

    :returns: ``()`` where there is none; a replaced code has its successor's.
    """
    territory = get(resolve(code).code) if isinstance(code, str) else None
    if territory is None:
        return ()
    nuts = territory.code if territory.type == "nuts" else tables.nuts_codes().get(territory.code)
    same = next((parent for parent in territory.parents if not parent.startswith("nuts:")), "") if nuts else ""
    place = territory.code
    if territory.type == "nuts":
        place = same if tables.nuts_codes().get(same) else ""
    found = [_eu_uri(place), _insee_uri(place), f"{_NUTS_URI}/{_value(nuts)}" if nuts else ""]
    return tuple(uri for uri in found if uri)


def _eu_uri(code: str) -> str:
    if code in _GROUP_URIS:
        return _GROUP_URIS[code]
    letters = tables.country_codes().get(code)
    if letters:
        return f"{_EU_AUTHORITY}/country/{letters}"
    if code.startswith("fr:region:") and _value(code) in _ATU_REGIONS:
        return f"{_EU_AUTHORITY}/atu/FRA_RG_{_ATU_REGIONS[_value(code)]}"
    if code.startswith("fr:departement:") and _value(code) not in _UNINHABITED:
        return f"{_EU_AUTHORITY}/atu/FRA_DPT_{_value(code).rjust(3, '0')}"
    return ""


def _insee_uri(code: str) -> str:
    if not code.startswith(("fr:region:", "fr:departement:", "fr:commune:")):
        return ""
    type_, value = parse(code)
    if value in _COLLECTIVITIES:
        return f"{_INSEE}/collectiviteDOutreMer/{value}"
    return "" if value in _UNINHABITED else f"{_INSEE}/{type_}/{value}"


def bbox(code: str) -> geometry.Box | None:
    """Give the box around a territory, in degrees; its west is greater than its east across the 180th meridian.

    Countries, groups of countries, regions and departements have their own. There is no source of finer ones, so a
    commune has the box of its departement, an EPCI that around all its departements, a NUTS unit that of the territory
    which it is or lies in. That of France takes in its five departements overseas.

    :returns: None for an unknown code and for a few islets; a replaced code has its successor's.
    """
    known = resolve(code).code if isinstance(code, str) else code
    own = geometry.extent(known) if isinstance(known, str) else None
    if own is not None:
        return own.box
    territory = get(known)
    if territory is None:
        return None
    if territory.type == "epci":
        boxes = [box for parent in territory.parents if (box := bbox(parent))]
        return _around(boxes) if boxes else None
    nearest = [*territory.parents[-1:], *ancestors(known)] if territory.type == "commune" else ancestors(known)
    around = (geometry.extent(above) for above in nearest if not above.startswith("country-group:"))
    return next((extent.box for extent in around if extent), None)


def _around(boxes: Iterable[geometry.Box]) -> geometry.Box:
    """Give the box around neighbouring boxes, none of which crosses the 180th meridian."""
    wests, souths, easts, norths = zip(*boxes, strict=True)
    return min(wests), min(souths), max(easts), max(norths)


def spatial_coverage(codes: Iterable[str], lang: str = "fr") -> list[dict[str, str]]:
    """Write territories as RDF has places, in the shape of ckanext-dcat.

    :param codes: unknown ones are left out, replaced ones become their successors.
    :param lang: language of ``text``.
    :returns: ``[{"uri", "text", "bbox", "centroid"}]``, each once; ``bbox`` and ``centroid`` are GeoJSON as text. A
        territory whose box is that of a larger one has no ``centroid``, which would be a wrong place.
    """
    found: list[dict[str, str]] = []
    for code in dict.fromkeys(resolve(code).code for code in codes if isinstance(code, str)):
        if not exists(code):
            continue
        known = uris(code)
        place = {"uri": known[0]} if known else {}
        place["text"] = label(code, lang)
        box, extent = bbox(code), geometry.extent(code)
        if box:
            place["bbox"] = json.dumps(geometry.as_geometry(box))
        if extent and extent.middle:
            place["centroid"] = json.dumps({"type": "Point", "coordinates": extent.middle})
        found.append(place)
    return found


# Search -------------------------------------------------------------------------------------------------------------


def search(q: str, types: Collection[TerritoryType] | None = None, limit: int = 10) -> list[Territory]:
    """Find territories by name, code or postal code, as one types them.

    Accents, case, hyphens and articles are ignored, ``St`` is ``Saint``; names of delegated communes and of
    arrondissements lead to the commune. Exact matches come first, then names that begin so, then names with all the
    words; among these the most populated first, foreign countries among the larger towns, NUTS units last.

    :param q: what was typed: ``saint brieuc``, ``22000``, ``29019``, ``brest (29)``, ``fr:region:53``.
    :param types: only these.
    :param limit: how many at most.
    """
    wanted = frozenset(types) if types is not None else frozenset(TYPES)
    found: dict[str, None] = {}
    if limit <= 0:
        return []
    for code in _candidates(q.strip(), wanted):
        if parse(code).type in wanted:
            found[code] = None
            if len(found) == limit:
                break
    return [territory for territory in map(get, found) if territory is not None]


def _candidates(q: str, wanted: frozenset[TerritoryType]) -> Iterator[str]:
    index = tables.search_index()
    typed = fold_query(q)
    resolved = resolve(q).code
    if exists(resolved):
        yield resolved
    if typed and typed[0].isdigit() and " " not in typed:
        yield from _by_number(typed.upper(), index)
    if len(q) > _NUTS_0 and exists(f"nuts:{q.upper()}"):
        yield f"nuts:{q.upper()}"
    empty = True
    for code in index.names.find(typed):
        empty = False
        yield code
    if "nuts" in wanted:
        yield from index.nuts.find(typed)
    if empty and " " in typed:
        yield from _by_name_and_number(typed, index)


def _by_number(number: str, index: tables.SearchIndex) -> Iterator[str]:
    """Find by INSEE code, SIREN, or the beginning of a postal code."""
    for prefix in ("fr:departement:", "fr:region:", "fr:commune:", "fr:epci:"):
        if exists(prefix + number):
            yield prefix + number
    yield from _by_postal_code(number, index)
    former = tables.former().get(f"fr:commune:{number}")
    if former is not None:
        yield former.successor


def _by_postal_code(number: str, index: tables.SearchIndex) -> Iterator[str]:
    if number.isdigit() and len(number) > 1:
        start = bisect_left(index.postal_codes, number)
        for postal_code in islice(index.postal_codes, start, None):
            if not postal_code.startswith(number):
                return
            yield from index.postal[postal_code]


def _by_name_and_number(typed: str, index: tables.SearchIndex) -> Iterator[str]:
    """Find ``brest 29`` and ``22000 saint brieuc``: a name, and a departement, INSEE or postal code."""
    parts = typed.split()
    numbers = [part.upper() for part in parts if part[0].isdigit()]
    name = " ".join(part for part in parts if not part[0].isdigit())
    if not numbers or not name:
        return
    for code in index.names.find(name):
        commune = tables.communes().get(code)
        if commune is not None:
            known = {commune.departement, _value(code), *commune.postal_codes.split()}
            if known.issuperset(numbers):
                yield code
