"""What follows from the answer to one request: another request, patience, or a verdict. No CKAN import."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal
from urllib.parse import urljoin, urlsplit

Method = Literal["HEAD", "GET"]

#: Redirects that are followed, as browsers and the site's own harvester do with less patience.
MOST_HOPS = 5
#: How often a host may ask for patience before the look ends without a verdict.
MOST_WAITS = 5
#: Bytes of the longest address that is kept; PostgreSQL's index takes no more than 2,700.
LONGEST = 2000
#: Seconds of patience where a busy host (429) names none, and the most that it may ask for.
_PATIENCE, _MOST_PATIENCE = 900, 86_400


@dataclass(frozen=True, slots=True)
class Look:
    """Where a look stands: the next request, the redirects behind it, and how often the host asked for patience."""

    url: str
    method: Method = "HEAD"
    hops: int = 0
    waits: int = 0


@dataclass(frozen=True, slots=True)
class Seen:
    """What came of one request: a status with what matters of its head, or a ``problem``."""

    status: int | None = None
    location: str | None = None
    retry_after: float | None = None
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Wait:
    """The host asks for patience: the same request again after so many seconds."""

    seconds: float
    look: Look


@dataclass(frozen=True, slots=True)
class Verdict:
    """The end of a look. ``whole_host`` says that it holds for everything at this host."""

    outcome: Literal["ok", "failed", "refused", "unknown"]
    status: int | None = None
    reason: str = ""
    whole_host: bool = False


#: Problems that a GET would meet as well.
_FINAL = frozenset({"name", "connection", "connect_timeout", "certificate", "address", "invalid"})
#: Problems that every address at the same host would meet.
_OF_THE_HOST = frozenset({"name", "connection", "connect_timeout", "certificate"})


def judge(look: Look, seen: Seen) -> Look | Wait | Verdict:
    """Say what follows.

    HEAD is a courtesy that many servers refuse or answer wrongly, so only GET says that something is broken.
    """
    if seen.problem:
        return _judge_problem(look, seen.problem)
    status = seen.status or 0
    if status == 429 or (status == 503 and seen.retry_after is not None):
        return _be_patient(look, seen)
    if 300 <= status < 400 and status != 304 and seen.location:
        return _follow(look, seen)
    if 200 <= status < 400:
        return Verdict("ok", status)
    if look.method == "HEAD":
        return Look(look.url, "GET", look.hops, look.waits)
    return Verdict("failed", status, _reason(status))


def host_of(url: str) -> str | None:
    """The host that an address leads to, in lower case; None for what is no address of the web, or too long."""
    try:
        parts = urlsplit(url)
        host, _port = parts.hostname, parts.port
        fits = len(url.encode()) <= LONGEST
    except ValueError:  # also what cannot be encoded
        return None
    if parts.scheme.lower() not in ("http", "https") or not host or not fits or "\x00" in url:
        return None
    return host.lower().rstrip(".")


def origin_of(url: str) -> str:
    """Scheme, host and port of an address, as it spells them."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def _judge_problem(look: Look, problem: str) -> Look | Verdict:
    if problem == "address":
        return Verdict("refused", reason=problem)
    if look.method == "HEAD" and problem not in _FINAL:
        return Look(look.url, "GET", look.hops, look.waits)
    return Verdict("failed", reason=problem, whole_host=problem in _OF_THE_HOST)


def _be_patient(look: Look, seen: Seen) -> Wait | Verdict:
    if look.waits >= MOST_WAITS:
        return Verdict("unknown", seen.status, "busy")
    seconds = _PATIENCE if seen.retry_after is None else min(max(seen.retry_after, 0), _MOST_PATIENCE)
    return Wait(seconds, Look(look.url, look.method, look.hops, look.waits + 1))


def _follow(look: Look, seen: Seen) -> Look | Verdict:
    if look.hops >= MOST_HOPS:
        return Verdict("failed", seen.status, "redirects")
    try:
        target = urljoin(look.url, seen.location or "")
    except ValueError:
        target = ""
    if host_of(target) is None:
        return Verdict("failed", seen.status, "redirect_target")
    return Look(target, look.method, look.hops + 1, look.waits)


def _reason(status: int) -> str:
    if status in (401, 403, 407, 451):
        return "forbidden"
    if status in (404, 410):
        return "gone"
    return "server" if status >= 500 else "status"
