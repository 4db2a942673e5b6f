"""``ckan regional source``."""

from __future__ import annotations

from typing import Any

import click

from ckanext.regional.harvest.cli.calls import call, json_object


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
@click.option("--frequency", help="manual, or five cron words such as “0 3 * * *” on the site's clock.")
@click.option("--territory", help="Code of the neighbour's territory.")
@click.option("--defaults", "defaults", default="{}", help="JSON object of further defaults.")
@click.option("--filters", default="{}", help="JSON object: fq, organization, group, territory, sector.")
def add(name: str, url: str, steward: str, defaults: str, filters: str, **options: Any) -> None:
    """Add a source; no request is sent."""
    data = {key: value for key, value in options.items() if value is not None}
    data |= {"name": name, "url": url, "defaults": json_object(defaults, "--defaults") | {"steward": steward}}
    data["filters"] = json_object(filters, "--filters")
    made = call("regional_source_create", data)
    click.echo(f"Added {made['name']}: {made['url']} ({made['kind']}, {made['trust']})")


@source.command("list")
def list_() -> None:
    """List the sources with their latest runs and next times."""
    for row in call("regional_source_list", {}):
        last = row["last_run"]
        state, following = last["state"] if last else "-", row["next_run"] or "-"
        click.echo(f"{row['name']}\t{row['kind']}\t{row['trust']}\t{row['url']}\t{state}\t{following}")
