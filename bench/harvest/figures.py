"""The figures, each measured on both sides in turn."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import requests

from bench.harvest.sides import Ours, Peer, Refused, Side
from bench.harvest.watching import Sample
from dev.paths import ROOT, VENV
from dev.ports import find_free
from dev.process import Process
from dev.stack import Stack

NAMES = ("first_one_worker", "first_two_workers", "unchanged", "one_percent", "dcat", "memory")
GOALS = {
    "first_one_worker": "≥ 3", "first_two_workers": "≥ 5", "unchanged": "≥ 100", "one_percent": "≥ 4", "dcat": "≥ 3",
    "memory": "≤ 1.1",
}  # fmt: skip
SHARE = 0.01
_OURS = "regional regional_harvest scheming_datasets activity"
_PEER = "harvest ckan_harvester activity"
_WARM, _BIG = "warm", "big"


@dataclass
class Found:
    """What was measured: rates of either side in records a second, or peaks in MiB."""

    ours: dict[str, list[float]] = field(default_factory=dict)
    peer: dict[str, list[float]] = field(default_factory=dict)

    def lines(self, wanted: tuple[str, ...]) -> list[dict[str, Any]]:
        """One object a figure, of medians."""
        return [self._line(name) for name in wanted]

    def _line(self, name: str) -> dict[str, Any]:
        ours, peer = (statistics.median(side[name]) if side.get(name) else None for side in (self.ours, self.peer))
        ratio = round(ours / peer, 2) if ours and peer else None
        return {"name": name, "ours": _rounded(ours), "peer": _rounded(peer), "ratio": ratio}


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 2)


@dataclass(frozen=True)
class Options:
    """What to measure."""

    stack: Stack
    wanted: tuple[str, ...]
    rounds: int
    first: int
    many: int
    feed: bool


def measure(options: Options) -> Found:
    """Measure what is wanted."""
    found = Found()
    wanted = set(options.wanted)
    if wanted & {"first_one_worker", "first_two_workers"}:
        _first(options, found)
    if "dcat" in wanted:
        _dcat(options, found)
    if wanted & {"unchanged", "one_percent", "memory"}:
        _many(options, found)
    return found


def _first(options: Options, found: Found) -> None:
    ways: list[tuple[str, Callable[[], Side], int]] = [
        ("peer", lambda: Peer(options.stack, "bench-peer", _PEER), 1),
        ("first_one_worker", lambda: Ours(options.stack, "bench-ours", _OURS), 1),
        ("first_two_workers", lambda: Ours(options.stack, "bench-ours", _OURS), 2),
    ]
    ways = [way for way in ways if way[0] == "peer" or way[0] in options.wanted]
    with neighbour(options, options.first) as url:
        for number in range(options.rounds):
            for name, make, workers in ways[:: 1 if number % 2 == 0 else -1]:
                sample = _first_run(make(), url, workers)
                _tell(name, number, sample)
                if name == "peer":
                    for figure in ("first_one_worker", "first_two_workers"):
                        found.peer.setdefault(figure, []).append(sample.rate)
                else:
                    found.ours.setdefault(name, []).append(sample.rate)


def _first_run(side: Side, url: str, workers: int, *, dcat: bool = False) -> Sample:
    """Harvest into an empty site, by workers that have worked before."""
    page = "/catalog.ttl" if dcat else ""
    try:
        side.begin()
        side.add(_WARM, f"{url}/small{page}", dcat=dcat)
        side.add(_BIG, f"{url}{page}", dcat=dcat)
        side.work(workers)
        side.run(_WARM)
        return side.run(_BIG)
    finally:
        side.drop()


def _dcat(options: Options, found: Found) -> None:
    with neighbour(options, options.first) as url:
        for number in range(options.rounds):
            sample = _first_run(
                Peer(options.stack, "bench-peer", f"dcat dcat_rdf_harvester {_PEER}"), url, 1, dcat=True
            )
            _tell("peer, dcat", number, sample)
            found.peer.setdefault("dcat", []).append(sample.rate)
            try:
                sample = _first_run(Ours(options.stack, "bench-ours", f"{_OURS} dcat"), url, 1, dcat=True)
            except Refused as refusal:
                print(f"dcat: this side has no such kind: {refusal}", flush=True)
                continue
            _tell("dcat", number, sample)
            found.ours.setdefault("dcat", []).append(sample.rate)


def _many(options: Options, found: Found) -> None:
    """A catalogue that is in already: read again whole, and again after a hundredth has changed."""
    ours = Ours(options.stack, "bench-ours", _OURS)
    peer = Peer(options.stack, "bench-peer", _PEER)
    try:
        if "memory" in options.wanted:
            for number in range(options.rounds):
                peak = _loaded(ours, options, options.first)
                print(f"memory, {options.first} records, round {number + 1}: {peak:.1f} MiB", flush=True)
                found.peer.setdefault("memory", []).append(peak)
        with neighbour(options, options.many) as url:
            peak = _load_ours(ours, url)
            found.ours.setdefault("memory", []).append(peak)
            print(f"memory, {options.many} records: {peak:.1f} MiB", flush=True)
            if {"unchanged", "one_percent"} & set(options.wanted):
                _load_peer(peer, url)
                _again(options, found, ours, peer, url)
    finally:
        ours.drop()
        peer.drop()


def _again(options: Options, found: Found, ours: Ours, peer: Peer, url: str) -> None:
    ours.work(1)
    peer.work(1)
    for side in (ours, peer):
        side.add(_WARM, f"{url}/small")
        side.run(_WARM)
    for number in range(options.rounds):
        for name, full in (("unchanged", True), ("one_percent", False)):
            if name not in options.wanted:
                continue
            changed = options.many if full else _change(url)
            for side in (peer, ours)[:: 1 if number % 2 == 0 else -1]:
                sample = side.run(_BIG, full=full)
                _tell(f"{name}, {side.site.name}", number, sample)
                into = found.ours if side is ours else found.peer
                into.setdefault(name, []).append(changed / sample.wall)


def _loaded(ours: Ours, options: Options, records: int) -> float:
    with neighbour(options, records) as url:
        return _load_ours(ours, url)


def _load_ours(ours: Ours, url: str) -> float:
    """Load a catalogue into an empty site by one process; its peak memory in MiB."""
    ours.begin()
    ours.add(_BIG, url)
    peak, sample = ours.run_in_front(_BIG)
    _tell("load, ours", 0, sample)
    return peak


def _load_peer(peer: Peer, url: str) -> None:
    """Load a catalogue by whatever is fast: two consumers, no activity, no commit of Solr's after each dataset."""
    plugins, settings = peer.site.plugins, peer.site.settings
    peer.site.settings = {**settings, "ckan.search.solr_commit": "false"}
    peer.site.plugins = tuple(plugin for plugin in plugins if plugin != "activity")
    # The tables are those of the plugins that are measured.
    peer.site.plugins = plugins
    peer.begin()
    peer.add(_BIG, url)
    peer.site.plugins = tuple(plugin for plugin in plugins if plugin != "activity")
    peer.site.write_ini()
    peer.work(2)
    _tell("load, peer", 0, peer.run(_BIG))
    peer.end()
    peer.site.plugins, peer.site.settings = plugins, settings
    peer.site.write_ini()
    peer.site.ckan("search-index", "rebuild", "-q", "-o")


def _change(url: str) -> int:
    return requests.post(f"{url}/change", params={"share": SHARE}, timeout=60).json()


@contextmanager
def neighbour(options: Options, records: int) -> Iterator[str]:
    """A generated neighbour; its address."""
    with generated(options.stack, "bench-neighbour", records, *(["--feed"] if options.feed else [])) as url:
        yield url


@contextmanager
def generated(stack: Stack, name: str, records: int, *more: str) -> Iterator[str]:
    """A process of :mod:`bench.harvest.neighbour`; its address.

    :param more: further arguments
    """
    port = find_free()
    process = Process(stack.home, name)
    command = [VENV / "bin" / "python", "-m", "bench.harvest.neighbour", str(port), "--records", str(records), *more]
    process.start(command, env={"PATH": ""}, cwd=ROOT)
    url = f"http://127.0.0.1:{port}"
    try:
        process.wait_until(lambda: _answers(url), 60)
        yield url
    finally:
        process.stop()


def _answers(url: str) -> bool:
    try:
        return requests.get(f"{url}/api/3/action/status_show", timeout=5).ok
    except requests.RequestException:
        time.sleep(0.2)
        return False


def _tell(name: str, number: int, sample: Sample) -> None:
    print(
        f"{name}, round {number + 1}: {sample.records} records in {sample.wall:.1f} s ({sample.rate:.1f}/s), "
        f"{sample.cpu:.1f} s of CPU in its workers: {sample.outcome}",
        flush=True,
    )
