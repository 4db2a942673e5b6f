"""``ckan regional source`` and ``ckan regional harvest``."""

from __future__ import annotations

import json
from typing import Any

import ckan.plugins.toolkit as tk
import click

from ckanext.regional.exceptions import NotHere
from ckanext.regional.harvest import dictize, jobs, runs, servers, sources

__all__ = ["harvest", "source"]


@click.group()
def source() -> None:
    """Neighbours that this site harvests."""


@source.command("add")
@click.argument("name")
@click.argument("url")
@click.option("--owner-org", required=True, help="Organisation that owns what comes.")
@click.option("--steward", required=True, help="User who answers here for what comes.")
@click.option("--kind", default="auto", show_default=True, help="auto, regional, ckan or dcat.")
@click.option("--trust", default="review", show_default=True, help="review or publish.")
@click.option("--title", help="What readers see.")
@click.option("--territory", help="Code of the neighbour's territory.")
@click.option("--defaults", "defaults", default="{}", help="JSON object of further defaults.")
@click.option("--filters", default="{}", help="JSON object: fq, organization, group, territory, sector.")
def add(name: str, url: str, steward: str, defaults: str, filters: str, **options: Any) -> None:
    """Add a source; no request is sent."""
    data = {key: value for key, value in options.items() if value is not None}
    data |= {"name": name, "url": url, "defaults": _object(defaults, "--defaults") | {"steward": steward}}
    data["filters"] = _object(filters, "--filters")
    made = _call("regional_source_create", data)
    click.echo(f"Added {made['name']}: {made['url']} ({made['kind']}, {made['trust']})")


@source.command("list")
def list_() -> None:
    """List the sources with their latest runs."""
    for row in _call("regional_source_list", {}):
        last = row["last_run"]
        click.echo(f"{row['name']}\t{row['kind']}\t{row['trust']}\t{row['url']}\t{last['state'] if last else '-'}")


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
        _tell(_call("regional_harvest_run", {"source": name, "full": full}))
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
    for found in _call("regional_run_list", {**data, "rows": 20})["results"]:
        _tell(found)
        if found["state"] in runs.RUNNING:
            try:
                jobs.wake(found["id"], 1)
            except servers.ServerDown as down:
                click.echo(str(down), err=True)


def _tell(found: dict[str, Any]) -> None:
    counts = " ".join(f"{key}={value}" for key, value in found["counts"].items())
    click.echo(f"{found['source']}\t{found['state']}\t{found['id']}\t{counts}")
    if found["error"]:
        click.echo(f"  {found['error']}")


def _call(action: str, data: dict[str, Any]) -> Any:
    """Call an action as the command line does, and say in words what it refuses."""
    user = tk.get_action("get_site_user")({"ignore_auth": True}, {})["name"]
    try:
        return tk.get_action(action)({"ignore_auth": True, "user": user}, data)
    except tk.ValidationError as error:
        texts = [f"{field}: {problems}" for field, problems in error.error_summary.items()]
        raise click.ClickException("\n".join(texts)) from error
    except tk.ObjectNotFound as error:
        raise click.ClickException(str(error)) from error


def _object(text: str, option: str) -> dict[str, Any]:
    try:
        value = json.loads(text)
    except ValueError as error:
        raise click.BadParameter(f"no JSON: {error}", param_hint=option) from error
    if not isinstance(value, dict):
        raise click.BadParameter("no JSON object", param_hint=option)
    return value
