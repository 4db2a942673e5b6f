"""A real HTTP server on loopback whose answers a test writes, and with which it can break every rule of HTTP."""

from __future__ import annotations

import json
import socket
import ssl
import struct
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any
from urllib.parse import parse_qs, urlsplit

_JSON = {"Content-Type": "application/json;charset=utf-8"}


@dataclass
class Answer:
    """What to send: a status, headers, bytes, and after how many seconds each byte."""

    body: bytes = b""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    drip: float = 0
    #: Bytes that the head promises; more than the body makes a broken-off answer.
    promised: int | None = None
    #: The line is reset after the body, as by a crash.
    reset: bool = False
    #: Sent in place of a head and a body; with ``drip``, byte by byte.
    raw: bytes | None = None


def result(value: Any, **options: Any) -> Answer:
    """What a CKAN answers."""
    return Answer(json.dumps({"success": True, "result": value}).encode(), **{"headers": _JSON, **options})


def no_such_action() -> Answer:
    """What CKAN answers for an action that it does not have."""
    return Answer(json.dumps("Bad request - Action name not known").encode(), status=400)


@dataclass
class Request:
    """What came."""

    action: str
    parameters: dict[str, str]
    headers: dict[str, str]
    method: str = "GET"
    #: When it came, by the monotonic clock.
    at: float = field(default_factory=time.monotonic)


class HostileServer:
    """``server.actions["package_search"] = lambda request: Answer(…)``; ``default`` answers the rest.

    :param certificate: file with a key and a certificate, to speak TLS
    """

    def __init__(self, certificate: str | None = None) -> None:
        self._scheme = "https" if certificate else "http"
        self.actions: dict[str, Callable[[Request], Answer]] = {}
        self.default: Callable[[Request], Answer] = lambda _request: no_such_action()
        self.requests: list[Request] = []
        owner = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            # The head goes apart from the body, which would wait for the word that the head has come.
            disable_nagle_algorithm = True

            def do_GET(self) -> None:
                owner._answer(self)

            def do_HEAD(self) -> None:
                owner._answer(self)

            def log_message(self, format: str, *args: Any) -> None:
                pass

        self._server = _Quiet(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        if certificate:
            tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            tls.load_cert_chain(certificate)
            self._server.socket = tls.wrap_socket(self._server.socket, server_side=True)

    @property
    def url(self) -> str:
        return f"{self._scheme}://127.0.0.1:{self._server.server_port}"

    def be_a_ckan(self, datasets: list[dict[str, Any]]) -> None:
        """Answer as a plain CKAN with these datasets, by keyset as Solr would."""
        self.actions["status_show"] = lambda _request: result({"ckan_version": "2.12.0"})
        self.actions["package_search"] = lambda request: result(self.search(datasets, request))

    def search(self, datasets: list[dict[str, Any]], request: Request) -> dict[str, Any]:
        """What Solr would find."""
        filters = request.parameters.get("fq", "")
        after = filters.split('{"')[1].split('"')[0] if '{"' in filters else ""
        found = sorted((one for one in datasets if one["id"] > after), key=lambda one: one["id"])
        start, rows = (int(request.parameters.get(key, 0)) for key in ("start", "rows"))
        return {"count": len(found), "results": found[start : start + rows]}

    def __enter__(self) -> HostileServer:
        # The end of a server waits for its next look at whether it is to end: by default half a second.
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()

    def _answer(self, handler: BaseHTTPRequestHandler) -> None:
        parts = urlsplit(handler.path)
        parameters = {key: values[0] for key, values in parse_qs(parts.query).items()}
        request = Request(parts.path.rsplit("/", 1)[-1], parameters, dict(handler.headers), handler.command)
        self.requests.append(request)
        answer = self.actions.get(request.action, self.default)(request)
        try:
            if answer.raw is not None:
                handler.close_connection = True
                self._write(handler, answer.raw, answer.drip)
                return
            handler.send_response(answer.status)
            for name, value in answer.headers.items():
                handler.send_header(name, value)
            if "Transfer-Encoding" not in answer.headers:
                promised = len(answer.body) if answer.promised is None else answer.promised
                handler.send_header("Content-Length", str(promised))
            handler.end_headers()
            if handler.command != "HEAD":
                self._write(handler, answer.body, answer.drip)
            if answer.promised is not None or answer.reset:
                handler.close_connection = True
            if answer.reset:
                handler.wfile.flush()
                handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                handler.connection.close()
        except OSError:
            handler.close_connection = True

    def _write(self, handler: BaseHTTPRequestHandler, data: bytes, drip: float) -> None:
        if not drip:
            handler.wfile.write(data)
        for byte in data if drip else b"":
            handler.wfile.write(bytes([byte]))
            handler.wfile.flush()
            time.sleep(drip)


class _Quiet(ThreadingHTTPServer):
    """Says nothing of clients that hang up."""

    def handle_error(self, request: Any, client_address: Any) -> None:
        pass
