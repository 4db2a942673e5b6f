"""The two harvesters on one stack: each with a site, database, core and Redis database of its own."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import psycopg2
import redis

from bench import side_by_side
from bench.harvest.watching import Sample, peak_mib, timed
from dev.paths import ROOT, VENV
from dev.process import Process
from dev.site import Site
from dev.stack import Stack

#: Writes on both sites: an ordinary user, so that the activity plugin records what it writes.
WRITER = "harvester"
_SETTINGS = {
    "ckan.site_url": "http://bench.example.org",
    "ckan.views.default_views": "",
    "ckanext.harvest.user_name": WRITER,
    "ckanext.regional.harvest.user": WRITER,
    "ckanext.regional.harvest.allow_networks": "127.0.0.0/8",
    "ckanext.regional.links.enabled": "false",
}


class Refused(Exception):
    """This side does not know such a source."""


class Side(ABC):
    """A site with a harvester."""

    def __init__(self, stack: Stack, name: str, plugins: str) -> None:
        self.site = Site(stack, name, plugins=plugins.split(), settings=_SETTINGS)
        self._called: side_by_side.Process | None = None
        self._workers: list[Process] = []

    def begin(self) -> None:
        """Start from an empty site with an organisation and two users."""
        self.end()
        self.site.reset()
        for name in (WRITER, "steward"):
            self.act("user_create", name=name, email=f"{name}@example.org", password="not-a-secret")
        members = [{"name": name, "capacity": "editor"} for name in (WRITER, "steward")]
        self.act("organization_create", name="region", title="Région", users=members)

    def end(self) -> None:
        """End its processes."""
        self.stop()
        if self._called is not None:
            self._called.end()
            self._called = None

    def drop(self) -> None:
        """Leave nothing."""
        self.end()
        self.site.drop()

    def act(self, action: str, **data: Any) -> Any:
        """Call an action as the site's own user."""
        if self._called is None:
            self._called = side_by_side.Process(self.site)
        return self._called.do(action, data)

    def ask(self, query: str, *values: Any) -> list[tuple[Any, ...]]:
        """Ask the site's database, beside CKAN."""
        with closing(psycopg2.connect(self.site.stack.postgres.url(self.site.database))) as link:
            link.autocommit = True
            with link.cursor() as cursor:
                cursor.execute(query, values)
                return cursor.fetchall() if cursor.description else []

    def start(self, commands: Iterable[Sequence[str]]) -> None:
        """Start workers, each a ``ckan`` command."""
        for number, command in enumerate(commands, 1):
            process = self.site.worker(number)
            argv: list[str | Path] = [VENV / "bin" / "ckan", "-c", self.site.ini, *command]
            process.start(argv, env=self.site.environment(), cwd=ROOT)
            self._workers.append(process)

    def stop(self) -> None:
        """End the workers."""
        for process in self._workers:
            process.stop(timeout=5)
        self._workers.clear()

    @abstractmethod
    def work(self, workers: int) -> None:
        """Start so many workers, and wait until they listen."""

    @abstractmethod
    def add(self, name: str, url: str, *, dcat: bool = False) -> None:
        """Add a source.

        :raises Refused: when this side has no such kind.
        """

    @abstractmethod
    def request(self, name: str, *, full: bool = False) -> str:
        """Ask for a run and do not wait; its id."""

    @abstractmethod
    def run(self, name: str, *, full: bool = False) -> Sample:
        """Harvest a source by the workers, from the request to the end of the last record."""


class Ours(Side):
    """This extension: RQ workers.

    ``defaults`` is what a source adds to each dataset, beside the steward.
    """

    def __init__(self, stack: Stack, name: str, plugins: str, defaults: Mapping[str, Any] | None = None) -> None:
        super().__init__(stack, name, plugins)
        self._defaults = {"steward": "steward", **(defaults or {})}

    def work(self, workers: int) -> None:
        """Start RQ workers."""
        self.start([("jobs", "worker")] * workers)
        known = redis.from_url(self.site.stack.valkey.url(self.site.redis_number))
        for process in self._workers:
            process.wait_until(lambda: known.scard("rq:workers") >= workers, 120)

    def add(self, name: str, url: str, *, dcat: bool = False) -> None:
        """Add a source that is trusted to publish, as everybody is on the other side."""
        kinds = self.ask("SELECT 1 FROM regional_source WHERE name = %s", name)
        if kinds:
            return
        try:
            self.act(
                "regional_source_create",
                name=name,
                url=url,
                kind="dcat" if dcat else "auto",
                owner_org="region",
                trust="publish",
                territory="fr:departement:29",
                defaults=self._defaults,
            )
        except SystemExit as error:
            self._called = None
            raise Refused(str(error)) from error

    def request(self, name: str, *, full: bool = False) -> str:
        """Ask for a run and do not wait; its id."""
        return self.act("regional_harvest_run", source=name, full=full)["id"]

    def run(self, name: str, *, full: bool = False) -> Sample:
        """Harvest a source by RQ workers."""
        run: list[str] = []

        def ended() -> bool:
            return self.ask("SELECT finished IS NOT NULL FROM regional_run WHERE id = %s", run[0])[0][0]

        wall, cpu = timed(self._workers, lambda: run.append(self.request(name, full=full)), ended)
        return self._sample(name, wall, cpu)

    def run_in_front(self, name: str, *, full: bool = False) -> tuple[float, Sample]:
        """Harvest a source in one process of its own; its peak memory in MiB besides."""
        command = [VENV / "bin" / "ckan", "-c", self.site.ini, "regional", "harvest", "run", name, "--wait"]
        peak, wall = peak_mib(self.site, [*command, *(["--full"] if full else [])])
        return peak, self._sample(name, wall, 0)

    def _sample(self, name: str, wall: float, cpu: float) -> Sample:
        query = (
            "SELECT run.state, run.counts, run.error FROM regional_run run JOIN regional_source source "
            "ON source.id = run.source_id WHERE source.name = %s ORDER BY run.created DESC LIMIT 1"
        )
        ((state, counts, error),) = self.ask(query, name)
        if state != "finished" or counts["failed"]:
            raise SystemExit(f"{self.site.name}: the run of {name} is {state}, {error}: {counts}")
        outcome = ", ".join(f"{number} {key}" for key, number in counts.items() if number and key != "seen")
        return Sample(wall, cpu, counts["seen"], outcome or "nothing seen")


class Peer(Side):
    """ckanext-harvest: one gather and some fetch consumers."""

    def __init__(self, stack: Stack, name: str, plugins: str) -> None:
        super().__init__(stack, name, plugins)
        # It blocks on Redis without end, and redis-py 8, which CKAN 2.12 pins, gives up after five seconds.
        url = stack.valkey.url(self.site.redis_number)
        self.site.settings = {**_SETTINGS, "ckan.redis.url": f"{url}?socket_timeout=86400"}

    def work(self, workers: int) -> None:
        """Start one gather consumer and so many fetch consumers; they listen when the first run is over."""
        self.start([("harvester", "gather-consumer"), *[("harvester", "fetch-consumer")] * workers])

    def add(self, name: str, url: str, *, dcat: bool = False) -> None:
        """Add a source."""
        self.act(
            "harvest_source_create",
            name=name,
            url=url,
            title=name,
            source_type="dcat_rdf" if dcat else "ckan",
            owner_org="region",
            frequency="MANUAL",
        )

    def request(self, name: str, *, full: bool = False) -> str:
        """Ask for a run and do not wait; with ``full``, by ``force_all``; its id."""
        config = '{"force_all": true}' if full else ""
        ((source_id,),) = self.ask("SELECT id FROM package WHERE name = %s", name)
        self.ask("UPDATE harvest_source SET config = %s WHERE id = %s", config, source_id)
        return self.act("harvest_job_create", source_id=source_id, run=True)["id"]

    def run(self, name: str, *, full: bool = False) -> Sample:
        """Harvest a source by the consumers."""
        ((source_id,),) = self.ask("SELECT id FROM package WHERE name = %s", name)
        job: list[str] = []

        def ended() -> bool:
            query = (
                "SELECT gather_finished IS NOT NULL AND NOT EXISTS (SELECT FROM harvest_object o "
                "WHERE o.harvest_job_id = job.id AND o.report_status IS NULL AND o.state NOT IN ('COMPLETE', 'ERROR')) "
                "FROM harvest_job job WHERE id = %s"
            )
            return self.ask(query, job[0])[0][0]

        wall, cpu = timed(self._workers, lambda: job.append(self.request(name, full=full)), ended)
        # What its cron does every few minutes: without it the job never counts as finished.
        self.act("harvest_jobs_run", source_id=source_id)
        query = (
            "SELECT coalesce(report_status, state), count(*) FROM harvest_object WHERE harvest_job_id = %s GROUP BY 1"
        )
        counts = dict(self.ask(query, job[0]))
        if counts.get("errored") or counts.get("ERROR"):
            raise SystemExit(f"{self.site.name}: the run of {name} has errors: {counts}")
        outcome = ", ".join(f"{number} {key}" for key, number in counts.items())
        return Sample(wall, cpu, sum(counts.values()), outcome or "nothing seen")
