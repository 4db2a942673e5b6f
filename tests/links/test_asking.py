"""One request to a real server; nothing that it does raises."""

from __future__ import annotations

import gzip
import socket
import time
from typing import Literal

import pytest

from ckanext.regional.links.asking import ask, open_session
from ckanext.regional.links.verdict import Look, Seen
from ckanext.regional.outgoing.session import Limits
from tests.faults.hostile import Answer, HostileServer

LOOPBACK = Limits(connect=1, read=1, total=2, retries=0, whole=False, networks=("127.0.0.0/8",))


def asked(url: str, method: Literal["HEAD", "GET"] = "GET", limits: Limits = LOOPBACK) -> Seen:
    return ask(open_session(limits, "http://test.ckan.net"), Look(url, method))


def test_head_and_get(server: HostileServer) -> None:
    assert [asked(server.url, "HEAD").status, asked(server.url).status] == [200, 200]
    assert [request.method for request in server.requests] == ["HEAD", "GET"]
    assert "test.ckan.net" in server.requests[0].headers["User-Agent"]


def test_a_packed_answer_to_head(server: HostileServer) -> None:
    server.default = lambda _request: Answer(gzip.compress(b"data"), headers={"Content-Encoding": "gzip"})
    assert asked(server.url, "HEAD") == Seen(200)


def test_only_the_beginning_is_read(server: HostileServer) -> None:
    """A terabyte costs as much as a byte."""
    server.default = lambda _request: Answer(b"a" * 1000, promised=10**12)
    began = time.monotonic()
    assert asked(server.url) == Seen(200)
    assert time.monotonic() - began < 60  # reading on would meet the limit of the whole answer, and fail


def test_a_redirect_is_told_and_not_followed(server: HostileServer) -> None:
    server.default = lambda _request: Answer(status=302, headers={"Location": "/there"})
    assert asked(server.url) == Seen(302, location="/there")
    assert len(server.requests) == 1


def test_patience(server: HostileServer) -> None:
    server.default = lambda _request: Answer(status=429, headers={"Retry-After": "12"})
    assert asked(server.url) == Seen(429, retry_after=12)
    assert len(server.requests) == 1


def test_a_private_address_is_not_reached(server: HostileServer) -> None:
    assert asked(server.url, limits=Limits()) == Seen(problem="address")
    assert server.requests == []


def test_nobody_listens() -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    assert asked(f"http://127.0.0.1:{port}/") == Seen(problem="connection")


def test_silence(server: HostileServer) -> None:
    server.default = lambda _request: time.sleep(3) or Answer()
    limits = Limits(read=0.2, total=1, retries=0, whole=False, networks=("127.0.0.0/8",))
    assert asked(server.url, limits=limits) == Seen(problem="timeout")


def test_no_name() -> None:
    assert asked("http://nowhere.invalid/") == Seen(problem="name")


def test_no_certificate(server: HostileServer) -> None:
    """Plain HTTP where TLS was asked for."""
    assert asked(server.url.replace("http:", "https:")).problem in ("certificate", "cut")


@pytest.mark.parametrize("url", ["http://.example.org/", "http://exa mple.org/", "http://[zz]/", "http://a..b/"])
def test_no_address(url: str) -> None:
    assert asked(url).problem in ("invalid", "name", "other")
