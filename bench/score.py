"""What ``ckan regional score`` needs: its peak memory over 1,000 and over 10,000 datasets, and how long it takes.

A site of its own gets two datasets by the API; the others are copies of them, written straight into table and index,
since making ten thousand by the API takes as long as many benchmarks. The command then runs twice in processes of its
own, over the first thousand (those of one organisation) and over all. Goal: memory that does not grow, that is a ratio
of at most 1.1.

    python3 -m dev up bench
    .dev/venv/bin/python -m bench.score [--few 1000] [--many 10000] [--stack bench]
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import time
from pathlib import Path
from typing import Any

from bench import arguments
from bench.metadata import dataset
from dev.paths import ROOT, VENV
from dev.site import Site

GOAL = 1.1
_PYTHON = VENV / "bin" / "python"
_AT_ONCE = 500


def main() -> None:
    """Print seconds and peak memory of both, and their ratio."""
    parser = arguments.parser(__doc__)
    parser.add_argument("--few", type=int, default=1000)
    parser.add_argument("--many", type=int, default=10_000)
    parser.add_argument("--fill", nargs=3, metavar=("INI", "FEW", "MANY"), help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.fill:
        fill(options.fill[0], int(options.fill[1]), int(options.fill[2]))
        return
    stack = arguments.running_stack(options)
    site = Site(
        stack,
        "bench-score",
        plugins=["regional", "scheming_datasets"],
        settings={"ckan.site_url": "http://bench.example.org"},
    )
    site.reset()
    try:
        filling = [_PYTHON, "-m", "bench.score", "--fill", site.ini, str(options.few), str(options.many)]
        subprocess.run(filling, env=site.environment(), cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
        _report({count: measure(site, count, options) for count in (options.few, options.many)})
    finally:
        site.drop()


def measure(site: Site, count: int, options: argparse.Namespace) -> tuple[float, int]:
    """Run the command over so many datasets; seconds, and peak memory in KiB."""
    chosen = ["--org", "few"] if count == options.few else []
    output = Path(site.ini).with_suffix(".csv")
    started = time.perf_counter()
    with output.open("w") as file, Path(os.devnull).open("w") as nowhere:
        process = subprocess.Popen(
            [VENV / "bin" / "ckan", "-c", site.ini, "regional", "score", "--csv", *chosen],
            stdout=file, stderr=nowhere, env=site.environment(), cwd=ROOT,
        )  # fmt: skip
        _pid, status, used = os.wait4(process.pid, 0)
    took = time.perf_counter() - started
    lines = [line for line in output.read_text().splitlines() if line.startswith("menus-")]
    output.unlink()
    if status or len(lines) != count:
        raise SystemExit(f"The command scored {len(lines)} of {count} datasets, status {status}")
    return took, used.ru_maxrss


def _report(found: dict[int, tuple[float, int]]) -> None:
    for count, (took, memory) in found.items():
        print(f"{count:6} datasets: {took:6.1f} s ({1000 * took / count:.2f} ms each), peak {memory / 1024:6.1f} MiB")
    (_, few), (_, many) = found.values()
    print(f"Memory: ratio {many / few:.3f}. Goal: {GOAL} at most.")


def fill(ini: str, few: int, many: int) -> None:
    """Make the datasets, in a process that is a CKAN; the first ``few`` belong to the organisation of that name."""
    import ckan.plugins.toolkit as tk
    from ckan import model
    from ckan.cli import load_config
    from ckan.config.middleware import make_app

    app: Any = make_app(load_config(ini))
    with app._wsgi_app.test_request_context():
        admin = tk.get_action("get_site_user")({"ignore_auth": True}, {})["name"]
        for name in ("ville", "few"):
            tk.get_action("organization_create")({"user": admin, "ignore_auth": True}, {"name": name, "title": name})
        tk.get_action("user_create")(
            {"user": admin, "ignore_auth": True},
            {"name": "clerk", "email": "clerk@example.org", "password": "not-a-secret"},
        )
        for name in ("ville", "few"):
            tk.get_action("organization_member_create")(
                {"user": admin, "ignore_auth": True}, {"id": name, "username": "clerk", "role": "editor"}
            )
        for start, name in ((0, "few"), (few, "ville")):
            made = tk.get_action("package_create")(
                {"user": admin, "ignore_auth": True}, {**dataset(start), "owner_org": name}
            )
            _copy(made["id"], range(start + 1, few if name == "few" else many))
        model.Session.remove()


def _copy(original: str, numbers: range) -> None:
    """Copy a dataset in the database and in the index, under other ids and names."""
    import sqlalchemy as sa
    from ckan import model
    from ckan.lib.search.common import make_connection

    solr = make_connection(decode_dates=False)
    stored = dict(next(iter(solr.search(f'id:"{original}"', rows=1))))
    for key in ("_version_", "index_id"):
        stored.pop(key, None)
    described = json.loads(stored["validated_data_dict"])
    table: Any = model.Package.__table__  # pyright: ignore[reportAttributeAccessIssue]
    row = dict(model.Session.execute(sa.select(table).where(table.c.id == original)).mappings().one())
    for start in range(numbers.start, numbers.stop, _AT_ONCE):
        some = range(start, min(start + _AT_ONCE, numbers.stop))
        ids = {number: f"{original[:24]}{number:012x}" for number in some}
        names = {number: f"menus-{number}" for number in some}
        model.Session.execute(sa.insert(table), [{**row, "id": ids[number], "name": names[number]} for number in some])
        model.Session.commit()
        solr.add(
            [
                {
                    **stored, "id": ids[number], "name": names[number], "index_id": ids[number],
                    "validated_data_dict": json.dumps({**described, "id": ids[number], "name": names[number]}),
                }
                for number in some
            ],
            commit=True,
        )  # fmt: skip


if __name__ == "__main__":
    main()
