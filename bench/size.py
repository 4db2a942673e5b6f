"""What a harvested dataset takes on disk, and what the process that harvests takes in memory.

A site with all four plugins harvests a generated neighbour (:mod:`bench.harvest.neighbour`) by one process. Tables are
measured with their indexes before and after, in the database and in Solr's index after a merge.

    python3 -m dev up bench
    .dev/venv/bin/python -m bench.size [--datasets 1000] [--stack bench]
"""

from __future__ import annotations

import argparse
from collections import Counter

import requests

from bench.harvest.figures import Options, neighbour
from bench.harvest.sides import Ours
from dev.stack import Stack

_PLUGINS = "regional regional_curation regional_harvest regional_needs scheming_datasets activity"
_TABLES = """
SELECT relname, pg_total_relation_size(oid) FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace
"""
_KIB = 1024
#: Of our tables those that are told by name.
_LARGEST = 6


def main() -> None:
    """Print KiB a dataset by table, and the peak memory of the process."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--datasets", type=int, default=1000)
    parser.add_argument("--stack", default="bench")
    given = parser.parse_args()
    stack = Stack(given.stack)
    if not stack.running:
        parser.error(f"the stack does not run: python3 -m dev up {given.stack}")
    options = Options(stack, (), 1, given.datasets, 0, feed=False)
    site = Ours(stack, "bench-size", _PLUGINS)
    try:
        with neighbour(options, given.datasets) as url:
            site.begin()
            site.add("big", url)
            before = _sizes(site)
            peak, sample = site.run_in_front("big")
        grown = _sizes(site)
        grown.subtract(before)
        _tell(grown, sample.records)
        print(f"peak memory of the process: {peak:.0f} MiB")
    finally:
        site.drop()


def _sizes(side: Ours) -> Counter[str]:
    """Bytes of every table with its indexes and what is kept beside it, and of Solr's index."""
    sizes = Counter({name: int(size) for name, size in side.ask(_TABLES)})
    solr = side.site.stack.solr
    requests.get(f"{solr.url(side.site.database)}/update", params={"optimize": "true"}, timeout=120).raise_for_status()
    asked = {"action": "STATUS", "core": side.site.database, "wt": "json"}
    status = requests.get(f"{solr.base}/admin/cores", params=asked, timeout=60).json()["status"]
    sizes["Solr"] = status[side.site.database]["index"]["sizeInBytes"]
    return sizes


def _tell(grown: Counter[str], datasets: int) -> None:
    ours = Counter({name: size for name, size in grown.items() if name.startswith("regional_")})
    parts = {"Solr's index": grown["Solr"], "CKAN's activity": grown["activity"], "our tables": ours.total()}
    parts["CKAN's other tables"] = grown.total() - sum(parts.values())
    for name, size in [*parts.items(), *ours.most_common(_LARGEST)]:
        print(f"{name}: {size / datasets / _KIB:.1f} KiB a dataset")


if __name__ == "__main__":
    main()
