"""What follows from an answer."""

from __future__ import annotations

import pytest

from ckanext.regional.links.verdict import Look, Seen, Verdict, Wait, host_of, judge

URL = "https://data.example.org/a.csv"
HEAD, GET = Look(URL), Look(URL, "GET")


@pytest.mark.parametrize(
    ("look", "seen", "following"),
    [
        (HEAD, Seen(200), Verdict("ok", 200)),
        (GET, Seen(206), Verdict("ok", 206)),
        (HEAD, Seen(304), Verdict("ok", 304)),
        (HEAD, Seen(300), Verdict("ok", 300)),
        # HEAD is refused, or answered wrongly: GET has the last word.
        (HEAD, Seen(405), GET),
        (HEAD, Seen(403), GET),
        (HEAD, Seen(501), GET),
        (HEAD, Seen(404), GET),
        (HEAD, Seen(problem="cut"), GET),
        (HEAD, Seen(problem="timeout"), GET),
        (GET, Seen(404), Verdict("failed", 404, "gone")),
        (GET, Seen(410), Verdict("failed", 410, "gone")),
        (GET, Seen(401), Verdict("failed", 401, "forbidden")),
        (GET, Seen(500), Verdict("failed", 500, "server")),
        (GET, Seen(418), Verdict("failed", 418, "status")),
        (GET, Seen(problem="timeout"), Verdict("failed", None, "timeout")),
        # Nobody is there for GET either, nor for another address of the host.
        (HEAD, Seen(problem="name"), Verdict("failed", None, "name", whole_host=True)),
        (HEAD, Seen(problem="connection"), Verdict("failed", None, "connection", whole_host=True)),
        (HEAD, Seen(problem="invalid"), Verdict("failed", None, "invalid")),
        # Our own rules are not the link's fault.
        (HEAD, Seen(problem="address"), Verdict("refused", None, "address")),
        # Patience.
        (HEAD, Seen(429), Wait(900, Look(URL, "HEAD", 0, 1))),
        (GET, Seen(503, retry_after=7), Wait(7, Look(URL, "GET", 0, 1))),
        (GET, Seen(503, retry_after=1e9), Wait(86_400, Look(URL, "GET", 0, 1))),
        (GET, Seen(503), Verdict("failed", 503, "server")),
        (Look(URL, "GET", 0, 5), Seen(429), Verdict("unknown", 429, "busy")),
        # Redirects.
        (HEAD, Seen(301, location="/b.csv"), Look("https://data.example.org/b.csv", "HEAD", 1)),
        (GET, Seen(302, location="//other.example.org/"), Look("https://other.example.org/", "GET", 1)),
        (Look(URL, "GET", 5), Seen(302, location="/c"), Verdict("failed", 302, "redirects")),
        (HEAD, Seen(302, location="file:///etc/passwd"), Verdict("failed", 302, "redirect_target")),
        (HEAD, Seen(302, location="http://[::1"), Verdict("failed", 302, "redirect_target")),
        (HEAD, Seen(302), Verdict("ok", 302)),
    ],
)
def test_what_follows(look: Look, seen: Seen, following: Look | Wait | Verdict) -> None:
    assert judge(look, seen) == following


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("https://Data.Example.org:8443/a", "data.example.org"),
        ("http://user@example.org./", "example.org"),
        ("http://[::1]/", "::1"),
        ("https://données.example.org/é", "données.example.org"),
        ("ftp://example.org/", None),
        ("mailto:a@example.org", None),
        ("menus.csv", None),
        ("http://", None),
        ("http://[::1", None),
        ("http://example.org:99999/", None),
        ("http://example.org/\x00", None),
        ("http://example.org/\ud800", None),
        ("http://example.org/" + "a" * 2000, None),
    ],
)
def test_the_host_of_an_address(url: str, host: str | None) -> None:
    assert host_of(url) == host
