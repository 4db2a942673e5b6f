"""What the queue page costs a steward with ten thousand open cases, beside the same page with a hundred.

Two real sites with their web servers, alike but for the number of cases, answer in turn. Datasets and cases are written
straight into the tables: what is measured reads nothing else. The scopes are drawn at random among the communes of
Bretagne and all sectors, the same in every run; two hundred people are appointed, so that rules have something to read.
What is measured is the whole answer as a client on the same machine sees it. Goal (design, issue 5): ≤ 1.5 ×.

    python3 -m dev up bench
    .dev/venv/bin/python -m bench.queue [--rounds 40] [--stack bench]
"""

from __future__ import annotations

import datetime
import json
import random
import statistics
import sys
import time
import uuid
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import psycopg2
from psycopg2.extras import execute_values

from bench import arguments, served
from ckanext.regional import territory
from ckanext.regional.curation.scope import searched_words, with_ancestors
from dev.stack import Stack

GOAL = 1.5
REGION = "fr:region:53"
SECTORS = ("school", "medical", "tourist", "political", "commercial", "employment")
PLUGINS = ("regional", "regional_curation", "scheming_datasets", "activity")
#: What a person opens: their own queue, all that they may see, what nobody is left for, a filter, a search, the end.
PAGES = {
    "a steward's queue": ("steward", "/regional/queue"),
    "all, as a steward": ("steward", "/regional/queue?show=all"),
    "a sysadmin's queue": ("admin", "/regional/queue"),
    "without a steward": ("admin", "/regional/queue?show=unassigned"),
    "filtered": ("steward", "/regional/queue?territory=fr:departement:29&sector=school"),
    "searched": ("steward", "/regional/queue?q=menus+brest"),
    "the last page": ("steward", "/regional/queue?page=5"),
    "another page with the counter": ("steward", "/about"),
}


def main() -> None:
    """Print a line for each page."""
    parser = arguments.parser(__doc__)
    parser.add_argument("--rounds", type=int, default=40)
    parser.add_argument("--few", type=int, default=100)
    parser.add_argument("--many", type=int, default=10_000)
    options = parser.parse_args()
    stack = arguments.running_stack(options)
    with ExitStack() as closing:
        sites = {count: _site(stack, count, closing) for count in (options.few, options.many)}
        took = _measured(sites, options.rounds)
    print(f"median of {options.rounds}, {options.few} and {options.many} open cases, in turn")
    for page in PAGES:
        few, many = (statistics.median(took[count, page]) * 1000 for count in sites)
        print(f"{page}: {few:.0f} ms, {many:.0f} ms: {many / few:.2f} ×")


def _measured(sites: dict[int, dict[str, Any]], rounds: int) -> dict[tuple[int, str], list[float]]:
    took: dict[tuple[int, str], list[float]] = {}
    for number in range(rounds + 3):
        for page, (person, path) in PAGES.items():
            for count, site in sites.items():
                began = time.perf_counter()
                answer = site[person].get(site["url"] + path)
                elapsed = time.perf_counter() - began
                assert answer.ok, (path, answer.status_code)
                if number >= 3:  # the first ones fill caches
                    took.setdefault((count, page), []).append(elapsed)
    return took


def _site(stack: Stack, count: int, closing: ExitStack) -> dict[str, Any]:
    site = served.site(stack, f"queue{count}", PLUGINS, {}, closing)
    served.person(site, "steward")
    site.ckan("regional", "steward", "add", "steward", "--territory", REGION)
    with psycopg2.connect(stack.postgres.url(site.database)) as connection, connection.cursor() as cursor:
        _fill(cursor, count)
    connection.close()
    return {"url": site.url, **{name: served.session(site, name) for name in ("admin", "steward")}}


def _fill(cursor: Any, count: int) -> None:
    chance = random.Random(2026)
    departements = territory.children(REGION, ["departement"])
    communes = sorted(code for one in departements for code in territory.children(one, ["commune"]))
    at = datetime.datetime.now(datetime.UTC)
    people = [str(uuid.UUID(int=chance.getrandbits(128))) for _ in range(200)]
    execute_values(
        cursor, 'INSERT INTO "user" (id, name, email, state, sysadmin) VALUES %s',
        [(one, f"person-{number}", f"person-{number}@example.org", "active", False)
         for number, one in enumerate(people)],
    )  # fmt: skip
    execute_values(
        cursor, "INSERT INTO regional_steward (id, user_id, territory, sector, role, created) VALUES %s",
        [(str(uuid.UUID(int=chance.getrandbits(128))), one, chance.choice(communes), chance.choice(SECTORS),
          "steward", at) for one in people],
    )  # fmt: skip
    rows = list(_cases(chance, communes, people, at, count))
    execute_values(
        cursor, "INSERT INTO package (id, name, title, type, state, private, creator_user_id, metadata_created,"
        " metadata_modified, extras) VALUES %s", [row["package"] for row in rows],
    )  # fmt: skip
    execute_values(
        cursor, "INSERT INTO regional_case (id, dataset_id, kind, state, submitted_by, submitted_at, due, created)"
        " VALUES %s", [row["case"] for row in rows],
    )  # fmt: skip
    execute_values(
        cursor, "INSERT INTO regional_case_scope (dataset_id, territories, sectors, words) VALUES %s",
        [row["scope"] for row in rows],
    )  # fmt: skip
    execute_values(
        cursor, "INSERT INTO regional_contributor (dataset_id, user_id, since) VALUES %s",
        [(row["case"][1], row["case"][4], at) for row in rows],
    )  # fmt: skip
    execute_values(
        cursor, "INSERT INTO regional_check (id, dataset_id, fingerprint, level, code, message, at) VALUES %s",
        [(row["case"][0], row["case"][1], "0", "warn", "bench", "Nobody has read this.", at) for row in rows],
    )  # fmt: skip
    cursor.execute("ANALYZE")


def _cases(
    chance: random.Random, communes: list[str], people: list[str], at: datetime.datetime, count: int
) -> Iterator[dict[str, tuple[Any, ...]]]:
    for number in range(count):
        dataset, case, who = (str(uuid.UUID(int=chance.getrandbits(128))) for _ in range(3))
        who = chance.choice(people)
        place, sector = chance.choice(communes), chance.choice(SECTORS)
        name, title = f"menus-{number}", f"Menus des cantines, {territory.label(place, 'fr')}, {number}"
        extras = json.dumps({"territory": json.dumps([place]), "sector": json.dumps([sector])})
        yield {
            "package": (dataset, name, title, "dataset", "active", True, who, at, at, extras),
            "case": (case, dataset, chance.choice(("publication", "revision")), "submitted", who, at,
                     at + datetime.timedelta(chance.uniform(-3, 10)), at),
            "scope": (dataset, sorted(with_ancestors([place])), [sector], searched_words(title, name)),
        }  # fmt: skip


if __name__ == "__main__":
    sys.exit(main())
