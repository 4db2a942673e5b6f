"""What a neighbour can do to a request: the table of cases, each with the words that a failed run must say."""

from __future__ import annotations

import gzip
import json
import time
from collections.abc import Callable
from dataclasses import dataclass

from tests.faults.hostile import Answer

#: Limits of the site that harvests, in its configuration.
HASTE = {
    "ckanext.regional.harvest.connect_timeout": 3,
    "ckanext.regional.harvest.read_timeout": 1,
    "ckanext.regional.harvest.total_timeout": 2,
    "ckanext.regional.harvest.retries": 1,
    "ckanext.regional.harvest.max_wait": 2,
    "ckanext.regional.harvest.max_bytes": 2_000_000,
}


@dataclass(frozen=True)
class Case:
    """``does`` answers every request of a neighbour that is broken in this way."""

    says: str
    does: Callable[[], Answer]


def _always(says: str, body: bytes = b"", status: int = 200, **more: object) -> Case:
    return Case(says, lambda: Answer(body, status, **more))  # pyright: ignore[reportArgumentType]


def _redirect(says: str, location: str) -> Case:
    return _always(says, status=302, headers={"Location": location})


def _json(says: str, value: object, status: int = 200) -> Case:
    headers = {"Content-Type": "application/json"}
    return _always(says, json.dumps(value).encode(), status, headers=headers)


def _silent() -> Answer:
    time.sleep(2)
    return Answer(raw=b"")


_GZIP = {"Content-Encoding": "gzip"}
_HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
_BOMB = gzip.compress(b"0" * 50_000_000)
#: The head of a gzip stream whose file name never ends: not one byte comes out of it.
_NAMELESS = b"\x1f\x8b\x08\x08\0\0\0\0\0\x03" + b"a" * 200

TRANSPORT = {
    # Breakdowns
    "500": _always("HTTP 500", b"oops", 500),
    "502 with a page": _always("HTTP 502", b"<h1>Bad gateway</h1>", 502, headers={"Content-Type": "text/html"}),
    "503": _always("HTTP 503", b"", 503, headers={"Retry-After": "0"}),
    "429": _always("HTTP 429", b"later", 429),
    "429 for a century": _always("HTTP 429", b"", 429, headers={"Retry-After": "3153600000"}),
    "429 for an endless number": _always("HTTP 429", b"", 429, headers={"Retry-After": "9" * 400}),
    "429 until a day": _always("HTTP 429", b"", 429, headers={"Retry-After": "Fri, 31 Dec 9999 23:59:59 GMT"}),
    "429 until a day gone by": _always("HTTP 429", b"", 429, headers={"Retry-After": "Thu, 01 Jan 1970 00:00:00 GMT"}),
    "429 for a time that is none": _always("HTTP 429", b"", 429, headers={"Retry-After": "\u00b2"}),
    "429 for less than nothing": _always("HTTP 429", b"", 429, headers={"Retry-After": "-5"}),
    # Refusals
    "401": _always("HTTP 401", b"who are you", 401),
    "403": _json("does not allow that", {"success": False, "error": {"__type": "Authorization Error"}}, 403),
    "404": _always("HTTP 404", b"not here", 404),
    "410": _always("HTTP 410", b"gone", 410),
    "409": _json("refuses the question", {"success": False, "error": {"__type": "Validation Error", "x": ["y"]}}, 409),
    "204": _always("HTTP 204", b"", 204),
    # Answers that are none
    "a page in maintenance": _always("HTTP 200", b"<!doctype html>Soon", headers={"Content-Type": "text/html"}),
    "success false": _json("success", {"success": False, "error": {"message": "no"}}),
    "success and no result": _json("no answer of a CKAN", {"success": True}),
    "a result of null": _json("came", {"success": True, "result": None}),
    "a number": _always("no answer of a CKAN", b"42"),
    "a list": _always("no answer of a CKAN", b"[]"),
    "nothing": _always("no answer of a CKAN"),
    "truncated json": _always("no answer of a CKAN", b'{"success": true, "result": {"ckan_ver'),
    "not unicode": _always("no answer of a CKAN", b"\xff\xfe{\x00", headers={"Content-Type": "application/json"}),
    "a thousand brackets": _always("no answer of a CKAN", b"[" * 100_000),
    "a number of 5,000 digits": _always("no answer of a CKAN", b'{"success": true, "result": ' + b"9" * 5000 + b"}"),
    # Broken HTTP
    "a head that promises more": _always("broke off", b'{"success": true, "res', promised=4000),
    "a head that promises less": _always("no answer of a CKAN", b'{"success": true, "result": {}}', promised=9),
    "a reset in the body": _always("", b'{"success": true', promised=4000, reset=True),
    "no word": _always("the connection failed", raw=b""),
    "no http": _always("the connection failed", raw=b"\x00\x01\x02 SSH-2.0\r\n\r\n"),
    "a line without end": _always("the connection failed", raw=_HEAD + b"X: " + b"x" * 100_000 + b"\r\n\r\n"),
    "a thousand headers": _always("the connection failed", raw=_HEAD + b"X: y\r\n" * 1000 + b"\r\n"),
    "chunks that are none": _always("", raw=_HEAD + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n"),
    "gzip that is none": _always("broke off", b'{"success": true}', headers=_GZIP),
    # Too much, too slow
    "a bomb": _always("more than 2000000 bytes", _BOMB, headers=_GZIP),
    "a bomb in a bomb": _always(
        "more than 2000000 bytes", gzip.compress(_BOMB), headers={"Content-Encoding": "gzip, gzip"}
    ),
    "silence": Case("nothing came within 1 s", _silent),
    "a body byte by byte": _always("not complete within 2 s", b"x" * 60, drip=0.2),
    "a head byte by byte": _always("not complete within 2 s", raw=_HEAD + b"X: " + b"x" * 60, drip=0.2),
    "go on, go on": _always("not complete within 2 s", raw=b"HTTP/1.1 100 Continue\r\n\r\n" * 12, drip=0.05),
    "gzip that never begins": _always("not complete within 2 s", _NAMELESS, headers=_GZIP, drip=0.2),
    # Elsewhere
    "to a private address": _redirect("10.1.2.3 is private", "http://10.1.2.3/"),
    "to the machine's own secrets": _redirect("169.254.169.254 is private", "http://169.254.169.254/latest"),
    "to a private address in disguise": _redirect("is private", "http://[::ffff:10.1.2.3]/"),
    "in circles": _redirect("redirects again and again", "/api/action/package_search?fq=again"),
    "to a file": _redirect("could not be sent", "file:///etc/passwd"),
    "to another scheme": _redirect("could not be sent", "ftp://127.0.0.1/"),
    "to nowhere": _redirect("the name of the host is not known", "http://nowhere.invalid/"),
    "to no address": _redirect("", "http://[::::"),
}
