"""Validators of agents (publisher, producer, custodian) and contacts."""

from __future__ import annotations

import ckan.plugins.toolkit as tk
from ckan.types import Context, FlattenDataDict, FlattenErrorDict, FlattenKey

from ckanext.regional import addresses, siret
from ckanext.regional.logic.validators.values import refuse, short, single


def regional_only_one(key: FlattenKey, data: FlattenDataDict, errors: FlattenErrorDict, context: Context) -> None:
    """Refuse a second object of a repeating field, at the subfield that carries this validator."""
    if key[-2] > 0:
        refuse(key, errors, tk._("Give one only."))


def regional_agent_name(key: FlattenKey, data: FlattenDataDict, errors: FlattenErrorDict, context: Context) -> None:
    """Require a name: an agent without one cannot be shown, and DCAT-AP forbids it."""
    value = data.get(key)
    if value in (None, "", tk.missing) or not str(value).strip():
        refuse(key, errors, tk._("Give the name."))
    data[key] = single(key, data, errors)


def regional_siret(key: FlattenKey, data: FlattenDataDict, errors: FlattenErrorDict, context: Context) -> None:
    """Accept a SIRET or a SIREN as people write them, keep the digits."""
    value = single(key, data, errors)
    if value is None:
        return
    number = siret.normalise(value)
    if number is None:
        refuse(
            key, errors, tk._("“{value}” is neither a SIRET (14 digits) nor a SIREN (9).").format(value=short(value))
        )
    if not siret.is_valid(number):
        refuse(key, errors, tk._("“{value}” has a wrong digit: its check sum is not right.").format(value=short(value)))
    data[key] = number


def regional_email(key: FlattenKey, data: FlattenDataDict, errors: FlattenErrorDict, context: Context) -> None:
    """Accept one e-mail address; ``mailto:`` before it is left out."""
    value = single(key, data, errors)
    if value is None:
        return
    address = value.removeprefix("mailto:")
    if not addresses.is_email(address):
        refuse(key, errors, tk._("“{value}” is not an e-mail address.").format(value=short(value)))
    data[key] = address
