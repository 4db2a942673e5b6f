"""The one way out: a session that refuses private addresses, and answers that are too slow or too big."""

from __future__ import annotations

import ipaddress
import random
import socket
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import requests
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import HTTPError as TransportError
from urllib3.exceptions import NewConnectionError

from ckanext.regional.outgoing.errors import AskedTooMuch, Kind, Refused, RequestFailed
from ckanext.regional.outgoing.patience import seconds_until
from ckanext.regional.outgoing.watch import Watch

#: A site that answers so is there and asks for patience.
_LATER = {429, 502, 503, 504}
_CREDENTIALS = ("Authorization", "X-CKAN-API-Key", "Cookie")
_CHUNK = 1 << 16


@dataclass(frozen=True, slots=True)
class Limits:
    """What one request may cost: seconds, bytes after decompression, and the private networks that are allowed.

    ``networks_setting`` is the setting that lists these, for the message of a refusal. Where not the ``whole`` body is
    wanted, the line is closed after its first bytes.
    """

    connect: float = 10
    read: float = 30
    total: float = 60
    retries: int = 2
    max_wait: float = 60
    max_bytes: int = 100 << 20
    networks: tuple[str, ...] = ()
    networks_setting: str = ""
    whole: bool = True


class GuardedSession(requests.Session):
    """Asks other sites. It keeps the last answer, so that a client can say what came."""

    def __init__(self, limits: Limits, user_agent: str) -> None:
        super().__init__()
        # No proxy and no .netrc from the environment: both would decide where a request really goes.
        self.trust_env = False
        self.max_redirects = 3
        self.headers.update({"User-Agent": user_agent, "Accept": "application/json"})
        self.last: requests.Response | None = None
        adapter = GuardedAdapter(limits)
        self.mount("http://", adapter)
        self.mount("https://", adapter)

    def send(self, request: requests.PreparedRequest, **kwargs: Any) -> requests.Response:
        """Send, and keep the answer."""
        try:
            self.last = super().send(request, **kwargs)
        except Refused as error:
            # Found out while connecting, perhaps after a redirect: say what we had asked.
            raise Refused(_asked(request), error.came) from error
        except requests.TooManyRedirects:
            raise RequestFailed(_asked(request), "it redirects again and again", "redirects") from None
        except requests.RequestException as error:
            raise RequestFailed(_asked(request), f"the request could not be sent ({_brief(error)})") from error
        return self.last

    def rebuild_auth(self, prepared_request: requests.PreparedRequest, response: requests.Response) -> None:
        """Let no redirect carry a token to another host."""
        old, new = response.request.url or "", prepared_request.url or ""
        carried = [name for name in _CREDENTIALS if name in prepared_request.headers]
        if carried and self.should_strip_auth(old, new):
            came = f"it redirects to {urlsplit(new).hostname}, another host, which the token must not reach"
            raise Refused(_asked(response.request), came)


class GuardedAdapter(HTTPAdapter):
    """Reads whole answers within their limits; waits and asks again where the other site says so."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self._watch = Watch(limits.total)
        super().__init__()

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, **kwargs)
        networks = tuple(ipaddress.ip_network(network, strict=False) for network in self.limits.networks)
        rules = {"networks": networks, "networks_setting": self.limits.networks_setting, "watch": self._watch}
        plain = type("_Plain", (_GuardedConnection, HTTPConnection), rules)
        secure = type("_Secure", (_GuardedConnection, HTTPSConnection), rules)
        self.poolmanager.pool_classes_by_scheme = {
            "http": type("_PlainPool", (HTTPConnectionPool,), {"ConnectionCls": plain}),
            "https": type("_SecurePool", (HTTPSConnectionPool,), {"ConnectionCls": secure}),
        }

    def send(self, request: requests.PreparedRequest, *args: Any, **kwargs: Any) -> requests.Response:
        """Send once, and again as long as the other site is busy and patience lasts."""
        patience = self.limits.retries
        waited = 0.0
        while True:
            try:
                response = self._send_once(request, kwargs)
            except AskedTooMuch:
                raise
            except _CutLine as error:
                if patience <= 0:
                    raise RequestFailed(_asked(request), str(error), error.kind) from error
                pause = self._pause(None, self.limits.retries - patience)
            else:
                if response.status_code not in _LATER or patience <= 0:
                    return response
                pause = self._pause(response.headers.get("Retry-After"), self.limits.retries - patience)
                if waited + pause > self.limits.max_wait:
                    return response
            patience -= 1
            waited += pause
            time.sleep(pause)

    def _send_once(self, request: requests.PreparedRequest, kwargs: Mapping[str, Any]) -> requests.Response:
        try:
            with self._watch:
                response = self._exchange(request, kwargs)
        except _CutLine as error:
            if self._watch.late:
                raise self._too_late(request) from error
            raise
        # A head that was cut reads like a short one.
        if self._watch.late:
            raise self._too_late(request)
        return response

    def _too_late(self, request: requests.PreparedRequest) -> AskedTooMuch:
        text = f"the answer was not complete within {self.limits.total:g} s"
        return AskedTooMuch(_asked(request), text, "timeout")

    def _exchange(self, request: requests.PreparedRequest, kwargs: Mapping[str, Any]) -> requests.Response:
        options = {**kwargs, "stream": True, "timeout": (self.limits.connect, self.limits.read)}
        try:
            response = super().send(request, **options)
        except requests.ConnectTimeout:
            raise _CutLine(f"no connection within {self.limits.connect:g} s", "connect_timeout") from None
        except requests.Timeout:
            raise AskedTooMuch(_asked(request), f"nothing came within {self.limits.read:g} s", "timeout") from None
        except requests.ConnectionError as error:
            raise _CutLine(*_why_cut(error)) from error
        response._content = _without_token(request, self._body(request, response))  # pyright: ignore
        response._content_consumed = True  # pyright: ignore
        return response

    def _body(self, request: requests.PreparedRequest, response: requests.Response) -> bytes:
        """Read the body piece by piece, so that neither a bomb nor a drip gets past the limits."""
        parts: list[bytes] = []
        size = 0
        most = self.limits.max_bytes
        try:
            while part := response.raw.read1(_CHUNK, decode_content=True):
                parts.append(part)
                size += len(part)
                if not self.limits.whole:
                    break
                if size > most:
                    raise AskedTooMuch(_asked(request), f"more than {most} bytes came", "size")
        except TransportError as error:
            if "timed out" in str(error).lower():
                raise AskedTooMuch(
                    _asked(request), f"the answer stopped for {self.limits.read:g} s", "timeout"
                ) from error
            raise _CutLine(f"the answer broke off ({_brief(error)})", "cut") from error
        finally:
            response.raw.release_conn() if self.limits.whole and size <= most else response.raw.close()
        return b"".join(parts)

    def _pause(self, retry_after: str | None, attempt: int) -> float:
        """Seconds to wait: what the other site says, else doubling with jitter."""
        if (seconds := seconds_until(retry_after)) is not None:
            return seconds
        return (2**attempt) * random.uniform(0.5, 1.0)  # noqa: S311  jitter, no secret


class _CutLine(Exception):
    """The connection failed in a way that may pass."""

    def __init__(self, text: str, kind: Kind) -> None:
        super().__init__(text)
        self.kind: Kind = kind


class _GuardedConnection:
    """Looks at the address that a name resolves to before it connects, and at the one that it reached."""

    networks: tuple[ipaddress.IPv4Network | ipaddress.IPv6Network, ...] = ()
    networks_setting: str = ""
    watch: Watch
    _dns_host: str
    host: str
    port: int
    timeout: float
    sock: socket.socket

    def connect(self) -> None:
        super().connect()  # pyright: ignore[reportAttributeAccessIssue]
        self.watch.over(self.sock)

    def _new_conn(self) -> socket.socket:
        try:
            found = socket.getaddrinfo(self._dns_host, self.port, type=socket.SOCK_STREAM)
        except OSError as error:
            raise NewConnectionError(self, f"the name {self.host} is not known") from error  # pyright: ignore
        addresses = list(dict.fromkeys(str(entry[4][0]) for entry in found))
        allowed = [address for address in addresses if is_allowed(address, self.networks)]
        if not allowed:
            raise Refused(f"{self.host}:{self.port}", self._why_refused(addresses))
        problem: OSError | None = None
        for address in allowed:
            try:
                connection = socket.create_connection((address, self.port), timeout=self.timeout)
            except OSError as error:
                problem = error
                continue
            if not is_allowed(str(connection.getpeername()[0]), self.networks):
                connection.close()
                raise Refused(f"{self.host}:{self.port}", self._why_refused([address]))
            return connection
        raise NewConnectionError(self, str(problem)) from problem  # pyright: ignore

    def _why_refused(self, addresses: list[str]) -> str:
        return f"the address {', '.join(addresses)} is private; {self.networks_setting} lists those that may be reached"


#: Addresses of IPv4 within IPv6: through a translator (RFC 6052), and the old compatible ones (RFC 4291, 2.5.5.1).
_EMBEDDING = (ipaddress.IPv6Network("64:ff9b::/96"), ipaddress.IPv6Network("::/96"))


def is_allowed(address: str, networks: tuple[ipaddress.IPv4Network | ipaddress.IPv6Network, ...]) -> bool:
    """Whether a request may go to ``address``: it is public, or in one of ``networks``."""
    found = ipaddress.ip_address(address.split("%")[0])
    if isinstance(found, ipaddress.IPv6Address):
        found = found.ipv4_mapped or found.sixtofour or _embedded(found) or found
    if any(found.version == network.version and found in network for network in networks):
        return True
    return found.is_global and not found.is_multicast


def _embedded(address: ipaddress.IPv6Address) -> ipaddress.IPv4Address | None:
    """The IPv4 address that is reached by an IPv6 one; ``::`` and ``::1`` are nobody's but the machine's."""
    within = int(address) & 0xFFFFFFFF
    return ipaddress.IPv4Address(within) if within > 1 and any(address in one for one in _EMBEDDING) else None


def _without_token(request: requests.PreparedRequest, body: bytes) -> bytes:
    """What came, without our token: a site that repeats it would have it written into errors and logs."""
    sent = {request.headers.get(name) or "" for name in _CREDENTIALS}
    for value in sent - {""}:
        body = body.replace(str(value).encode(), b"(token)")
    return body


def _asked(request: requests.PreparedRequest) -> str:
    """What was asked, without a name and a password that stand in the address."""
    scheme, netloc, *rest = urlsplit(request.url or "")
    return f"{request.method} {urlunsplit((scheme, netloc.rpartition('@')[2], *rest))}"


def _why_cut(error: requests.ConnectionError) -> tuple[str, Kind]:
    text = str(error)
    if "is not known" in text:
        return "the name of the host is not known", "name"
    if "refused" in text.lower():
        return "the connection was refused; nothing listens there", "connection"
    kind: Kind = "certificate" if isinstance(error, requests.exceptions.SSLError) else "cut"
    return f"the connection failed ({_brief(error)})", kind


def _brief(error: BaseException) -> str:
    text = str(error.args[0] if error.args else error)
    return f"{type(error).__name__}: {text[:200]}"
