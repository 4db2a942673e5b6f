"""Make ``ckanext/regional/data/vocabulary/`` from an export of the EU authority tables.

Usage, from the root of the project::

    python -m dev.vendor.vocabularies EXPORT.json    # writes the EU vocabularies and records all files
    python -m dev.vendor.vocabularies                # records all files again after a change of our own

The export is ``{"frequency": [{"code", "uri", "en", "fr"}, …], "data-theme": […], …}`` as made from the tables of the
EU Publications Office. An asterisk after a label says that the tables have none and that it was translated for us.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any

from dev.vendor.hvd_labels import FRENCH as HVD_FRENCH
from dev.vendor.sources import DATA, Source, VendorError, rows_as_json, sha256, write

FOLDER = DATA / "vocabulary"
OWN = ("sector", "personal_data_class", "governance_level", "publisher_type", "access_rights_reason")

# Our name → the table's name.
TABLES = {
    "theme": "data-theme",
    "frequency": "frequency",
    "access_rights": "access-right",
    "planned_availability": "planned-availability",
    "hvd_category": "hvd",
}
# Frequencies in the order of a form, with the days after which data of that frequency are late; None: never late.
FREQUENCIES: dict[str, float | None] = {
    "UPDATE_CONT": 1,
    "CONT": 1,
    "1MIN": 1 / 1440,
    "5MIN": 5 / 1440,
    "10MIN": 10 / 1440,
    "15MIN": 15 / 1440,
    "30MIN": 30 / 1440,
    "HOURLY": 1 / 24,
    "BIHOURLY": 2 / 24,
    "TRIHOURLY": 3 / 24,
    "12HRS": 0.5,
    "DAILY_3": 1,
    "DAILY_2": 1,
    "DAILY": 1,
    "WEEKLY_5": 3,
    "WEEKLY_3": 4,
    "WEEKLY_2": 5,
    "WEEKLY": 7,
    "BIWEEKLY": 14,
    "MONTHLY_3": 15,
    "MONTHLY_2": 20,
    "MONTHLY": 31,
    "BIMONTHLY": 62,
    "QUARTERLY": 92,
    "ANNUAL_3": 123,
    "ANNUAL_2": 184,
    "ANNUAL": 366,
    "BIENNIAL": 731,
    "TRIENNIAL": 1096,
    "QUADRENNIAL": 1461,
    "QUINQUENNIAL": 1827,
    "DECENNIAL": 3653,
    "BIDECENNIAL": 7305,
    "TRIDECENNIAL": 10958,
    "IRREG": None,
    "AS_NEEDED": None,
    "NOT_PLANNED": None,
    "NEVER": None,
    "OTHER": None,
    "UNKNOWN": None,
    "OP_DATPRO": None,
}
# Codes that are valid in data that come from elsewhere, and that a form does not offer.
HIDDEN = {
    "theme": {"OP_DATPRO"},
    "frequency": {"OP_DATPRO", "UNKNOWN"},
    "access_rights": {"SENSITIVE", "CONFIDENTIAL", "NORMAL", "OP_DATPRO"},
}
HELP = {
    ("access_rights", "PUBLIC"): ("Tout le monde peut y accéder.", "Everybody can have access."),
    ("access_rights", "RESTRICTED"): (
        "Accès sous conditions : inscription, convention, paiement.",
        "Access under conditions: registration, agreement, payment.",
    ),
    ("access_rights", "NON_PUBLIC"): (
        "Pas d'accès hors de l'administration : vie privée, secret, sécurité.",
        "No access outside the administration: privacy, secrecy, security.",
    ),
}
LICENCES = {
    "eu": (
        "CC-BY 4.0",
        "European Union, Publications Office, EU Vocabularies; labels marked as ours are translated by us",
    ),
    "own": (
        "AGPL-3.0-or-later",
        "ckanext-regional; classes of personal data have the URIs of the W3C Data Privacy Vocabulary 2",
    ),
    "adms": (
        "ISA Open Metadata Licence 1.1 (URIs and English names)",
        "European Commission, SEMIC, Asset Description Metadata Schema: publisher types 1.0; French labels by us",
    ),
    "inspire": (
        "CC-BY 4.0 (URIs)",
        "European Commission, INSPIRE registry: limitations on public access; labels and explanations by us",
    ),
}


def term(name: str, row: dict[str, Any]) -> dict[str, Any]:
    """Write one row of a table as we keep it."""
    made: dict[str, Any] = {"code": row["code"], "uri": row["uri"]}
    for lang in ("fr", "en"):
        if row.get(lang):
            made[lang] = row[lang].rstrip("*").strip()
    if name == "hvd_category" and row["code"] in HVD_FRENCH:
        row = {**row, "fr": f"{HVD_FRENCH[row['code']]}*"}
        made = {"code": row["code"], "uri": row["uri"], "fr": HVD_FRENCH[row["code"]], "en": made["en"]}
    translated = [lang for lang in ("fr", "en") if (row.get(lang) or "").endswith("*")]
    if translated:
        made["translated"] = translated
    if (name, row["code"]) in HELP:
        made["help_fr"], made["help_en"] = HELP[name, row["code"]]
    if name == "frequency":
        days = FREQUENCIES[row["code"]]
        made["max_days"] = days if days is None else round(days, 5)
    if name == "hvd_category":
        made["top"] = bool(row.get("top"))
    if row["code"] in HIDDEN.get(name, ()):
        made["hidden"] = True
    return made


def terms(name: str, table: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Write a table as we keep it.

    :raises VendorError: a frequency that we give no number of days.
    """
    if name == "frequency":
        order = list(FREQUENCIES)
        unknown = {row["code"] for row in table} - set(order)
        if unknown:
            raise VendorError(f"FREQUENCIES says nothing of {', '.join(sorted(unknown))}")
        table = sorted(table, key=lambda row: order.index(row["code"]))
    return [term(name, row) for row in table]


def read(folder: Path, name: str) -> list[dict[str, Any]]:
    """Read a file made before."""
    return json.loads((folder / f"{name}.json").read_text(encoding="utf-8"))


def sources(folder: Path, export: Path | None, version: str, date: str) -> list[Source]:
    """Describe the export, or keep its last description, and our own lists."""
    if export:
        licence, attribution = LICENCES["eu"]
        eu = Source("eu", "EU authority tables", "document", version, date, sha256(export), licence, attribution)
    else:
        kept = json.loads((folder / "sources.json").read_text(encoding="utf-8"))["sources"]
        eu = next(Source(**item) for item in kept if item["id"] == "eu")
    titles = {
        "own": ("ckanext-regional", ""),
        "adms": ("ADMS publisher types", "1.0"),
        "inspire": ("INSPIRE limitations on public access", ""),
    }
    return [eu, *(Source(id_, titles[id_][0], "document", titles[id_][1], "", "", *LICENCES[id_]) for id_ in titles)]


def main() -> int:
    """Read, convert, write."""
    parser = argparse.ArgumentParser(description="Make the vocabulary files from an export of the EU tables.")
    parser.add_argument("export", type=Path, nargs="?", help="JSON export of the EU authority tables")
    parser.add_argument("--version", default="", help="version of the tables, if the export says")
    parser.add_argument("--date", default="", help="ISO date of the tables, if the export says")
    parser.add_argument("--out", type=Path, default=FOLDER, help="folder to write to")
    arguments = parser.parse_args()
    try:
        if arguments.export:
            tables = json.loads(arguments.export.read_text(encoding="utf-8"))
            made = {name: terms(name, tables[table]) for name, table in TABLES.items()}
        else:
            made = {name: read(arguments.out, name) for name in TABLES}
    except VendorError as error:
        print(error, file=sys.stderr)
        return 1
    made |= {name: read(FOLDER, name) for name in OWN}
    files = {f"{name}.json": (rows_as_json(rows), len(rows)) for name, rows in made.items()}
    described = sources(arguments.out, arguments.export, arguments.version, arguments.date)
    record = {"made_by": "python -m dev.vendor.vocabularies", "own": [f"{name}.json" for name in OWN]}
    write(arguments.out, files, record, described)
    return 0


if __name__ == "__main__":
    sys.exit(main())
