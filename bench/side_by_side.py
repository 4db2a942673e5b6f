"""Two CKANs on one stack that answer the same tasks in turn, and what each took."""

from __future__ import annotations

import json
import statistics
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from bench.one_site import PASSWORD
from dev.paths import ROOT, VENV
from dev.site import Site
from dev.stack import Stack

#: An organisation, and somebody who edits there.
ORGANISATION, EDITOR = "ville", "clerk"

Sample = dict[str, float]
#: Samples by task and site.
Samples = dict[str, dict[str, list[Sample]]]


class Process:
    """A :mod:`bench.one_site`."""

    def __init__(self, site: Site) -> None:
        self._log = site.stack.home / "log" / f"{site.name}.log"
        with self._log.open("w") as log:
            self._process = subprocess.Popen(
                [VENV / "bin" / "python", "-m", "bench.one_site", site.ini],
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log, text=True,
                env=site.environment(), cwd=ROOT,
            )  # fmt: skip
        self._answer()
        self._everything = {"ignore_auth": True}
        self._admin = self.call("get_site_user", {}, context=self._everything)["result"]["name"]

    def call(self, action: str, data: dict[str, Any], **more: Any) -> dict[str, Any]:
        """Call an action; ``{"wall", "cpu", "result"}``."""
        return self.ask({"action": action, "data": data, **more})

    def do(self, action: str, data: dict[str, Any]) -> dict[str, Any]:
        """Call an action as the site itself; what it returned."""
        return self.call(action, data, context=self._everything, user=self._admin)["result"]

    def person(self, name: str) -> None:
        """Make an account."""
        self.do("user_create", {"name": name, "email": f"{name}@example.org", "password": PASSWORD})

    def ask(self, task: Mapping[str, Any]) -> dict[str, Any]:
        """Give a task as :mod:`bench.one_site` takes it; its answer."""
        assert self._process.stdin
        self._process.stdin.write(json.dumps(task) + "\n")
        self._process.stdin.flush()
        return self._answer()

    def _answer(self) -> dict[str, Any]:
        assert self._process.stdout
        # CKAN prints a word or two when it starts.
        for line in self._process.stdout:
            if line.startswith("{"):
                return json.loads(line)
        raise SystemExit(f"A site ended; see {self._log}")

    def end(self) -> None:
        """End the process."""
        self._process.terminate()
        self._process.wait()


@contextmanager
def running(stack: Stack, name: str, settings: Mapping[str, str], plugins: str) -> Iterator[Process]:
    """A site without web server and worker, and a process that answers for it."""
    site = Site(
        stack, name, plugins=plugins.split(), settings={"ckan.site_url": "http://bench.example.org", **settings}
    )
    site.reset()
    process = Process(site)
    try:
        process.do("organization_create", {"name": ORGANISATION, "title": "Ville"})
        process.person(EDITOR)
        process.do("organization_member_create", {"id": ORGANISATION, "username": EDITOR, "role": "editor"})
        yield process
    finally:
        process.end()
        site.drop()


def ask_each(sites: Mapping[str, Process], tasks: Mapping[str, Mapping[str, Any]], number: int, into: Samples) -> None:
    """Give every task to each site in turn.

    :param number: of the round: who comes second finds warmer caches in the machine, so they change places; what took
        place before round 0 warms up and is not kept
    """
    turn = list(sites.items())[:: 1 if number % 2 else -1]
    for label, task in tasks.items():
        for name, site in turn:
            answer = site.ask(task)
            if answer.get("status", 200) != 200:
                raise SystemExit(f"{name} answered {answer['status']} to {task}")
            if number >= 0:
                into.setdefault(label, {}).setdefault(name, []).append({"wall": answer["wall"], "cpu": answer["cpu"]})


def report(samples: Samples, goals: Mapping[str, float], *, peer: str, ours: str) -> None:
    """Print medians and ratios as a table, then one JSON object a line, times in milliseconds."""
    print(f"{'':28} {peer:>9} {ours:>9} {'ratio':>7}   {'CPU: ' + peer:>10} {ours:>9} {'ratio':>7}   goal")
    figures = []
    for label, sites in samples.items():
        median = {
            (name, clock): statistics.median(sample[clock] for sample in sites[name]) * 1000
            for name in (peer, ours)
            for clock in ("wall", "cpu")
        }
        row = [
            value
            for clock in ("wall", "cpu")
            for value in (median[peer, clock], median[ours, clock], median[ours, clock] / median[peer, clock])
        ]
        line = "{:28} {:6.1f} ms {:6.1f} ms {:7.2f}   {:7.1f} ms {:6.1f} ms {:7.2f}".format(label, *row)
        print(f"{line}   {goals[label]:.2f}")
        named = ("peer", "ours", "ratio", "peer_cpu", "ours_cpu", "ratio_cpu")
        figures.append({"name": label} | dict(zip(named, (round(value, 3) for value in row), strict=True)))
    print(f"Medians of {len(next(iter(samples.values()))[peer])} calls each.")
    for figure in figures:
        print(json.dumps(figure))
