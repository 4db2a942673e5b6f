"""``ckan regional retention``: throw away what is kept long enough."""

from __future__ import annotations

import click
from ckan import plugins as p

from ckanext.regional.interfaces import IRegional

__all__ = ["retention"]


@click.command()
@click.option("--dry-run", is_flag=True, help="Only count it.")
def retention(dry_run: bool) -> None:
    """Throw away what is older than the settings keep it; run it weekly by cron.

    It can be stopped and run again. The history of the review, what is known of harvested datasets and what neighbours
    are told are never touched. docs/operations.md says what grows.
    """
    total = 0
    for plugin in p.PluginImplementations(IRegional):
        for expiry in plugin.get_expiries():
            number = expiry.count() if dry_run else expiry.remove()
            total += number
            click.echo(f"{number}\t{expiry.name}\t{expiry.what}")
    click.echo(f"{total} rows would go; nothing was changed" if dry_run else f"{total} rows are gone")
