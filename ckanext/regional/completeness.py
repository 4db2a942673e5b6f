"""What a dataset still lacks before it can be reviewed.

One pure function, asked by the completeness guard, by the notices on the dataset's page and, where
``ckanext.regional.strict`` is on, by every write: so they never disagree.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ckanext.regional import vocabulary
from ckanext.regional.characters import tidied

#: Mandatory for a review of every dataset, in the order of the form.
MANDATORY = (
    "title",
    "notes",
    "sector",
    "theme",
    "territory",
    "governance_level",
    "frequency",
    "owner_org",
    "steward",
    "publisher",
    "contact",
    "access_rights",
    "license_id",
    "personal_data_class",
)
#: Mandatory where their condition holds (:func:`is_needed`), in the order of the form.
CONDITIONAL = ("access_rights_reason", "legal_basis", "applicable_legislation")

#: CKAN's way to say that nobody chose a licence.
_NO_LICENCE = "notspecified"
_PUBLIC = "PUBLIC"


def missing_fields(dataset: Mapping[str, Any]) -> list[str]:
    """Name the mandatory fields that ``dataset`` does not fill, in the order of the form.

    :param dataset: a dataset dict as ``package_show`` returns it
    """
    return [field for field in needed_fields(dataset) if not is_filled(dataset, field)]


def needed_fields(dataset: Mapping[str, Any]) -> list[str]:
    """Name the fields that this dataset needs for a review, in the order of the form."""
    return [*MANDATORY, *(field for field in CONDITIONAL if is_needed(dataset, field))]


def is_needed(dataset: Mapping[str, Any], field: str) -> bool:
    """Say whether a field is mandatory for this dataset.

    A reason where access is not public (design §3), a legal basis where somebody can be recognised (GDPR, recital 26),
    the legislation where the data are of high value (DCAT-AP HVD 3.0.0).
    """
    match field:
        case "access_rights_reason":
            access = vocabulary.get("access_rights", dataset.get("access_rights"))
            return access is not None and access.code != _PUBLIC
        case "legal_basis":
            people = vocabulary.get("personal_data_class", dataset.get("personal_data_class"))
            return people is not None and bool(people.extra.get("legal_basis"))
        case "applicable_legislation":
            return bool(dataset.get("hvd_category"))
        case _:
            return field in MANDATORY


def is_filled(dataset: Mapping[str, Any], field: str) -> bool:
    """Say whether a field holds something that answers its question."""
    # Also what was stored before a text that shows nothing was taken for empty.
    value = tidied(dataset.get(field))
    match field:
        case "license_id":
            return bool(value) and value != _NO_LICENCE
        case "publisher":
            return _any_has(value, ("name",))
        case "contact":
            return _any_has(value, ("email", "url"))
        case _:
            return bool(value)


def _any_has(objects: Any, keys: tuple[str, ...]) -> bool:
    return isinstance(objects, list) and any(
        isinstance(item, Mapping) and any(item.get(key) for key in keys) for item in objects
    )
