"""A real HTTP server on loopback whose answers a test writes."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any
from urllib.parse import parse_qs, urlsplit


@dataclass
class Answer:
    """What to send: a status, headers, bytes, and after how many seconds each byte."""

    body: bytes = b""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    drip: float = 0
    #: Bytes that the head promises; more than the body makes a broken-off answer.
    promised: int | None = None


def result(value: Any, **options: Any) -> Answer:
    """What a CKAN answers."""
    return Answer(json.dumps({"success": True, "result": value}).encode(), **options)


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
    """``server.actions["package_search"] = lambda request: Answer(…)``; ``default`` answers the rest."""

    def __init__(self) -> None:
        self.actions: dict[str, Callable[[Request], Answer]] = {}
        self.default: Callable[[Request], Answer] = lambda _request: no_such_action()
        self.requests: list[Request] = []
        owner = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                owner._answer(self)

            def do_HEAD(self) -> None:
                owner._answer(self)

            def log_message(self, format: str, *args: Any) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}"

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
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
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
            handler.send_response(answer.status)
            for name, value in answer.headers.items():
                handler.send_header(name, value)
            handler.send_header("Content-Length", str(answer.promised or len(answer.body)))
            handler.end_headers()
            if handler.command != "HEAD":
                self._send(handler, answer)
        except OSError:
            handler.close_connection = True

    def _send(self, handler: BaseHTTPRequestHandler, answer: Answer) -> None:
        if not answer.drip:
            handler.wfile.write(answer.body)
        for byte in answer.body if answer.drip else b"":
            handler.wfile.write(bytes([byte]))
            handler.wfile.flush()
            time.sleep(answer.drip)
        if answer.promised:
            handler.close_connection = True
