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

import re
import threading
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from functools import cache, lru_cache, wraps
from itertools import chain, islice
from sys import intern
from typing import Literal, NamedTuple, TypeVar, cast, get_args

from ckanext.regional.data import load_json
from ckanext.regional.data.names import NameIndex, fold, fold_query

TerritoryType = Literal["country-group", "country", "region", "departement", "epci", "commune", "nuts"]
Level = Literal["local", "national", "international"]

TYPES: tuple[TerritoryType, ...] = get_args(TerritoryType)
WORLD = "country-group:world"
EUROPEAN_UNION = "country-group:ue"
FRANCE = "country:fr"

_SHAPES: dict[TerritoryType, re.Pattern[str]] = {
    "country-group": re.compile(r"country-group:([a-z]+)"),
    "country": re.compile(r"country:([a-z]{2})"),
    "region": re.compile(r"fr:region:(\d{2,3})"),
    "departement": re.compile(r"fr:departement:(\d{2,3}|2[AB])"),
    "epci": re.compile(r"fr:epci:(\d{9})"),
    "commune": re.compile(r"fr:commune:(\d{5}|2[AB]\d{3})"),
    "nuts": re.compile(r"nuts:([A-Z]{2}[A-Z0-9]{0,3})"),
}
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
        "{former} ({old}) est un arrondissement municipal ; le code est remplacé par celui de la commune, {new} ({name}).",
        "{former} ({old}) is a municipal arrondissement; its code is replaced by that of the commune, {new} ({name}).",
    ),
    "country": (
        "Le code {old} est remplacé par celui de la région, {new} ({name}).",
        "{old} is replaced by the code of the region, {new} ({name}).",
    ),
}
# Where a country without a population of ours stands among the communes in a list of suggestions.
_WEIGHT_MEMBER_STATE = 100_000
_WEIGHT_COUNTRY = 2_000


@dataclass(frozen=True, slots=True)
class Territory:
    """A territory of the current vintage.

    :param code: as in the module's table.
    :param name: in French, or the official name of a NUTS unit.
    :param parents: codes of what directly contains it, smallest first. An EPCI that crosses a border has all its
        departements, the one with most member communes first.
    :param name_en: in English where it differs, for countries and groups of them.
    :param population: inhabitants, 0 where not known (countries, NUTS).
    :param postal_codes: of a commune.
    """

    code: str
    name: str
    type: TerritoryType
    parents: tuple[str, ...]
    name_en: str = ""
    population: int = 0
    postal_codes: tuple[str, ...] = ()


class ParsedCode(NamedTuple):
    """The two halves of a code: ``fr:commune:29019`` → ``("commune", "29019")``."""

    type: TerritoryType
    value: str


class Resolution(NamedTuple):
    """A code to store, and a sentence for the person who typed another one."""

    code: str
    notice: str | None


class _Commune(NamedTuple):
    name: str
    departement: str
    epci: str
    population: int
    postal_codes: str


class _Former(NamedTuple):
    successor: str
    name: str
    kind: str


_T = TypeVar("_T")


def _once(load: Callable[[], _T]) -> Callable[[], _T]:
    """Compute once, also when two threads ask at the same moment: the tables are megabytes."""
    lock = threading.Lock()
    cached = cache(load)

    @wraps(load)
    def loader() -> _T:
        with lock:
            return cached()

    return loader


# Tables -------------------------------------------------------------------------------------------------------------


@_once
def _territories() -> dict[str, Territory]:
    """Everything but communes, by code."""
    made = chain(_load_groups(), _load_countries(), _load_regions(), _load_departements(), _load_epci(), _load_nuts())
    return {territory.code: territory for territory in made}


@_once
def _communes() -> dict[str, _Commune]:
    """Communes by full code; tuples of shared strings, a fifth of what as many :class:`Territory` would take."""
    return {
        f"fr:commune:{code}": _Commune(name, intern(departement), intern(epci), population, intern(postal))
        for code, name, departement, epci, population, postal in load_json("territory/communes.json")
    }


@_once
def _former() -> dict[str, _Former]:
    """Replaced codes by full code."""
    communes = {
        f"fr:commune:{code}": _Former(f"fr:commune:{successor}", name, kind)
        for code, successor, name, kind in load_json("territory/former_communes.json")
        if code != successor
    }
    countries = {
        f"country:{code}": _Former(f"fr:region:{region}", "", "country")
        for code, region in load_json("territory/former_countries.json")
    }
    return communes | countries


@_once
def _children() -> dict[str, tuple[str, ...]]:
    """Direct children of everything but departements and EPCI."""
    found: defaultdict[str, list[str]] = defaultdict(list)
    for territory in _territories().values():
        for parent in territory.parents:
            found[parent].append(territory.code)
    return {parent: tuple(codes) for parent, codes in found.items()}


@_once
def _communes_within() -> dict[str, tuple[str, ...]]:
    """Communes of each departement and EPCI."""
    found: defaultdict[str, list[str]] = defaultdict(list)
    for code, commune in _communes().items():
        for parent in _commune_parents(commune):
            found[parent].append(code)
    return {parent: tuple(codes) for parent, codes in found.items()}


def _load_groups() -> Iterator[Territory]:
    yield Territory(WORLD, "Monde", "country-group", (), "World")
    yield Territory(EUROPEAN_UNION, "Union européenne", "country-group", (WORLD,), "European Union")


def _load_countries() -> Iterator[Territory]:
    inhabitants = sum(row[3] for row in load_json("territory/regions.json"))
    for code, french, english, is_member in load_json("territory/countries.json"):
        parents = (EUROPEAN_UNION,) if is_member else (WORLD,)
        yield Territory(
            f"country:{code}",
            french,
            "country",
            parents,
            english if english != french else "",
            inhabitants if code == "fr" else 0,
        )


def _load_regions() -> Iterator[Territory]:
    for code, name, _zone, population in load_json("territory/regions.json"):
        yield Territory(f"fr:region:{code}", name, "region", (FRANCE,), population=population)


def _load_departements() -> Iterator[Territory]:
    for code, name, region, population in load_json("territory/departements.json"):
        yield Territory(
            f"fr:departement:{code}", name, "departement", (intern(f"fr:region:{region}"),), population=population
        )


def _load_epci() -> Iterator[Territory]:
    for siren, name, _kind, departements, population in load_json("territory/epci.json"):
        parents = tuple(intern(f"fr:departement:{code}") for code in departements)
        yield Territory(f"fr:epci:{siren}", name, "epci", parents, population=population)


def _load_nuts() -> Iterator[Territory]:
    countries: dict[str, str] = {}
    for code, _level, country, name, equivalent in load_json("territory/nuts.json"):
        countries[code[:2]] = country
        parent = intern(f"nuts:{code[:-1]}")
        yield Territory(f"nuts:{code}", name, "nuts", (equivalent, parent) if equivalent else (parent,))
    names = {code: (french, english) for code, french, english, _ in load_json("territory/countries.json")}
    for code, country in countries.items():
        french, english = names[country]
        yield Territory(f"nuts:{code}", french, "nuts", (f"country:{country}",), english if english != french else "")


def _commune_parents(commune: _Commune) -> tuple[str, ...]:
    departement = intern(f"fr:departement:{commune.departement}")
    return (intern(f"fr:epci:{commune.epci}"), departement) if commune.epci else (departement,)


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
        commune = _communes().get(code)
        if commune is None:
            return None
        postal_codes = tuple(commune.postal_codes.split())
        parents = _commune_parents(commune)
        return Territory(code, commune.name, "commune", parents, "", commune.population, postal_codes)
    return _territories().get(code)


def exists(code: str) -> bool:
    """Say whether this is the code of a territory of the current vintage; False for a replaced one."""
    if not isinstance(code, str):
        return False
    return code in (_communes() if code.startswith("fr:commune:") else _territories())


def of_type(type: TerritoryType) -> tuple[Territory, ...]:  # noqa: A002
    """List all territories of a type, by name."""
    if type == "commune":
        found = [cast(Territory, get(code)) for code in _communes()]
    else:
        found = [territory for territory in _territories().values() if territory.type == type]
    return tuple(sorted(found, key=lambda territory: (fold(territory.name), territory.code)))


def resolve(code: str, lang: str = "fr") -> Resolution:
    """Replace a code that is no longer in use by its successor's.

    Codes of merged, delegated and associated communes and of the arrondissements of Paris, Lyon and Marseille become
    the commune's; country codes of overseas France (``country:re``) become the region's.

    :param lang: language of the notice, ``fr`` or else English.
    :returns: ``(code, None)`` where there is nothing to replace, also for an unknown code; else ``(successor, notice)``.
    """
    former = None if exists(code) else _former_code(code)
    if former is None:
        return Resolution(code, None)
    sentence = _pick(_NOTICES[former.kind], lang)
    name = label(former.successor, lang)
    old, new = (code, former.successor) if former.kind == "country" else (_value(code), _value(former.successor))
    return Resolution(former.successor, sentence.format(former=former.name, old=old, new=new, name=name))


@lru_cache(maxsize=8192)
def ancestors(code: str) -> tuple[str, ...]:
    """List everything that contains a territory, nearest first, without itself.

    A commune has its EPCI, departement, region, ``country:fr``, ``country-group:ue`` and ``country-group:world``; of an
    EPCI that crosses borders, all departements and regions. A French NUTS unit also has the region or departement that
    it is. A replaced code has its successor and the successor's, so that stored values outlive a change of vintage.

    :returns: ``()`` for an unknown code.
    """
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
        nearest = [parent for known in nearest for parent in _territories()[known].parents if parent not in found]
    return tuple(sorted(found, key=_size))


def children(code: str, types: Collection[TerritoryType] | None = None) -> tuple[str, ...]:
    """List what a territory directly contains, by type, then by name.

    A departement has its EPCI and its communes, an EPCI its communes. NUTS units are only listed below NUTS units, or
    when asked for.

    :param types: only these.
    """
    found = _children().get(code, ())
    if code.startswith(("fr:departement:", "fr:epci:")):
        found += _communes_within().get(code, ())
    wanted = set(types) if types is not None else {*TYPES} if code.startswith("nuts:") else {*TYPES} - {"nuts"}
    known = [territory for territory in map(get, found) if territory is not None and territory.type in wanted]
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


def type_label(type: TerritoryType, lang: str = "fr") -> str:  # noqa: A002
    """Give a type's name in the singular: ``région``, ``intercommunalité``."""
    return _pick(_TYPE_LABELS[type], lang)


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


def _former_code(code: str) -> _Former | None:
    return _former().get(code) if isinstance(code, str) else None


def _country(territory: Territory) -> str:
    if territory.type == "country":
        return territory.code
    if territory.type == "country-group":
        return ""
    return next((code for code in ancestors(territory.code) if code.startswith("country:")), "")


def _is_whole_country(territory: Territory) -> bool:
    return territory.type == "country" or (territory.type == "nuts" and len(_value(territory.code)) == 2)


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


# Search -------------------------------------------------------------------------------------------------------------


class _Search(NamedTuple):
    names: NameIndex
    nuts: NameIndex
    postal: dict[str, tuple[str, ...]]
    postal_codes: tuple[str, ...]


@_once
def _search() -> _Search:
    weighted: list[tuple[int, int, str, str]] = []
    for territory in _territories().values():
        if territory.type != "nuts":
            weight = territory.population or _foreign_weight(territory)
            for name in filter(None, (territory.name, territory.name_en, _short_name(territory))):
                weighted.append((-weight, TYPES.index(territory.type), name, territory.code))
    communes = sorted(_communes().items(), key=lambda item: -item[1].population)
    for code, commune in communes:
        for name in filter(None, (commune.name, _without_article(commune.name))):
            weighted.append((-commune.population, TYPES.index("commune"), name, code))
    for _code, successor, name, _kind in load_json("territory/former_communes.json"):
        if name:
            weighted.append((1, 0, name, f"fr:commune:{successor}"))
    weighted.sort(key=lambda entry: entry[:2])
    nuts = [territory for territory in _territories().values() if territory.type == "nuts"]
    nuts.sort(key=lambda territory: (len(territory.code), territory.code))
    postal: defaultdict[str, list[str]] = defaultdict(list)
    for code, commune in communes:
        for postal_code in commune.postal_codes.split():
            postal[postal_code].append(code)
    return _Search(
        NameIndex((name, code) for *_, name, code in weighted),
        NameIndex((territory.name, territory.code) for territory in nuts),
        {postal_code: tuple(codes) for postal_code, codes in postal.items()},
        tuple(sorted(postal)),
    )


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
    index = _search()
    typed = fold_query(q)
    resolved = resolve(q).code
    if exists(resolved):
        yield resolved
    if typed and typed[0].isdigit() and " " not in typed:
        yield from _by_number(typed.upper(), index)
    yield from (code for code in (f"nuts:{q.upper()}",) if len(q) > 2 and exists(code))  # noqa: PLR2004
    empty = True
    for code in index.names.find(typed):
        empty = False
        yield code
    if "nuts" in wanted:
        yield from index.nuts.find(typed)
    if empty and " " in typed:
        yield from _by_name_and_number(typed, index)


def _by_number(number: str, index: _Search) -> Iterator[str]:
    """Find by INSEE code, SIREN, or the beginning of a postal code."""
    for prefix in ("fr:departement:", "fr:region:", "fr:commune:", "fr:epci:"):
        if exists(prefix + number):
            yield prefix + number
    yield from _by_postal_code(number, index)
    former = _former().get(f"fr:commune:{number}")
    if former is not None:
        yield former.successor


def _by_postal_code(number: str, index: _Search) -> Iterator[str]:
    if 2 <= len(number) <= 5 and number.isdigit():  # noqa: PLR2004
        start = bisect_left(index.postal_codes, number)
        for postal_code in islice(index.postal_codes, start, None):
            if not postal_code.startswith(number):
                return
            yield from index.postal[postal_code]


def _by_name_and_number(typed: str, index: _Search) -> Iterator[str]:
    """Find ``brest 29`` and ``22000 saint brieuc``: a name, and a departement, INSEE or postal code."""
    parts = typed.split()
    numbers = [part.upper() for part in parts if part[0].isdigit()]
    name = " ".join(part for part in parts if not part[0].isdigit())
    if not numbers or not name:
        return
    for code in index.names.find(name):
        commune = _communes().get(code)
        if commune is not None:
            known = {commune.departement, _value(code), *commune.postal_codes.split()}
            if known.issuperset(numbers):
                yield code


def _foreign_weight(territory: Territory) -> int:
    if territory.type == "country-group":
        return 10**10
    return _WEIGHT_MEMBER_STATE if EUROPEAN_UNION in territory.parents else _WEIGHT_COUNTRY


def _short_name(territory: Territory) -> str:
    """Drop what an EPCI's name begins with, so that ``saint-brieuc`` begins its name too."""
    if territory.type != "epci":
        return _without_article(territory.name)
    return re.sub(
        r"^(?:(?:CC|CA|CU) |Métropole )?(?:d[ue]s? (?:la |l['’])?|d['’]|la |les? |l['’])?", "", territory.name
    )


def _without_article(name: str) -> str:
    short = re.sub(r"^(?:l[ae]s? |les |l['’])", "", name, flags=re.IGNORECASE)
    return short if short != name else ""
