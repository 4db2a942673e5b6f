"""Free ports, and who holds a taken one."""

from __future__ import annotations

import os
import socket

import pytest

from dev import ports
from dev.errors import DevError


@pytest.fixture
def taken():
    with socket.socket() as sock:
        sock.bind((ports.HOST, 0))
        sock.listen()
        yield sock.getsockname()[1]


def test_a_found_port_is_free():
    assert ports.is_free(ports.find_free())


def test_a_port_with_a_listener_is_not_free(taken: int):
    assert not ports.is_free(taken)


def test_the_holder_is_named_with_its_pid(taken: int):
    assert f"process {os.getpid()}" in ports.holder(taken)


def test_the_refusal_names_port_holder_and_remedy(taken: int):
    with pytest.raises(DevError, match=rf"port {taken} is taken by process {os.getpid()} .*End it"):
        ports.require_free(taken, "End it")
