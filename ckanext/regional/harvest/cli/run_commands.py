"""``ckan regional harvest``."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import click

from ckanext.regional.exceptions import InvalidInput, RegionalError
from ckanext.regional.harvest import dictize, sources
from ckanext.regional.harvest.cli import waiting
from ckanext.regional.harvest.cli.calls import call
from ckanext.regional.harvest.notices import outbox
from ckanext.regional.harvest.running import jobs, runs, servers
from ckanext.regional.harvest.scheduling import scheduler
from ckanext.regional.site import renew_epoch


@click.group()
def harvest() -> None:
    """Runs of the harvester."""


@harvest.command("run")
@click.argument("name")
@click.option("--full", is_flag=True, help="Read everything, not only what changed since the last run.")
@click.option("--resume", is_flag=True, help="Go on with the last run where it failed or was aborted.")
@click.option("--wait", is_flag=True, help="Work in this process until the run has ended; needs no worker, no Redis.")
def run(name: str, full: bool, resume: bool, wait: bool) -> None:
    """Begin a run of the source NAME, or go on with the one that is running.

    With --wait the exit code tells how it ended: 0 finished, 1 failed, 3 waits for a decision, 4 aborted.
    """
    if full and resume:
        raise click.UsageError("--resume goes on with a run as it was begun; leave out --full.")
    if wait:
        _work([_refused(lambda: _resumed(name) if resume else _begun(name, full))])
    elif resume:
        _tell(call("regional_run_resume", {"id": _latest(name)["id"]}))
    else:
        _tell(call("regional_harvest_run", {"source": name, "full": full}))


@harvest.command("due")
@click.option("--wait", is_flag=True, help="Work them in this process, one after the other; needs no worker, no Redis.")
def due(wait: bool) -> None:
    """Begin the runs of all sources that are due. For system cron, where no worker runs RQ's scheduler:

    \b
    */5 * * * *  ckan -c ckan.ini regional harvest due

    It also wakes workers for runs that stand still, and sends e-mails that wait. With --wait the exit code is that of
    the run that ended worst.
    """
    if wait:
        begun = scheduler.begin_due()
        if not begun:
            click.echo("No source is due.")
        outbox.send_due()
        _work(begun)
        return
    begun = scheduler.look()
    for run_id in begun:
        _tell(dictize.run(runs.get(run_id)))
    if not begun:
        click.echo("No source is due.")


@harvest.command("abort")
@click.argument("name")
def abort(name: str) -> None:
    """Abort the run of the source NAME that is under way or waits; what it brought stays."""
    _tell(call("regional_run_abort", {"id": _latest(name)["id"]}))


@harvest.command("confirm")
@click.argument("name")
@click.option("--yes", is_flag=True, help="Do not ask.")
def confirm(name: str, yes: bool) -> None:
    """Show what the held run of the source NAME would hide, and let it go on."""
    found = _latest(name)
    if found["state"] != "held":
        raise click.ClickException(f"The last run of {name} waits for nobody: it is {found['state']}.")
    asked = {"source": name, "run": found["id"], "vanishing": True, "rows": 1000}
    while True:
        listed = call("regional_record_list", asked)
        for record in listed["results"]:
            click.echo(f"{record['name'] or record['remote_id']}\t{record['origin']['url'] or ''}")
        if listed["next"] is None:
            break
        asked["after"] = listed["next"]
    if not yes:
        click.confirm(f"Hide these {listed['count']} datasets?", abort=True)
    _tell(call("regional_run_confirm", {"id": found["id"]}))


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


def _work(run_ids: list[str]) -> None:
    """Work runs and end with the code of the one that ended worst."""
    ends: set[str] = set()
    for run_id in run_ids:
        ended = waiting.work(run_id)
        _tell(ended)
        ends.add(ended["state"])
    for state in ("failed", "held", "aborted"):
        if state in ends:
            raise SystemExit(waiting.EXIT_CODES[state])


def _begun(name: str, full: bool) -> str:
    source = sources.get(name)
    if not source.enabled:
        raise InvalidInput({"source": [f"The source “{name}” is switched off."]})
    return runs.begin(source, None, full=full)[0].id


def _resumed(name: str) -> str:
    found = runs.get(_latest(name)["id"])
    run_id = found.id
    if found.state not in runs.RUNNING:
        runs.resume(found)
    return run_id


def _latest(name: str) -> dict[str, Any]:
    found = call("regional_run_list", {"source": name, "rows": 1})["results"]
    if not found:
        raise click.ClickException(f"The source {name} has never been run.")
    return found[0]


def _refused(do: Callable[[], str]) -> str:
    """Do something, and say in words what stands against it."""
    try:
        return do()
    except RegionalError as error:
        raise click.ClickException(str(error)) from error


def _tell(found: dict[str, Any]) -> None:
    counts = " ".join(f"{key}={value}" for key, value in found["counts"].items())
    click.echo(f"{found['source']}\t{found['state']}\t{found['id']}\t{counts}")
    if found["error"]:
        click.echo(f"  {found['error']}")
