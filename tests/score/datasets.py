"""A dataset that loses no point, and ways to lose one."""

from __future__ import annotations

import copy
import datetime
from typing import Any

from ckanext.regional.score import Criterion, Situation

NOW = datetime.datetime(2026, 11, 25, 12, tzinfo=datetime.UTC)
LINK = "https://example.org/menus.csv"
PAGE = "https://example.org/menus"
LINKS: dict[str, bool | None] = {LINK: True, PAGE: True}
SITUATION = Situation(steward_active=True, reviewed=True)
FREQUENCY = "http://publications.europa.eu/resource/authority/frequency/"
PERFECT: dict[str, Any] = {
    "id": "0f3a", "name": "menus", "title": "Menus des cantines", "owner_org": "brest",
    "notes": "Ce que mangent les enfants de Brest, jour par jour, avec les allergènes, depuis l’ouverture des cantines "
    "scolaires de la ville.",
    "tags": [{"name": "cantine"}], "theme": ["http://publications.europa.eu/resource/authority/data-theme/EDUC"],
    "sector": ["school"], "territory": ["fr:commune:29019"], "governance_level": "local",
    "temporal_coverage": [{"start": "2026"}], "frequency": FREQUENCY + "ANNUAL", "issued": "2026-01-02",
    "modified": "2026-05-04", "steward": "anne", "publisher": [{"name": "Ville de Brest", "identifier": "212900195"}],
    "contact": [{"email": "menus@brest.example.org"}], "license_id": "lov2", "personal_data_class": "none",
    "access_rights": "http://publications.europa.eu/resource/authority/access-right/PUBLIC",
    "citizen_needs": [{"label": "Savoir ce que mangent les enfants"}],
    "resources": [
        {
            "id": "r1", "url": PAGE, "download_url": LINK, "format": "CSV", "mimetype": "text/csv", "size": 120,
            "description": "Un menu par ligne", "rights": "Citer la ville", "issued": "2026-01-02",
            "modified": "2026-05-04",
        }
    ],
}  # fmt: skip


def changed(**fields: Any) -> dict[str, Any]:
    """The perfect dataset with other fields; those of its file are under ``file``."""
    dataset = copy.deepcopy(PERFECT)
    dataset["resources"][0].update(fields.pop("file", {}))
    return {**dataset, **fields}


def lost(criteria: tuple[Criterion, ...]) -> dict[str, tuple[int, str | None, str | None]]:
    """What loses points: points, field and remedy by code."""
    return {one.code: (one.points, one.field, one.remedy) for one in criteria if not one.ok}
