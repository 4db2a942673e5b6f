"""Which addresses may be reached, by whatever spelling and by whatever way round; and what is told of our secrets."""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Iterator
from typing import Any

import pytest

from ckanext.regional.outgoing.errors import Refused, RequestFailed
from ckanext.regional.outgoing.session import GuardedSession, Limits, is_allowed
from tests.faults.hostile import Answer, HostileServer


@pytest.mark.parametrize("address", ["93.184.215.14", "2606:2800:21f:cb07:6820:80da:af6b:8b2c", "64:ff9b::808:808"])
def test_public_addresses_pass(address: str) -> None:
    assert is_allowed(address, ())


@pytest.mark.parametrize(
    "address",
    ["127.0.0.1", "10.0.0.1", "192.168.1.1", "169.254.169.254", "0.0.0.0", "100.64.0.1", "224.0.0.1", "::1",
     "fe80::1%eth0", "::ffff:127.0.0.1", "2002:7f00:1::", "fd00::1",
     "64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe", "::127.0.0.1", "::", "240.0.0.1", "255.255.255.255", "198.18.0.1"],
)  # fmt: skip
def test_private_addresses_do_not(address: str) -> None:
    assert not is_allowed(address, ())


def test_a_listed_network_passes() -> None:
    assert is_allowed("10.1.2.3", (ipaddress.ip_network("10.1.0.0/16"),))


@pytest.fixture
def server() -> Iterator[HostileServer]:
    with HostileServer() as server:
        yield server


def session(*networks: str) -> GuardedSession:
    limits = Limits(connect=2, read=2, total=4, retries=0, networks=networks, networks_setting="allow_networks")
    return GuardedSession(limits, "tests")


@pytest.mark.parametrize(
    "host",
    ["127.0.0.1", "127.1", "2130706433", "0x7f000001", "0177.0.0.1", "0", "localhost", "[::1]", "[::ffff:127.0.0.1]",
     "[::ffff:7f00:1]", "127.0.0.1.", "user:password@127.0.0.1", "example.org@127.0.0.1", "ⓛocalhost"],
)  # fmt: skip
def test_this_machine_is_not_reached_by_any_spelling(server: HostileServer, host: str) -> None:
    port = server.url.rpartition(":")[2]
    with pytest.raises((RequestFailed, ValueError)) as refused:
        session().get(f"http://{host}:{port}/")
    assert server.requests == []
    assert "password" not in str(refused.value)


@pytest.mark.parametrize(
    "address",
    ["file:///etc/passwd", "gopher://127.0.0.1:6379/_FLUSHALL", "ftp://127.0.0.1/", "dict://127.0.0.1:11211/stats",
     "ldap://127.0.0.1/", "jar:http://127.0.0.1!/", "data:text/plain,x", "//127.0.0.1/"],
)  # fmt: skip
def test_only_the_web_is_asked(address: str) -> None:
    with pytest.raises((RequestFailed, ValueError)):
        session("127.0.0.0/8").get(address)


def test_a_redirect_leads_to_no_private_address(server: HostileServer) -> None:
    """One that may be reached sends us to one that may not: by address, by name, by another spelling."""
    with HostileServer() as inside:
        port = inside.url.rpartition(":")[2]
        for target in (f"http://[::1]:{port}/", f"http://10.0.0.1:{port}/", "http://169.254.169.254/latest/meta-data/"):
            server.default = lambda _request, to=target: Answer(status=302, headers={"Location": to})
            with pytest.raises(RequestFailed):
                session("127.0.0.0/8").get(server.url)
        for target in ("file:///etc/passwd", "gopher://127.0.0.1/_x"):
            server.default = lambda _request, to=target: Answer(status=302, headers={"Location": to})
            with pytest.raises((RequestFailed, ValueError)):
                session("127.0.0.0/8").get(server.url)
        assert inside.requests == []


def test_a_name_that_means_something_else_when_it_is_asked_again(
    server: HostileServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """DNS rebinding: the address that was looked at is the one that is connected to, and it is looked at each time."""
    port = int(server.url.rpartition(":")[2])
    asked: list[str] = []
    answers = [["93.184.215.14"], ["127.0.0.1"], ["127.0.0.1", "10.0.0.1"]]
    connected: list[str] = []

    def resolve(host: str, *_arguments: Any, **_options: Any) -> list[Any]:
        if host != "rebinding.example":
            return real_resolve(host, *_arguments, **_options)
        asked.append(host)
        found = answers[min(len(asked), len(answers)) - 1]
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in found]

    def connect(address: tuple[str, int], *_arguments: Any, **_options: Any) -> Any:
        connected.append(address[0])
        raise ConnectionRefusedError

    real_resolve = socket.getaddrinfo
    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    monkeypatch.setattr(socket, "create_connection", connect)
    for expected in (RequestFailed, Refused, Refused):
        with pytest.raises(expected):
            session().get(f"http://rebinding.example:{port}/")
    # Once by the address that was public, never by its name.
    assert (connected, server.requests) == (["93.184.215.14"], [])


def test_a_token_that_comes_back_is_told_to_nobody(server: HostileServer) -> None:
    def echo(request: Any) -> Answer:
        return Answer(f"no: {request.headers['Authorization']}".encode(), status=403)

    server.default = echo
    answer = session("127.0.0.0/8").get(server.url, headers={"Authorization": "very-secret"})
    assert answer.text == "no: (token)"


def test_a_password_in_an_address_is_in_no_error() -> None:
    with pytest.raises(RequestFailed) as failed:
        session("127.0.0.0/8").get("http://anne:very-secret@127.0.0.1:1/x?y=1")
    assert "GET http://127.0.0.1:1/x?y=1" in str(failed.value)
    assert "very-secret" not in str(failed.value)
