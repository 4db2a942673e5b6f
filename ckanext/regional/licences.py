"""Licences that French public bodies use and that CKAN's own list lacks."""

from __future__ import annotations

from typing import Any

from ckan import model
from ckan.model.license import License

#: Decree 2017-638 (code des relations entre le public et l'administration, D. 323-2-1) names both for public data.
LICENCES: tuple[dict[str, Any], ...] = (
    {
        "id": "lov2",
        "title": "Licence Ouverte / Open Licence 2.0",
        "url": "https://www.etalab.gouv.fr/licence-ouverte-open-licence/",
    },
    {
        "id": "odbl",
        "title": "Open Database License (ODbL) 1.0",
        "url": "https://opendatacommons.org/licenses/odbl/1-0/",
    },
)

_OPEN = {
    "domain_content": True,
    "domain_data": True,
    "domain_software": False,
    "family": "",
    "is_generic": False,
    "maintainer": "",
    "od_conformance": "approved",
    "osd_conformance": "not reviewed",
    "status": "active",
}


def register() -> None:
    """Add :data:`LICENCES` to the list that CKAN's forms and validators use; a site's own entry of the name stays."""
    known = model.Package.get_license_register()
    for licence in LICENCES:
        if licence["id"] not in known.keys():  # noqa: SIM118 - the register's own ``in`` compares objects
            known.licenses.append(License(_OPEN | licence))
