"""Many readers at once while a harvest runs: our four plugins beside a CKAN with ckanext-harvest.

Each side has a site of its own with a web server as the demo has it, into which a generated neighbour is harvested.
While a second, bigger one is being harvested by one worker, so many readers ask for the search page, a dataset's page
and the page of a part of the catalogue (ours: a territory's; there, where CKAN has no territories: an organisation's),
each waiting for its answer before it asks again. The sides take turns, and start anew in each round. Goals (issue 8):
at most 1.10 × in the 50th and the 95th percentile, no error.

    python3 -m dev up bench
    .dev/venv/bin/python -m bench.load [--readers 50] [--seconds 60] [--rounds 1] [--datasets 300] [--stack bench]

The last lines are JSON, one a page and percentile: ``{"name", "ours", "peer", "ratio"}``, in milliseconds. What the
harvests wrote meanwhile is told too: a side that writes more has less left for its readers.
"""

from __future__ import annotations

import argparse
import itertools
import json
import os
import statistics
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field

import requests

from bench import arguments
from bench.harvest.figures import generated
from bench.harvest.sides import Ours, Peer, Side

_OURS = "regional regional_curation regional_harvest regional_needs scheming_datasets activity"
_PEER = "harvest ckan_harvester activity"
#: Of the department that the generated datasets are harvested into.
_TERRITORY = "/territoire/fr:departement:29"
#: Without these the review would let nobody see what comes.
_COMPLETE = {
    "sector": ["school"],
    "theme": ["http://publications.europa.eu/resource/authority/data-theme/EDUC"],
    "frequency": "http://publications.europa.eu/resource/authority/frequency/ANNUAL",
    "access_rights": "http://publications.europa.eu/resource/authority/access-right/PUBLIC",
    "personal_data_class": "none",
}
_BIG = 5_000
_PERCENTILES = (50, 95)
_TIMEOUT = 120


@dataclass
class Heard:
    """What the readers of one side got: milliseconds by page, answers that were none, datasets harvested meanwhile."""

    took: dict[str, list[float]] = field(default_factory=dict)
    errors: list[str] = field(default_factory=list)
    harvested: int = 0

    def percentile(self, page: str, share: int) -> float:
        """A percentile of a page's answers, in milliseconds."""
        return statistics.quantiles(self.took[page], n=100, method="inclusive")[share - 1]


def main() -> None:
    """Print a table, then the same as JSON."""
    parser = arguments.parser(__doc__)
    parser.add_argument("--readers", type=int, default=50)
    parser.add_argument("--seconds", type=int, default=60)
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--datasets", type=int, default=300, help="in the catalogue before the readers come")
    options = parser.parse_args()
    stack = arguments.running_stack(options)
    os.environ["NO_PROXY"] = os.environ["no_proxy"] = "127.0.0.1,localhost"
    sides = {"ours": Heard(), "peer": Heard()}
    more = ("--number-from", str(options.datasets))
    with (
        generated(stack, "bench-neighbour", options.datasets) as small,
        generated(stack, "bench-neighbour-big", _BIG, *more) as big,
    ):
        for number in range(options.rounds):
            for name in list(sides)[:: 1 if number % 2 else -1]:
                side = Ours(stack, "load-ours", _OURS, _COMPLETE) if name == "ours" else Peer(stack, "load-peer", _PEER)
                _measure(side, sides[name], (small, big), options)
    _report(sides, options)


def _measure(side: Side, heard: Heard, neighbours: tuple[str, str], options: argparse.Namespace) -> None:
    small, big = neighbours
    try:
        side.begin()
        side.add("first", small)
        side.add("second", big)
        side.work(1)
        side.run("first")
        side.site.start_web()
        before = _datasets(side)
        side.request("second")
        part = _TERRITORY if isinstance(side, Ours) else "/organization/region"
        ((name,),) = side.ask("SELECT min(name) FROM package WHERE type = 'dataset' AND NOT private")
        if not name:
            raise SystemExit(f"{side.site.name}: nothing that was harvested is public")
        pages = {"search": "/dataset/?q=menus&page={n}", "dataset": f"/dataset/{name}", "part": part}
        _read(side.site.url, pages, heard, options)
        heard.harvested += _datasets(side) - before
    finally:
        side.drop()


def _datasets(side: Side) -> int:
    ((count,),) = side.ask("SELECT count(*) FROM package WHERE type = 'dataset'")
    return count


def _read(url: str, pages: Mapping[str, str], heard: Heard, options: argparse.Namespace) -> None:
    for page in pages.values():
        requests.get(url + page.format(n=1), timeout=_TIMEOUT)
    end = time.monotonic() + options.seconds
    lock = threading.Lock()

    def read(reader: int) -> None:
        with requests.Session() as session:
            session.trust_env = False
            for number in itertools.count(reader):
                if time.monotonic() > end:
                    return
                name, page = list(pages.items())[number % len(pages)]
                began = time.perf_counter()
                try:
                    answer = session.get(url + page.format(n=1 + number % 5), timeout=_TIMEOUT)
                    error = None if answer.ok else f"{name}: HTTP {answer.status_code}"
                except requests.RequestException as problem:
                    error = f"{name}: {type(problem).__name__}"
                with lock:
                    if error:
                        heard.errors.append(error)
                    else:
                        heard.took.setdefault(name, []).append((time.perf_counter() - began) * 1000)

    readers = [threading.Thread(target=read, args=(number,)) for number in range(options.readers)]
    for reader in readers:
        reader.start()
    for reader in readers:
        reader.join()


def _report(sides: Mapping[str, Heard], options: argparse.Namespace) -> None:
    for name, heard in sides.items():
        answers = sum(map(len, heard.took.values()))
        print(
            f"{name}: {answers} answers to {options.readers} readers in {options.rounds} × {options.seconds} s, "
            f"{heard.harvested} datasets harvested meanwhile, {len(heard.errors)} errors {sorted(set(heard.errors))}"
        )
    figures = []
    for page in sides["ours"].took:
        for share in _PERCENTILES:
            ours, peer = (sides[name].percentile(page, share) for name in ("ours", "peer"))
            print(f"{page:8} p{share}: {ours:8.1f} ms {peer:8.1f} ms {ours / peer:5.2f} ×")
            ratio = round(ours / peer, 3)
            figures.append({"name": f"{page} p{share}", "ours": round(ours, 1), "peer": round(peer, 1), "ratio": ratio})
    for figure in figures:
        print(json.dumps(figure))


if __name__ == "__main__":
    main()
