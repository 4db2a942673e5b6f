"""``ckan regional territory``: find codes."""

from __future__ import annotations

import click

from ckanext.regional import territory as places

__all__ = ["territory"]


@click.group()
def territory() -> None:
    """Territories and their codes."""


@territory.command()
@click.argument("text")
@click.option("--type", "kind", type=click.Choice(places.TYPES), help="Only this type.")
@click.option("--limit", default=10, show_default=True)
def search(text: str, kind: places.TerritoryType | None, limit: int) -> None:
    """Find a territory's code by name, code or postal code."""
    found = places.search(text, [kind] if kind else None, limit)
    if not found:
        raise click.ClickException(f"No territory is called “{text}”.")
    for place in found:
        click.echo(f"{place.code}\t{place.name}\t{place.type}")
