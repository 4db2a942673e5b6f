"""``ckan regional curation`` and ``ckan regional steward``."""

from __future__ import annotations

import ckan.plugins.toolkit as tk
import click
from ckan import model
from ckan.types import Context

from ckanext.regional.cli.person import acting
from ckanext.regional.curation import adoption, states
from ckanext.regional.curation.applying import journal
from ckanext.regional.curation.notices import jobs, outbox
from ckanext.regional.curation.queue import case_scope


@click.group()
def curation() -> None:
    """The review of datasets."""


@curation.command("queue")
@click.option("--unassigned", is_flag=True, help="Only cases that no steward may decide about.")
def show_queue(unassigned: bool) -> None:
    """List the cases that wait for a decision."""
    found = tk.get_action("regional_curation_queue")(_site_user(), {"unassigned": unassigned, "rows": 1000})
    for case in found["results"]:
        click.echo(
            "\t".join([case["state"], (case["due"] or "")[:10], case["dataset"]["name"], case["dataset"]["title"]])
        )
    click.echo(f"{found['count']} cases")


@curation.command()
@click.argument("dataset")
def check(dataset: str) -> None:
    """Run the guards on a dataset; the exit code is 1 if one blocks."""
    try:
        checks = tk.get_action("regional_curation_check")(_site_user(), {"id": dataset})["checks"]
    except tk.ObjectNotFound as error:
        raise click.ClickException(str(error)) from error
    for found in checks:
        click.echo("\t".join([found["level"], found["field"] or "", found["message"]]))
    if any(found["level"] == "block" for found in checks):
        raise click.exceptions.Exit(1)


@curation.command()
def sweep() -> None:
    """Do what decisions left behind (after a server was down, or a process was killed)."""
    done, left = journal.sweep(), journal.waiting()
    click.echo(f"{done} datasets were swept, {left} steps are left")
    if left:
        raise click.exceptions.Exit(1)


@curation.command()
def diagram() -> None:
    """Print the states of the review as a Mermaid diagram."""
    click.echo(states.diagram())


@curation.command("reindex-queue")
def reindex_queue() -> None:
    """Make the queue's columns anew from the datasets (after a restored backup, or a change made in SQL)."""
    click.echo(f"{case_scope.rebuild()} rows said something else than their dataset")


@curation.command()
@click.option("--dry-run", is_flag=True, help="Only count them.")
def adopt(dry_run: bool) -> None:
    """Take over what was public before the review came: it stays public and counts as published.

    Nothing becomes visible or hidden by it. It can be stopped and run again.
    """
    if dry_run:
        click.echo(f"{adoption.waiting()} public datasets would be taken over; nothing was changed")
        return
    done = 0
    for done in adoption.adopt(acting(None)):
        click.echo(f"{done} datasets…", err=True)
    click.echo(f"{done} public datasets were taken over")


@curation.command()
def remind() -> None:
    """Remind those who can decide of what is late, each at most every few days; run it daily."""
    click.echo(f"{outbox.remind()} people are reminded")
    jobs.wake()


@curation.command()
def notify() -> None:
    """Send the notices that are due, here and now; run it by cron in case a worker was not woken."""
    following = outbox.work()
    click.echo(f"More is due at {following:%Y-%m-%d %H:%M %Z}" if following else "Nothing is left to send")


@click.group()
def steward() -> None:
    """Who reviews what."""


@steward.command()
@click.argument("user")
@click.option("--territory", default="", help="Code, such as fr:region:53; none: every territory.")
@click.option("--sector", default="", help="Code, such as school; none: every sector.")
@click.option("--role", default="steward", show_default=True)
@click.option("--until", default="", help="Last day, such as 2027-12-31.")
def add(user: str, territory: str, sector: str, role: str, until: str) -> None:
    """Appoint somebody."""
    data = {"user": user, "territory": territory, "sector": sector, "role": role, "until": until}
    try:
        made = tk.get_action("regional_steward_create")(_site_user(), data)
    except tk.ValidationError as error:
        raise click.ClickException(
            "; ".join(f"{key}: {value}" for key, value in error.error_summary.items())
        ) from error
    click.echo(f"{made['id']}\t{made['user']}")


@steward.command("list")
def list_stewards() -> None:
    """List the appointments."""
    for one in tk.get_action("regional_steward_list")(_site_user(), {}):
        click.echo(
            "\t".join(
                [one["id"], one["user"], one["role"], one["territory"] or "*", one["sector"] or "*", one["until"] or ""]
            )
        )


@steward.command()
@click.argument("appointment")
def remove(appointment: str) -> None:
    """End an appointment, by its id from ``list``."""
    try:
        tk.get_action("regional_steward_delete")(_site_user(), {"id": appointment})
    except tk.ObjectNotFound as error:
        raise click.ClickException(str(error)) from error


def _site_user() -> Context:
    name = tk.get_action("get_site_user")({"ignore_auth": True}, {})["name"]
    return {"user": name, "ignore_auth": True, "auth_user_obj": model.User.get(name)}
