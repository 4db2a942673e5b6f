"""``./demo``: two regional sites with the same data at every run, and the story told with them."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from dev import running
from dev.errors import DevError, tail
from dev.front import run_in_front
from dev.paths import DEV, ROOT, VENV, VENV_PYTHON
from dev.ports import require_free
from dev.process import MARK, Process
from dev.site import PLAIN_PLUGINS, Site
from dev.snapshot import Snapshot
from dev.stack import Stack

STACK = "demo"
FILE = DEV / "demo.json"
NEIGHBOUR = "voisin"
_DEFAULT_PORTS = (5001, 5002)
_COMMON = {
    "ckanext.regional.harvest.allow_networks": "127.0.0.0/8",
    "ckanext.regional.links.allow_networks": "127.0.0.0/8",
}
SITES: dict[str, dict[str, str]] = {
    "bretagne": {"ckan.site_title": "Données Bretagne", "ckanext.regional.territory": "fr:region:53", **_COMMON},
    "pays-de-la-loire": {
        "ckan.site_title": "Données Pays de la Loire",
        "ckanext.regional.territory": "fr:region:52",
        **_COMMON,
    },
}
#: Has no port and no processes: the story harvests into it on the command line.
THIRD = "centre-val-de-loire"
_THIRD_SETTINGS = {
    "ckan.site_title": "Données Centre-Val de Loire",
    "ckanext.regional.territory": "fr:region:24",
    **_COMMON,
}
_REMEDY = "End it, or name other ports: DEMO_PORTS=5101,5102 ./demo"


def ports(given: str | None) -> list[int]:
    """Read ``DEMO_PORTS``.

    :raises DevError: when it is not two or three numbers.
    """
    if not given:
        return list(_DEFAULT_PORTS)
    parts = [part.strip() for part in given.split(",")]
    numbers = [int(part) for part in parts if part.isdigit() and 0 < int(part) < 65536]
    if len(numbers) != len(parts) or len(numbers) not in (2, 3) or len(set(numbers)) != len(numbers):
        raise DevError(f"DEMO_PORTS={given}: two different ports, or three with --with, as DEMO_PORTS=5101,5102")
    return numbers


def up(stack: Stack, catalogue: Path | None) -> None:
    """Start the sites afresh and tell the story; the sites stay.

    :param catalogue: a real catalogue for a third, plain site that the second one harvests.
    """
    began = time.monotonic()
    if catalogue is not None and not catalogue.is_file():
        raise DevError(f"--with {catalogue}: there is no such file")
    sites = _sites(stack, with_neighbour=catalogue is not None)
    _forget(stack)
    for site in sites:
        require_free(site.port, _REMEDY)
    _say("Starting PostgreSQL, Valkey and Solr")
    stack.start()
    _say("Filling the sites")
    _fill(sites)
    FILE.write_text(json.dumps(_description(sites), indent=2, ensure_ascii=False) + "\n")
    for site in sites:
        site.finish()
    _say(f"The sites answer after {time.monotonic() - began:.0f} s")
    _tell(stack, catalogue, _third(stack))
    _say(f"\nFor programs: {FILE.relative_to(ROOT)}. What runs: ./demo status")


def _sites(stack: Stack, *, with_neighbour: bool) -> list[Site]:
    numbers = ports(os.environ.get("DEMO_PORTS"))
    sites = [
        Site(stack, name, port=number, settings=settings)
        for (name, settings), number in zip(SITES.items(), numbers, strict=False)
    ]
    if with_neighbour:
        title = {"ckan.site_title": "Ville voisine"}
        number = numbers[2] if len(numbers) > 2 else None
        sites.append(Site(stack, NEIGHBOUR, port=number, plugins=PLAIN_PLUGINS, settings=title))
    return sites


def _forget(stack: Stack) -> None:
    """End the sites of the run before, also one that this run does not have."""
    FILE.unlink(missing_ok=True)
    running.stop_sites(stack.home)


def _fill(sites: Sequence[Site]) -> None:
    """Bring every site to the state that the story starts from, and start its processes."""
    snapshots = {site: Snapshot(site, _accounts(site)) for site in sites if site.name in SITES}
    fresh = []
    for site in sites:
        snapshot = snapshots.get(site)
        if snapshot is not None and snapshot.usable:
            snapshot.restore()
            continue
        site.reset()
        if snapshot is not None:
            fresh.append(snapshot)
    _seed([snapshot.site for snapshot in fresh])
    for snapshot in fresh:
        snapshot.save()
    for site in sites:
        site.begin()


def _seed(sites: Sequence[Site]) -> None:
    """Write the demo's data into empty sites, all at the same time."""
    commands = {site: Process(site.stack.home, f"seed-{site.name}") for site in sites}
    for site, process in commands.items():
        _accounts(site).unlink(missing_ok=True)
        command = [VENV_PYTHON, "-m", "dev.demo.seed", "--config", site.ini, "--site", site.name]
        process.start([*command, "--out", _accounts(site)], env=site.environment(), cwd=ROOT)
    for site, process in commands.items():
        process.wait_for_end()
        if not _accounts(site).exists():
            raise DevError(f"{site.name} could not be filled; the end of {process.log}:\n{tail(process.log)}")


def _accounts(site: Site) -> Path:
    return site.stack.home / f"seed-{site.name}.json"


def _description(sites: Sequence[Site]) -> dict[str, Any]:
    described: dict[str, Any] = {}
    for site in sites:
        described[site.name] = {"url": site.url, "config": str(site.ini.relative_to(ROOT))}
        if site.name in SITES:
            described[site.name].update(json.loads(_accounts(site).read_text()))
    return {"sites": described, "ckan": str((VENV / "bin" / "ckan").relative_to(ROOT))}


def _third(stack: Stack) -> Site:
    """A third site, empty, which only the command line of the story speaks to: it costs no processes."""
    site = Site(stack, THIRD, settings=_THIRD_SETTINGS)
    site.reset()
    return site


def _tell(stack: Stack, catalogue: Path | None, beside: Site) -> None:
    command: list[str | Path] = [VENV_PYTHON, "-m", "dev.demo.story", "--demo", FILE, "--third", beside.ini]
    if catalogue is not None:
        command += ["--with", catalogue.resolve()]
    env = {key: value for key, value in os.environ.items() if not key.startswith("CKAN_")}
    code = run_in_front(command, env={**env, MARK: str(stack.home)}, cwd=ROOT)
    if code != 0:
        raise StoryError(f"the story broke off ({code}); the sites still run: look at them, then ./demo down")


class StoryError(DevError):
    """The story did not come to its end; the sites are left for a look."""


def _say(text: str) -> None:
    print(text, flush=True)
