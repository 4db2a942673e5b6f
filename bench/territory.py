"""What a search among all territories costs: on a site, in memory, and beside a plain scan.

A real site with its web server answers the form's autocomplete for beginnings of names, codes and postal codes of
communes drawn at random, the same in every run. What is measured there is the whole answer as a client on the same
machine sees it, so the server's time and the way to it. Goal (design, issue 4): a median of at most 20 ms.

    python3 -m dev up bench
    .dev/venv/bin/python -m bench.territory [--questions 1000] [--stack bench]
"""

from __future__ import annotations

import random
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterable
from typing import Any

import requests

from bench import arguments
from ckanext.regional import territory
from ckanext.regional.data import territories as tables
from ckanext.regional.data.names import fold, fold_query
from dev.paths import ROOT
from dev.site import Site
from dev.stack import Stack

GOAL = 20.0
_LONGEST_BEGINNING = 8
_LOOKUPS = 10_000
_OFFERED = 12
_MEMORY = """
import time, tracemalloc
from ckanext.regional import territory
from ckanext.regional.data import territories as tables
tracemalloc.start()
for name, load in (
    ("all but communes", lambda: territory.get("fr:region:53")),
    ("communes", lambda: territory.get("fr:commune:29019")),
    ("index of names", lambda: territory.search("bre")),
    ("communes of each departement and EPCI", lambda: territory.children("fr:departement:29")),
):
    before = tracemalloc.get_traced_memory()[0]
    load()
    print(f"{name}: {(tracemalloc.get_traced_memory()[0] - before) / 2**20:.1f} MB")
"""
_COLD = """
import time
from ckanext.regional import territory
start = time.perf_counter()
territory.search("bre")
print(f"{(time.perf_counter() - start) * 1000:.0f}")
"""


def main() -> None:
    """Print the figures."""
    parser = arguments.parser(__doc__)
    parser.add_argument("--questions", type=int, default=1000)
    options = parser.parse_args()
    stack = arguments.running_stack(options)
    asked = questions(options.questions)
    _report_memory()
    _report_lookups()
    _report_search(asked)
    _report_site(stack, asked)


def questions(count: int) -> list[str]:
    """What people type: beginnings of names, as long as not, codes and postal codes."""
    chance = random.Random(2026)
    communes = list(tables.communes().items())
    found = []
    for _ in range(count):
        code, commune = chance.choice(communes)
        kind = chance.random()
        if kind < 0.1:
            found.append(code.rsplit(":", 1)[1])
        elif kind < 0.2 and commune.postal_codes:
            found.append(commune.postal_codes.split()[0][: chance.randint(2, 5)])
        else:
            found.append(commune.name[: chance.randint(1, _LONGEST_BEGINNING)])
    return found


def _report_memory() -> None:
    print("Memory, in a new process:")
    print("  " + _run(_MEMORY).replace("\n", "\n  "))
    print(f"First search of a process: {_run(_COLD)} ms")


def _run(program: str) -> str:
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    return done.stdout.strip()


def _report_lookups() -> None:
    codes = random.Random(2026).choices(list(tables.communes()), k=_LOOKUPS)
    functions: dict[str, Callable[[str], Any]] = {
        "get": territory.get,
        "exists": territory.exists,
        "resolve": territory.resolve,
        "ancestors": territory.ancestors,
        "label": territory.label,
        "uris": territory.uris,
        "bbox": territory.bbox,
    }
    print(f"Lookups of communes, median and longest of {_LOOKUPS:,} (goal: below 1 ms):")
    for name, function in functions.items():
        function(codes[0])
        took = [_milliseconds(lambda code=code, function=function: function(code)) for code in codes]
        print(f"  {name:10} {statistics.median(took) * 1000:6.1f} µs {max(took) * 1000:8.1f} µs")


def _report_search(asked: Iterable[str]) -> None:
    rows = sorted(((-commune.population, fold(commune.name), code) for code, commune in tables.communes().items()))

    def scan(q: str) -> list[str]:
        wanted = fold_query(q)
        return [code for _population, name, code in rows if name.startswith(wanted)][:_OFFERED]

    territory.search("bre")
    ours, plain = [], []
    for q in asked:
        ours.append(_milliseconds(lambda q=q: territory.search(q, None, _OFFERED)))
        plain.append(_milliseconds(lambda q=q: scan(q)))
    print("Search in memory (ours knows every type, codes, postal codes and words inside names; the scan, beginnings):")
    _print("  ours", ours)
    _print("  scan of all communes", plain)
    print(f"  ratio of the medians: {statistics.median(ours) / statistics.median(plain):.2f}")


def _report_site(stack: Stack, asked: list[str]) -> None:
    site = Site(stack, "bench-territory")
    site.reset()
    try:
        site.start(workers=0)
        address = f"{site.url}/regional/territory/autocomplete"
        with requests.Session() as session:

            def ask(q: str) -> float:
                return _milliseconds(lambda: session.get(address, params={"q": q}, timeout=30).raise_for_status())

            print(f"First question to the site: {ask('bre'):.0f} ms")
            # Each of its processes reads the tables at its first question.
            for q in asked[:50]:
                ask(q)
            nothing, answers = [], []
            for q in asked:
                nothing.append(ask(""))
                answers.append(ask(q))
    finally:
        site.drop()
    print(f"Autocomplete on a site (goal: a median of {GOAL:.0f} ms at most):")
    _print("  a question", answers)
    _print("  an empty question, which searches nothing", nothing)
    print(f"  ratio of the medians: {statistics.median(answers) / statistics.median(nothing):.2f}")


def _milliseconds(call: Callable[[], Any]) -> float:
    start = time.perf_counter()
    call()
    return (time.perf_counter() - start) * 1000


def _print(label: str, took: list[float]) -> None:
    p95 = statistics.quantiles(took, n=20)[-1]
    print(f"{label}: median {statistics.median(took):.2f} ms, p95 {p95:.2f} ms, longest {max(took):.1f} ms")


if __name__ == "__main__":
    main()
