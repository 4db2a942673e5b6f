"""What an organisation says once for all its datasets: publisher, SIRET, territory, licence, contact, steward.

A new dataset that leaves one of these empty gets it, by form and API alike; an existing one is never changed by it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ckan import authz, model

#: Fields of the organisation (``schemas/organization.yaml``), or extras of the same names.
FIELDS = (
    "regional_publisher_name",
    "regional_siret",
    "regional_publisher_type",
    "regional_territory",
    "regional_license_id",
    "regional_contact_name",
    "regional_contact_email",
    "regional_contact_url",
    "regional_steward",
)
_NO_LICENCE = "notspecified"


def fill(dataset: Mapping[str, Any], organisation: Mapping[str, str]) -> dict[str, Any]:
    """Give what ``dataset`` leaves empty and its organisation knows.

    :param dataset: a dataset dict, or the values of a form
    :param organisation: texts by the names of :data:`FIELDS`
    :returns: only the fields to add, in the shapes of ``package_show``
    """
    offered = {
        "publisher": _publisher(organisation),
        "contact": _contact(organisation),
        "territory": _codes(organisation.get("regional_territory", "")),
        "license_id": organisation.get("regional_license_id"),
        "steward": organisation.get("regional_steward"),
    }
    return {field: value for field, value in offered.items() if value and _is_empty(dataset, field)}


def of_organisation(name_or_id: str) -> dict[str, str]:
    """Read an organisation's defaults; the steward is left out where they are no longer a member of it.

    :returns: texts by the names of :data:`FIELDS`; empty where there is no such organisation.
    """
    organisation = model.Group.get(name_or_id)
    if organisation is None or not organisation.is_organization or organisation.state != "active":
        return {}
    extras: dict[str, Any] = organisation.extras or {}  # pyright: ignore[reportAttributeAccessIssue]
    known = {key: value for key, value in extras.items() if key in FIELDS and isinstance(value, str)}
    steward = known.get("regional_steward")
    if steward and not _is_member(steward, organisation.id):
        del known["regional_steward"]
    return known


def for_form(owner_org: str | None, dataset: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """Give what a new dataset's form shows already filled.

    :param owner_org: name or id of the organisation chosen
    :param dataset: what the form holds so far
    """
    return fill(dataset or {}, of_organisation(owner_org)) if owner_org else {}


def _codes(value: str) -> list[str]:
    """Read a JSON list, as scheming keeps it, or text with commas."""
    return [part for part in (piece.strip(' "[]') for piece in value.split(",")) if part]


def _publisher(organisation: Mapping[str, str]) -> list[dict[str, str]]:
    if not organisation.get("regional_publisher_name"):
        return []
    return [
        _filled(
            {
                "name": organisation["regional_publisher_name"],
                "type": organisation.get("regional_publisher_type"),
                "identifier": organisation.get("regional_siret"),
            }
        )
    ]


def _contact(organisation: Mapping[str, str]) -> list[dict[str, str]]:
    contact = _filled({key: organisation.get(f"regional_contact_{key}") for key in ("name", "email", "url")})
    return [contact] if contact else []


def _filled(values: Mapping[str, str | None]) -> dict[str, str]:
    return {key: value for key, value in values.items() if value}


def _is_empty(dataset: Mapping[str, Any], field: str) -> bool:
    value = dataset.get(field)
    return not value or (field == "license_id" and value == _NO_LICENCE)


def _is_member(name: str, organisation_id: str) -> bool:
    user = model.User.get(name)
    if user is None or user.state != "active":
        return False
    return user.sysadmin or bool(authz.users_role_for_group_or_org(organisation_id, user.name))
