"""What a dataset still lacks before it can be reviewed.

One pure function, asked by the completeness guard and by the notices on the dataset's page:
so the two never disagree.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

#: Mandatory for a review, in the order of the form.
MANDATORY = (
    "title",
    "notes",
    "owner_org",
    "territory",
    "governance_level",
    "sector",
    "steward",
    "frequency",
    "access_rights",
    "license_id",
    "personal_data_class",
)

#: CKAN's way to say that nobody chose a licence.
_NO_LICENCE = "notspecified"


def missing_fields(dataset: Mapping[str, Any]) -> list[str]:
    """Name the mandatory fields that ``dataset`` does not fill, in the order of the form.

    :param dataset: a dataset dict as ``package_show`` returns it
    """
    return [field for field in MANDATORY if not _filled(dataset, field)]


def _filled(dataset: Mapping[str, Any], field: str) -> bool:
    value = dataset.get(field)
    if isinstance(value, str):
        value = value.strip()
    if field == "license_id" and value == _NO_LICENCE:
        return False
    return bool(value)
