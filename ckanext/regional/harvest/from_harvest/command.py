"""``ckan regional source import-from-harvest``."""

from __future__ import annotations

import json
from typing import Any

import click

from ckanext.regional.exceptions import InvalidInput, NotHere, WrongState
from ckanext.regional.harvest.from_harvest import moving

__all__ = ["import_from_harvest"]

_MOST_LISTED = 50


@click.command("import-from-harvest")
@click.argument("old")
@click.option("--steward", required=True, help="User who answers here for what comes.")
@click.option("--trust", default="review", show_default=True, help="review or publish.")
@click.option("--name", help="Of the source here; the name that it has there by default.")
@click.option("--owner-org", help="Organisation that owns what comes; the one that it has there by default.")
@click.option("--kind", help="auto, regional, ckan or dcat; what follows from its type by default.")
@click.option("--territory", help="Code of the neighbour's territory.")
@click.option("--defaults", default="{}", help="JSON object of further defaults.")
@click.option("--dry-run", is_flag=True, help="Change nothing, tell what would be.")
def import_from_harvest(old: str, steward: str, defaults: str, dry_run: bool, **wishes: Any) -> None:
    """Move the source OLD of ckanext-harvest here, with its datasets. OLD is its name, id or address.

    The datasets stay what they are; the next run updates them in place. Run it again to move what came meanwhile.
    """
    try:
        given = json.loads(defaults)
    except ValueError as error:
        raise click.BadParameter(f"no JSON: {error}", param_hint="--defaults") from error
    if not isinstance(given, dict):
        raise click.BadParameter("no JSON object", param_hint="--defaults")
    try:
        report = moving.move(old, {**wishes, "defaults": {**given, "steward": steward}}, dry_run=dry_run)
    except WrongState as error:
        raise click.ClickException(" ".join(error.errors["state"])) from error
    except InvalidInput as error:
        texts = [f"{key}: {' '.join(problems)}" for key, problems in error.errors.items()]
        raise click.ClickException("\n".join(texts)) from error
    except NotHere as error:
        raise click.ClickException(str(error)) from error
    _tell(report, dry_run)


def _tell(report: moving.Report, dry_run: bool) -> None:
    did = "would be moved" if dry_run else "moved"
    click.echo(f"{report.source}: {len(report.moved)} datasets {did}, {report.already} known before")
    for name, reason in report.left[:_MOST_LISTED]:
        click.echo(f"  not moved: {name}: {reason}")
    if len(report.left) > _MOST_LISTED:
        click.echo(f"  … and {len(report.left) - _MOST_LISTED} more")
    for setting in report.lost:
        click.echo(f"  setting without a place here: {setting}")
    if dry_run:
        click.echo("Nothing was changed.")
    else:
        click.echo(f"Update them now: ckan regional harvest run {report.source}")
