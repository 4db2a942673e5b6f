"""The tables behind :mod:`ckanext.regional.territory`, each read from its file at the first question."""

from __future__ import annotations

import re
import threading
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache, wraps
from itertools import chain
from sys import intern
from typing import Literal, NamedTuple, TypeVar, get_args

from ckanext.regional.data import load_json
from ckanext.regional.data.names import NameIndex

TerritoryType = Literal["country-group", "country", "region", "departement", "epci", "commune", "nuts"]

WORLD = "country-group:world"
EUROPEAN_UNION = "country-group:ue"
FRANCE = "country:fr"

_ORDER: tuple[TerritoryType, ...] = get_args(TerritoryType)
# Where a country without a population of ours stands among the communes in a list of suggestions.
_WEIGHT_MEMBER_STATE = 100_000
_WEIGHT_COUNTRY = 2_000
# An EPCI is often named after its town: who types the town's name means the town.
_SHORT_NAME = 4


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


class Commune(NamedTuple):
    """A commune as it is kept: codes without prefix, ``epci`` may be empty, postal codes with spaces between."""

    name: str
    departement: str
    epci: str
    population: int
    postal_codes: str


class Former(NamedTuple):
    """What replaces a code: the successor's full code, the former name or "", and the kind of replacement."""

    successor: str
    name: str
    kind: str


_T = TypeVar("_T")


def once(load: Callable[[], _T]) -> Callable[[], _T]:
    """Compute once, also when two threads ask at the same moment: the tables are megabytes."""
    lock = threading.Lock()
    cached = cache(load)

    @wraps(load)
    def loader() -> _T:
        with lock:
            return cached()

    return loader


@once
def territories() -> dict[str, Territory]:
    """Read everything but communes, by code."""
    made = chain(_load_groups(), _load_countries(), _load_regions(), _load_departements(), _load_epci(), _load_nuts())
    return {territory.code: territory for territory in made}


@once
def communes() -> dict[str, Commune]:
    """Read communes by full code; tuples of shared strings, a fifth of what as many :class:`Territory` would take."""
    return {
        f"fr:commune:{code}": Commune(name, intern(departement), intern(epci), population, intern(postal))
        for code, name, departement, epci, population, postal in load_json("territory/communes.json")
    }


@once
def former() -> dict[str, Former]:
    """Read replaced codes by full code."""
    replaced = {
        f"fr:commune:{code}": Former(f"fr:commune:{successor}", name, kind)
        for code, successor, name, kind in load_json("territory/former_communes.json")
        if code != successor
    }
    countries = {
        f"country:{code}": Former(f"fr:region:{region}", "", "country")
        for code, region, *_ in load_json("territory/former_countries.json")
    }
    return replaced | countries


@once
def country_codes() -> dict[str, str]:
    """Read the three letters of ISO 3166-1 of countries, and of those regions and departements that have some."""
    found = {f"country:{row[0]}": row[4] for row in load_json("territory/countries.json") if row[4]}
    overseas = {region: letters for _code, region, letters, _number in load_json("territory/former_countries.json")}
    found |= {f"fr:region:{region}": letters for region, letters in overseas.items()}
    for departement, _name, region, _population in load_json("territory/departements.json"):
        if region in overseas:
            found[f"fr:departement:{departement}"] = overseas[region]
    return found


@once
def nuts_codes() -> dict[str, str]:
    """Read the widest NUTS unit that is a country, region or departement, by the code of that."""
    found: dict[str, str] = {}
    for territory in territories().values():
        if territory.type == "nuts":
            for parent in territory.parents:
                if not parent.startswith("nuts:"):
                    found.setdefault(parent, territory.code)
                    found[parent] = min(found[parent], territory.code, key=len)
    return found


@once
def children() -> dict[str, tuple[str, ...]]:
    """List direct children of everything but departements and EPCI."""
    found: defaultdict[str, list[str]] = defaultdict(list)
    for territory in territories().values():
        for parent in territory.parents:
            found[parent].append(territory.code)
    return {parent: tuple(codes) for parent, codes in found.items()}


@once
def communes_within() -> dict[str, tuple[str, ...]]:
    """List the communes of each departement and EPCI."""
    found: defaultdict[str, list[str]] = defaultdict(list)
    for code, commune in communes().items():
        for parent in commune_parents(commune):
            found[parent].append(code)
    return {parent: tuple(codes) for parent, codes in found.items()}


def _load_groups() -> Iterator[Territory]:
    yield Territory(WORLD, "Monde", "country-group", (), "World")
    yield Territory(EUROPEAN_UNION, "Union européenne", "country-group", (WORLD,), "European Union")


def _load_countries() -> Iterator[Territory]:
    inhabitants = sum(row[3] for row in load_json("territory/regions.json"))
    for code, french, english, is_member, *_ in load_json("territory/countries.json"):
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
    names = {code: (french, english) for code, french, english, *_ in load_json("territory/countries.json")}
    for code, country in countries.items():
        french, english = names[country]
        yield Territory(f"nuts:{code}", french, "nuts", (f"country:{country}",), english if english != french else "")


def commune_parents(commune: Commune) -> tuple[str, ...]:
    """List the codes of its EPCI, if any, and of its departement."""
    departement = intern(f"fr:departement:{commune.departement}")
    return (intern(f"fr:epci:{commune.epci}"), departement) if commune.epci else (departement,)


class SearchIndex(NamedTuple):
    """Names, most important first, those of NUTS units apart, and communes by postal code."""

    names: NameIndex
    nuts: NameIndex
    postal: dict[str, tuple[str, ...]]
    postal_codes: tuple[str, ...]


@once
def search_index() -> SearchIndex:
    """Make what a search reads."""
    nuts = [territory for territory in territories().values() if territory.type == "nuts"]
    nuts.sort(key=lambda territory: (len(territory.code), territory.code))
    postal: defaultdict[str, list[str]] = defaultdict(list)
    for code, commune in sorted(communes().items(), key=lambda item: -item[1].population):
        for postal_code in commune.postal_codes.split():
            postal[postal_code].append(code)
    names = sorted(_weighted_names(), key=lambda entry: entry[:2])
    return SearchIndex(
        NameIndex((name, code) for *_, name, code in names),
        NameIndex((territory.name, territory.code) for territory in nuts),
        {postal_code: tuple(codes) for postal_code, codes in postal.items()},
        tuple(sorted(postal)),
    )


def _weighted_names() -> Iterator[tuple[int, int, str, str]]:
    """Yield (minus weight, rank of the type, name, code) of every name but those of NUTS units."""
    for territory in territories().values():
        if territory.type == "nuts":
            continue
        rank = _ORDER.index(territory.type)
        weight = territory.population or _foreign_weight(territory)
        yield -weight, rank, territory.name, territory.code
        if territory.name_en:
            yield -weight, rank, territory.name_en, territory.code
        if territory.type == "epci":
            yield -weight // _SHORT_NAME, rank, _without_kind(territory.name), territory.code
        else:
            yield -weight, rank, _without_article(territory.name), territory.code
    rank = _ORDER.index("commune")
    for code, commune in communes().items():
        yield -commune.population, rank, commune.name, code
        short = _without_article(commune.name)
        if short != commune.name:
            yield -commune.population, rank, short, code
    for _code, successor, name, _kind in load_json("territory/former_communes.json"):
        if name:
            yield 1, rank, name, f"fr:commune:{successor}"


def _foreign_weight(territory: Territory) -> int:
    if territory.type == "country-group":
        return 10**10
    return _WEIGHT_MEMBER_STATE if EUROPEAN_UNION in territory.parents else _WEIGHT_COUNTRY


def _without_kind(name: str) -> str:
    """Drop what the name of an EPCI begins with, so that ``saint-brieuc`` begins it too."""
    return _without_article(re.sub(r"^(?:(?:CC|CA|CU) |Métropole )?(?:d(?:u|es?) |d['’])?", "", name))


def _without_article(name: str) -> str:
    return re.sub(r"^(?:l[ae] |les |l['’])", "", name, flags=re.IGNORECASE)
