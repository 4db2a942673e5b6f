"""A catalogue as the French « catalogue simplifié » of the Socle Commun des Données Locales: one line for a dataset.

The model is OpenDataFrance's, version 1.0.0 of 29 January 2018: its 20 columns, the values that it allows and the
lengths that it sets. Its values are French whoever reads. No CKAN here.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping
from typing import Any

from ckanext.regional import periods, spreadsheets, territory, vocabulary
from ckanext.regional.indexing import listed

COLUMNS = (
    "COLL_NOM", "COLL_SIRET", "ID", "TITRE", "DESCRIPTION", "THEME", "PRODUCTEUR_NOM", "PRODUCTEUR_SIRET",
    "COUV_SPAT_MAILLE", "COUV_SPAT_NOM", "COUV_TEMP_DEBUT", "COUV_TEMP_FIN", "DATE_PUBL", "FREQ_MAJ", "DATE_MAJ",
    "MOTS_CLES", "LICENCE", "NB_RESSOURCES", "FORMAT_RESSOURCES", "URL",
)  # fmt: skip

_SHORT, _LINE, _DESCRIPTION = 140, 256, 356
_BETWEEN = ";"

#: From the narrowest to the widest; all else is « Autre ».
_SCALES: dict[str, str] = {
    "commune": "Communale",
    "epci": "Intercommunale",
    "departement": "Départementale",
    "region": "Régionale",
}
_OTHER_SCALE = "Autre"
_FREQUENCIES = {
    "Temps réel": ("UPDATE_CONT", "CONT", "1MIN", "5MIN", "10MIN", "15MIN", "30MIN"),
    "Toutes les heures": ("HOURLY",),
    "Quotidienne ou plusieurs fois par jour": ("BIHOURLY", "TRIHOURLY", "12HRS", "DAILY_3", "DAILY_2", "DAILY"),
    "Hebdomadaire ou plusieurs fois par semaine": ("WEEKLY_5", "WEEKLY_3", "WEEKLY_2", "WEEKLY"),
    "Mensuelle ou plusieurs fois par mois": ("BIWEEKLY", "MONTHLY_3", "MONTHLY_2", "MONTHLY"),
    "Bimestrielle": ("BIMONTHLY",),
    "Trimestrielle": ("QUARTERLY",),
    # Three times a year is not in the list: the next that is surely kept.
    "Semestrielle": ("ANNUAL_3", "ANNUAL_2"),
    "Annuelle": ("ANNUAL",),
    "Biennale": ("BIENNIAL",),
    "Triennale": ("TRIENNIAL",),
    "Quinquennale": ("QUINQUENNIAL",),
    "Ponctuelle": ("AS_NEEDED", "NOT_PLANNED", "NEVER"),
    "Sans régularité": ("IRREG", "QUADRENNIAL", "DECENNIAL", "BIDECENNIAL", "TRIDECENNIAL"),
    "Inconnue": ("UNKNOWN", "OTHER", "OP_DATPRO"),
}
_FREQUENCY_BY_CODE = {code: label for label, codes in _FREQUENCIES.items() for code in codes}
_OPEN_LICENCES = frozenset({"lov1", "lov2", "fr-lo", "fr-lo-2.0", "etalab", "etalab-2.0", "licence-ouverte"})
_NO_LICENCE = frozenset({"", "notspecified"})


def row(dataset: Mapping[str, Any], organisation: Mapping[str, str], address: str) -> list[str]:
    """Write one dataset as a line.

    :param dataset: as ``package_show`` gives it
    :param organisation: ``name`` and ``siret`` of the authority whose catalogue it is in
    :param address: of the dataset's page
    :returns: as many texts as :data:`COLUMNS`, none of which a spreadsheet takes for a formula
    """
    producer = _first(dataset.get("creator")) or _first(dataset.get("publisher"))
    start, end = _period(dataset.get("temporal_coverage"))
    resources = [resource for resource in dataset.get("resources") or () if isinstance(resource, Mapping)]
    cells = (
        _cut(organisation.get("name"), _SHORT),
        organisation.get("siret") or "",
        _cut(dataset.get("name"), _LINE),
        _cut(_french(dataset, "title"), _LINE),
        _cut(_french(dataset, "notes"), _DESCRIPTION),
        _joined(_themes(dataset)),
        _cut(producer.get("name"), _SHORT),
        str(producer.get("identifier") or ""),
        *_places(dataset),
        start,
        end,
        _day(dataset.get("issued") or dataset.get("metadata_created")),
        _frequency(dataset.get("frequency")),
        _day(dataset.get("modified") or dataset.get("metadata_modified")),
        _joined(_plain(tag.get("display_name") or tag.get("name")) for tag in dataset.get("tags") or ()),
        _licence(dataset.get("license_id")),
        str(len(resources)),
        _joined(_plain(resource.get("format")) for resource in resources),
        address,
    )
    return [spreadsheets.harmless(cell) for cell in cells]


def _cut(value: Any, most: int) -> str:
    text = " ".join(str(value or "").split())
    return text if len(text) <= most else f"{text[: most - 1].rstrip()}…"


def _joined(values: Iterable[str]) -> str:
    """Values in one cell, each once and whole: as many as there is room for."""
    found = ""
    for value in dict.fromkeys(value.replace(_BETWEEN, ",") for value in values if value):
        longer = f"{found}{_BETWEEN}{value}" if found else value
        if len(longer) <= _SHORT:
            found = longer
    return found


def _plain(value: Any) -> str:
    """Lower case without accents, as the model wants keywords and formats."""
    text = str(value or "").casefold().replace("œ", "oe").replace("æ", "ae")
    return "".join(char for char in unicodedata.normalize("NFKD", text) if not unicodedata.combining(char)).strip()


def _french(dataset: Mapping[str, Any], field: str) -> str:
    translated = dataset.get(f"{field}_translated")
    french = translated.get("fr") if isinstance(translated, Mapping) else None
    return str(french or dataset.get(field) or "")


def _first(value: Any) -> Mapping[str, Any]:
    return value[0] if isinstance(value, list) and value and isinstance(value[0], Mapping) else {}


def _themes(dataset: Mapping[str, Any]) -> list[str]:
    """Sectors, since the model asks for local terms; the themes of Europe where there is none."""
    for field in ("sector", "theme"):
        if values := listed(dataset.get(field)):
            return [vocabulary.label(field, value) for value in values]
    return []


def _places(dataset: Mapping[str, Any]) -> tuple[str, str]:
    """The scale of the widest territory, and the names of all."""
    codes = [territory.resolve(code).code for code in listed(dataset.get("territory"))]
    known = [place for place in map(territory.get, dict.fromkeys(codes)) if place is not None]
    if not known:
        return "", ""
    scales = list(_SCALES)
    widest = max(scales.index(place.type) if place.type in _SCALES else len(scales) for place in known)
    scale = _SCALES[scales[widest]] if widest < len(scales) else _OTHER_SCALE
    return scale, _joined(territory.label(place.code) for place in known)


def _period(value: Any) -> tuple[str, str]:
    """From the first day of the earliest period to the last of the latest; one that goes on has no end."""
    found = [period for period in value if isinstance(period, Mapping)] if isinstance(value, list) else []
    starts = [periods.first_day(str(period.get("start") or "")) for period in found]
    ends = [periods.last_day(str(period.get("end") or "")) for period in found]
    start = min((day for day in starts if day), default=None) if all(starts) else None
    end = max((day for day in ends if day), default=None) if all(ends) else None
    return (start.isoformat() if start else ""), (end.isoformat() if end else "")


def _day(value: Any) -> str:
    day = periods.first_day(str(value or ""))
    return day.isoformat() if day else ""


def _frequency(value: Any) -> str:
    term = vocabulary.get("frequency", value)
    return _FREQUENCY_BY_CODE.get(term.code, "Inconnue") if term else ""


def _licence(value: Any) -> str:
    licence = str(value or "").casefold()
    if licence in _NO_LICENCE:
        return ""
    if licence in _OPEN_LICENCES:
        return "LO - Licence Ouverte"
    if "odbl" in licence:
        return "ODbL - Open Database License"
    return "CC - Creative Commons" if licence.startswith("cc-") else "Spécifique ou autre"
