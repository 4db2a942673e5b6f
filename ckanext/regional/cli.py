"""``ckan regional``: one group for all our plugins, because two plugins that each bring one replace each other."""

from __future__ import annotations

import click
from ckan import plugins as p

from ckanext.regional import territory as places
from ckanext.regional.interfaces import IRegional

__all__ = ["regional"]


class _Group(click.Group):
    """Looks the enabled plugins' commands up when it is asked, not when the plugins load."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted({*super().list_commands(ctx), *_from_plugins()})

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        return super().get_command(ctx, cmd_name) or _from_plugins().get(cmd_name)


def _from_plugins() -> dict[str, click.Command]:
    return {
        command.name or "": command
        for plugin in p.PluginImplementations(IRegional)
        for command in plugin.get_commands()
    }


@click.group(cls=_Group)
def regional() -> None:
    """Regional data: territories, review, exchange."""


@regional.group()
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
