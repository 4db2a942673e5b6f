"""``ckan regional harvest``."""

from __future__ import annotations

from typing import Any

import click

from ckanext.regional.exceptions import NotHere
from ckanext.regional.harvest import dictize, jobs, runs, servers, sources
from ckanext.regional.harvest.cli.calls import call
from ckanext.regional.site import renew_epoch


@click.group()
def harvest() -> None:
    """Runs of the harvester."""


@harvest.command("run")
@click.argument("name")
@click.option("--full", is_flag=True, help="Read everything, not only what changed since the last run.")
@click.option("--wait", is_flag=True, help="Work in this process until the run has ended; needs no worker, no Redis.")
def run(name: str, full: bool, wait: bool) -> None:
    """Begin a run of the source NAME, or go on with the one that is running."""
    if not wait:
        _tell(call("regional_harvest_run", {"source": name, "full": full}))
        return
    try:
        begun, _new = runs.begin(sources.get(name), None, full=full)
        run_id = begun.id
    except NotHere as error:
        raise click.ClickException(str(error)) from error
    jobs.work_here(run_id, lambda sentence: click.echo(sentence, err=True))
    ended = dictize.run(runs.get(run_id))
    _tell(ended)
    if ended["state"] in ("failed", "aborted"):
        raise SystemExit(1)


@harvest.command("status")
@click.argument("name", required=False)
def status(name: str | None) -> None:
    """Show the latest runs, of all sources or of NAME; wakes workers for those that have not ended."""
    data = {"source": name} if name else {}
    for found in call("regional_run_list", {**data, "rows": 20})["results"]:
        _tell(found)
        if found["state"] in runs.RUNNING:
            try:
                jobs.wake(found["id"], 1)
            except servers.ServerDown as down:
                click.echo(str(down), err=True)


@harvest.command("renumber")
def renumber() -> None:
    """Let neighbours read this site's feed from the start: to be called after a backup was restored."""
    click.echo(f"The feed is numbered anew, as {renew_epoch()}.")


def _tell(found: dict[str, Any]) -> None:
    counts = " ".join(f"{key}={value}" for key, value in found["counts"].items())
    click.echo(f"{found['source']}\t{found['state']}\t{found['id']}\t{counts}")
    if found["error"]:
        click.echo(f"  {found['error']}")
