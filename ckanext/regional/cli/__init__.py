"""``ckan regional``: one group for all our plugins, because two plugins that each bring one replace each other."""

from __future__ import annotations

import click
from ckan import plugins as p

from ckanext.regional.cli import doctor, erase, links, retention, schema, score, territory
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


regional.add_command(doctor.doctor)
regional.add_command(erase.erase)
regional.add_command(links.links)
regional.add_command(retention.retention)
regional.add_command(schema.schema)
regional.add_command(score.score)
regional.add_command(territory.territory)
