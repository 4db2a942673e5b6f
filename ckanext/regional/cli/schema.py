"""``ckan regional schema``: our fields for a site that has a dataset schema of its own."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, get_args

import ckan.plugins.toolkit as tk
import click

from ckanext.regional.schemas import reading, writing
from ckanext.regional.schemas.merge import Difference, Merged, Side, merge, presets_used

__all__ = ["schema"]

_FORMATS = {"yaml": writing.to_yaml, "json": writing.to_json}


@click.group()
def schema() -> None:
    """Dataset schemas of ckanext-scheming."""


@schema.command("merge")
@click.argument("theirs")
@click.option(
    "--prefer",
    multiple=True,
    metavar="[FIELD=]ours|theirs",
    help="Whose field stays where both do not fit: for all fields, or for one. May be given several times.",
)
@click.option("--format", "form", type=click.Choice(list(_FORMATS)), default="yaml", show_default=True)
def merge_schema(theirs: str, prefer: tuple[str, ...], form: str) -> None:
    """Print the dataset schema THEIRS (a file, or module:file) with our fields added.

    The site's own fields, their order and their labels stay. What was done is told on stderr. Where two fields of one
    name store different things, nothing is printed and the exit code is 1 until --prefer settles it.
    """
    default, single = _preferences(prefer)
    try:
        site, ours = reading.dataset_schema(theirs), reading.dataset_schema(reading.OUR_DATASET)
        known, files = _presets()
    except reading.SchemaError as error:
        raise click.ClickException(str(error)) from error
    merged = merge(site, ours, known, default, single)
    unknown = set(single) - {conflict.field for conflict in merged.report.conflicts}
    if unknown:
        raise click.ClickException(f"--prefer: there is no conflict at {', '.join(sorted(unknown))}.")
    _tell(merged)
    if merged.undecided:
        fields = ", ".join(conflict.field for conflict in merged.undecided)
        raise click.ClickException(
            f"Nothing was written. Say --prefer ours or --prefer theirs, or for one field"
            f" --prefer {merged.undecided[0].field}=ours. To settle: {fields}."
        )
    _tell_presets(merged, known, files)
    click.echo(_FORMATS[form](merged.schema), nl=False)


def _preferences(given: Iterable[str]) -> tuple[Side | None, dict[str, Side]]:
    default: Side | None = None
    single: dict[str, Side] = {}
    sides: dict[str, Side] = {side: side for side in get_args(Side)}
    for text in given:
        field, _separator, side = text.rpartition("=")
        if side not in sides:
            raise click.BadParameter(f"“{text}” is neither ours, theirs nor FIELD=ours.", param_hint="--prefer")
        if field:
            single[field] = sides[side]
        else:
            default = sides[side]
    return default, single


def _presets() -> tuple[dict[str, dict[str, Any]], dict[str, set[str]]]:
    """Read the presets that this site has configured, and those of the extensions that are installed.

    :returns: keys by preset, and the presets of each file; of two of one name the first file's holds, as in scheming
    """
    known: dict[str, dict[str, Any]] = {}
    files: dict[str, set[str]] = {}
    for name in dict.fromkeys([*_configured(), *reading.KNOWN_PRESETS]):
        try:
            read = reading.presets(name)
        except reading.SchemaError as error:
            if name in _configured():
                click.echo(f"Not read: {error}", err=True)
            continue
        known = {**read, **known}
        files[name] = set(read)
    return known, files


def _configured() -> list[str]:
    return str(tk.config.get("scheming.presets", reading.SCHEMING_PRESETS)).split()


def _tell(merged: Merged) -> None:
    report = merged.report
    _list("added", report.missing)
    _list("already there", report.same)
    _list("kept yours", report.kept)
    for message in dict.fromkeys(difference.message for difference in report.unchecked):
        fields = [difference.field for difference in report.unchecked if difference.message == message]
        click.echo(f"kept yours, but {message} ({len(fields)}): {', '.join(fields)}", err=True)
    for conflict in report.conflicts:
        click.echo(f"conflict: {conflict.field}: {conflict.message}{_outcome(conflict, merged)}", err=True)


def _outcome(conflict: Difference, merged: Merged) -> str:
    if conflict in merged.undecided:
        return ""
    if conflict.field in merged.replaced:
        return ". Ours took its place; look at the values that datasets have there"
    return ". Yours stays; ours does not work there"


def _list(title: str, names: list[str]) -> None:
    if names:
        click.echo(f"{title} ({len(names)}): {', '.join(names)}", err=True)


def _tell_presets(merged: Merged, known: dict[str, dict[str, Any]], files: dict[str, set[str]]) -> None:
    used = presets_used(merged.schema)
    needed = [name for name in files if name in _configured() or files[name] & set(used)]
    click.echo("\nIn ckan.ini:", err=True)
    click.echo("  scheming.dataset_schemas = the file that you make of this", err=True)
    click.echo(f"  scheming.presets = {' '.join(needed)}", err=True)
    unknown = [preset for preset in used if preset not in known]
    if unknown:
        click.echo(f"  and the file that has the presets {', '.join(unknown)}", err=True)
    click.echo("Then restart CKAN and run: ckan search-index rebuild", err=True)
