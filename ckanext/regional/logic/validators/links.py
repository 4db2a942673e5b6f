"""Validators of web addresses and other URIs."""

from __future__ import annotations

import ckan.plugins.toolkit as tk
from ckan.types import Context, FlattenDataDict, FlattenErrorDict, FlattenKey

from ckanext.regional import addresses
from ckanext.regional.logic.validators.values import keep, listed, refuse, short, single


def regional_url(key: FlattenKey, data: FlattenDataDict, errors: FlattenErrorDict, context: Context) -> None:
    """Accept the address of a page: ``http`` or ``https`` and a host."""
    value = single(key, data, errors)
    if value is None:
        return
    if not addresses.is_page(value):
        refuse(key, errors, _no_page(value))
    data[key] = value


def regional_uri(key: FlattenKey, data: FlattenDataDict, errors: FlattenErrorDict, context: Context) -> None:
    """Accept one URI."""
    value = single(key, data, errors)
    if value is None:
        return
    if not addresses.is_uri(value):
        refuse(key, errors, _no_uri(value))
    data[key] = value


def regional_uris(key: FlattenKey, data: FlattenDataDict, errors: FlattenErrorDict, context: Context) -> None:
    """Accept a list of URIs, keep a JSON list, each once."""
    if errors[key]:
        return
    values = list(dict.fromkeys(listed(key, data, errors)))
    errors[key].extend(_no_uri(value) for value in values if not addresses.is_uri(value))
    keep(key, data, errors, values)


def _no_page(value: str) -> str:
    return tk._("“{value}” is not a web address. It begins with https:// and has no spaces.").format(value=short(value))


def _no_uri(value: str) -> str:
    return tk._("“{value}” is not a URI. Most begin with https:// and none has spaces.").format(value=short(value))
