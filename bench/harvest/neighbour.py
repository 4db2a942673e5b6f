"""A neighbour that is no load: a small server, in a process of its own, whose answers are made beforehand.

It speaks what both harvesters ask: ``package_search`` (keyset, ``start`` and ``rows``, ranges on ``id``,
``metadata_modified`` and ``indexed_ts``, ``fl``), ``package_list``, ``package_show``, ``organization_show``,
``status_show``, and the catalogue as Turtle in pages of a hundred, as ckanext-dcat gives it; with ``--feed`` also
``regional_federation`` and ``regional_changes``. Below ``/small`` are five datasets of the same kind, to warm up with.
``POST /change?share=0.01`` changes that share of the datasets, always the same ones.

    python -m bench.harvest.neighbour PORT --records 1000
"""

from __future__ import annotations

import argparse
import datetime
import json
import re
from collections.abc import Callable, Iterable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from bench.harvest import datasets

SMALL = 5
#: Numbers of the small catalogue's datasets: others than the big one's.
_SMALL_FROM = 900_000
_PER_PAGE = 100
_RANGE = re.compile(r'(\w+):([\[{])\s*"?([^"\s]*)"?\s+TO\s+"?([^"\s\]}]*)"?\s*([\]}])')
_SITE = "3f0b8c1e-6f57-4a51-9a43-8a9f6b1f2c77"

Params = dict[str, str]


class UnknownAction(Exception):
    """Not one of a CKAN that this server plays."""


class Catalogue:
    """Datasets with their answers as bytes."""

    def __init__(self, numbers: Iterable[int], base: str, *, feed: bool) -> None:
        self.base = base
        self.feed = feed
        self.rows = [datasets.dataset(number, base) for number in numbers]
        self.rows.sort(key=lambda one: one["id"])
        # To the millisecond, as Solr keeps it: what is more exact would lie behind a time that was read here.
        self.indexed = {one["id"]: datasets.BORN[:-3] for one in self.rows}
        self.sequence = {one["id"]: place for place, one in enumerate(self.rows, 1)}
        self._bytes = {one["id"]: json.dumps(one).encode() for one in self.rows}
        self._turtle: dict[int, bytes] = {}

    def change(self, share: float) -> int:
        """Change the first datasets; how many."""
        now = datetime.datetime.now(datetime.UTC).replace(tzinfo=None).isoformat(timespec="microseconds")
        changed = self.rows[: max(1, round(len(self.rows) * share))]
        last = max(self.sequence.values())
        for place, one in enumerate(changed, 1):
            one["metadata_modified"], self.indexed[one["id"]] = now, now[:-3]
            one["title"] = f"{one['title'].split(' (')[0]} ({now})"
            self.sequence[one["id"]] = last + place
            self._bytes[one["id"]] = json.dumps(one).encode()
        self._turtle.clear()
        return len(changed)

    def answer(self, action: str, params: Params) -> bytes:
        """The bytes of an action's result.

        :raises UnknownAction: when there is none of that name here.
        """
        actions: dict[str, Callable[[Params], bytes]] = {
            "package_search": self._search,
            "package_list": lambda _params: _json([one["name"] for one in self.rows]),
            "package_show": self._show,
            "organization_show": lambda _params: _json(datasets.ORGANISATION),
            "status_show": lambda _params: _json({"ckan_version": "2.12.0", "extensions": []}),
        }
        if self.feed:
            actions |= {"regional_federation": self._federation, "regional_changes": self._changes}
        if action not in actions:
            raise UnknownAction(action)
        return actions[action](params)

    def turtle(self, page: int) -> bytes:
        """A page of the catalogue."""
        if page not in self._turtle:
            begin = (page - 1) * _PER_PAGE
            last = max(1, -(-len(self.rows) // _PER_PAGE))
            address = f"{self.base}/catalog.ttl"
            links = [("first", 1), ("last", last)]
            links += [("next", page + 1)] if page < last else []
            links += [("previous", page - 1)] if page > 1 else []
            paged = " ; ".join(f'hydra:{name} "{address}?page={number}"' for name, number in links)
            head = f"<{address}?page={page}> a hydra:PagedCollection ; hydra:totalItems {len(self.rows)} ; {paged} .\n"
            body = datasets.turtle(self.rows[begin : begin + _PER_PAGE], self.base)
            self._turtle[page] = (datasets.PREFIXES + head + body).encode()
        return self._turtle[page]

    def _search(self, params: Params) -> bytes:
        found = self._filtered(params.get("fq", ""))
        for words in reversed(params.get("sort", "").split(",")):
            field, _, direction = words.strip().partition(" ")
            if field in ("id", "name", "metadata_modified", "indexed_ts"):
                found.sort(key=lambda one, field=field: self._value(one, field), reverse=direction == "desc")
        start, rows = int(params.get("start", 0)), min(int(params.get("rows", 10)), 1000)
        part = found[start : start + rows]
        if fields := params.get("fl", "").replace(",", " ").split():
            results = _json([{field: self._value(one, field) for field in fields} for one in part])
        else:
            results = b"[" + b",".join(self._bytes[one["id"]] for one in part) + b"]"
        return b'{"count": %d, "facets": {}, "search_facets": {}, "results": %s}' % (len(found), results)

    def _filtered(self, fq: str) -> list[dict[str, Any]]:
        found = list(self.rows)
        for field, opening, low, high, closing in _RANGE.findall(fq):
            found = [one for one in found if _within(self._value(one, field), opening, low, high, closing)]
        return found

    def _value(self, one: dict[str, Any], field: str) -> str:
        if field == "indexed_ts":
            return self.indexed[one["id"]]
        return one.get(field) or ""

    def _show(self, params: Params) -> bytes:
        wanted = params.get("id")
        for one in self.rows:
            if wanted in (one["id"], one["name"]):
                return self._bytes[one["id"]]
        raise UnknownAction("package_show")

    def _federation(self, _params: Params) -> bytes:
        return _json({"protocol": 1, "site": _SITE, "url": self.base, "title": "Département", "epoch": "1"})

    def _changes(self, params: Params) -> bytes:
        since, limit = int(params.get("since", 0)), min(int(params.get("limit", 100)), 500)
        later = sorted((number, key) for key, number in self.sequence.items() if number > since)
        part = later[:limit]
        changes = b",".join(
            b'{"seq": %d, "id": "%s", "kind": "upsert", "dataset": %s}' % (number, key.encode(), self._bytes[key])
            for number, key in part
        )
        more = b"true" if len(later) > limit else b"false"
        after = part[-1][0] if part else since
        return b'{"changes": [%s], "next": %d, "more": %s, "epoch": "1"}' % (changes, after, more)


def _within(value: str, opening: str, low: str, high: str, closing: str) -> bool:
    """Whether a value lies in a range of Solr's; a date is compared without its Z."""
    low, high = low.removesuffix("Z"), high.removesuffix("Z")
    above = low == "*" or (value >= low if opening == "[" else value > low)
    return above and (high == "*" or (value <= high if closing == "]" else value < high))


def _json(value: Any) -> bytes:
    return json.dumps(value).encode()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    big: Catalogue
    small: Catalogue

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        params = {key: values[0] for key, values in parse_qs(parts.query).items()}
        catalogue = self.small if parts.path.startswith("/small/") else self.big
        if parts.path.endswith("catalog.ttl"):
            self._send(catalogue.turtle(int(params.get("page", 1))), "text/turtle")
            return
        try:
            result = catalogue.answer(parts.path.rsplit("/", 1)[-1], params)
        except UnknownAction:
            self._send(_json("Bad request - Action name not known"), "application/json", 400)
            return
        self._send(b'{"success": true, "result": ' + result + b"}", "application/json")

    def do_POST(self) -> None:
        share = float(parse_qs(urlsplit(self.path).query)["share"][0])
        self._send(_json(self.big.change(share)), "application/json")

    def do_HEAD(self) -> None:
        self.do_GET()

    def _send(self, body: bytes, kind: str, status: int = 200) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        pass


def main() -> None:
    """Serve until killed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("port", type=int)
    parser.add_argument("--records", type=int, default=1000)
    parser.add_argument("--number-from", type=int, default=0, help="number of the first: others are other datasets")
    parser.add_argument("--feed", action="store_true", help="speak our protocol too")
    options = parser.parse_args()
    base = f"http://127.0.0.1:{options.port}"
    _Handler.big = Catalogue(range(options.number_from, options.number_from + options.records), base, feed=options.feed)
    _Handler.small = Catalogue(range(_SMALL_FROM, _SMALL_FROM + SMALL), f"{base}/small", feed=options.feed)
    ThreadingHTTPServer(("127.0.0.1", options.port), _Handler).serve_forever()


if __name__ == "__main__":
    main()
