"""``ckan regional audit``."""

from __future__ import annotations

import sys
from pathlib import Path

import click
from ckan import model

from ckanext.regional.cli.person import acting
from ckanext.regional.curation.history import audit as history
from ckanext.regional.exceptions import RegionalError


@click.group()
def audit() -> None:
    """The history of the review: who decided what, and whether it is still what was written."""


@audit.command()
@click.option("--head", metavar="SEQ:HASH", help="What an earlier verify printed: it must still be in the chain.")
def verify(head: str | None) -> None:
    """Walk the chain of hashes. The exit code is 1 at the first event that is not what was sealed."""
    try:
        found = history.verify(_head(head))
    except history.ChainBroken as broken:
        click.secho(f"The history is broken at event {broken.seq}: {broken.what}.", fg="red", err=True)
        raise click.exceptions.Exit(1) from broken
    click.echo(f"The history holds: {found.seq} events.")
    click.echo(f"{found.seq}:{found.hash}")


@audit.command()
@click.option("--since", metavar="SEQ|DATE", help="From this number on, or from this day or time on (UTC).")
@click.option("--format", "form", type=click.Choice(["jsonl", "csv"]), default="jsonl", show_default=True)
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="File to write; none: the terminal.")
def export(since: str | None, form: str, out: Path | None) -> None:
    """Hand the history out, one event a line, with all that it takes to verify it elsewhere."""
    try:
        if out is None:
            history.write(sys.stdout, form, since)
            return
        # A name that is there holds a whole export, never a half one.
        part = out.with_name(out.name + ".part")
        with part.open("w", encoding="utf-8", newline="") as file:
            count = history.write(file, form, since)
        part.replace(out)
    except OSError as error:
        raise click.ClickException(f"{out}: {error.strerror}") from error
    except RegionalError as error:
        raise click.ClickException(str(error)) from error
    click.echo(f"{count} events in {out}")


@audit.command()
@click.argument("seq", type=int)
@click.option("--reason", required=True, help="Why; the history keeps it, so name nobody.")
@click.option("--by", metavar="USER", help="Who does it; none: the site itself.")
def redact(seq: int, reason: str, by: str | None) -> None:
    """Remove the words (comment, remarks, name) of the event SEQ for good. The chain still holds."""
    try:
        dataset_id = history.redact(seq, acting(by), reason)
    except RegionalError as error:
        model.Session.rollback()
        raise click.ClickException(str(error)) from error
    click.echo(f"The words of event {seq} (dataset {dataset_id}) are gone; the history says that they were removed.")


def _head(given: str | None) -> tuple[int, str] | None:
    if given is None:
        return None
    number, colon, digest = given.partition(":")
    if not (number.isdecimal() and colon and digest):
        raise click.BadParameter("it has the form SEQ:HASH, as verify prints it", param_hint="--head")
    return int(number), digest
