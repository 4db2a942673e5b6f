"""Which addresses may be reached."""

from __future__ import annotations

import ipaddress

import pytest

from ckanext.regional.outgoing.session import is_allowed


@pytest.mark.parametrize("address", ["93.184.215.14", "2606:2800:21f:cb07:6820:80da:af6b:8b2c"])
def test_public_addresses_pass(address: str) -> None:
    assert is_allowed(address, ())


@pytest.mark.parametrize(
    "address",
    ["127.0.0.1", "10.0.0.1", "192.168.1.1", "169.254.169.254", "0.0.0.0", "100.64.0.1", "224.0.0.1", "::1",
     "fe80::1%eth0", "::ffff:127.0.0.1", "2002:7f00:1::", "fd00::1"],
)  # fmt: skip
def test_private_addresses_do_not(address: str) -> None:
    assert not is_allowed(address, ())


def test_a_listed_network_passes() -> None:
    assert is_allowed("10.1.2.3", (ipaddress.ip_network("10.1.0.0/16"),))
