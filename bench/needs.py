"""What counting demand costs a page, and what a full observatory costs beside an empty one.

Two pairs of real sites, each alike but for one thing. The first pair has the same datasets and counts demand, or does
not: the search page and a dataset's page are asked for in turn, by a client that calls itself a browser. The second
pair has 10,000 datasets, 5,000 needs and a year of counts, or nothing at all; their observatory is asked for in turn,
after one ``ckan regional needs refresh`` each. What is measured is the whole answer as a client on the same machine
sees it. Goals (issue 7): ≤ 1.05 × and ≤ 3 ×.

    python3 -m dev up bench
    .dev/venv/bin/python -m bench.needs [--rounds 60] [--datasets 10000] [--needs 5000] [--stack bench]

The last lines are JSON, one a figure: ``{"name", "ours", "peer", "ratio"}``, medians in milliseconds.
"""

from __future__ import annotations

import datetime
import json
import random
import statistics
import sys
import time
import uuid
from contextlib import ExitStack
from typing import Any

import psycopg2
import requests
from psycopg2.extras import execute_values

from bench import arguments, served
from ckanext.regional import territory
from ckanext.regional.indexing import with_ancestors
from dev.site import Site
from dev.stack import Stack

REGION = "fr:region:53"
SECTORS = ("school", "medical", "tourist", "political", "commercial", "employment")
PLUGINS = ("regional", "regional_needs", "scheming_datasets", "activity")
BROWSER = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
STATES = ("new", "studied", "planned", "answered", "declined")
_DAYS = 365
_COUNTED_DATASETS = 20
_TERMS = 200
_WARM_UP = 5

Figures = dict[str, tuple[float, float]]


def main() -> None:
    """Print a line for each figure, then the same as JSON."""
    parser = arguments.parser(__doc__)
    parser.add_argument("--rounds", type=int, default=60)
    parser.add_argument("--datasets", type=int, default=10_000)
    parser.add_argument("--needs", type=int, default=5_000)
    options = parser.parse_args()
    stack = arguments.running_stack(options)
    figures: Figures = {}
    with ExitStack() as closing:
        sites = [_counting_site(stack, counts, closing) for counts in (True, False)]
        figures |= _compared(sites, {"search": "/dataset/?q=menus", "dataset": "/dataset/menus-3"}, options.rounds)
    with ExitStack() as closing:
        sites = [_observatory(stack, size, closing) for size in ((options.datasets, options.needs), (0, 0))]
        figures |= _compared(sites, {"observatory": "/observatoire"}, options.rounds)
    print(f"medians of {options.rounds}, in turn; {options.datasets} datasets, {options.needs} needs, a year of counts")
    for name, (ours, peer) in figures.items():
        print(f"{name}: {ours:.1f} ms, {peer:.1f} ms: {ours / peer:.2f} ×")
    for name, (ours, peer) in figures.items():
        print(
            json.dumps({"name": name, "ours": round(ours, 2), "peer": round(peer, 2), "ratio": round(ours / peer, 3)})
        )


def _compared(sites: list[Site], pages: dict[str, str], rounds: int) -> Figures:
    """The median of each page on the first site and on the second, asked in turn."""
    session = requests.Session()
    session.trust_env = False
    session.headers["User-Agent"] = BROWSER
    took: dict[tuple[str, int], list[float]] = {}
    for turn in range(rounds + _WARM_UP):
        for name, path in pages.items():
            # Who comes first changes: what the one leaves behind would else always meet the other.
            for place in (0, 1) if turn % 2 else (1, 0):
                began = time.perf_counter()
                answer = session.get(sites[place].url + path, timeout=120)
                elapsed = time.perf_counter() - began
                assert answer.ok, (path, answer.status_code)
                if turn >= _WARM_UP:
                    took.setdefault((name, place), []).append(elapsed * 1000)
    return {name: (statistics.median(took[name, 0]), statistics.median(took[name, 1])) for name in pages}


def _counting_site(stack: Stack, counts: bool, closing: ExitStack) -> Site:
    """A site with a few datasets that counts demand, or does not."""
    settings = {"ckanext.regional.needs.demand": str(counts).lower(), "ckanext.regional.territory": REGION}
    site = served.site(stack, f"demand{'on' if counts else 'off'}", PLUGINS, settings, closing)
    session = served.session(site, "admin")

    def act(action: str, **data: Any) -> None:
        answer = session.post(f"{site.url}/api/action/{action}", json=data, timeout=60)
        assert answer.ok, answer.text

    act("organization_create", name="region", title="Région")
    for number in range(_COUNTED_DATASETS):
        act(
            "package_create", name=f"menus-{number}", title=f"Menus des cantines {number}", owner_org="region",
            territory=["fr:commune:29019"], sector=["school"], private=False,
        )  # fmt: skip
    return site


def _observatory(stack: Stack, size: tuple[int, int], closing: ExitStack) -> Site:
    """A site whose tables hold so many datasets and needs, refreshed once."""
    site = served.site(stack, f"observatory{size[0]}", PLUGINS, {"ckanext.regional.territory": REGION}, closing)
    with psycopg2.connect(stack.postgres.url(site.database)) as connection, connection.cursor() as cursor:
        _fill(cursor, *size)
    connection.close()
    began = time.perf_counter()
    site.ckan("regional", "needs", "refresh")
    print(f"refresh of {size[0]} datasets: {time.perf_counter() - began:.0f} s", flush=True)
    return site


def _fill(cursor: Any, datasets: int, needs: int) -> None:
    """Write straight into the tables: what is measured reads nothing else."""
    if not datasets:
        return
    chance = random.Random(2026)
    parts = territory.children(REGION, ["departement"])
    communes = sorted(code for part in parts for code in territory.children(part, ["commune"]))
    at = datetime.datetime.now(datetime.UTC)
    ids = [str(uuid.UUID(int=chance.getrandbits(128))) for _ in range(datasets)]

    def extras() -> str:
        place, sector = chance.choice(communes), chance.choice(SECTORS)
        return json.dumps({"territory": json.dumps([place]), "sector": json.dumps([sector])})

    execute_values(
        cursor,
        "INSERT INTO package (id, name, title, type, state, private, metadata_created, metadata_modified, extras)"
        " VALUES %s",
        [(one, f"menus-{number}", f"Menus {number}", "dataset", "active", False, at, at, extras())
         for number, one in enumerate(ids)],
    )  # fmt: skip
    execute_values(
        cursor,
        "INSERT INTO regional_need (id, title, text, kind, territories, around, sectors, words, title_words,"
        " visibility, state, supports, created, published, changed) VALUES %s",
        [_need(chance, communes, at, number) for number in range(needs)],
    )
    days = [at.date() - datetime.timedelta(days=day) for day in range(_DAYS)]
    terms = [f"mot{number} ecole" for number in range(_TERMS)]
    execute_values(
        cursor,
        "INSERT INTO regional_demand_search (day, term, territory, sector, searches, empty, results) VALUES %s",
        [(day, term, chance.choice(communes), "", chance.randrange(1, 9), chance.randrange(2), 3)
         for day in days for term in terms],
        page_size=1000,
    )  # fmt: skip
    execute_values(
        cursor, "INSERT INTO regional_demand_dataset (day, dataset_id, views, downloads) VALUES %s",
        [(day, one, chance.randrange(1, 9), chance.randrange(3)) for day in days for one in chance.sample(ids, 100)],
        page_size=1000,
    )  # fmt: skip
    cursor.execute("ANALYZE")


def _need(chance: random.Random, communes: list[str], at: datetime.datetime, number: int) -> tuple[Any, ...]:
    place = chance.choice(communes)
    title = f"Savoir où manger {number}"
    published = at - datetime.timedelta(days=chance.randrange(_DAYS))
    return (
        str(uuid.UUID(int=chance.getrandbits(128))), title, title, "data", [place], with_ancestors([place]),
        [chance.choice(SECTORS)], title.lower(), title.lower(), "public", chance.choice(STATES), chance.randrange(20),
        published, published, published,
    )  # fmt: skip


if __name__ == "__main__":
    sys.exit(main())
