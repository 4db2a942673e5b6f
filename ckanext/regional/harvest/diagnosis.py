"""What ``ckan regional doctor`` looks at for the exchange."""

from __future__ import annotations

from collections.abc import Iterator

import sqlalchemy as sa
from ckan import model

from ckanext.regional.diagnosis.servers import listening
from ckanext.regional.harvest import config
from ckanext.regional.harvest.model import Run, Source
from ckanext.regional.interfaces import Check
from ckanext.regional.types import Finding


def checks() -> dict[str, Check]:
    """The checks by name."""
    return {"exchange.worker": worker, "exchange.runs": runs, "exchange.networks": networks}


def worker() -> Iterator[Finding]:
    """Say whether a worker takes the harvester's jobs."""
    enabled = model.Session.scalar(sa.select(sa.func.count()).select_from(Source).where(Source.enabled))
    queue = config.queue()
    if listening(queue):
        yield Finding("ok", "exchange.worker", f"A worker takes the jobs of the queue “{queue}”.")
    else:
        yield Finding(
            "error" if enabled else "warning",
            "exchange.worker",
            f"No worker takes the jobs of the queue “{queue}”: {enabled} sources wait to be harvested.",
            f"Start one, and let the system keep it running: ckan jobs worker {queue}",
        )


def runs() -> Iterator[Finding]:
    """Name the sources whose last run did not end well."""
    latest = (
        sa.select(Run.source_id, Run.state, Run.error)
        .distinct(Run.source_id)
        .order_by(Run.source_id, Run.created.desc())
        .subquery()
    )
    rows = model.Session.execute(
        sa.select(Source.name, latest.c.state, latest.c.error)
        .join(latest, latest.c.source_id == Source.id)
        .where(Source.enabled, latest.c.state.in_(["failed", "aborted", "held"]))
        .order_by(Source.name)
    ).all()
    for name, state, error in rows:
        said = f": {error}" if error else "."
        yield Finding(
            "warning",
            "exchange.runs",
            f"The last run of {name} is {state}{said}",
            f"See /regional/sources/{name}, then run: ckan regional harvest run {name}",
        )
    if not rows:
        yield Finding("ok", "exchange.runs", "No source's last run has failed.")


def networks() -> Iterator[Finding]:
    """Say which private networks a neighbour's address may lead into."""
    allowed = config.limits().networks
    if allowed:
        yield Finding(
            "warning",
            "exchange.networks",
            f"Sources may lead into the private networks {', '.join(map(str, allowed))}.",
            "If no neighbour is there, empty ckanext.regional.harvest.allow_networks",
        )
    else:
        yield Finding("ok", "exchange.networks", "Sources lead to public addresses only.")
