"""How often one network address, e-mail address or account may do something, without keeping any of them."""

from __future__ import annotations

import ipaddress
from typing import Literal

import ckan.plugins.toolkit as tk
import redis.exceptions
from flask import has_request_context

from ckanext.regional import limiting, logs
from ckanext.regional.exceptions import InvalidInput, ServerDown
from ckanext.regional.needs import config

log = logs.get_logger(__name__)

Kind = Literal["address", "email", "user"]

#: Seconds of a window.
_WINDOWS: dict[Kind, int] = {"address": 3600, "email": 86_400, "user": 86_400}
#: IPv6 gives every home a network of this length.
_HOME = 64


def spend(kind: Kind, who: str) -> None:
    """Count one act of somebody.

    :raises InvalidInput: with key ``rate`` when it was one too many
    :raises ServerDown: Redis does not answer; without it nobody could be kept from sending thousands of e-mails
    """
    try:
        spent = limiting.spent(f"needs:{kind}", who, _WINDOWS[kind])
    except redis.exceptions.RedisError as error:
        log.warning("Redis does not answer, so no need is taken from outside: %s", error)
        raise ServerDown("Redis", tk._("This cannot be taken just now. Please try again in some minutes.")) from error
    if spent > config.rate(kind):
        raise InvalidInput({"rate": [_refusal(kind)]})


def network_address() -> str | None:
    """Who asks, as the web server says; of IPv6 the network of the home. None outside of requests."""
    if not has_request_context() or not tk.request.remote_addr:
        return None
    try:
        address = ipaddress.ip_address(tk.request.remote_addr)
    except ValueError:
        return tk.request.remote_addr
    if address.version == 6:
        return str(ipaddress.ip_network((address, _HOME), strict=False))
    return str(address)


def _refusal(kind: Kind) -> str:
    if kind == "email":
        return tk._("Several e-mails were sent to this address today. Look among them, or try again tomorrow.")
    if kind == "user":
        return tk._("You have written many needs today. Please go on tomorrow.")
    return tk._("Much was sent from your network within an hour. Please try again in an hour.")
