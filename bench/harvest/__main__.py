"""Our harvester beside ckanext-harvest 1.6.3, in one run on one stack, in turn; medians and their ratios.

Each side has a site of its own (database, core, Redis database), with the same settings, the activity plugin on and
an ordinary user who writes; both harvest the same generated neighbour, by the CKAN API or its catalogue in Turtle. What
is timed is from the request for a run until its last record is done, by workers that have worked before.

- ``first_one_worker``, ``first_two_workers``: datasets a second of a first harvest of 1,000 with 3 resources each, by
  one RQ worker or two; there by a gather and a fetch consumer. Goals ≥ 3 and ≥ 5.
- ``unchanged``: datasets a second of a full run over 10,000 of which none has changed; there ``force_all``. Goal ≥ 100.
- ``one_percent``: changed datasets a second of a run after 1 % of 10,000 has changed; there an incremental one. ≥ 4.
- ``dcat``: datasets a second of a first harvest of 1,000 in Turtle; there ckanext-dcat's harvester. Goal ≥ 3.
- ``memory``: peak MiB of the process of a first harvest of 10,000, against the same of 1,000. Goal ≤ 1.1.

    python3 -m dev up bench
    .dev/venv/bin/python -m bench.harvest [FIGURE …] [--rounds 3] [--first 1000] [--many 10000] [--feed]

The last lines are JSON, one a figure. ckanext-harvest comes from ``dev/requirements-test.txt`` alone.
"""

from __future__ import annotations

import argparse
import json
import os

from bench import arguments
from bench.harvest import figures
from dev import python


def main() -> None:
    """Print what each run took, then a line of JSON a figure."""
    parser = argparse.ArgumentParser(
        prog="bench.harvest", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("figures", nargs="*", metavar="FIGURE", help=f"all by default: {', '.join(figures.NAMES)}")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--first", type=int, default=1000, help="datasets of the first harvests")
    parser.add_argument("--many", type=int, default=10_000, help="datasets of the runs again, and of memory")
    parser.add_argument("--feed", action="store_true", help="the neighbour speaks our protocol too")
    parser.add_argument("--stack", default="bench")
    given = parser.parse_args()
    if unknown := set(given.figures) - set(figures.NAMES):
        parser.error(f"no figure: {', '.join(sorted(unknown))}; there are {', '.join(figures.NAMES)}")
    # Loopback needs no proxy, whatever the environment says.
    os.environ["NO_PROXY"] = os.environ["no_proxy"] = "127.0.0.1,localhost"
    python.ensure(tests=True)
    stack = arguments.running_stack(given)
    wanted = tuple(name for name in figures.NAMES if name in given.figures or not given.figures)
    options = figures.Options(stack, wanted, given.rounds, given.first, given.many, given.feed)
    found = figures.measure(options)
    print("\n" + "\n".join(f"{name}: goal {figures.GOALS[name]} ×" for name in wanted))
    for line in found.lines(wanted):
        print(json.dumps(line))


if __name__ == "__main__":
    main()
